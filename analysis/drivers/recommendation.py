"""What to do about a change: one sentence or two, after the kind of its first cause."""

from __future__ import annotations

from decimal import Decimal

from analysis.drivers.cells import BILLING_TYPE, ERROR_TYPE, ORGANIZATION, RESULT
from analysis.drivers.explain import Driver, Explanation, Kind
from analysis.drivers.wording import Compared, named, rate
from analysis.written import money, percent, plural

MONTH = 30
"""Days of the month to which a change is extended."""


def recommendation(explanation: Explanation, compared: Compared) -> str:
    """What to do, about whom, and what it is worth in a month if it stays as it is."""
    total = explanation.split
    if not explanation.causes:
        return _nobodys(explanation, compared)
    first = explanation.causes[0]
    if explanation.is_broad and total.change > 0:
        advice = _nobodys(explanation, compared)
        return advice if first.split.change <= 0 else f"{advice}{_then(first)}"
    if first.split.change <= 0:
        return _saved(first)
    # What moved there from elsewhere was paid for before, too.
    lasting = min(first.split.change, total.change) if total.change > 0 else first.split.change
    advice = f"{_advice(first)}{_in_a_month(lasting, compared)}."
    others = [driver for driver in explanation.causes[1:] if driver.split.change > 0]
    return advice + _then(others[0]) if others else advice


def _nobodys(explanation: Explanation, compared: Compared) -> str:
    """What to do where nobody made most of the change."""
    total = explanation.split
    if total.change <= 0:
        return "Nothing needs to be done."
    if total.volume * 2 > total.change:
        return (
            "Nothing is out of order in itself: check the budget against this growth"
            f"{_in_a_month(total.change, compared)}."
        )
    return "Watch the next complete period; break it down by model and by organization."


def _then(driver: Driver) -> str:
    usd = money(driver.split.change, sign=True)
    return f" Then look at {named(driver.dimension, driver.member)} ({usd})."


def _saved(driver: Driver) -> str:
    who, usd = named(driver.dimension, driver.member), money(-driver.split.change)
    if driver.kind in (Kind.RATE, Kind.MIX):
        return f"Nothing needs to be done: {who} is cheaper by {usd}. Keep what was changed."
    return f"Check that {who} has fewer requests on purpose, and is not down: it cost {usd} less."


def _in_a_month(change: Decimal, compared: Compared) -> str:
    if compared.days <= 0:
        return ""
    return f"; if it stays, it adds about {money(change / compared.days * MONTH)} in {MONTH} days"


def _advice(driver: Driver) -> str:
    if driver.dimension == RESULT:
        return _about_errors(driver)
    if driver.dimension == BILLING_TYPE:
        return _about_billing(driver)
    who, split = named(driver.dimension, driver.member), driver.split
    more = split.requests_now - split.requests_before
    match driver.kind:
        case Kind.ARRIVAL if driver.dimension == ORGANIZATION:
            return (
                f"Set a budget for {who}, and check that what it pays covers "
                f"{rate(split.rate_now)} a request"
            )
        case Kind.ARRIVAL:
            return f"Check that {who} was meant to go live, and give it a budget"
        case Kind.RATE:
            return _about_rate(driver)
        case Kind.MIX:
            return (
                f"Look at what {who} is sent to now: its requests moved to dearer ones, "
                f"{rate(split.rate_before)} → {rate(split.rate_now)} each"
            )
        case Kind.SHIFT:
            return (
                f"Find out what sent {plural(more, 'more request')} to {who}, at "
                f"{rate(split.rate_now)} each against {rate(driver.elsewhere.rate_now)} "
                "elsewhere, and send back what does not need it"
            )
        case Kind.VOLUME | Kind.DEPARTURE:
            return f"{_asked(driver, more)}, and limit them if they are not planned"


def _asked(driver: Driver, more: int) -> str:
    """Who can tell what the requests are for: whoever sends most of them, or their owners."""
    who, inside = named(driver.dimension, driver.member), driver.inside
    requests = plural(more, "more request")
    if driver.dimension == ORGANIZATION:
        where = "" if inside is None else f", most to {named(inside.dimension, inside.member)},"
        return f"Ask {who} what its {requests}{where} are for"
    if inside is not None and inside.dimension == ORGANIZATION:
        most = named(inside.dimension, inside.member)
        return f"Ask {most} what most of the {requests} to {who} are for"
    return f"Ask the owners of {who} what its {requests} are for"


def _about_rate(driver: Driver) -> str:
    split, who = driver.split, named(driver.dimension, driver.member)
    if split.fixed * 2 > split.rate:
        return f"Look for idle machines or a new fee at {who}: {money(split.fixed)} of it is that"
    before, now = split.rate_before, split.rate_now
    size = f"by {percent(now / before - 1)}" if before and now else "all at once"
    return (
        f"Find out what made a request of {who} dearer {size}: a price, longer runs, "
        f"a larger machine, or more idle time laid on it; at {rate(before)} as before, "
        f"{money(split.rate)} would be saved"
    )


def _about_errors(driver: Driver) -> str:
    more = driver.split.requests_now - driver.split.requests_before
    where = ""
    if driver.inside is not None:
        what = "errors of" if driver.inside.dimension == ERROR_TYPE else "begin with"
        where = f" ({what} {named(driver.inside.dimension, driver.inside.member)})"
    return (
        f"Stop what fails{where}: {plural(more, 'more request')} ended as {driver.member}, "
        f"{money(driver.split.change)} for nothing; let retries back off until then"
    )


def _about_billing(driver: Driver) -> str:
    return (
        f"Find out why capacity is billed as {driver.member} now, at "
        f"{rate(driver.split.rate_now)} a request against {rate(driver.elsewhere.rate_now)} "
        "otherwise, and move what can wait back to the cheaper type, or reserve it"
    )
