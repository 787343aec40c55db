"""The small print of `/cost breakeven`: by which rule, from what, and what is left out."""

from __future__ import annotations

from decimal import Decimal

from analysis.allocation import Allocation
from bot.blocks.freshness import freshness_line
from bot.blocks.text import count, enumerate_names, escape, money, plural
from handlers.breakeven import BreakEvenResult
from handlers.caller import Caller
from handlers.equivalents import ApiCost

ALLOCATION = (
    "Compared with what is paid for the GPUs (allocation), not with what requests used: idle time "
    "is on the bill, too, so usage cost would make own GPUs look cheaper than they are"
)


def notes(result: BreakEvenResult, caller: Caller) -> list[str]:
    """A line each."""
    lines = [_paid_for(result), *_attributed(result), *_left_out(result)]
    if result.break_even is not None:
        lines.insert(0, ALLOCATION)
    if result.api is not None:
        lines += _priced(result.api, result)
    if result.break_even is not None:
        lines.append(
            "Another utilization: the same GPUs and bill, more or fewer requests like these"
        )
    return [*lines, *period_notes(result), freshness_line(result.freshness, caller.zone)]


def period_notes(result: BreakEvenResult) -> list[str]:
    """What the figures a month come from."""
    lines: list[str] = []
    if result.hours < result.hours_over:
        have = f"{_days(result.hours)} of {_days(result.hours_over)} days"
        lines.append(f":warning: There is GPU data of {have}")
    if result.break_even is not None:
        lines.append("A month is 730 hours")
    if result.period.provisional:
        lines.append("Provisional: the period is not over, and late data may still change it")
    return lines


def _paid_for(result: BreakEvenResult) -> str:
    pool = result.pool.allocation
    parts = [f"requests {money(pool.used)}"]
    for name in sorted({*pool.carried, *pool.shared}):
        cost = pool.carried.get(name, Decimal(0)) + pool.shared.get(name, Decimal(0))
        parts.append(f"{escape(name)} {money(cost)}")
    line = f"Paid: direct cost of {', '.join(parts)}"
    if shared := sum(pool.shared.values(), Decimal(0)):
        names = enumerate_names(list(result.request.filters))
        line += (
            f"; {money(shared)} of it is the share, by direct cost of requests, of rows that name "
            f"no {names}"
        )
    return line


def _attributed(result: BreakEvenResult) -> list[str]:
    """The other figure that there is of the same pool, where it differs."""
    pool = result.pool.allocation
    loaded = pool.traffic.fully_loaded.usd
    if loaded in (pool.paid.usd, pool.used):
        return []
    return [
        f"By the attributed columns the requests cost {money(loaded)} fully loaded: "
        f"{money(pool.paid.usd - loaded)} of what is paid is pushed onto none of them"
        if loaded < pool.paid.usd
        else f"By the attributed columns the requests cost more than is paid: {money(loaded)}"
    ]


def _left_out(result: BreakEvenResult) -> list[str]:
    pool: Allocation = result.pool.allocation
    traffic, lines = pool.traffic, list[str]()
    if pool.undivided:
        lines.append(
            f":warning: {money(pool.undivided)} of capacity that names no pool served no request, "
            "and is in nobody's share"
        )
    if traffic.unpriced:
        lines.append(
            f":warning: {plural(traffic.unpriced, 'request')} without a price, on neither side"
        )
    billed = "; an API bills those that it answers" if result.api is not None else ""
    if traffic.failed:
        lines.append(f"{plural(traffic.failed, 'request')} of {count(traffic.requests)} failed")
        lines[-1] += f", {count(traffic.served)} were served{billed}"
    return lines


def _priced(api: ApiCost, result: BreakEvenResult) -> list[str]:
    lines: list[str] = []
    served = result.pool.allocation.traffic.served
    if api.mix_requests:
        line = f"Tokens: those of {plural(api.mix_requests, 'request')} of LLM usage"
        if api.mix_requests != served:
            line += f", scaled to the {count(served)} that the GPUs served"
        lines.append(line)
    if api.batch_requests:
        lines.append(f"{plural(api.batch_requests, 'request')} of these at prices of batches")
    if api.is_estimate:
        lines.append("The API's price is an estimate, from public list prices (genai-prices)")
    elif api.mix_requests:
        lines.append("At the prices in force now")
    return lines


def _days(hours: Decimal) -> str:
    return f"{(hours / 24).quantize(Decimal('0.1')).normalize():f}"
