"""What is answered about recommendations, typed or clicked, in Slack and in the terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from analysis.errors import NotFound, NotUnderstood
from analysis.recommendations.kept.states import Move
from bot.blocks.answer import Answer
from bot.blocks.recs_card import Card, card_answer, public_card
from bot.blocks.recs_details import details_answer
from bot.blocks.recs_list import CARDS, PAGE, Listed, list_answer
from bot.blocks.recs_opportunities import PAGE as OPPORTUNITIES
from bot.blocks.recs_opportunities import opportunities_answer, opportunity_answer
from bot.blocks.recs_tracker import tracker_answer
from bot.blocks.text import escape
from bot.grammar.recs import parse_recs
from bot.grammar.recs_commands import RecsListCommand
from bot.recommendation_words import measured_line, method_line
from handlers.caller import Caller
from handlers.recommendations.finding import short_id
from handlers.recommendations.handlers import RecommendationHandlers
from handlers.recommendations.naming import names_of
from handlers.recommendations.permissions import acts_of
from handlers.recommendations.requests import (
    AssignRequest,
    DecideRequest,
    ListRequest,
    OpportunityListRequest,
    ResolveRequest,
    ShowRequest,
)
from handlers.recommendations.results import Decided, ShownOpportunity, ShownRecommendation
from storage.records.recommendation import Recommendation

MOST_DIGITS = 3
"""Of a place in a list; what is longer is an id."""


TellAssignee = Callable[[Recommendation, str, Caller], Awaitable[str]]
"""Takes the recommendation, the id of who sees to it, and who decided that; gives what to say."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where something was decided, and so what its answer looks like.

    Attributes:
        question: in whose answer the button stands: it is asked again below what was decided;
            empty: in none.
        is_public: everybody in the channel sees the message.
    """

    question: str = ""
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class RecsAnswers:
    """Asks the handlers, and makes messages of what they answer.

    Attributes:
        recs: what can be done with recommendations.
        page: how many recommendations one message has at most.
        tell_assignee: tells somebody that a recommendation is theirs to see to, and says whether
            they were told; None: nobody is told.
    """

    recs: RecommendationHandlers
    page: int = PAGE
    tell_assignee: TellAssignee | None = None

    async def list(
        self, request: ListRequest, caller: Caller, *, decided: Card | None = None, notice: str = ""
    ) -> Answer:
        """A page of recommendations; see `list_answer`."""
        request = replace(request, limit=min(request.limit, self.page))
        result = await self.recs.read.list(request, caller)
        names = await names_of(self.recs.finder.store, result.rows[:CARDS], caller)
        now = self.recs.decide.clock()
        listed = Listed(request, result, names, caller, now)
        return list_answer(listed, decided=decided, notice=notice)

    async def show(self, which: str, caller: Caller, *, back: str = "") -> Answer:
        """Everything about one recommendation, by its id or its place in the list."""
        if is_place(which):
            which = str((await self.at(int(which), caller)).id)
        shown = await self.recs.read.show(ShowRequest(which), caller)
        row = shown.recommendation
        names = await names_of(self.recs.finder.store, [row], caller)
        card = Card(
            row=row,
            names={**shown.names, **names},
            zone=caller.zone,
            moves=shown.moves,
            may=shown.may,
            undo_until=shown.undo_until,
        )
        return details_answer(card, shown.entries, _saved(shown), back=back)

    async def at(self, place: int, caller: Caller) -> Recommendation:
        """The recommendation at a place of the list of what is pending.

        Raises:
            NotFound: the list is shorter.
        """
        if place:
            result = await self.recs.read.list(ListRequest(limit=min(place, 500)), caller)
            if place <= len(result.rows):
                return result.rows[place - 1]
        raise NotFound(f"There is no number {place} in the list.", "`/recs` shows it.")

    async def named(self, which: str, caller: Caller) -> str:
        """What is decided on: an id, since a place may be another's by the time it is typed.

        Raises:
            NotUnderstood: it is a place; it is said whose that is now.
        """
        if not is_place(which):
            return which
        row = await self.at(int(which), caller)
        sentence = (
            f"Places change as recommendations are drawn anew: {which} is `{row.content.title}`"
        )
        hint = f"Decide by its id, `{short_id(row.id)}`."
        raise NotUnderstood(f"{sentence} now.", hint)

    async def decide(self, request: DecideRequest, caller: Caller, where: Where) -> Answer:
        """A decision, and what it has come to."""
        which = await self.named(request.which, caller)
        decided = await self.recs.decide.decide(replace(request, which=which), caller)
        notice = ""
        if request.move in (Move.UNDO, Move.REOPEN):
            did = "Taken back" if request.move is Move.UNDO else "Reopened"
            notice = f"↩️ *{did}* by {escape(decided.by)}: it is {decided.after.state} again"
        return await self.decided(decided, caller, where, notice)

    async def assign(self, request: AssignRequest, caller: Caller, where: Where) -> Answer:
        """Who sees to it from now on."""
        which = await self.named(request.which, caller)
        decided = await self.recs.decide.assign(replace(request, which=which), caller)
        card = await self.card(decided, caller, where)
        user = decided.after.standing.assigned_to
        whom = "nobody" if user is None else card.names.get(user, "somebody")
        notice = f"*Assigned* to {escape(whom)}"
        is_new = decided.before.standing.assigned_to != user
        if user is not None and is_new and user != caller.user_id and self.tell_assignee:
            notice += f": {escape(await self.tell_assignee(decided.after, user, caller))}"
        return await self._placed(card, caller, where, notice)

    async def decided(
        self, decided: Decided, caller: Caller, where: Where, notice: str = ""
    ) -> Answer:
        """The answer to a decision: the card, above the list in which it was decided."""
        return await self._placed(await self.card(decided, caller, where), caller, where, notice)

    async def card(self, decided: Decided, caller: Caller, where: Where) -> Card:
        """What was decided on, as it is now."""
        row = decided.after
        names = await names_of(self.recs.finder.store, [row], caller)
        if where.is_public:
            return public_card(row, names, caller.zone)
        return Card(
            row=row,
            names=names,
            zone=caller.zone,
            moves=decided.moves,
            may=acts_of(caller),
            undo_until=decided.undo_until,
        )

    async def _placed(self, card: Card, caller: Caller, where: Where, notice: str) -> Answer:
        request = None if where.is_public else _list_request(where.question)
        if request is None:
            return card_answer(card, notice=notice)
        return await self.list(request, caller, decided=card, notice=notice)

    async def tracked(self, organization: str | None, caller: Caller) -> Answer:
        """What was promised against what was measured."""
        return tracker_answer(await self.recs.tracker.track(caller, organization))

    async def opportunities(self, request: OpportunityListRequest, caller: Caller) -> Answer:
        """A page of opportunities."""
        request = replace(request, limit=OPPORTUNITIES)
        result = await self.recs.opportunities.list(request, caller)
        summary = await self.recs.opportunities.summary(caller, request.organization)
        return opportunities_answer(result, summary, request, caller)

    async def opportunity(self, which: str, caller: Caller) -> Answer:
        """Everything about one opportunity."""
        return await self._opportunity(await self.recs.opportunities.show(which, caller), caller)

    async def resolve(self, request: ResolveRequest, caller: Caller) -> Answer:
        """A decision on an opportunity."""
        shown = await self.recs.opportunities.resolve(request, caller)
        return await self._opportunity(shown, caller, notice="*Saved*")

    async def _opportunity(
        self, shown: ShownOpportunity, caller: Caller, notice: str = ""
    ) -> Answer:
        names: dict[str, str] = {}
        assigned = shown.opportunity.assigned_to
        if assigned is not None:
            people = self.recs.finder.store.people
            person = await people.find(caller.team_id, assigned)
            names = {} if person is None else {assigned: person.name}
        return opportunity_answer(shown, names, caller.zone, notice=notice)


def is_place(which: str) -> bool:
    """Whether a place in the list is meant, and no id."""
    return which.isascii() and which.isdecimal() and len(which) <= MOST_DIGITS


def _list_request(question: str) -> ListRequest | None:
    """The list that a question asks for; None: it asks for none."""
    if not question:
        return None
    try:
        command = parse_recs(question)
    except NotUnderstood:
        return None
    return command.request if isinstance(command, RecsListCommand) else None


def _saved(shown: ShownRecommendation) -> Sequence[str]:
    latest = max(shown.measurements, key=lambda one: one.as_of, default=None)
    line = measured_line(shown.recommendation, latest)
    if not line:
        return ()
    more = [] if latest is None else [method_line(latest)]
    return [escape(one) for one in (line, *more)]
