"""The days that a forecast rests on: complete ones as a series, the others apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from handlers.complete import Reach
from handlers.forecasts.results import DAY, DailySeries
from queries.daily import DailyCost
from queries.dimensions import Source

HISTORY_DAYS = 182
"""Complete days that are looked back on: 26 weeks. What lies behind them says nothing of next week
that they do not say better."""

CONCERNED_DAYS = 56
"""Within so many days a source has to have said something to be waited for."""


@dataclass(frozen=True, slots=True)
class MemberHistory:
    """A member and its days.

    Attributes:
        member: its value of the dimension; None: the facts have none there, or it is the total.
        series: its complete days, from the first on that it cost anything or was asked; None:
            there is no such day.
        known_from: the first day of which its cost is known.
        so_far: USD by day behind the last complete one.
        unpriced_requests: of the complete days, without a price.
        unknown_requests: of the complete days, of unknown origin.
        requests: of the complete days.
        several: how many members it stands for.
    """

    member: str | None
    series: DailySeries | None
    known_from: date
    so_far: Mapping[date, Decimal]
    unpriced_requests: int
    unknown_requests: int
    requests: int
    several: int = 1

    @property
    def recent(self) -> Decimal:
        """USD of the last four weeks: by these members are sorted."""
        if self.series is None:
            return Decimal(0)
        return self.series.between(self.series.last - 27 * DAY, self.series.last)

    @property
    def is_unpriced(self) -> bool:
        """None of its requests has a price: its cost is not known, which is not nothing."""
        return bool(self.requests) and self.unpriced_requests == self.requests


@dataclass(frozen=True, slots=True)
class History:
    """The total and its members, dearest first."""

    total: MemberHistory
    members: tuple[MemberHistory, ...]


def history_of(facts: Sequence[DailyCost], first: date, reach: Reach) -> History | None:
    """What is known of some facts; None where there is nothing.

    Args:
        facts: by member, day and source, from `first` to today.
        first: the first day that was read.
        reach: how far the data goes.
    """
    begins = {feed.source: max(feed.first, first) for feed in reach.feeds}
    # The day that a source begins in is not whole, and so no day of it; and a source that ended
    # long ago is no part of what comes.
    known = [fact for fact in facts if fact.source in begins and fact.day >= begins[fact.source]]
    if not any(fact.cost or fact.requests for fact in known):
        return None
    by_member: dict[str | None, list[DailyCost]] = {}
    for fact in known:
        by_member.setdefault(fact.member, []).append(fact)
    members = [_member(member, own, begins, reach.last) for member, own in by_member.items()]
    found = [one for one in members if one.series is not None]
    found.sort(key=lambda one: (-one.recent, str(one.member)))
    return History(_member(None, known, begins, reach.last), tuple(found))


def together(members: Iterable[MemberHistory]) -> MemberHistory | None:
    """Several members as one, over the days that are known of all; None of none."""
    several = list(members)
    found = [one.series for one in several if one.series is not None]
    if not found:
        return None
    first = max(min(series.first for series in found), max(one.known_from for one in several))
    last = found[0].last
    days = [first + place * DAY for place in range((last - first).days + 1)]
    costs = tuple(sum((one.between(day, day) for one in found), Decimal(0)) for day in days)
    so_far: dict[date, Decimal] = {}
    for one in several:
        for day, cost in one.so_far.items():
            so_far[day] = so_far.get(day, Decimal(0)) + cost
    return MemberHistory(
        None,
        DailySeries(first, costs) if costs else None,
        max(one.known_from for one in several),
        so_far,
        sum(one.unpriced_requests for one in several),
        sum(one.unknown_requests for one in several),
        sum(one.requests for one in several),
        len(several),
    )


def _member(
    member: str | None,
    facts: Sequence[DailyCost],
    begins: Mapping[Source, date],
    last: date,
) -> MemberHistory:
    """The days of some facts, of at least one, from the day on from which all is known.

    Inside that a day without a fact is one without cost. What comes before its first cost is no
    history of a member: it was not there yet.
    """
    known_from = max(begins[fact.source] for fact in facts)
    whole = [fact for fact in facts if known_from <= fact.day <= last]
    so_far: dict[date, Decimal] = {}
    for fact in facts:
        if fact.day > last:
            so_far[fact.day] = so_far.get(fact.day, Decimal(0)) + fact.cost
    first = min((fact.day for fact in whole if fact.cost or fact.requests), default=None)
    series = None
    if first is not None:
        costs = [Decimal(0)] * ((last - first).days + 1)
        for fact in whole:
            if fact.day >= first:
                costs[(fact.day - first).days] += fact.cost
        series = DailySeries(first, tuple(costs))
    return MemberHistory(
        member,
        series,
        known_from,
        so_far,
        sum(fact.unpriced_requests for fact in whole),
        sum(fact.unknown_requests for fact in whole),
        sum(fact.requests for fact in whole),
    )
