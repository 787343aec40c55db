"""What `/recs` answers, asked of a made-up deployment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from analysis.recommendations.kept.states import Move
from bot.assembly import Parts, recommendations_of
from bot.blocks.answer import Answer
from bot.blocks.recs_generated import asks_to_generate, generated_answer, progress_answer
from bot.blocks.recs_help import recs_help_answer
from bot.gallery.answered import DATA_SETS, answered, entry_from, entry_of
from bot.gallery.entry import Entry
from bot.gallery.made_up import admin, caller_of
from bot.grammar.recs_commands import RecsGenerateCommand
from bot.recs_answers import RecsAnswers, Where
from handlers.caller import Caller
from handlers.recommendations.requests import (
    AssignRequest,
    DecideRequest,
    GenerateRequest,
    ListRequest,
    OpportunityListRequest,
)


def entries() -> list[Entry]:
    """The answers."""
    return answered("recommendations")


async def ask(parts: Parts) -> list[Entry]:
    """Draws them, and asks for all there is to see."""
    recs = recommendations_of(parts, "slack")
    answers = RecsAnswers(recs)
    command, caller = RecsGenerateCommand(), admin()
    found = [
        entry_of("/recs generate", "typical", asks_to_generate(command)),
        entry_of("/recs generate: under way", "typical", progress_answer(command, "usage", 0.4)),
        entry_of(
            "/recs generate: done",
            "typical",
            generated_answer(await recs.generate.generate(GenerateRequest(), caller)),
        ),
        entry_of("/recs help", "typical", recs_help_answer(caller.role)),
    ]
    for data in DATA_SETS:
        for name, answer in _of(answers, caller_of(data)):
            found.append(await entry_from(f"/recs {name}", data, answer))
    return found


def _of(answers: RecsAnswers, caller: Caller) -> list[tuple[str, Callable[[], Awaitable[Answer]]]]:
    async def decide(move: Move) -> Answer:
        row = await answers.at(1, caller)
        return await answers.decide(DecideRequest(str(row.id), move), caller, Where())

    async def assign() -> Answer:
        row = await answers.at(1, caller)
        return await answers.assign(AssignRequest(str(row.id), caller.user_id), caller, Where())

    return [
        ("list", lambda: answers.list(ListRequest(), caller)),
        ("show", lambda: answers.show("1", caller)),
        ("show, another", lambda: answers.show("2", caller)),
        ("opportunities", lambda: answers.opportunities(OpportunityListRequest(), caller)),
        ("assign", assign),
        ("accept", lambda: decide(Move.ACCEPT)),
        ("tracker", lambda: answers.tracked(None, caller)),
    ]
