"""Which days stand below a chart, and how they are written: few, and never one over another."""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

EVERY_DAY, EVERY_WEEK, TWICE_A_MONTH = 8, 49, 100
"""Up to how many days a chart names each day, each Monday, the 1st and the 15th; else months."""

MOST_MONTHS = 8


def day_labels(first: date, length: int) -> list[tuple[int, str]]:
    """The places, from 0 on, of the days that are named, with their names."""
    days = [first + timedelta(days=number) for number in range(length)]
    if length <= EVERY_DAY:
        return [(at, f"{WEEKDAYS[day.weekday()]} {day.day}") for at, day in enumerate(days)]
    if length <= EVERY_WEEK:
        return [(at, _day(day)) for at, day in enumerate(days) if day.weekday() == 0]
    if length <= TWICE_A_MONTH:
        return [(at, _day(day)) for at, day in enumerate(days) if day.day in (1, 15)]
    months = [(at, day) for at, day in enumerate(days) if day.day == 1]
    each = -(-len(months) // MOST_MONTHS)
    return [
        (at, MONTHS[day.month - 1] + (f" {day.year}" if day.month == 1 else ""))
        for number, (at, day) in enumerate(months)
        if number % each == 0
    ]


def span_words(first: date, length: int) -> str:
    """The days that a chart shows: `23 Oct to 20 Nov 2026`."""
    last = first + timedelta(days=max(length, 1) - 1)
    if first == last:
        return f"{_day(last)} {last.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{_day(first)}{year} to {_day(last)} {last.year}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"
