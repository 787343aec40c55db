"""`/budget help`, from the declared grammar."""

from __future__ import annotations

from slackblocks import ActionsBlock, Block, HeaderBlock

from analysis.roles import Role
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget_buttons import NEW
from bot.blocks.text import escape
from bot.grammar.budget_words import BUDGET_CLAUSES, BUDGET_SUBCOMMANDS
from handlers.budgets.permissions import LEAST_ROLE, Act
from handlers.budgets.scoping import NOT_SCOPED
from queries.dimensions import Dimensions


def budget_help_answer(dimensions: Dimensions, role: Role) -> Answer:
    """Everything that may be typed after `/budget`."""
    commands = [f"• `/budget {sub.usage}` {escape(sub.meaning)}" for sub in BUDGET_SUBCOMMANDS]
    clauses = [f"• `{clause.usage}` {escape(clause.meaning)}" for clause in BUDGET_CLAUSES]
    examples = "\n".join(f"`{clause.example}`" for clause in BUDGET_CLAUSES[:5])
    visible = dimensions.visible_to(role)
    names = [f"`{dimension.name}`" for dimension in visible if dimension.name not in NOT_SCOPED]
    blocks: list[Block] = [
        HeaderBlock("What do we mean to spend at most?", block_id="help-title"),
        section("\n".join(commands), "help-commands"),
        section("*Clauses, in any order:*\n" + "\n".join(clauses), "help-clauses"),
        section(f"*Dimensions:* {', '.join(names)}", "help-dimensions"),
        section(f"*Examples*\n{examples}", "help-examples"),
        context(["Answers are seen by you alone; nobody is pinged."], "help-notes"),
    ]
    if role.reaches(LEAST_ROLE[Act.CREATE]):
        blocks.append(ActionsBlock([button("New budget", NEW, "new")], block_id="budget-next"))
    return Answer(
        text="/budget keeps what we mean to spend at most: try /budget list or /budget create",
        blocks=tuple(blocks),
    )
