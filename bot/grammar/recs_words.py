"""The declared words of `/recs`: what may be typed, what it means, an example of each.

The parser takes its keywords from here, the help and `docs/commands.md` their text, and a
mistyped word its suggestions.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Kind
from bot.grammar.words import Clause, Subcommand
from handlers.recommendations.permissions import MOVES, Act

RECS_SUBCOMMANDS: tuple[Subcommand, ...] = (
    Subcommand(
        "list",
        "list [CLAUSE …] [csv]",
        "what is recommended, the most important first; so does `/recs` alone",
        "/recs list accepted kind caching",
    ),
    Subcommand(
        "show",
        "show ID",
        "one recommendation with everything: evidence, steps, formula, what was decided; a number "
        "is its place in `/recs`",
        "/recs show 1a2b3c4d",
    ),
    Subcommand(
        "accept",
        "accept ID [because REASON]",
        "it will be done; from then on what it promises stays as it is",
        "/recs accept 1a2b3c4d",
    ),
    Subcommand(
        "reject",
        "reject ID [[until DAY] because REASON]",
        "it will not be done, and is not proposed again before that day; without one for 90 days; "
        "with an id alone it opens a form",
        "/recs reject 1a2b3c4d because the contract names that model",
    ),
    Subcommand(
        "snooze",
        "snooze ID [until DAY | 14d | week | month]",
        "it comes back on that day; without one in 30 days",
        "/recs snooze 1a2b3c4d month",
    ),
    Subcommand(
        "implement",
        "implement ID [because REASON]",
        "it was done",
        "/recs implement 1a2b3c4d",
    ),
    Subcommand(
        "verify",
        "verify ID [AMOUNT [because REASON]]",
        "what it saves a month, found by hand; that goes before what was measured; with an id "
        "alone it opens a form",
        "/recs verify 1a2b3c4d 450 because the invoice of November says so",
    ),
    Subcommand(
        "reopen",
        "reopen ID [because REASON]",
        "it is pending again",
        "/recs reopen 1a2b3c4d",
    ),
    Subcommand(
        "undo",
        "undo ID",
        "takes accept, reject or snooze back, within a day",
        "/recs undo 1a2b3c4d",
    ),
    Subcommand(
        "assign",
        "assign ID [@person]",
        "who sees to it; `me`, or `nobody`; with an id alone it opens a form",
        "/recs assign 1a2b3c4d me",
    ),
    Subcommand(
        "generate",
        "generate [30d] [org NAME]",
        "draws recommendations anew from the last complete days, 7 to 90; decisions stay; `all` "
        "in place of an organization for all, of an admin",
        "/recs generate 30d",
    ),
    Subcommand(
        "tracker",
        "tracker [org NAME]",
        "what was promised against what was measured, by type",
        "/recs tracker",
    ),
    Subcommand(
        "opportunities",
        "opportunities [STATUS …] [org NAME] [csv]",
        "where money could be saved, for whoever looks into it",
        "/recs opportunities open investigating",
    ),
    Subcommand(
        "opportunities show",
        "opportunities show ID",
        "one of them with everything",
        "/recs opportunities show 1a2b3c4d",
    ),
    Subcommand(
        "opportunities assign",
        "opportunities assign ID @person",
        "who looks into it; `me`, or `nobody`",
        "/recs opportunities assign 1a2b3c4d me",
    ),
    Subcommand(
        "opportunities status",
        "opportunities status ID STATUS [saved AMOUNT] [because RESOLUTION]",
        "where it stands: open, investigating, planned, implemented or dismissed, which needs a "
        "reason; with what was found to be saved a month",
        "/recs opportunities status 1a2b3c4d implemented saved 120 because retries have a limit",
    ),
    Subcommand("help", "help", "this list", "/recs help"),
)

ACTS: Mapping[str, Act] = {
    "list": Act.SEE,
    "show": Act.SEE,
    **{move.value: act for move, act in MOVES.items()},
    "assign": Act.ASSIGN,
    "generate": Act.GENERATE,
    "tracker": Act.SEE,
    "opportunities": Act.SEE,
    "opportunities show": Act.SEE,
    "opportunities assign": Act.RESOLVE,
    "opportunities status": Act.RESOLVE,
    "help": Act.SEE,
}
"""What each word does: who may, the table of permissions says, and the handlers see to it."""

DECISIONS: Mapping[str, Move] = {
    **{move.value: move for move in MOVES},
    "dismiss": Move.REJECT,
    "done": Move.IMPLEMENT,
}
"""The words that decide."""

ALL = "all"

KIND_WORDS: Mapping[str, Kind] = {
    **{kind.value: kind for kind in Kind},
    "downgrade": Kind.MODEL_DOWNGRADE,
    "model": Kind.MODEL_DOWNGRADE,
    "cache": Kind.CACHING,
    "batch": Kind.BATCH_PROCESSING,
    "prompt": Kind.PROMPT_OPTIMIZATION,
    "prompts": Kind.PROMPT_OPTIMIZATION,
    "limit": Kind.RATE_LIMITING,
    "limits": Kind.RATE_LIMITING,
    "tier": Kind.TIER_MIGRATION,
    "unused": Kind.UNUSED_FEATURES,
    "idle": Kind.IDLE_CAPACITY,
    "failures": Kind.FAILURE_WASTE,
    "drift": Kind.EFFICIENCY_DRIFT,
}
"""The kinds by all words that mean one."""

RECS_CLAUSES: tuple[Clause, ...] = (
    Clause(
        "pending | accepted | rejected | snoozed | implemented | verified | expired | archived "
        "| all",
        "only these; several may stand together; without a word: pending",
        "/recs list accepted implemented",
        (*(state.value for state in State), ALL),
    ),
    Clause(
        "kind KIND",
        "only of this type, such as model_downgrade, caching or idle_capacity; several may follow",
        "/recs list kind caching batch_processing",
        ("kind", "type"),
    ),
    Clause(
        "min AMOUNT",
        "only what saves at least so many US dollars a month",
        "/recs list min $50",
        ("min",),
    ),
    Clause("org NAME", "only of this organization, of an admin", "/recs list org acme", ("org",)),
)

LIST_WORDS = frozenset(word for clause in RECS_CLAUSES for word in clause.keywords)
"""The words that begin a clause of a list."""
