"""The reference pages of `docs/`, written by the declarations themselves.

`costbot reference commands > docs/commands.md`, `costbot reference settings > docs/settings.md`;
a test fails where a page is behind.
"""

from __future__ import annotations

from analysis.roles import Role
from bot.grammar.words import ALIASES, CLAUSES, SUBCOMMANDS
from bot.settings import Settings
from handlers.cost import TIME_DIMENSIONS
from queries.dimensions import Dimensions

_WRITTEN = "<!-- Written by `costbot reference {page}`; edit the declarations in {module}. -->"


def commands_page() -> str:
    """`docs/commands.md`."""
    dimensions = Dimensions()
    lines = [
        "# Commands",
        "",
        _WRITTEN.format(page="commands", module="`bot/grammar/words.py`"),
        "",
        "`/cost`, and then, in any order:",
        "",
        "| you type | it means | for example |",
        "| --- | --- | --- |",
        *(
            f"| `{_cell(clause.usage)}` | {clause.meaning} | `{_cell(clause.example)}` |"
            for clause in CLAUSES
        ),
        "",
        "Or one of these:",
        "",
        "| you type | it answers | for example |",
        "| --- | --- | --- |",
        *(
            f"| `/cost {_cell(sub.usage)}` | {sub.meaning} | `{_cell(sub.example)}` |"
            for sub in SUBCOMMANDS
        ),
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
        *(
            f"| `{name}` | in the zone of who asks | gpu, usage | everybody |"
            for name in TIME_DIMENSIONS
        ),
        "",
        f"Short forms: {', '.join(f'`{a}` for `{name}`' for a, name in ALIASES.items())}.",
        "",
    ]
    return "\n".join(lines)


def settings_page() -> str:
    """`docs/settings.md`."""
    lines = [
        "# Settings",
        "",
        _WRITTEN.format(page="settings", module="`bot/settings.py`"),
        "",
        "Environment variables, or lines of a file `.env` in the working folder.",
        "",
        "| variable | what it sets | default |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        shown = "–" if default in (None, ()) else f"`{default}`"
        lines.append(f"| `COSTBOT_{name.upper()}` | {_cell(field.description or '')} | {shown} |")
    return "\n".join([*lines, ""])


def _audience(role: Role) -> str:
    return {
        Role.USER: "everybody",
        Role.ORG_ADMIN: "organization admins and admins",
        Role.ADMIN: "admins",
    }[role]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
