"""What claimed recommendations have saved so far, from what was measured or verified by hand.

Two about the same dollars are each held against the same cost, so each sees what the other has
saved as well: of such dollars the larger saving counts, and the promises count as both together
would save. The ranges are taken to be independent: their half-widths add up as squares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from analysis.recommendations.cells import MONTH
from analysis.recommendations.together import together
from handlers.recommendations.results import SavedSoFar
from storage.records.recommendation import Recommendation
from storage.records.savings_measurement import MeasurementState, SavingsMeasurement

_SECONDS_A_MONTH = MONTH * 86_400
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """USD of one recommendation up to now.

    Attributes:
        promised: for this time.
        low, likely, high: saved in it, with the ends of the range of 90 %.
    """

    promised: Decimal
    low: Decimal
    likely: Decimal
    high: Decimal


def saved_so_far(
    claimed: Sequence[Recommendation],
    latest: Mapping[UUID, SavingsMeasurement],
    now: datetime,
) -> SavedSoFar:
    """What recommendations have saved up to now.

    What somebody has verified by hand counts from the day of implementation on, at the amount that
    they gave, and goes before what was measured.

    Args:
        claimed: accepted, implemented and verified ones.
        latest: the last measurement of each, without those that have none.
        now: UTC.
    """
    counted: list[tuple[Recommendation, Amounts]] = []
    waiting, lost, unseen = 0, 0, _ZERO
    for one in claimed:
        measured = latest.get(one.id)
        amounts = amounts_of(one, measured, now)
        if amounts is not None:
            counted.append((one, amounts))
        elif measured is not None and measured.state is MeasurementState.NOT_MEASURABLE:
            lost += 1
        else:
            waiting += 1
            unseen += _ZERO if measured is None else measured.promised
    seen, promised = _added(counted)
    below = sum(((one.likely - one.low) ** 2 for _, one in counted), _ZERO).sqrt()
    above = sum(((one.high - one.likely) ** 2 for _, one in counted), _ZERO).sqrt()
    return SavedSoFar(
        seen=seen,
        promised=promised,
        counted=len(counted),
        not_seen_yet=waiting,
        low=seen - below,
        high=seen + above,
        not_measurable=lost,
        promised_unseen=unseen,
    )


def amounts_of(
    one: Recommendation, measured: SavingsMeasurement | None, now: datetime
) -> Amounts | None:
    """What one has saved; None: it is not seen, or cannot be measured.

    Args:
        one: accepted, implemented or verified.
        measured: the last measurement; None: there is none.
        now: UTC.
    """
    standing = one.standing
    since = standing.implemented_at or standing.accepted_at
    if standing.verified_savings is not None and since is not None:
        months = Decimal(int((now - since).total_seconds())) / _SECONDS_A_MONTH
        saved = standing.verified_savings * months
        return Amounts(one.content.savings.likely * months, saved, saved, saved)
    if measured is None or measured.state is not MeasurementState.SEEN:
        return None
    likely = measured.measured_likely or _ZERO
    low, high = measured.measured_low, measured.measured_high
    return Amounts(
        measured.promised,
        likely if low is None else low,
        likely,
        likely if high is None else high,
    )


def _added(counted: Sequence[tuple[Recommendation, Amounts]]) -> tuple[Decimal, Decimal]:
    """Saved and promised, no dollar counted twice."""
    saved: dict[str, Decimal] = {}
    promised: dict[str, Decimal] = {}
    on: dict[str, list[Recommendation]] = {}
    for one, amounts in counted:
        for cell, share in _shares(one):
            own = amounts.likely * share
            saved[cell] = max(saved[cell], own) if cell in saved else own
            promised[cell] = promised.get(cell, _ZERO) + amounts.promised * share
            on.setdefault(cell, []).append(one)
    joint = sum((promised[cell] * _joint(cell, on[cell]) for cell in on), _ZERO)
    return sum(saved.values(), _ZERO), joint


def _joint(cell: str, several: Sequence[Recommendation]) -> Decimal:
    """What several save of the same dollars together, by their plain sum."""
    if len(several) == 1:
        return Decimal(1)
    parts = [
        (one.content.kind.value, [part for part in one.content.parts if part.cell == cell])
        for one in several
    ]
    both = together(parts)
    return both.together / both.alone if both.alone > 0 else Decimal(1)


def _shares(one: Recommendation) -> Iterator[tuple[str, Decimal]]:
    """Of which dollars it saves which share of what it saves."""
    parts = one.content.parts
    whole = sum((part.saved for part in parts), _ZERO)
    if whole <= 0:
        yield str(one.id), Decimal(1)
        return
    for part in parts:
        yield part.cell, part.saved / whole
