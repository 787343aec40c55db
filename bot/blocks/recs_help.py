"""`/recs help`, from the declared grammar."""

from __future__ import annotations

from slackblocks import ActionsBlock, Block, HeaderBlock

from analysis.recommendations.proposal import Kind
from analysis.roles import Role
from bot.blocks.answer import Answer, context, section
from bot.blocks.recs_buttons import ask_buttons
from bot.blocks.text import escape
from bot.grammar.recs_words import ACTS, RECS_CLAUSES, RECS_SUBCOMMANDS
from bot.recommendation_words import KINDS
from handlers.recommendations.permissions import LEAST_ROLE

NEXT = (("What is recommended", "list"), ("Opportunities", "opportunities"), ("Tracker", "tracker"))


def recs_help_answer(role: Role) -> Answer:
    """Everything that somebody of a role may type after `/recs`."""
    allowed = [sub for sub in RECS_SUBCOMMANDS if role.reaches(LEAST_ROLE[ACTS[sub.word]])]
    commands = [f"• `/recs {sub.usage}` {escape(sub.meaning)}" for sub in allowed]
    clauses = [f"• `{clause.usage}` {escape(clause.meaning)}" for clause in RECS_CLAUSES]
    kinds = ", ".join(f"`{kind.value}` ({KINDS[kind]})" for kind in Kind)
    examples = "\n".join(f"`{sub.example}`" for sub in allowed[:6])
    blocks: list[Block] = [
        HeaderBlock("What could we save?", block_id="help-title"),
        section("\n".join(commands), "help-commands"),
        section("*A list, in any order:*\n" + "\n".join(clauses), "help-clauses"),
        section(f"*Types:* {kinds}", "help-kinds"),
        section(f"*Examples*\n{examples}", "help-examples"),
        context(["Answers are seen by you alone until you share one."], "help-notes"),
        ActionsBlock(list(ask_buttons(NEXT)), block_id="recs-next"),
    ]
    return Answer(
        text="/recs tells what could be saved, and keeps what was decided: try /recs or /recs help",
        blocks=tuple(blocks),
    )
