"""`docs/commands.md`, written by the declared grammar itself.

`costbot reference > docs/commands.md`; a test fails where the page is behind.
"""

from __future__ import annotations

from collections.abc import Iterable

from analysis.roles import Role
from bot.grammar.budget_words import BUDGET_CLAUSES, BUDGET_SUBCOMMANDS
from bot.grammar.digest_words import DIGEST_SUBCOMMANDS
from bot.grammar.recs_words import RECS_CLAUSES, RECS_SUBCOMMANDS
from bot.grammar.words import ALIASES, CLAUSES, SUBCOMMANDS, Clause, Subcommand
from queries.breakdown import TIMES
from queries.dimensions import Dimensions

_WRITTEN = (
    "<!-- Written by `costbot reference` from `words.py`, `budget_words.py` and `recs_words.py` in "
    "`bot/grammar`. -->"
)


def commands_page() -> str:
    """`docs/commands.md`."""
    dimensions = Dimensions()
    lines = [
        "# Commands",
        "",
        _WRITTEN,
        "",
        "`/cost`, and then, in any order:",
        "",
        *_clauses(CLAUSES),
        "",
        "Or one of these:",
        "",
        *_subcommands("/cost", SUBCOMMANDS),
        "",
        "## Budgets",
        "",
        "`/budget`, and then one of these:",
        "",
        *_subcommands("/budget", BUDGET_SUBCOMMANDS),
        "",
        "A budget is created and edited by a name and, in any order:",
        "",
        *_clauses(BUDGET_CLAUSES),
        "",
        "## Recommendations",
        "",
        "`/recs`, and then one of these:",
        "",
        *_subcommands("/recs", RECS_SUBCOMMANDS),
        "",
        "A list is narrowed, in any order, by:",
        "",
        *_clauses(RECS_CLAUSES),
        "",
        "## Digests",
        "",
        *_subcommands("/cost", DIGEST_SUBCOMMANDS),
        "",
        "## Dimensions",
        "",
        "For `by …` and as filters. A deployment adds its own in the settings "
        "(`COSTBOT_DIMENSIONS`).",
        "",
        "| dimension | what it is | sources | who may use it |",
        "| --- | --- | --- | --- |",
        *(
            f"| `{dimension.name}` | {dimension.meaning} | "
            f"{', '.join(sorted(dimension.sources))} | {_audience(dimension.audience)} |"
            for dimension in dimensions.values()
        ),
        *(f"| `{name}` | in the zone of who asks | gpu, usage | everybody |" for name in TIMES),
        "",
        f"Short forms: {', '.join(f'`{a}` for `{name}`' for a, name in ALIASES.items())}.",
        "",
    ]
    return "\n".join(lines)


def _clauses(clauses: Iterable[Clause]) -> list[str]:
    return [
        "| you type | it means | for example |",
        "| --- | --- | --- |",
        *(
            f"| `{_cell(clause.usage)}` | {clause.meaning} | `{_cell(clause.example)}` |"
            for clause in clauses
        ),
    ]


def _subcommands(command: str, subcommands: Iterable[Subcommand]) -> list[str]:
    return [
        "| you type | it answers | for example |",
        "| --- | --- | --- |",
        *(
            f"| `{command} {_cell(sub.usage)}` | {sub.meaning} | `{_cell(sub.example)}` |"
            for sub in subcommands
        ),
    ]


def _audience(role: Role) -> str:
    return {
        Role.USER: "everybody",
        Role.ORG_ADMIN: "organization admins and admins",
        Role.ADMIN: "admins",
    }[role]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
