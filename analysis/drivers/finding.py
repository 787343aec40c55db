"""The finding in its four parts: what happened, why, who made it up, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.drivers.causes import MOST_CAUSES
from analysis.drivers.cells import BILLING_TYPE, RESULT
from analysis.drivers.explain import Driver, Explanation, Kind
from analysis.drivers.recommendation import recommendation
from analysis.drivers.split import Split
from analysis.drivers.wording import Compared, listed, named, rate, rose
from analysis.written import count, money, percent, plural

MOST_NAMED = 4
"""Contributors in a sentence; the table has more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person reads: plain sentences, names from the data unescaped.

    Attributes:
        summary: what happened, with both figures.
        root_cause: why.
        breakdown: what it is made of, and who contributed most.
        recommendation: what to do about it.
    """

    summary: str
    root_cause: str
    breakdown: str
    recommendation: str


def finding(explanation: Explanation, compared: Compared) -> Finding:
    """`explanation` in words.

    Args:
        explanation: the figures.
        compared: what the two periods and the subject are called.
    """
    return Finding(
        summary=_summary(explanation.split, compared),
        root_cause=_root_cause(explanation),
        breakdown=_breakdown(explanation),
        recommendation=recommendation(explanation, compared),
    )


def _summary(split: Split, compared: Compared) -> str:
    now = f"{money(split.now)} {compared.now}"
    before = f"{money(split.before)} {compared.before}"
    if not split.change:
        return f"{compared.subject} did not change: {now}, as {compared.before}."
    if split.ratio is None or split.before < 0:
        return f"{compared.subject} moved by {money(split.change, sign=True)}: {now}, {before}."
    size = f"{percent(abs(split.ratio))} ({money(split.change, sign=True)})"
    return f"{compared.subject} {rose(split.change)} {size}: {now}, {before}."


def _root_cause(explanation: Explanation) -> str:
    total = explanation.split
    if not total.change:
        if not explanation.causes:
            return "Nothing moved enough to be a cause."
        return f"Moves cancel out: {' '.join(_sentence(d, total) for d in explanation.causes)}"
    causes = " ".join(_sentence(driver, total) for driver in explanation.causes[:MOST_CAUSES])
    if not causes:
        return f"No single cause stands out: {_largest_part(total, ', nearly everywhere alike')}."
    if explanation.is_broad:
        return (
            f"No single cause makes most of it: {_largest_part(total)}. What stands out: {causes}"
        )
    return causes


def _largest_part(total: Split, where: str = "") -> str:
    """Which of the three parts it was."""
    parts = {"volume": total.volume, "mix": total.mix, "rate": total.rate}
    way = 1 if total.change > 0 else -1
    largest = max(parts, key=lambda part: parts[part] * way)
    more = "more" if parts[largest] > 0 else "less"
    what = {
        "volume": f"requests {rose(total.requests_now - total.requests_before)} from "
        f"{count(total.requests_before)} to {count(total.requests_now)}{where}",
        "mix": f"many small moves between what is dear and what is cheap cost {more}",
        "rate": f"a request costs {more}{where}",
    }
    return f"{what[largest]} ({money(parts[largest], sign=True)})"


def first_cause(explanation: Explanation) -> str:
    """What explains most of a change, in one sentence; empty: it did not change.

    Names from the data are not escaped.
    """
    total = explanation.split
    if not total.change:
        return ""
    if not explanation.causes or explanation.is_broad:
        return f"No single cause stands out: {_largest_part(total)}."
    return _first_sentence(explanation.causes[0], total)


def _first_sentence(driver: Driver, total: Split) -> str:
    change, rest = driver.split.change, driver.elsewhere.change
    sentence = f"{_moved(driver)}, {money(change, sign=True)}"
    if rest * change < 0:
        sentence += f", while all else {rose(rest)} by {money(abs(rest))}"
    elif total.change:
        sentence += f" of the {money(total.change, sign=True)}"
    return f"{sentence}."


def _sentence(driver: Driver, total: Split) -> str:
    sentence = _first_sentence(driver, total)
    if driver.inside is not None:
        inside = driver.inside
        sentence += (
            f" Most of that is {named(inside.dimension, inside.member)} "
            f"({money(inside.change, sign=True)})."
        )
    if driver.cause is not None and driver.cause.echoes:
        echoes = listed([named(*echo) for echo in driver.cause.echoes])
        verb = "moves" if len(driver.cause.echoes) == 1 else "move"
        sentence += f" {echoes[0].upper()}{echoes[1:]} {verb} alike, with the same requests."
    return sentence


def _moved(driver: Driver) -> str:
    """How a driver moved, without its dollars."""
    split, who = driver.split, named(driver.dimension, driver.member)
    if driver.dimension == RESULT and driver.kind is not Kind.RATE:
        return f"Error spike: requests that end as {driver.member} {_requests(split)}"
    who = who[0].upper() + who[1:]
    match driver.kind:
        case Kind.ARRIVAL:
            return f"{who} is new, with {plural(split.requests_now, 'request')}"
        case Kind.DEPARTURE:
            return f"{who} is gone, with its {plural(split.requests_before, 'request')}"
        case Kind.SHIFT:
            verb = "Billing changed" if driver.dimension == BILLING_TYPE else "Requests moved"
            way = "to" if split.requests_now > split.requests_before else "away from"
            return (
                f"{verb}: {way} {named(driver.dimension, driver.member)}, "
                f"{_requests(split)}, where a request costs {rate(split.rate_now)} "
                f"against {rate(driver.elsewhere.rate_now)} elsewhere"
            )
        case Kind.VOLUME:
            return f"{who}: requests {_requests(split)}"
        case Kind.MIX:
            return f"{who}: its requests moved within it, a request costs {_rates(split)}"
        case Kind.RATE:
            if split.fixed and abs(split.fixed) * 2 > abs(split.rate):
                return f"{who}: costs that come without requests"
            return f"{who}: a request costs {_rates(split)}"


def _requests(split: Split) -> str:
    figures = f"{count(split.requests_before)} → {count(split.requests_now)}"
    if split.requests_ratio is None:
        return f"({figures})"
    return f"{percent(split.requests_ratio, sign=True)} ({figures})"


def _rates(split: Split) -> str:
    before, now = split.rate_before, split.rate_now
    figures = f"{rate(before)} → {rate(now)}"
    if not before or now is None:
        return figures
    return f"{percent(now / before - 1, sign=True)} ({figures})"


def _breakdown(explanation: Explanation) -> str:
    split = explanation.split
    parts = (
        f"Volume {_signed(split.volume)}, mix {_signed(split.mix)}, rate {_signed(split.rate)}"
        f" (together {_signed(split.change)})."
    )
    if split.fixed:
        parts += f" Of the rate, {_signed(split.fixed)} comes without requests."
    top = _contributions(explanation.drivers)
    return f"{parts} Top contributors: {top}." if top else parts


def _signed(usd: Decimal) -> str:
    return money(usd, sign=True)


def _contributions(drivers: Sequence[Driver]) -> str:
    return "; ".join(
        f"{named(driver.dimension, driver.member)} {_signed(driver.split.change)}"
        for driver in drivers[:MOST_NAMED]
    )
