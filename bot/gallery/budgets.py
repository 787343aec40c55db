"""What `/budget` answers, asked of a made-up deployment."""

from __future__ import annotations

from bot.assembly import Parts, budgets_of
from bot.blocks.answer import Answer
from bot.gallery.answered import answered, entry_from
from bot.gallery.entry import DataSet, Entry
from bot.gallery.made_up import HOSTILE, caller_of
from bot.slack.budget_commands import BudgetCommands
from bot.slack.raise_forms import RaiseForms

COSTS = "<#C0COSTS001|costs>"

TYPICAL = (
    f'create "Prod LLM" 900 monthly to {COSTS}',
    f'create "Images" 2500 monthly product studio to {COSTS}',
    'create "Search" 40 quarterly model text-embedding-3-small',
    "list",
    'show "Prod LLM"',
    'status "Prod LLM"',
    'history "Prod LLM"',
    'edit "Images" limit 3000',
    'raise "Prod LLM" 300 until 2026-12-31 because of the launch of the new assistant',
    'pause "Search"',
    'resume "Search"',
    'delete "Search"',
    "help",
)
EMPTY = ("list", "show Nothing", "create", "history Nothing")

_NAME = HOSTILE.replace("`", "")[:80]
EXTREME = (
    f'create "{_NAME}" 999999999999 monthly to {COSTS}',
    *(f'create "{number:02} {_NAME[:60]}" 0.01 monthly to {COSTS}' for number in range(20)),
    "list",
    f'show "{_NAME}"',
    f'status "00 {_NAME[:60]}"',
    f'history "00 {_NAME[:60]}"',
)


def entries() -> list[Entry]:
    """The answers."""
    return answered("budgets")


async def ask(parts: Parts) -> list[Entry]:
    """Asks all of it."""
    budgets = budgets_of(parts, "slack")
    commands = BudgetCommands(budgets, RaiseForms(budgets), parts.dimensions)
    asked: tuple[tuple[DataSet, tuple[str, ...]], ...] = (
        ("typical", TYPICAL),
        ("empty", EMPTY),
        ("extreme", EXTREME),
    )
    found: dict[str, Entry] = {}
    for data, texts in asked:
        caller = caller_of(data)
        for text in texts:

            async def answer(text: str = text) -> Answer:
                return await commands.answer(text, caller, "C0COSTS001")  # noqa: B023 - awaited here

            # Of several that are alike the last one is shown.
            word = text.partition(" ")[0]
            entry = await entry_from(f"/budget {word}", data, answer)
            found[f"{word} {data}"] = entry
    return list(found.values())
