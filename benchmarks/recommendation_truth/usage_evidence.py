"""Usage evidence added up from requests in plain Python, by the rules that the queries document.

It stands beside the SQL of `queries.recommendation_evidence`, not upon it: a test holds that both
give the same recommendations on the same requests.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from statistics import median
from typing import Literal

from analysis.prices import TokenUsage
from analysis.recommendations.caching.counts import CacheCounts, CacheDay
from analysis.recommendations.caching.reuse import LIFETIMES, Reuse, ReuseDay
from analysis.recommendations.cells import INPUT_BANDS, OUTPUT_BANDS, Route, Timing, UsageCell
from analysis.recommendations.limits.actors import ActorHour, ActorLoad
from analysis.recommendations.unused.feature_use import FeatureUse, UseDay, UseKind
from benchmarks.recommendation_truth.arrivals import FIRST_WEEKDAY
from benchmarks.recommendation_truth.asks import BLOCK, DAY, DAYS, HOUR, MINUTE, PERIOD, START, Ask

BURST = 30
"""Requests of one sender on one route in a minute, at least, to be a burst."""

BURST_TIMES = 5
"""And so many times its own mean a minute."""

SHORTEST = 1_024

_Sender = tuple[Route, str | None, str | None]
_Cell = tuple[Route, int, int, Timing, bool, str]


def usd(pico: int) -> Decimal:
    """An amount of 1e-12 USD."""
    return Decimal(pico).scaleb(-12)


def cells_of(asks: Sequence[Ask], days: int = DAYS) -> list[UsageCell]:
    """The cells of the first days."""
    asks = [ask for ask in asks if ask.at < days * DAY]
    minutes: Counter[tuple[_Sender, int]] = Counter()
    whole: Counter[_Sender] = Counter()
    for ask in asks:
        sender = ask.route, ask.user, ask.key
        minutes[sender, ask.at // MINUTE] += 1
        whole[sender] += 1
    pace = float(f"{BURST_TIMES / (days * 24 * 60):.9f}")
    bursts = {
        key for key, made in minutes.items() if made >= BURST and made >= pace * whole[key[0]]
    }
    sums: dict[_Cell, list[int]] = {}
    hours: dict[_Cell, list[int]] = {}
    for ask in asks:
        taken, given = ask.input, ask.output
        burst = ((ask.route, ask.user, ask.key), ask.at // MINUTE) in bursts
        key = (
            ask.route,
            bisect_left(INPUT_BANDS, taken),
            bisect_left(OUTPUT_BANDS, given),
            _timing(ask, is_burst=burst),
            ask.batch,
            ask.uses,
        )
        row = sums.get(key)
        if row is None:
            row = sums[key] = [0] * 10
            hours[key] = [0] * 24
        row[0] += 1
        row[1] += ask.fresh
        row[2] += ask.cached
        row[3] += ask.written
        row[4] += given
        row[5] += ask.pico
        row[6] += ask.failed
        row[7] = max(row[7], taken)
        row[8] = max(row[8], given)
        row[9] += ask.user is not None
        hours[key][ask.at // HOUR % 24] += 1
    return [
        UsageCell(
            route=route,
            input_band=taken,
            output_band=given,
            timing=timing,
            tokens=TokenUsage(row[1], row[2], row[3], row[4], 0, row[0], batch),
            billed_cost=usd(row[5]),
            failed_requests=row[6],
            largest_input=row[7],
            largest_output=row[8],
            needs=frozenset(uses.split()),
            user_requests=row[9],
            by_hour=() if timing is Timing.INTERACTIVE else tuple(hours[key]),
        )
        for key, row in sorted(sums.items(), key=lambda pair: str(pair[0]))
        for route, taken, given, timing, batch, uses in (key,)
    ]


def _timing(ask: Ask, *, is_burst: bool) -> Timing:
    if ask.flag is not None:
        return Timing.FLAGGED if ask.flag else Timing.INTERACTIVE
    if is_burst:
        return Timing.BURST
    hour, weekday = ask.at // HOUR % 24, (FIRST_WEEKDAY + ask.at // DAY) % 7
    is_off = hour >= 22 or hour < 6 or weekday >= 5
    return Timing.OFF_HOURS if is_off else Timing.INTERACTIVE


def cache_counts_of(asks: Iterable[Ask]) -> list[CacheCounts]:
    """What counters say, of routes that cached or wrote anything."""
    sums: dict[Route, dict[int, list[int]]] = {}
    for ask in asks:
        if ask.batch:
            continue
        row = sums.setdefault(ask.route, {}).setdefault(ask.at // DAY, [0] * 4)
        row[0] += 1
        row[1] += ask.fresh
        row[2] += ask.cached
        row[3] += ask.written
    return [
        CacheCounts(
            route,
            tuple(
                CacheDay(START.date() + timedelta(days=day), *row)
                for day, row in sorted(days.items())
            ),
        )
        for route, days in sums.items()
        if any(row[2] + row[3] for row in days.values())
    ]


def reuse_of(asks: Iterable[Ask]) -> list[Reuse]:
    """What caches could have served, by route and lifetime."""
    asks = list(asks)
    made = Counter(ask.route for ask in asks)
    days: dict[tuple[Route, timedelta], dict[int, _Reused]] = defaultdict(dict)
    for ask, gap in _asked_again(asks):
        for life in LIFETIMES:
            one = days[ask.route, life].setdefault(ask.at // DAY, _Reused())
            one.hashed += 1
            if gap is not None and gap <= life.total_seconds():
                one.repeats += 1
                one.cost += ask.pico
                one.tokens.append(ask)
    for ask, gaps, shares in _led(asks):
        shared = min(ask.input, shares * BLOCK)
        for life in LIFETIMES:
            one = days[ask.route, life].setdefault(ask.at // DAY, _Reused())
            led = next(
                (n for n, gap in enumerate(gaps) if gap is None or gap > life.total_seconds()),
                len(gaps),
            )
            hit = min(ask.input, led * BLOCK)
            hit = hit if hit >= SHORTEST else 0
            one.blocked += 1
            one.input += ask.input
            one.hit += hit
            one.missed_shared += max(0, shared - hit) if shared >= SHORTEST else 0
            one.missed += ask.input - hit if ask.input >= SHORTEST else 0
    return [
        _reuse(route, life, made[route], by_day)
        for (route, life), by_day in sorted(days.items(), key=str)
    ]


class _Reused:
    """Of one route, lifetime and day."""

    def __init__(self) -> None:
        self.hashed = self.repeats = self.cost = self.blocked = 0
        self.input = self.hit = self.missed_shared = self.missed = 0
        self.tokens: list[Ask] = []


def _reuse(route: Route, life: timedelta, requests: int, days: dict[int, _Reused]) -> Reuse:
    each = [days[day] for day in sorted(days)]
    again = [ask for one in each for ask in one.tokens]
    return Reuse(
        route=route,
        lifetime=life,
        requests=requests,
        hashed=sum(one.hashed for one in each),
        repeats=len(again),
        repeated=TokenUsage(
            sum(ask.fresh for ask in again),
            sum(ask.cached for ask in again),
            sum(ask.written for ask in again),
            sum(ask.output for ask in again),
            0,
            len(again),
        ),
        repeated_cost=usd(sum(one.cost for one in each)),
        blocked=sum(one.blocked for one in each),
        input_tokens=sum(one.input for one in each),
        hit_tokens=sum(one.hit for one in each),
        missed_shared_tokens=sum(one.missed_shared for one in each),
        missed_tokens=sum(one.missed for one in each),
        shortest=SHORTEST,
        days=tuple(
            ReuseDay(
                day=START.date() + timedelta(days=day),
                hashed=one.hashed,
                repeats=one.repeats,
                repeated_cost=usd(one.cost),
                input_tokens=one.input,
                hit_tokens=one.hit,
                missed_shared_tokens=one.missed_shared,
            )
            for day, one in sorted(days.items())
        ),
    )


def _asked_again(asks: Iterable[Ask]) -> Iterator[tuple[Ask, int | None]]:
    """Requests with a hash, and seconds since it was asked at an earlier instant."""
    last: dict[tuple[str | None, str | None, int], int] = {}
    hashed = (ask for ask in asks if ask.prompt and not ask.failed)
    for at, same in groupby(hashed, key=attrgetter("at")):
        now = [(ask, (ask.route.provider, ask.route.model, ask.prompt)) for ask in same]
        for ask, key in now:
            yield ask, at - last[key] if key in last else None
        last.update((key, at) for _, key in now)


def _led(asks: Iterable[Ask]) -> Iterator[tuple[Ask, list[int | None], int]]:
    """Requests with blocks: seconds since each was used, and how many others have, too."""
    blocked = [ask for ask in asks if ask.blocks and not ask.failed and not ask.batch]
    uses = Counter(
        (ask.route.provider, ask.route.model, place, block)
        for ask in blocked
        for place, block in enumerate(ask.blocks)
    )
    last: dict[tuple[str | None, str | None, int, int], int] = {}
    for at, same in groupby(blocked, key=attrgetter("at")):
        now = [
            (
                ask,
                [
                    (ask.route.provider, ask.route.model, place, block)
                    for place, block in enumerate(ask.blocks)
                ],
            )
            for ask in same
        ]
        for ask, keys in now:
            gaps = [at - last[key] if key in last else None for key in keys]
            alone = next((n for n, key in enumerate(keys) if uses[key] == 1), len(keys))
            yield ask, gaps, alone
        last.update((key, at) for _, keys in now for key in keys)


def actors_of(asks: Sequence[Ask]) -> list[ActorLoad]:
    """Users and keys with an hour that stands out, or that repeats itself."""
    found: list[ActorLoad] = []
    kinds: tuple[Literal["user", "key"], ...] = ("user", "key")
    for kind in kinds:
        by_name: dict[str, list[Ask]] = defaultdict(list)
        for ask in asks:
            name = ask.user if kind == "user" else ask.key
            if name is not None:
                by_name[name].append(ask)
        for name, own in by_name.items():
            hours = _hours(own)
            if _is_loud(hours):
                found.append(_load(kind, name, own, hours))
    return sorted(found, key=lambda one: (one.organization or "", one.kind, one.name))


def _hours(asks: Sequence[Ask]) -> list[ActorHour]:
    sums: dict[int, list[int]] = {}
    last: dict[int, int] = {}
    for ask in asks:
        row = sums.setdefault(ask.at // HOUR, [0] * 4)
        row[0] += 1
        row[1] += ask.failed
        row[3] += ask.pico
        if ask.prompt:
            before = last.get(ask.prompt)
            row[2] += before is not None and ask.at - before <= HOUR
            last[ask.prompt] = ask.at
    return [
        ActorHour(START + timedelta(hours=hour), row[0], row[1], row[2], usd(row[3]))
        for hour, row in sorted(sums.items())
    ]


def _is_loud(hours: Sequence[ActorHour]) -> bool:
    if any(hour.repeats >= 20 for hour in hours):
        return True
    peak, *others = sorted((hour.cost for hour in hours), reverse=True)
    return peak >= 1 and peak >= 5 * (median(others) if others else 0)


def _load(
    kind: Literal["user", "key"], name: str, asks: Sequence[Ask], hours: Sequence[ActorHour]
) -> ActorLoad:
    routes: Counter[Route] = Counter()
    for ask in asks:
        routes[ask.route] += ask.pico
    return ActorLoad(
        organization=asks[0].route.organization,
        kind=kind,
        name=name,
        routes=tuple((route, usd(pico)) for route, pico in routes.most_common()),
        hours=tuple(hours),
        evidence_hours=24 * PERIOD.days,
    )


def daily_costs_of(asks: Iterable[Ask]) -> dict[Route, list[Decimal]]:
    """USD of every day, by route."""
    sums: dict[Route, list[int]] = {}
    for ask in asks:
        sums.setdefault(ask.route, [0] * DAYS)[ask.at // DAY] += ask.pico
    return {route: [usd(pico) for pico in days] for route, days in sums.items()}


def uses_of(asks: Sequence[Ask]) -> tuple[FeatureUse, ...]:
    """Keys, endpoints, features and models that may serve nobody."""
    kinds: tuple[UseKind, ...] = ("key", "endpoint", "feature", "model")
    found: list[FeatureUse] = []
    for kind in kinds:
        by_name: dict[tuple[str, str | None], list[Ask]] = defaultdict(list)
        for ask in asks:
            name = ask.key if kind == "key" else getattr(ask.route, kind)
            if name is not None:
                provider = ask.route.provider if kind == "model" else None
                by_name[name, provider].append(ask)
        for (name, provider), own in by_name.items():
            answered = [ask for ask in own if not ask.failed]
            is_small = sum(map(_is_small, answered)) >= 0.9 * len(answered)
            if not is_small and kind != "model":
                continue
            use = _use(kind, name, provider, own)
            is_one = kind == "model" and use.actors == 1 and not use.user_requests
            if use.cost >= 1 and (is_small or is_one):
                found.append(use)
    return tuple(found)


def _is_small(ask: Ask) -> bool:
    return 0 < ask.input <= 64 and ask.output <= 16


def _use(kind: UseKind, name: str, provider: str | None, asks: Sequence[Ask]) -> FeatureUse:
    days: dict[int, list[Ask]] = defaultdict(list)
    routes: Counter[Route] = Counter()
    for ask in asks:
        days[ask.at // DAY].append(ask)
        routes[ask.route] += ask.pico
    return FeatureUse(
        organization=asks[0].route.organization,
        kind=kind,
        name=name,
        provider=provider,
        routes=tuple((route, usd(pico)) for route, pico in routes.most_common() if pico),
        days=tuple(_use_day(day, own) for day, own in sorted(days.items())),
        small_sizes=len({ask.input for ask in asks if _is_small(ask)}),
        user_requests=sum(ask.user is not None for ask in asks),
        actors=len({ask.user or ask.key or "" for ask in asks}),
        environments=tuple(sorted({ask.route.environment or "" for ask in asks})),
    )


def _use_day(day: int, asks: Sequence[Ask]) -> UseDay:
    answered = [ask for ask in asks if not ask.failed]
    return UseDay(
        day=START.date() + timedelta(days=day),
        requests=len(asks),
        failed=len(asks) - len(answered),
        small=sum(map(_is_small, answered)),
        cost=usd(sum(ask.pico for ask in asks)),
        served_cost=usd(sum(ask.pico for ask in answered if not _is_small(ask))),
        small_cost=usd(sum(ask.pico for ask in answered if _is_small(ask))),
    )
