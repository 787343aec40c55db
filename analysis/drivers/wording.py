"""Words that the parts of a finding share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.written import money

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Compared:
    """What a finding calls what it compares.

    Attributes:
        subject: whose cost, at the beginning of a sentence: "Cost of model gpt-4".
        now: the period: "yesterday", "on 2026-11-19".
        before: what it is compared with: "the day before".
        days: how long the period is, in days.
    """

    subject: str
    now: str
    before: str
    days: Decimal


def named(dimension: str, member: str) -> str:
    """A member with its dimension: "billing type spot"."""
    name = member if len(member) <= LONGEST_NAME else f"{member[: LONGEST_NAME - 1]}…"
    return f"{dimension.replace('_', ' ')} {name}"


def rose(change: Decimal | int) -> str:
    """The verb for a change."""
    return "rose" if change > 0 else "fell" if change < 0 else "stayed"


def rate(usd: Decimal | None) -> str:
    """USD per request; a dash where there is none."""
    return "–" if usd is None else money(usd)


def listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
