"""Own GPUs beside an API: what is paid, what is used, and from which utilization on it pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.allocation import Allocation, allocated, by_model
from analysis.breakeven import BreakEven
from analysis.clock import Clock
from analysis.errors import NotAllowed, NotFound, NotUnderstood
from analysis.periods import Dates, Period, ResolvedPeriod, Window, midnight, resolve
from handlers.asking import Names
from handlers.caller import Caller
from handlers.equivalents import ApiCost, Equivalent, UnitPrices, Unpriced, api_cost
from handlers.freshness import Freshness, freshness_of
from queries.allocation import gpu_lines
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.token_mix import Usage, token_mix

DEFAULT_DAYS = 30
"""Complete days of a question that names no period."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class BreakEvenRequest:
    """A question whether own GPUs pay.

    Attributes:
        period: what is added up; None: the last 30 complete days.
        filters: the pool: dimension name to the values that belong to it, any of them.
        equivalent: what the same requests are priced by; None: each model by its list price,
            where its tokens are known.
    """

    period: Period | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    equivalent: Equivalent | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of GPUs.

    Attributes:
        model: that it serves; None: its rows name none, or it is no pool of one model.
        allocation: what it is paid for.
    """

    model: str | None
    allocation: Allocation


@dataclass(frozen=True, slots=True)
class BreakEvenResult:
    """The answer to a `BreakEvenRequest`.

    Attributes:
        request: the question, with its period, and filter values as the data writes them.
        period: pinned to instants.
        hours: of the period, that the GPU data covers.
        pools: the one that was asked about; all of them, dearest first, where none was.
        api: what an API would ask for the requests of the one; None: that is not known.
        break_even: of the one; None: there is nothing to compare.
        missing: why there is nothing to compare; empty where all pools were asked for.
        freshness: how old each source is.
    """

    request: BreakEvenRequest
    period: ResolvedPeriod
    hours: Decimal
    pools: tuple[Pool, ...]
    api: ApiCost | None
    break_even: BreakEven | None
    missing: str
    freshness: Freshness

    @property
    def is_list(self) -> bool:
        """Whether all pools were asked for, and none in particular."""
        return not self.request.filters and self.request.equivalent is None

    @property
    def pool(self) -> Pool:
        """The one that was asked about."""
        return self.pools[0]

    @property
    def hours_over(self) -> Decimal:
        """Hours of the period that are over."""
        window = self.period.window
        return _hours(Window(window.start, min(window.end, self.freshness.now), window.zone))


@dataclass(frozen=True, slots=True)
class BreakEvenHandler:
    """Compares own GPUs with an API; knows no Slack and no HTTP."""

    engine: Engine
    dimensions: Dimensions
    unit_prices: UnitPrices
    clock: Clock
    stale_after_hours: float

    async def break_even(self, request: BreakEvenRequest, caller: Caller) -> BreakEvenResult:
        """What a pool is paid for, what of it is used, and from where on that is cheaper.

        Raises:
            NotAllowed: the caller sees one organization only, or a dimension is beyond the role.
            NotUnderstood: the period makes no sense, or the pool is one of a cost category.
            NotFound: there is no GPU cost, or what was asked for has no price.
            Unavailable: the engine cannot answer.
        """
        if caller.organization is not None:
            sentence = "`breakeven` is about machines that all organizations share."
            raise NotAllowed(sentence, "It is for people who see all organizations: ask an admin.")
        if "category" in request.filters:
            sentence = "`breakeven` takes every category together: idle GPUs are paid for, too."
            raise NotUnderstood(sentence, "Name a pool: `/cost breakeven product api`.")
        now = self.clock()
        freshness = freshness_of(self.engine.snapshot(), now, self.stale_after_hours)
        asked = request.period or _complete_days(now, caller.zone)
        period = resolve(asked, now, caller.zone, data_until=freshness.data_until)
        filters = await Names(self.engine, self.dimensions).known(request.filters, caller)
        request = replace(request, period=asked, filters=filters)
        lines = await gpu_lines(self.engine, self.dimensions, period.window, filters)
        if filters or request.equivalent is not None:
            pools = [Pool(None, allocated(lines))]
        else:
            pools = [Pool(model, found) for model, found in by_model(lines).items()]
            pools.sort(key=lambda pool: -pool.allocation.paid.usd)
        result = BreakEvenResult(
            request=request,
            period=period,
            hours=_covered_hours(period.window, freshness),
            pools=tuple(pools),
            api=None,
            break_even=None,
            missing="",
            freshness=freshness,
        )
        _check_anything_is_paid(result, caller)
        return result if result.is_list else await self._compared(result)

    async def _compared(self, result: BreakEvenResult) -> BreakEvenResult:
        """The result with the API's side, where there is one."""
        pool, request = result.pool.allocation, result.request
        if missing := _incomparable(pool):
            return replace(result, missing=missing)
        served = {model: traffic.served for model, traffic in pool.by_model.items()}

        async def mixes(tiers: Sequence[int]) -> list[Usage]:
            models = [model for model, requests in served.items() if requests and model]
            return await token_mix(
                self.engine, self.dimensions, result.period.window, models, request.filters, tiers
            )

        organizations = request.filters.get("organization", ())
        found = await api_cost(
            served,
            request.equivalent,
            mixes,
            self.unit_prices,
            at=self.clock(),
            organization=organizations[0] if len(organizations) == 1 else None,
        )
        if isinstance(found, Unpriced):
            return replace(result, missing=found.sentence)
        break_even = BreakEven(pool.paid, pool.used, pool.traffic.served, found.usd)
        return replace(result, api=found, break_even=break_even)


def _check_anything_is_paid(result: BreakEvenResult, caller: Caller) -> None:
    found = [pool.allocation for pool in result.pools]
    if any(one.paid.usd or one.traffic.requests for one in found):
        return
    what = " and ".join(
        f"{name} {' or '.join(values)}" for name, values in result.request.filters.items()
    )
    sentence = f"There is no GPU cost{f' of {what}' if what else ''} {_when(result.period)}."
    covered = result.freshness.covered(caller.zone)
    if covered is None:
        hint = "There is no data yet: load some with `costbot import` or `costbot sample`."
    elif what:
        hint = "`/cost breakeven` lists the pools that there are."
    else:
        hint = f"The data runs from {covered[0]} to {covered[1]}: name a period that lies within."
    raise NotFound(sentence, hint)


def _when(period: ResolvedPeriod) -> str:
    return f"from {period.label}" if " to " in period.label else period.label


def _incomparable(pool: Allocation) -> str:
    """Why the pool's own side is no basis of a comparison; empty where it is one."""
    traffic = pool.traffic
    if not traffic.requests:
        return "Nothing was asked of these GPUs, so nothing can be compared."
    if traffic.unpriced == traffic.requests:
        return "None of its requests has a price: what is used of these GPUs is not known."
    if pool.used <= 0 or pool.paid.usd <= 0:
        return "Its requests cost nothing, so there is nothing to compare."
    if not traffic.served:
        return "Every request failed, and an API bills none of these."
    return ""


def _complete_days(now: datetime, zone: ZoneInfo) -> Dates:
    today = now.astimezone(zone).date()
    return Dates(today - timedelta(days=DEFAULT_DAYS), today - timedelta(days=1))


def _covered_hours(window: Window, freshness: Freshness) -> Decimal:
    """Hours of the local days that have GPU data, as far as they are over; at least one."""
    gpu = next((one for one in freshness.sources if one.source is Source.GPU), None)
    if gpu is None:
        return _hours(window)
    zone = window.zone
    first = midnight(gpu.data_from.astimezone(zone).date(), zone)
    last = midnight(gpu.data_until.astimezone(zone).date() + timedelta(days=1), zone)
    start, end = max(window.start, first), min(window.end, last, freshness.now)
    return _hours(Window(start, max(end, start + _HOUR), zone))


def _hours(window: Window) -> Decimal:
    return Decimal(int((window.end - window.start).total_seconds())) / 3600
