"""Measuring what claimed recommendations have saved: all of them at once, each once a day.

A measurement is made anew from the facts each time, so days that were restated correct the next
one, and doing it twice changes nothing: there is one row for each recommendation and day.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from analysis.clock import Clock
from analysis.complete_days import last_complete_day
from analysis.recommendations.cells import MONTH
from analysis.recommendations.kept.states import CLAIMED
from analysis.recommendations.measured.measure import (
    LONGEST,
    METHOD,
    SOURCE,
    Measured,
    MeasuredState,
    Span,
    span_of,
)
from analysis.written import percent
from handlers.recommendations.claims import claimed_by
from handlers.recommendations.evidence import UTC_ZONE
from handlers.recommendations.measuring_facts import (
    DailyFacts,
    actor_of,
    is_of_gpus,
    measured_of,
)
from handlers.recommendations.route_prices import CataloguePrices
from queries.dimensions import Source
from queries.mart import Mart
from queries.prices.catalogue import Catalogue
from queries.recommendation_evidence.reading import EvidenceReader
from queries.recommendation_evidence.since import actors_since, gpus_since, usage_since
from storage.records.recommendation import Recommendation, estimate
from storage.records.savings_measurement import MeasurementState, SavingsMeasurement
from storage.repositories.recommendations import Wanted
from storage.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Organizations whose days are held in memory together."""

SETTLED = timedelta(days=7)
"""For how long after its last day a measurement is made anew: days are restated."""


@dataclass(frozen=True, slots=True)
class MeasureHandler:
    """Measures what claimed recommendations have saved.

    Attributes:
        store: where they and their measurements are kept.
        mart: with the facts.
        reader: of the mart.
        clock: the present.
    """

    store: Store
    mart: Mart
    reader: EvidenceReader
    clock: Clock

    def days(self) -> str:
        """The days up to which everything can be measured, and today: then nothing new is due."""
        now = self.clock()
        last = sorted(f"{source} {day}" for source, day in self._last_days(now).items())
        return ", ".join([*last, now.astimezone(UTC).date().isoformat()])

    async def measure(self) -> Counter[MeasurementState]:
        """Measures all that is due; how many there were of each state.

        Due is what has a complete day that was not measured, or was not measured today.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        now = self.clock()
        claimed = await claimed_by(self.store, Wanted(states=CLAIMED))
        latest = await self.store.measurements.latest([row.id for row in claimed])
        last_days = self._last_days(now)
        due = [
            (row, span)
            for row in claimed
            if (span := _span(row, last_days)) is not None
            and _is_due(latest.get(row.id), span, now)
        ]
        counts: Counter[MeasurementState] = Counter()
        if not due:
            return counts
        catalogue = Catalogue(price.unit_price() for price in await self.store.prices.find_all())
        for some in _batches(due):
            facts = await self._facts(some, catalogue)
            of_these = [row for row in claimed if row.organization in facts.organizations]
            made = await asyncio.to_thread(_measured, some, facts, of_these, now)
            await self.store.measurements.put(made)
            counts.update(one.state for one in made)
        return counts

    def _last_days(self, now: datetime) -> dict[Source, date]:
        """The last complete UTC day of each source."""
        yesterday = now.astimezone(UTC).date() - timedelta(days=1)
        return {
            source: min(last_complete_day(state.last_time, UTC_ZONE), yesterday)
            for source, state in self.mart.snapshot().sources.items()
        }

    async def _facts(
        self, due: Sequence[tuple[Recommendation, Span]], catalogue: Catalogue
    ) -> DailyFacts:
        """The days of everything that is due."""
        first = min(span.before_first for _, span in due)
        last = max(span.as_of for _, span in due)
        organizations = {row.organization for row, _ in due if not is_of_gpus(row.content)}
        actors = {actor for row, _ in due if (actor := actor_of(row.content)) is not None}
        facts = DailyFacts(organizations=frozenset({row.organization for row, _ in due}))
        if organizations:
            usage = await usage_since(self.reader, first, last, organizations)
            prices = {
                organization: CataloguePrices(catalogue, days, first, last)
                for organization, days in usage.items()
            }
            facts = replace(facts, usage=usage, prices=prices)
        if actors:
            facts = replace(facts, actors=await actors_since(self.reader, first, last, actors))
        if any(is_of_gpus(row.content) for row, _ in due):
            facts = replace(facts, gpu=await gpus_since(self.reader, first, last))
        return facts


def _span(row: Recommendation, last_days: Mapping[Source, date]) -> Span | None:
    """The days that are compared; None: no complete day is over since."""
    standing = row.standing
    source = Source.GPU if is_of_gpus(row.content) else Source.USAGE
    if standing.accepted_at is None or source not in last_days:
        return None
    implemented = standing.implemented_at
    span = span_of(
        standing.accepted_at.astimezone(UTC).date(),
        None if implemented is None else implemented.astimezone(UTC).date(),
        last_days[source],
    )
    return span if span.days else None


def _is_due(latest: SavingsMeasurement | None, span: Span, now: datetime) -> bool:
    if latest is None or latest.as_of < span.as_of:
        return True
    over = span.since + timedelta(days=LONGEST) + SETTLED
    today = now.astimezone(UTC).date()
    return latest.measured_at.astimezone(UTC).date() < today <= over


def _batches(
    due: Sequence[tuple[Recommendation, Span]],
) -> Iterable[list[tuple[Recommendation, Span]]]:
    """What is due, whole organizations together."""
    by_organization: dict[str | None, list[tuple[Recommendation, Span]]] = {}
    for row, span in due:
        by_organization.setdefault(row.organization, []).append((row, span))
    names = sorted(by_organization, key=lambda name: (name is not None, name or ""))
    for begin in range(0, len(names), AT_ONCE):
        yield [pair for name in names[begin : begin + AT_ONCE] for pair in by_organization[name]]


def _measured(
    due: Sequence[tuple[Recommendation, Span]],
    facts: DailyFacts,
    claimed: Sequence[Recommendation],
    now: datetime,
) -> list[SavingsMeasurement]:
    return [
        _measurement(row, span, measured_of(row.content, span, facts, claimed), now)
        for row, span in due
    ]


def _measurement(
    row: Recommendation, span: Span, found: Measured, now: datetime
) -> SavingsMeasurement:
    is_measured = found.state is not MeasuredState.NOT_MEASURABLE and found.likely is not None
    return SavingsMeasurement(
        recommendation_id=row.id,
        as_of=span.as_of,
        state=MeasurementState(found.state.value),
        promised=estimate(row.content.savings.likely * span.days / MONTH),
        measured_low=found.low,
        measured_likely=found.likely,
        measured_high=found.high,
        method=METHOD if is_measured else "",
        control=_control(found),
        days=span.days,
        measured_at=now,
        details={
            "reason": found.reason,
            "before_first_day": span.before_first.isoformat(),
            "before_last_day": span.before_last.isoformat(),
            "since": span.since.isoformat(),
            "expected_cost": _digits(found.expected),
            "actual_cost": _digits(found.actual),
            "volume_change": _digits(found.volume_change),
            "control_change": None if found.control is None else f"{found.control.change:.4f}",
            "formula": METHOD,
            "source": SOURCE,
            "range": "90 %, Student's t; rates that move by themselves are in it",
        },
    )


def _control(found: Measured) -> str:
    if found.control is None:
        return ""
    change = percent(Decimal(found.control.change) - 1, sign=True)
    return f"{found.control.routes} others in the same days, whose rates changed by {change}"


def _digits(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
