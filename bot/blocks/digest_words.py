"""What messages about digests are written with: when, where, of what, figures in short."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.schedules import EVERY_DAY, LAST_DAY, WORKING_DAYS, Frequency, Schedule, Slot
from bot.blocks.text import enumerate_names, escape, moment, money, short
from storage.records.digest import DigestDraft

WHOLE_FROM = Decimal(100)
"""USD from which on a sum in a list goes without cents: nobody compares these by the cent."""

NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def dollars(usd: Decimal, *, sign: bool = False) -> str:
    """US dollars in a list: large ones without cents; escaped."""
    if abs(usd) < WHOLE_FROM:
        return money(usd, sign=sign)
    prefix = "−" if usd < 0 else "+" if sign else ""
    return f"{prefix}${abs(usd):,.0f}"


def schedule_words(schedule: Schedule) -> str:
    """When it is sent: "every day at 09:00 Europe/Berlin"; escaped."""
    at = f"at {schedule.at:%H:%M} {escape(schedule.zone.key)}"
    match schedule.frequency:
        case Frequency.DAILY if schedule.weekdays == EVERY_DAY:
            return f"every day {at}"
        case Frequency.DAILY if schedule.weekdays == WORKING_DAYS:
            return f"Mondays to Fridays {at}"
        case Frequency.DAILY:
            return f"{', '.join(NAMES[day] for day in schedule.weekdays)} {at}"
        case Frequency.WEEKLY:
            return f"every {LONG_NAMES[schedule.weekdays[0]]} {at}"
        case Frequency.MONTHLY if schedule.day == LAST_DAY:
            return f"on the last day of each month {at}"
        case Frequency.MONTHLY:
            or_last = ", or its last," if schedule.day > 28 else ""
            return f"on the {_ordinal(schedule.day)} of each month{or_last} {at}"


def place_words(digest: DigestDraft) -> str:
    """Where it goes, as Slack shows it, pinging nobody."""
    if digest.is_personal:
        return f"direct messages of {escape(short(digest.owner_name))}"
    return f"<#{digest.address}>"


def scope_words(
    organization: str | None, filters: Mapping[str, tuple[str, ...]], *, customers_only: bool
) -> str:
    """What it covers: "acme · product api"; escaped."""
    parts = ["All organizations" if organization is None else escape(short(organization))]
    parts += [
        f"{escape(name.replace('_', ' '))} {enumerate_names(values)}"
        for name, values in filters.items()
    ]
    # Of one organization nobody sees anything but customers.
    if customers_only and organization is None:
        parts.append("customers only")
    return " · ".join(parts)


def slot_words(slot: Slot | None, zone: ZoneInfo) -> str:
    """When it comes next: "Sat 21 Nov 09:00 CET"."""
    return "not at all" if slot is None else instant_words(slot.at, zone)


def instant_words(instant: datetime, zone: ZoneInfo) -> str:
    """An instant with its weekday: "Sat 21 Nov 09:00 CET"."""
    return f"{instant.astimezone(zone):%a} {moment(instant, zone)}"


def _ordinal(day: int) -> str:
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
