"""`/budget help`, from the declared grammar."""

from __future__ import annotations

from slackblocks import ActionsBlock, Block, HeaderBlock

from analysis.roles import Role
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget_buttons import NEW
from bot.blocks.text import escape
from bot.grammar.budget_words import ACTS, BUDGET_CLAUSES, BUDGET_SUBCOMMANDS
from handlers.budgets.permissions import LEAST_ROLE, Act
from handlers.budgets.scoping import NOT_SCOPED
from queries.dimensions import Dimensions


def budget_help_answer(dimensions: Dimensions, role: Role) -> Answer:
    """Everything that somebody of a role may type after `/budget`."""
    allowed = [sub for sub in BUDGET_SUBCOMMANDS if role.reaches(LEAST_ROLE[ACTS[sub.word]])]
    commands = [f"• `/budget {sub.usage}` {escape(sub.meaning)}" for sub in allowed]
    if not role.reaches(LEAST_ROLE[Act.CREATE]):
        return _told([section("\n".join(commands), "help-commands")])
    clauses = [f"• `{clause.usage}` {escape(clause.meaning)}" for clause in BUDGET_CLAUSES]
    examples = "\n".join(f"`{clause.example}`" for clause in BUDGET_CLAUSES[:5])
    visible = dimensions.visible_to(role)
    names = [f"`{dimension.name}`" for dimension in visible if dimension.name not in NOT_SCOPED]
    blocks: list[Block] = [
        section("\n".join(commands), "help-commands"),
        section("*Clauses, in any order:*\n" + "\n".join(clauses), "help-clauses"),
        section(f"*Dimensions:* {', '.join(names)}", "help-dimensions"),
        section(f"*Examples*\n{examples}", "help-examples"),
    ]
    return _told(blocks, ActionsBlock([button("New budget", NEW, "new")], block_id="budget-next"))


def _told(blocks: list[Block], *buttons: Block) -> Answer:
    head = HeaderBlock("What do we mean to spend at most?", block_id="help-title")
    notes = context(["Answers are seen by you alone; nobody is pinged."], "help-notes")
    return Answer(
        text="/budget keeps what we mean to spend at most: try /budget list or /budget help",
        blocks=(head, *blocks, notes, *buttons),
    )
