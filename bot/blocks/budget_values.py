"""What a budget was and what it is, field by field, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

from bot.blocks.text import escape, money, percent, short
from handlers.budgets.results import Edited
from handlers.workspaces.addresses import bare

LABELS = {
    "name": "Name",
    "limit": "Limit",
    "kind": "Period",
    "zone": "Zone",
    "start": "First day",
    "end": "Last day",
    "description": "Description",
    "scope": "Counts",
    "warning": "Warning at",
    "critical": "Critical at",
    "forecast": "Forecast at",
    "is_hard": "Hard",
    "when_unknown": "While unknown",
    "rollover": "Rollover",
    "emails": "E-mails",
    "slack_channels": "Channels",
    "slack_users": "People",
    "webhooks": "Webhooks",
    "alerts_enabled": "Alerts",
    "paused": "Paused",
    "paused_until": "Paused until",
    "amount": "Amount",
    "reason": "Reason",
    "first_day": "From",
    "last_day": "Until",
    "state": "State",
}
"""What the fields that people decide on are called; others are costbot's own."""


_AMOUNTS = {"limit", "rollover", "amount"}
_SHARES = {"warning", "critical", "forecast"}


def change_lines(result: Edited) -> list[str]:
    """The fields that differ, a line each; escaped."""
    before = {name: getattr(result.before, name) for name in result.changed}
    after = {name: getattr(result.after, name) for name in result.changed}
    return difference_lines(before, after)


def difference_lines(
    before: Mapping[str, object] | None, after: Mapping[str, object] | None
) -> list[str]:
    """What differs between two states of one thing, a line each; escaped."""
    old, new = before or {}, after or {}
    lines: list[str] = []
    for name, label in LABELS.items():
        was, now = field_words(name, old.get(name)), field_words(name, new.get(name))
        if was != now:
            change = f"{was} → {now}" if before is not None else now
            lines.append(f"• {label}: {change}")
    return lines


def field_words(name: str, value: object) -> str:
    """A field of a budget in words, amounts and shares as such; escaped."""
    if name == "slack_channels" and value:
        return ", ".join(f"<#{escape(bare(str(one)))}>" for one in cast("list[object]", value))
    if name == "paused_until" and value:
        at = datetime.fromisoformat(str(value)).astimezone(UTC)
        return f"{at:%Y-%m-%d %H:%M} UTC"
    if value is None or name not in _AMOUNTS | _SHARES:
        return value_words(value)
    # The audit trail keeps decimals as text.
    number = Decimal(str(value))
    return money(number) if name in _AMOUNTS else percent(number)


def value_words(value: object) -> str:
    """A value of a budget in words; escaped."""
    match value:
        case None | "" | [] | () | {}:
            return "–"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            scope = cast("Mapping[str, object]", value)
            return ", ".join(f"{escape(name)} {value_words(of)}" for name, of in scope.items())
        case list() | tuple():
            return ", ".join(value_words(one) for one in cast("list[object]", value))
        case _:
            return escape(short(" ".join(str(value).split())))
