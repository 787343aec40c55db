"""Corrections: what a closed month would cost now, less what was billed of it until now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.showback.dividing import Line
from analysis.showback.facts import NOTHING

Key = tuple[str, str | None]
"""An organization, and a team of it or None for the whole; see `Line`."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is billed for a month after it was closed.

    Attributes:
        of_month: first day of the month that was closed.
        organization, team: whose; see `Line`.
        before: USD in cents: billed of that month until now.
        after: USD in cents: what it costs by the facts of now.
    """

    of_month: date
    organization: str
    team: str | None
    before: Decimal
    after: Decimal

    @property
    def amount(self) -> Decimal:
        """USD in cents; below zero it is given back."""
        return self.after - self.before

    @property
    def key(self) -> Key:
        """Whose it is."""
        return self.organization, self.team


def corrections(
    of_month: date, billed: Mapping[Key, Decimal], now: Iterable[Line]
) -> tuple[Correction, ...]:
    """The corrections of a closed month; none of those who are as they were.

    Args:
        of_month: its first day.
        billed: USD in cents by whose it is: as it was frozen, and all corrections of it since.
        now: the same month by the facts of now, by the same rule.
    """
    after = {line.key: line.total for line in now}
    keys = sorted({*billed, *after}, key=lambda key: (key[0], key[1] is not None, key[1] or ""))
    found = (
        Correction(of_month, *key, billed.get(key, NOTHING), after.get(key, NOTHING))
        for key in keys
    )
    return tuple(one for one in found if one.amount)
