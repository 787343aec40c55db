"""What of the GPUs, or of a user or key, a recommendation is held against.

| kind | cost | volume of a day |
| --- | --- | --- |
| efficiency drift | direct cost, at the price of a GPU second of the day | requests, by service and organization |
| failed requests | direct cost of failed requests | requests, by service; of services that hardly ever answered days, for their requests are to be refused |
| rate limits | what goes beyond 1.5 times the same weekday's median before | days on which the user or key was active |
| idle capacity | idle and unused capacity | see `idle_held` |
"""  # noqa: E501 - a table

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import median_low

from analysis.recommendations.gpus.gpu import Pool
from analysis.recommendations.measured.counterfactual import Held
from analysis.recommendations.measured.daily import ActorDay, PoolDay, ServiceDay
from analysis.recommendations.measured.measure import Facts, Level, Span, Spent
from analysis.recommendations.measured.usage import weekdays
from analysis.recommendations.proposal import Proposal

HEADROOM = Decimal("1.5")
"""Above an ordinary day, as limits are above an ordinary hour."""

SECONDS_DRIFT = 0.03
"""Of the GPU seconds of a request from one month to the next, relative: what is asked moves."""

HARDLY_EVER = Decimal("0.1")
"""Share of requests that succeed, below which a service is as good as out of order."""

_ZERO = Decimal(0)
_ONE = Decimal(1)


def efficiency_facts(
    dollars: Collection[str], days: Sequence[ServiceDay], claimed: Collection[str], span: Span
) -> Facts:
    """Services whose requests take too long.

    Args:
        dollars: which, see `Service.dollars`.
        days: of all services.
        claimed: the dollars of all that somebody has claimed: no control.
        span: the days that are compared.
    """
    own = [one for one in days if one.service.dollars in dollars]
    others = [one for one in days if one.service.dollars not in {*dollars, *claimed}]
    return Facts(
        own=_by_request(own),
        others=_by_request(others),
        unpriced_share=_unpriced_share(own, span),
        level=_second_level(own, span),
        level_of_others=_second_level(others, span),
        drift=SECONDS_DRIFT,
    )


def failure_facts(dollars: Collection[str], days: Sequence[ServiceDay], span: Span) -> Facts:
    """Services of which too many requests fail.

    Args:
        dollars: which, see `Service.dollars`.
        days: of all services.
        span: the days that are compared.
    """
    own = [one for one in days if one.service.dollars in dollars]
    requests: dict[str, int] = {}
    failed: dict[str, int] = {}
    for one in own:
        if span.is_before(one.day):
            name = one.service.dollars
            requests[name] = requests.get(name, 0) + one.requests
            failed[name] = failed.get(name, 0) + one.failed_requests
    dead = {name for name, whole in requests.items() if whole - failed[name] < HARDLY_EVER * whole}
    spent = [
        Spent(one.day, one.service.dollars, one.failed_cost, Decimal(one.requests))
        for one in own
        if one.service.dollars not in dead
    ]
    for name in dead:
        costs: dict[date, Decimal] = {}
        for one in own:
            if one.service.dollars == name:
                costs[one.day] = costs.get(one.day, _ZERO) + one.failed_cost
        spent += [
            Spent(one.day, f"{name} {one.stratum}", one.cost, one.volume)
            for one in weekdays(costs, span)
        ]
    return Facts(own=spent, unpriced_share=_unpriced_share(own, span))


def actor_facts(days: Sequence[ActorDay], span: Span) -> Facts:
    """A user or key that runs away at times.

    Args:
        days: of it alone.
        span: the days that are compared.
    """
    before = [one for one in days if span.is_before(one.day)]
    if not before:
        return Facts(())
    of_weekday: dict[int, list[Decimal]] = {}
    for one in before:
        of_weekday.setdefault(one.day.weekday(), []).append(one.cost)
    everyday = median_low(one.cost for one in before)
    usual = {
        weekday: HEADROOM * (median_low(costs) if len(costs) > 2 else everyday)
        for weekday, costs in of_weekday.items()
    }
    return Facts(
        [
            Spent(
                one.day,
                "active day",
                max(_ZERO, one.cost - usual.get(one.day.weekday(), HEADROOM * everyday)),
                _ONE,
            )
            for one in days
        ]
    )


def pool_of(proposal: Proposal) -> Pool:
    """The pool that a proposal is about: what its scope does not say tells no pools apart."""
    named = {name: values[0] for name, values in proposal.scope.items() if values}
    return Pool(named.get("product"), named.get("model"), named.get("billing_type"))


def pool_days(pool: Pool, days: Sequence[PoolDay]) -> Mapping[date, tuple[Decimal, Decimal]]:
    """What is busy and what waits of a pool, USD, by day."""
    found: dict[date, tuple[Decimal, Decimal]] = {}
    for one in days:
        its = one.pool
        if all(
            wanted is None or wanted == has
            for wanted, has in (
                (pool.product, its.product),
                (pool.model, its.model),
                (pool.billing_type, its.billing_type),
            )
        ):
            busy, waiting = found.get(one.day, (_ZERO, _ZERO))
            found[one.day] = busy + one.busy, waiting + one.waiting
    return found


def idle_held(
    days: Mapping[date, tuple[Decimal, Decimal]], span: Span
) -> tuple[list[Held], list[Held]]:
    """Waiting capacity before and since, held against what it would have been, in order.

    From the same weekday's means of before, W waiting and B busy, a day with b busy would have had
    W - (b - B) in a fleet of fixed size, and W × b / B in one that follows its load. Of the two the
    one counts that would have wasted less in all days: so neither more work on the same machines
    nor less work on fewer of them is saved.
    """
    means: dict[int, tuple[float, float]] = {}
    for weekday in range(7):
        some = [
            row for day, row in days.items() if span.is_before(day) and day.weekday() == weekday
        ]
        if some:
            busy = float(sum((row[0] for row in some), _ZERO)) / len(some)
            waiting = float(sum((row[1] for row in some), _ZERO)) / len(some)
            means[weekday] = busy, waiting
    before: list[Held] = []
    fixed: list[Held] = []
    following: list[Held] = []
    for day, (busy, waiting) in sorted(days.items()):
        mean = means.get(day.weekday())
        if mean is None:
            continue
        if span.is_before(day):
            before.append(Held(mean[1], float(waiting)))
        elif span.is_since(day):
            of_fixed, of_following = _would_wait(*mean, float(busy))
            fixed.append(Held(of_fixed, float(waiting)))
            following.append(Held(of_following, float(waiting)))
    return before, min(fixed, following, key=lambda held: sum(day.expected for day in held))


def service_dollars(proposal: Proposal) -> frozenset[str]:
    """The dollars of services that a proposal takes."""
    return frozenset(
        part.cell
        for part in proposal.parts
        if part.cell.startswith("[") and json.loads(part.cell)[:1] == ["gpu"]
    )


def _would_wait(busy_before: float, waiting_before: float, busy: float) -> tuple[float, float]:
    """What would wait of a fleet of fixed size, and of one that follows its load."""
    fixed = max(0.0, waiting_before - (busy - busy_before))
    return fixed, waiting_before * busy / busy_before if busy_before > 0 else waiting_before


def _by_request(days: Sequence[ServiceDay]) -> list[Spent]:
    return [Spent(one.day, _stratum(one), one.cost, Decimal(one.requests)) for one in days]


def _stratum(one: ServiceDay) -> str:
    return json.dumps([one.service.dollars, one.organization])


def _unpriced_share(days: Sequence[ServiceDay], span: Span) -> Decimal:
    """Of the requests since, beyond the share that they had before."""

    def share(part: Sequence[ServiceDay]) -> Decimal:
        unpriced = sum(one.unpriced_requests for one in part)
        whole = unpriced + sum(one.requests for one in part)
        return Decimal(unpriced) / whole if whole else _ZERO

    before = share([one for one in days if span.is_before(one.day)])
    return max(_ZERO, share([one for one in days if span.is_since(one.day)]) - before)


def _second_level(days: Sequence[ServiceDay], span: Span) -> Level | None:
    """What a GPU second costs on a day, by stratum, relative to the days before."""
    costs: dict[tuple[str, date | None], Decimal] = {}
    seconds: dict[tuple[str, date | None], Decimal] = {}
    for one in days:
        keys = [
            (_stratum(one), one.day),
            *([(_stratum(one), None)] if span.is_before(one.day) else []),
        ]
        for key in keys:
            costs[key] = costs.get(key, _ZERO) + one.cost
            seconds[key] = seconds.get(key, _ZERO) + one.seconds
    if not any(amount > 0 for amount in seconds.values()):
        return None

    def price(key: tuple[str, date | None]) -> Decimal | None:
        return costs[key] / seconds[key] if seconds.get(key, _ZERO) > 0 else None

    def level(stratum: str, day: date) -> Decimal:
        now, then = price((stratum, day)), price((stratum, None))
        return now / then if now is not None and then else _ONE

    return level
