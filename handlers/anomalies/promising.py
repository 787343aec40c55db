"""What one will hear of an anomaly from now on, and what not: sentences, plain text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.written import money
from handlers.anomalies.finding import About
from storage.records.anomaly import AnomalyLabel, LabelKind

KINDS: Mapping[LabelKind, str] = {
    "real": "real",
    "expected": "expected",
    "planned": "planned",
    "too_small": "too small",
    "mute": "muted",
}
"""What labels are called."""

DAY = timedelta(days=1)


def promise(about: About, label: AnomalyLabel, zone: ZoneInfo) -> str:
    """What follows from a label.

    Args:
        about: what it was said of.
        label: what was said.
        zone: in which the deployment's days begin.
    """
    title = about.title
    match label.kind:
        case "real":
            return (
                f"Noted as real. {_days(label.left_out_first, label.left_out_last)} left its "
                "baseline, so the next one like it is told as well."
            )
        case "expected":
            last = label.silent_last or about.day
            most = money(label.most_usd or Decimal(0))
            way, other = ("rises", "falls") if label.rises else ("falls", "rises")
            return (
                f"You will not hear of {title} at this level until {last + DAY} ({zone.key}), "
                f"unless it {way} by more than {most} a day, or {other}. "
                f"{_days(label.left_out_first, label.left_out_last)} left its baseline."
            )
        case "planned":
            what = title
            if any("**" in one for one in label.series):
                what = f"anything of {about.organization or 'the deployment'}"
            last = label.silent_last or about.day
            days = _days(label.silent_first, label.silent_last)
            return (
                f"You will not hear of {what} for {days[0].lower()}{days[1:]}, which leave the "
                f"baseline; from {last + DAY} ({zone.key}) on it is judged as ever."
            )
        case "too_small":
            floor = money(label.floor_usd or Decimal(0))
            return (
                f"You will not hear of {title} until it moves at least {floor} a day; this time "
                f"it moved {money(abs(about.usd))}."
            )
        case "mute":
            until = label.muted_until
            if until is None:
                message = "a mute says until when"
                raise AssertionError(message)
            local = until.astimezone(zone)
            return (
                f"You will not hear of {title} until {local:%Y-%m-%d %H:%M} "
                f"{local.tzname() or zone.key}, whatever is found."
            )


def taken_back(about: About, label: AnomalyLabel) -> str:
    """What follows from a label that was taken back."""
    return (
        f"Taken back: {about.title} is no longer {KINDS[label.kind]}. It is looked at again within "
        "a quarter of an hour, as if that had not been said."
    )


def said_before(about: About, label: AnomalyLabel, zone: ZoneInfo) -> str:
    """Who has said what of it, and when."""
    at = label.made_at.astimezone(zone)
    return (
        f"{label.made_by_name} has said of {about.title} that it is {KINDS[label.kind]}, on "
        f"{at.day} {at:%b at %H:%M} {at.tzname() or zone.key}."
    )


def _days(first: date | None, last: date | None) -> str:
    if last is None or first is None:
        return f"The days to {last}"
    return f"The day {first}" if first == last else f"The days {first} to {last}"
