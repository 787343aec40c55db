"""Who may do what with recommendations in Slack: every command, button and modal, by role.

What is tried is taken from what costbot declares: the words of `/recs`, the actions and the modals
that it hears. What has to come of it follows from the one table of permissions. So a new command is
tried without being named here, by everybody, on what is acme's and on the deployment's own.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from analysis.recommendations.kept.opportunities import Opportunity, OpportunityKind
from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.kept.states import State
from analysis.roles import Role
from bot.grammar.recs_words import ACTS, RECS_SUBCOMMANDS
from bot.slack.permissions import ACTIONS, VIEWS
from handlers.recommendations.permissions import LEAST_ROLE, Act
from playground.model import View
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import Recommendation
from tests.budgets.slack.acting import action, text_of
from tests.recommendations.proposals import proposal
from tests.recommendations.slack.acting import Act as OpenStage
from tests.recommendations.slack.acting import Acting
from tests.slack.conftest import NOW

WHO: Mapping[str, tuple[Role, str | None] | None] = {
    "ute": (Role.USER, "acme"),
    "otto": (Role.ORG_ADMIN, "acme"),
    "ada": (Role.ADMIN, None),
    "gil": (Role.ORG_ADMIN, "globex"),
    "gus": (Role.USER, "globex"),
    "sam": None,
}
LADDER = (Role.USER, Role.ORG_ADMIN, Role.ADMIN)

OURS = tuple(name for name in ACTIONS if name.startswith("recs_"))
OUR_VIEWS = tuple(name for name in VIEWS if name.startswith("recs_"))
NOWHERE = {"recs_ask", "recs_csv", "recs_generate"}
"""Buttons that concern no recommendation that there is."""

SAYS = {
    "role": ("Only an organization admin may", "This is for organization admins"),
    "gone": ("There is no recommendation", "There is no opportunity `"),
    "theirs": ("You see the recommendations of",),
    "who": ("I don't know you yet",),
    "broken": ("older message", "Something went wrong", "I don't know the word", "needs an id"),
}
SECRET = "short requests of"
"""Of the titles: nobody learns them who may not see the recommendation."""

READY: Mapping[str, State] = {
    "undo": State.ACCEPTED,
    "reopen": State.ACCEPTED,
    "verify": State.ACCEPTED,
}
"""The state from which something can be done, where it is not pending."""


def due(least: Role, whose: str | None, person: str) -> str:
    """What has to come of it when somebody tries, with something of some organization's."""
    known = WHO[person]
    if known is None:
        return "who"
    role, own = known
    if LADDER.index(role) < LADDER.index(least):
        return "role"
    return "yes" if own in (None, whose) else "gone"


@dataclass(frozen=True)
class Target:
    """A recommendation and an opportunity that something is tried on."""

    acting: Acting
    row: Recommendation
    opportunity: StoredOpportunity
    whose: str | None

    async def prepared(self, what: str) -> None:
        """Puts both into the state in which something can be done."""
        store = self.acting.store
        state = next((READY[word] for word in READY if word in what), State.PENDING)
        now = await store.recommendations.find(self.row.id)
        assert now is not None
        is_accepted = state is State.ACCEPTED
        standing = replace(
            self.row.standing,
            state=state,
            before=State.PENDING if is_accepted else None,
            since=NOW,
            accepted_at=NOW if is_accepted else None,
        )
        await store.recommendations.write(now, standing=standing)
        there = await store.opportunities.find(self.opportunity.id)
        assert there is not None
        await store.opportunities.write(replace(self.opportunity, version=there.version))

    async def trace(self) -> tuple[int, Sequence[object]]:
        """The number of the newest decision, and all that can be decided on."""
        store = self.acting.store
        entries = [one for one in await store.audit.page(limit=9) if one.object_kind != "login"]
        row = await store.recommendations.find(self.row.id)
        opportunity = await store.opportunities.find(self.opportunity.id)
        return (entries[0].id if entries else 0), [row, opportunity]

    def id_of(self, name: str) -> UUID:
        """What is meant: the recommendation, or the opportunity."""
        return self.opportunity.id if "opportunit" in name else self.row.id


def told(text: str, due: str) -> str:
    """What an answer comes to; who learns nothing of a recommendation learns nothing of it."""
    found = [word for word, says in SAYS.items() if any(part in text for part in says)]
    if due in ("gone", "who", "role"):
        assert SECRET not in text, text
    assert len(found) < 2, text
    return found[0] if found else "yes"


async def targets(acting: Acting) -> list[Target]:
    """What is acme's and the deployment's own, and everybody in their role."""
    await acting.promote("gil", "globex", Role.ORG_ADMIN)
    workspace = acting.slack.workspace
    gil = next(user for user in workspace.people() if user.name == "gil")
    workspace.users["U0GUS00001"] = type(gil)(id="U0GUS00001", name="gus", real_name="Gus Globex")
    await acting.promote("gus", "globex", Role.USER)
    found: list[Target] = []
    for whose in ("acme", None):
        (row,) = await acting.drawn(proposal("gpt-4", "40", organization=whose))
        opportunity = await acting.store.opportunities.add(opportunity_of(whose))
        assert opportunity is not None
        found.append(Target(acting, row, opportunity, whose))
    return found


def opportunity_of(whose: str | None) -> Opportunity:
    """An opportunity to use cheaper models."""
    return Opportunity(
        kind=OpportunityKind.EXPENSIVE_MODEL_OVERUSE,
        organization=whose,
        title="What short requests of gpt-4 cost",
        affected={"model": ("gpt-4",)},
        first_day=NOW.date() - timedelta(days=30),
        last_day=NOW.date() - timedelta(days=1),
        current_cost=Decimal(100),
        potential_savings=Decimal(40),
        confidence=Decimal("0.5"),
        method="as the recommendations say",
        data={},
        actions=("Look at it.",),
        hours_to_implement=8,
    )


def lines_of(word: str) -> list[str]:
    """What may be typed, as it is declared: with everything, and with what is needed alone."""
    (usage,) = [sub.usage for sub in RECS_SUBCOMMANDS if sub.word == word]
    bare = usage
    while "[" in bare:
        bare = re.sub(r" ?\[[^][]*\]", "", bare)
    whole = re.sub(r"[][]", "", usage)
    return list(dict.fromkeys((whole, bare)))


def typed(line: str, target: Target) -> str:
    """A declared line with something in the place of each capitalized word."""
    places = {
        "org NAME": "org acme",
        "CLAUSE …": "all",
        "STATUS …": "open",
        "until DAY | 14d | week | month": "until 2026-12-24",
        "AMOUNT": "5",
        "DAY": "2026-12-24",
        "RESOLUTION": "of launch",
        "REASON": "of launch",
        "STATUS": "planned",
        "@person": "<@U0OTTO0001|otto>",
        "ID": str(target.id_of(line)),
    }
    for place, filling in places.items():
        line = line.replace(place, filling)
    assert not re.search(r"\b[A-Z]{2,}\b", line.replace("<@U0OTTO0001|otto>", "")), line
    return line


def test_every_word_and_button_is_tried() -> None:
    assert set(ACTS) == {sub.word for sub in RECS_SUBCOMMANDS}
    assert {LEAST_ROLE[act] for act in Act} <= {Role.USER, Role.ORG_ADMIN}
    assert len(OURS) >= 15
    assert len(OUR_VIEWS) >= 5


@pytest.mark.parametrize("word", [sub.word for sub in RECS_SUBCOMMANDS])
async def test_every_command(act: OpenStage, word: str):
    least = LEAST_ROLE[ACTS[word]]
    async with act() as acting:
        for target in await targets(acting):
            for line in lines_of(word):
                for person in WHO:
                    verdict, answer, has_changed = await say(target, word, line, person)
                    wanted = due(least, target.whose, person)
                    if "ID" not in line and wanted in ("gone", "yes"):
                        wanted = answered_anywhere(line, person)
                    assert verdict == wanted, (line, person, answer)
                    opens_form = word in ("reject", "verify", "assign") and line == bare_of(word)
                    is_decision = ACTS[word] not in (Act.SEE, Act.GENERATE)
                    assert has_changed == (verdict == "yes" and is_decision and not opens_form), (
                        line,
                        person,
                        answer,
                    )


def answered_anywhere(line: str, person: str) -> str:
    """What comes of a line that concerns no recommendation; the organization is acme."""
    known = WHO[person]
    assert known is not None
    return "theirs" if "org NAME" in line and known[1] not in (None, "acme") else "yes"


def bare_of(word: str) -> str:
    """The shortest form of a line."""
    return lines_of(word)[-1]


async def say(target: Target, word: str, line: str, person: str) -> tuple[str, str, bool]:
    """What comes of a line that somebody types, in a word and in full, and whether it did much."""
    acting = target.acting
    await target.prepared(word)
    acting.slack.workspace.set_modals(acting.playing.stage.user_id(person), [])
    before = await target.trace()
    heard = await acting.say(typed(line, target), person)
    assert (heard.status, heard.failure) == (200, "")
    # What was said last: the ack may only say that something has begun.
    last = heard.messages[-1] if heard.messages else heard.ack
    answer = str(last) if last else text_of(acting.modal(person))
    after = await target.trace()
    assert (before[0] == after[0]) == (before[1] == after[1])
    wanted = due(LEAST_ROLE[ACTS[word]], target.whose, person) if "ID" in line else "yes"
    return told(answer, wanted), answer, before != after


@pytest.mark.parametrize("name", OURS)
async def test_every_button(act: OpenStage, name: str):
    async with act() as acting:
        for target in await targets(acting):
            for person in WHO:
                await target.prepared(name)
                wanted = due(ACTIONS[name], target.whose, person)
                if name in NOWHERE and wanted == "gone":
                    wanted = "yes"
                before = await target.trace()
                answer = await pressed(target, name, person)
                assert told(answer, wanted) == wanted, (person, answer)
                after = await target.trace()
                assert (before[0] == after[0]) == (before[1] == after[1]) or "share" in name
                if wanted != "yes":
                    assert before == after, person


def value_of(target: Target, name: str) -> str:
    """What a button of that name carries."""
    if name in NOWHERE:
        return {"recs_generate": "generate all"}.get(name, "list")
    state = next((READY[word] for word in READY if word in name), State.PENDING)
    seen = OpportunityState.OPEN.value if "opportunity" in name else state.value
    return f"{target.id_of(name)}:{seen}"


async def pressed(target: Target, name: str, person: str) -> str:
    """All that is said to who presses a button: beside the message, in its place, in a modal."""
    acting = target.acting
    message = await acting.message("help", person)
    user_id = acting.playing.stage.user_id(person)
    acting.slack.workspace.set_modals(user_id, [])
    value = value_of(target, name)
    numbered = f"{name}_0" if name == "recs_ask" else name
    pressing = action(numbered, value, "recs-card-0")
    if name == "recs_snooze":
        pressing |= {"type": "static_select", "selected_option": {"value": f"{value}:week"}}
    said = await acting.press(message, pressing, person)
    modals = acting.slack.workspace.modals_of(user_id)
    return "\n".join(
        [*said, *([] if said or modals else [str(message.blocks)]), *map(text_of, modals)]
    )


@pytest.mark.parametrize("callback", OUR_VIEWS)
async def test_every_modal(act: OpenStage, callback: str):
    """Sent in by everybody as it was opened by somebody who may."""
    async with act() as acting:
        for target in await targets(acting):
            for person in WHO:
                await target.prepared(callback)
                await opened(target, callback)
                view = handed_over(acting, acting.modal("ada"), person)
                before = await target.trace()
                otto = acting.playing.stage.user_id("otto")
                changes = {"reason": "of launch", "amount": "5", "user": otto}
                changes |= {"resolution": "found"}
                outcome = await acting.submit(view, person, **changes)
                assert outcome.status == 200
                assert outcome.field_errors == {}
                wanted = due(VIEWS[callback], target.whose, person)
                answer = text_of(view)
                assert told(answer, wanted) == wanted, (person, answer)
                after = await target.trace()
                assert (before[0] < after[0]) == (wanted == "yes")
                if wanted != "yes":
                    assert before == after


async def opened(target: Target, callback: str) -> None:
    """Has Ada open the form."""
    name = {"recs_opportunity": "recs_opportunity_status"}.get(callback, callback)
    if name != "recs_snooze":
        await pressed(target, name, "ada")
        return
    acting = target.acting
    message = await acting.message("help", "ada")
    value = f"{value_of(target, name)}:day"
    pressing = action(name, value, "recs-card-0")
    pressing |= {"type": "static_select", "selected_option": {"value": value}}
    await acting.press(message, pressing, "ada")


def handed_over(acting: Acting, view: View, person: str) -> View:
    """The same modal, as if somebody else had it open."""
    theirs = copy.deepcopy(view)
    acting.slack.workspace.set_modals(acting.playing.stage.user_id(person), [theirs])
    return theirs
