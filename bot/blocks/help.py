"""`/cost help`, from the declared grammar: a line each, and every form of one word."""

from __future__ import annotations

from slackblocks import ActionsBlock, Block, HeaderBlock

from analysis.roles import Role
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.text import escape
from bot.grammar.words import CLAUSES, GROUPS, SUBCOMMANDS, Subcommand
from queries.dimensions import Dimensions

QUESTIONS = {
    "today by model": "What each model costs so far today",
    "7d by organization": "Who spends, and how that changed",
    "month by day": "This month, day after day",
    "compare week": "What changed over complete days",
    "forecast": "What the next 30 days will cost, with a range",
    "digest preview": "What a team reads each morning",
    "replay 30d": "What would have been told lately",
    "report preview": "Everything about a week, in sentences",
}
"""What the help and the playground offer to ask at once, and what it answers."""


def help_answer(dimensions: Dimensions, role: Role) -> Answer:
    """Everything that `role` may type, a line each."""
    clauses = [f"• `{clause.usage}` {escape(clause.meaning)}" for clause in CLAUSES]
    names = [
        f"`{dimension.name}` {escape(dimension.meaning)}"
        for dimension in dimensions.visible_to(role)
    ]
    examples = "\n".join(f"`{clause.example}`" for clause in CLAUSES)
    blocks: list[Block] = [
        HeaderBlock("What does our AI compute cost?", block_id="help-title"),
        section("*`/cost` and, in any order:*\n" + "\n".join(clauses), "help-clauses"),
        section("*Dimensions:* " + "; ".join(names), "help-dimensions"),
        *(
            section(f"*{title}*\n" + "\n".join(_lines(words)), f"help-group-{place}")
            for place, (title, words) in enumerate(_groups())
        ),
        section(f"*Examples*\n{examples}", "help-examples"),
        context(
            [
                "`/cost help WORD` shows every form of a word; `/budget help` and `/recs help` "
                "theirs. Answers are seen by you alone until you share them."
            ],
            "help-notes",
        ),
        ActionsBlock(
            [button(f"/cost {text}", f"ask_{i}", text) for i, text in enumerate(QUESTIONS)],
            block_id="help-next",
        ),
    ]
    return Answer(
        text="/cost answers what AI compute costs: try /cost today by model",
        blocks=tuple(blocks),
    )


def word_help_answer(word: str) -> Answer:
    """Every form of one subcommand, with an example of each."""
    forms = [sub for sub in SUBCOMMANDS if sub.word == word]
    blocks = [
        section(
            f"`/cost {sub.usage}`\n{escape(sub.meaning)}\nFor example `{sub.example}`",
            f"help-form-{place}",
        )
        for place, sub in enumerate(forms)
    ]
    usages = ", ".join(f"/cost {sub.usage}" for sub in forms)
    return Answer(text=escape(f"How {word} is written: {usages}"), blocks=tuple(blocks))


def _groups() -> list[tuple[str, tuple[str, ...]]]:
    grouped = {word for _, words in GROUPS for word in words}
    others = dict.fromkeys(sub.word for sub in SUBCOMMANDS if sub.word not in grouped)
    return [*GROUPS, ("Costbot", tuple(others))]


def _lines(words: tuple[str, ...]) -> list[str]:
    """A line for each word: the meaning of its first form, and of how many more there are."""
    lines: list[str] = []
    for word in words:
        forms = [sub for sub in SUBCOMMANDS if sub.word == word]
        if forms:
            lines.append(f"• `/cost {word}` {escape(forms[0].meaning)}{_more(word, forms[1:])}")
    return lines


def _more(word: str, others: list[Subcommand]) -> str:
    return f" · {len(others)} more forms: `/cost help {word}`" if others else ""
