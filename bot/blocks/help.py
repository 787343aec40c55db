"""`/cost help`, from the declared grammar."""

from __future__ import annotations

from slackblocks import ActionsBlock, Block, HeaderBlock

from analysis.roles import Role
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.text import escape
from bot.grammar.words import CLAUSES, SUBCOMMANDS
from queries.dimensions import Dimensions

QUESTIONS = {
    "today by model": "What each model costs so far today",
    "7d by organization": "Who spends, and how that changed",
    "month by day": "This month, day after day",
    "compare week": "What changed over complete days",
    "report preview": "Everything about a week, in sentences",
    "pricing": "What a million tokens cost",
}
"""What the help and the playground offer to ask at once, and what it answers."""


def help_answer(dimensions: Dimensions, role: Role) -> Answer:
    """Everything that `role` may type."""
    clauses = [f"• `{clause.usage}` {escape(clause.meaning)}" for clause in CLAUSES]
    others = [f"• `/cost {sub.usage}` {escape(sub.meaning)}" for sub in SUBCOMMANDS]
    names = [
        f"`{dimension.name}` {escape(dimension.meaning)}"
        for dimension in dimensions.visible_to(role)
    ]
    examples = "\n".join(f"`{clause.example}`" for clause in CLAUSES)
    blocks: list[Block] = [
        HeaderBlock("What does our AI compute cost?", block_id="help-title"),
        section("*`/cost` and, in any order:*\n" + "\n".join(clauses), "help-clauses"),
        section("*Dimensions:* " + "; ".join(names), "help-dimensions"),
        section("*More:*\n" + "\n".join(others), "help-more"),
        section(f"*Examples*\n{examples}", "help-examples"),
        context(["Answers are seen by you alone until you share them."], "help-notes"),
        ActionsBlock(
            [button(f"/cost {text}", f"ask_{i}", text) for i, text in enumerate(QUESTIONS)],
            block_id="help-next",
        ),
    ]
    return Answer(
        text="/cost answers what AI compute costs: try /cost today by model",
        blocks=tuple(blocks),
    )
