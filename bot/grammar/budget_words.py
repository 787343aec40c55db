"""The declared words of `/budget`: what may be typed, what it means, an example of each.

The parser takes its keywords from here, the help and `docs/commands.md` their text, and a
mistyped word its suggestions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.roles import Role
from bot.grammar.words import Clause, Subcommand, dimension_words
from handlers.budgets.permissions import Act
from queries.dimensions import Dimensions

BUDGET_SUBCOMMANDS: tuple[Subcommand, ...] = (
    Subcommand(
        "create",
        "create [NAME AMOUNT PERIOD] [CLAUSE …]",
        "a new budget; alone it opens a form",
        '/budget create "Prod LLM" 5000 monthly org acme model gpt-4',
    ),
    Subcommand(
        "list",
        "list [PART OF A NAME] [org NAME]",
        "all budgets that you see, with where they stand; so does `/budget` alone",
        "/budget list prod",
    ),
    Subcommand(
        "show",
        "show NAME [on DAY]",
        "one budget with everything: burn, projection, run-out day, what the spend is made of",
        '/budget show "Prod LLM"',
    ),
    Subcommand(
        "status",
        "status [NAME] [on DAY]",
        "where it stands, in a line; without a name: all",
        '/budget status "Prod LLM" on 2026-03-16',
    ),
    Subcommand(
        "edit",
        "edit NAME [CLAUSE …]",
        "changes it; with a name alone it opens a form; values of a scope and whom to tell are "
        "replaced as a whole",
        '/budget edit "Prod LLM" limit 6000',
    ),
    Subcommand(
        "history",
        "history NAME",
        "who decided what, with before and after, and the course by day",
        '/budget history "Prod LLM"',
    ),
    Subcommand(
        "pause",
        "pause NAME [until DAY]",
        "neither alerts nor denies, until that day begins or it is resumed",
        '/budget pause "Prod LLM" until 2026-12-01',
    ),
    Subcommand("resume", "resume NAME", "ends a pause", '/budget resume "Prod LLM"'),
    Subcommand(
        "raise",
        "raise NAME [AMOUNT [from DAY] [until DAY] because REASON]",
        "asks for more to spend for some days; somebody else approves it; with a name alone it "
        "opens a form",
        '/budget raise "Prod LLM" 500 until 2026-03-31 because of the launch',
    ),
    Subcommand(
        "approve",
        "approve ID",
        "approves a raise, by the id that its message has",
        "/budget approve 6f1c…",
    ),
    Subcommand(
        "reject",
        "reject ID because REASON",
        "rejects a raise",
        "/budget reject 6f1c… because the month is nearly over",
    ),
    Subcommand("withdraw", "withdraw ID", "takes one's own raise back", "/budget withdraw 6f1c…"),
    Subcommand(
        "delete",
        "delete NAME",
        "deletes it, after asking; within a day that can be undone",
        '/budget delete "Prod LLM"',
    ),
    Subcommand("undo", "undo ID", "takes a deletion back, within a day", "/budget undo 6f1c…"),
    Subcommand("help", "help", "this list", "/budget help"),
)

ACTS: Mapping[str, Act] = {
    "create": Act.CREATE,
    "list": Act.SEE,
    "show": Act.SEE,
    "status": Act.SEE,
    "edit": Act.EDIT,
    "history": Act.SEE,
    "pause": Act.PAUSE,
    "resume": Act.PAUSE,
    "raise": Act.ASK_RAISE,
    "approve": Act.DECIDE_RAISE,
    "reject": Act.DECIDE_RAISE,
    "withdraw": Act.ASK_RAISE,
    "delete": Act.DELETE,
    "undo": Act.DELETE,
    "help": Act.SEE,
}
"""What each word does: who may, the table of permissions says, and the handlers see to it."""

KINDS = ("monthly", "quarterly", "annual", "custom")

BUDGET_CLAUSES: tuple[Clause, ...] = (
    Clause(
        "DIMENSION VALUE",
        "counts only these; repeat it for several values, quote a name with spaces; "
        "`everything` for no such bounds",
        '/budget create "Prod LLM" 5000 monthly model gpt-4 environment production',
        ("everything",),
    ),
    Clause(
        "org NAME",
        "whose budget it is, of an admin; without it the deployment's own",
        '/budget create "Acme" 5000 monthly org acme',
        (),
    ),
    Clause(
        "monthly | quarterly | annual",
        "how long a period is; it renews by itself",
        '/budget create "Prod LLM" 60,000 annual',
        (*KINDS, "period"),
    ),
    Clause(
        "from DAY to DAY",
        "first and last day, both count; without a period such as monthly it runs once; "
        "`to never` for no end",
        '/budget create "Launch" $5k from 2026-01-01 to 2026-03-31',
        ("from", "to", "until"),
    ),
    Clause(
        "zone ZONE",
        "in which its days begin; without it, yours",
        '/budget create "Prod LLM" 5000 monthly zone Europe/Berlin',
        ("zone",),
    ),
    Clause(
        "hard | soft",
        "beyond the limit, a hard one denies what gateways ask for; soft without a word",
        '/budget edit "Prod LLM" hard',
        ("hard", "soft"),
    ),
    Clause(
        "unknown allow | unknown deny",
        "what gateways are answered while the spend is not known; allow without a word",
        '/budget edit "Prod LLM" hard unknown deny',
        ("unknown",),
    ),
    Clause(
        "warn 80% | critical 95% | forecast 110%",
        "when to alert, of the limit; `forecast off` for no alert on the forecast",
        '/budget edit "Prod LLM" warn 70% critical 90% forecast off',
        ("warn", "warning", "critical", "forecast"),
    ),
    Clause(
        "rollover AMOUNT",
        "how much of what is unspent goes into the next period at most; `off` for nothing",
        '/budget edit "Prod LLM" rollover 500',
        ("rollover",),
    ),
    Clause(
        "to #channel @person mail@example.com webhook:ID",
        "who is told; `to nobody` for nobody",
        '/budget edit "Prod LLM" to #llm-costs finance@example.com',
        ("to",),
    ),
    Clause(
        "alerts on | alerts off",
        "whether anybody is told at all",
        '/budget edit "Prod LLM" alerts off',
        ("alerts",),
    ),
    Clause(
        "name NAME | limit AMOUNT | about TEXT",
        "another name, limit or description",
        '/budget edit "Prod LLM" name "LLM in production" limit 6000',
        ("name", "limit", "about"),
    ),
    Clause(
        "anyway",
        "takes a value that no cost has had yet",
        '/budget create "Next" 500 monthly model gpt-9 anyway',
        ("anyway",),
    ),
)

CLAUSE_WORDS = frozenset(word for clause in BUDGET_CLAUSES for word in clause.keywords)
"""The words that begin a clause, dimensions apart."""


def budget_keywords(dimensions: Dimensions, role: Role) -> Iterable[str]:
    """Every word that may be typed after a budget's name: where suggestions come from."""
    yield from sorted(CLAUSE_WORDS)
    yield from dimension_words(dimensions, role)
