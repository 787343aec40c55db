"""What is typed after `/recs`, answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from analysis.errors import BadInput, NotUnderstood
from bot.blocks.answer import Answer
from bot.blocks.recs_generated import asks_to_generate
from bot.blocks.recs_help import recs_help_answer
from bot.csv_file import CsvFile
from bot.grammar.command import Command
from bot.grammar.recs import parse_recs
from bot.grammar.recs_commands import (
    ME,
    UNSAID,
    OpportunityAssignCommand,
    OpportunityListCommand,
    OpportunityShowCommand,
    OpportunityStatusCommand,
    RecsAssignCommand,
    RecsDecideCommand,
    RecsGenerateCommand,
    RecsHelpCommand,
    RecsListCommand,
    RecsShowCommand,
    RecsTrackerCommand,
)
from bot.grammar.recs_write import write_recs
from bot.recs_answers import RecsAnswers, Where
from bot.recs_csv import opportunities_csv, recommendations_csv
from bot.slack.api import SlackApi
from bot.slack.files import send_csv
from handlers.caller import Caller
from handlers.recommendations.permissions import Act, allow
from handlers.recommendations.reading import MOST_ROWS
from handlers.recommendations.requests import AssignRequest, DecideRequest, ResolveRequest
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import Recommendation


@dataclass(frozen=True, slots=True)
class RecsCommands:
    """Answers what is typed.

    Attributes:
        answers: makes what is answered.
        client: Slack, for files.
    """

    answers: RecsAnswers
    client: SlackApi

    async def answer(self, command: Command, caller: Caller) -> Answer:
        """The answer to a command, within what `caller` may see and do.

        Raises:
            Refused: it is not there, not allowed or cannot be.
            Unavailable: the facts or the store cannot be read, or Slack takes no file.
        """
        answers = self.answers
        if command.csv:
            return await self._csv(command, caller)
        match command:
            case RecsDecideCommand():
                return await answers.decide(self.request_of(command, caller), caller, Where())
            case RecsAssignCommand(which=which, user=user):
                allow(Act.ASSIGN, caller)
                request = AssignRequest(which, _person(user, caller))
                return await answers.assign(request, caller, Where())
            case OpportunityAssignCommand(which=which, user=user):
                person = _person(user, caller)
                request = ResolveRequest(which, assign=True, user=person)
                return await answers.resolve(request, caller)
            case OpportunityStatusCommand(which, state, resolution, savings):
                request = ResolveRequest(which, state, resolution, savings)
                return await answers.resolve(request, caller)
            case RecsGenerateCommand():
                allow(Act.GENERATE, caller)
                return asks_to_generate(command)
            case _:
                return await self.look(command, caller)

    async def look(self, command: Command, caller: Caller) -> Answer:
        """The answer to a command that decides nothing.

        Raises:
            NotUnderstood: it decides.
            Refused, Unavailable: see `answer`.
        """
        answers = self.answers
        match command:
            case RecsHelpCommand():
                return recs_help_answer(caller.role)
            case RecsListCommand(request=request):
                return await answers.list(request, caller)
            case RecsShowCommand(which=which):
                return await answers.show(which, caller)
            case RecsTrackerCommand(organization=organization):
                return await answers.tracked(organization, caller)
            case OpportunityListCommand(request=request):
                return await answers.opportunities(request, caller)
            case OpportunityShowCommand(which=which):
                return await answers.opportunity(which, caller)
            case _:
                sentence = "That button belongs to an older message."
                raise NotUnderstood(sentence, "Ask again: `/recs`.")

    async def clicked(self, text: str, caller: Caller) -> Answer:
        """The answer to the question that a button carries: it looks, and never decides."""
        command = parse_recs(text)
        return await (self._csv if command.csv else self.look)(command, caller)

    def request_of(self, command: RecsDecideCommand, caller: Caller) -> DecideRequest:
        """The decision that was typed, its days counted from the caller's today on."""
        until = command.until
        if until is None and command.days is not None:
            today = self.answers.recs.decide.clock().astimezone(caller.zone).date()
            until = today + timedelta(days=command.days)
        return DecideRequest(
            which=command.which,
            move=command.move,
            reason=command.reason,
            until=until,
            savings=command.savings,
        )

    async def _csv(self, command: Command, caller: Caller) -> Answer:
        file = await self._file(command, caller)
        if not file.rows:
            return await self.look(replace(command, csv=False), caller)
        question = write_recs(command)
        return await send_csv(self.client, caller.user_id, file, question, command="/recs")

    async def _file(self, command: Command, caller: Caller) -> CsvFile:
        recs = self.answers.recs
        match command:
            case RecsListCommand(request=request):
                rows: list[Recommendation] = []
                request = replace(request, after=None, limit=MOST_ROWS)
                while True:
                    page = await recs.read.list(request, caller)
                    rows += page.rows
                    if page.after is None:
                        return recommendations_csv(rows)
                    request = replace(request, after=page.after)
            case OpportunityListCommand(request=asked):
                found: list[StoredOpportunity] = []
                asked = replace(asked, after=None, limit=MOST_ROWS)
                while True:
                    some = await recs.opportunities.list(asked, caller)
                    found += some.rows
                    if some.after is None:
                        return opportunities_csv(found)
                    asked = replace(asked, after=some.after)
            case _:
                hint = "`csv` goes with `list` and `opportunities`."
                raise NotUnderstood("There is no file of that answer.", hint)


def _person(user: str | None, caller: Caller) -> str | None:
    if user == UNSAID:
        raise BadInput("Nobody is named.", "Write `@person`, `me` or `nobody` behind the id.")
    return caller.user_id if user == ME else user
