"""The overview in words: what the figures say to somebody who reads only this."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from analysis.drivers.wording import listed
from analysis.overview.figures import Change, Compared, Counted, Figures, Machines
from analysis.overview.standing_out import standing_out
from analysis.overview.text import Line, Overview, Section
from analysis.overview.whose import whose
from analysis.written import count, money, percent, plural

MOST_PRODUCTS = 5
"""Lines of products; what moved less is in the tables."""
MOST_MODELS = 3
"""Names of models without a price in a sentence."""


def overview(figures: Figures) -> Overview:
    """`figures` as sentences, the most important first."""
    whose_cost = "" if figures.organization is None else f" of {figures.organization}"
    sections = (
        _products(figures),
        _finding(figures),
        standing_out(figures),
        whose(figures),
        _machines(figures),
        _counted(figures),
    )
    return Overview(
        title=f"Cost report{whose_cost}, {_day(figures.day)}",
        headline=_headline(figures),
        sections=tuple(section for section in sections if section is not None),
    )


def _day(day: date) -> str:
    return f"{day:%a %Y-%m-%d}"


def _headline(figures: Figures) -> tuple[Line, ...]:
    lines: list[Line] = []
    if figures.days is not None:
        subject = f"{_day(figures.day)} cost"
        lines.append(_compared(figures.days, subject, "the day before"))
    if figures.weeks is not None:
        lines.append(_compared(figures.weeks, "The 7 days up to it cost", "the 7 days before"))
    lines += [
        Line(f"{source} data ends on {_day(last)}: later days are not in the figures.", True)
        for source, last in figures.data_ends
    ]
    return tuple(lines)


def _compared(compared: Compared, subject: str, before: str) -> Line:
    total = compared.total
    requests = plural(total.requests, "request")
    if not compared.is_known and total.requests:
        return Line(f"{subject} an unknown sum: none of its {requests} has a price.", True)
    sentence = f"{subject} {money(total.now)} for {requests}{_requests_moved(total)}"
    if not total.change:
        tail = ", nothing less and nothing more than" if total.now else ", as did"
        return Line(f"{sentence}{tail} {before}.")
    if total.ratio is None:
        return Line(f"{sentence}; {before} cost nothing.", total.is_flagged)
    way = "more" if total.change > 0 else "less"
    size = f"{percent(abs(total.ratio))} {way} than {before}"
    return Line(f"{sentence}: {size} ({money(total.before)}).", total.is_flagged)


def _requests_moved(change: Change) -> str:
    if not change.requests_before or change.requests == change.requests_before:
        return ""
    moved = Decimal(change.requests) / change.requests_before - 1
    return f" ({percent(moved, sign=True)})"


def _products(figures: Figures) -> Section | None:
    weeks = figures.weeks.products if figures.weeks is not None else ()
    if len(weeks) < 2:
        return None
    days = {one.product: one for one in figures.days.products} if figures.days else {}
    by_cost = sorted(weeks, key=lambda one: (-one.now, -one.before, one.product or ""))
    lines = [_product(one, days.get(one.product)) for one in by_cost[:MOST_PRODUCTS]]
    if rest := len(by_cost) - len(lines):
        lines.append(Line(f"{plural(rest, 'more product')}, each with less."))
    return Section("products", "By product", tuple(lines))


def _product(week: Change, day: Change | None) -> Line:
    name = week.product or "Without a product"
    text = f"{name}: {money(week.now)} in the week ({_moved(week)})"
    if day is not None:
        text += f", {money(day.now)} on the day ({_moved(day)})"
    return Line(f"{text}.", week.is_flagged or (day is not None and day.is_flagged))


def _moved(change: Change) -> str:
    if not change.change:
        return "no change"
    return "new" if change.ratio is None else percent(change.ratio, sign=True)


def _machines(figures: Figures) -> Section | None:
    if figures.machines is None:
        return None
    machines, costs = figures.machines, figures.machines.reconciliation
    lines: list[Line] = []
    parts = [
        f"{money(costs.fully_loaded.usd)} fully loaded onto requests",
        f"{money(costs.unattributed)} that no request carries",
    ]
    text = f"The infrastructure of the week cost {money(costs.infrastructure.usd)}"
    if costs.unattributed:
        lines.append(Line(f"{text}: {' and '.join(parts)}{_unattributed(machines)}."))
    else:
        lines.append(Line(f"{text}, all of it fully loaded onto requests."))
    if costs.difference:
        odd = money(costs.difference, sign=True)
        lines.append(Line(f"{odd} of it is explained by none of the parts.", True))
    if machines.bought:
        bought = f"{money(machines.bought)} of both is LLM usage, which has no machines of its own"
        lines.append(Line(f"{bought}."))
    if utilization := _utilization(machines):
        lines.append(utilization)
    return Section("machines", "What the machines cost", tuple(lines))


def _unattributed(machines: Machines) -> str:
    costs = machines.reconciliation
    parts = [
        (costs.unused, "unused"),
        (costs.idle.left, "idle"),
        (costs.overhead.left, "overhead"),
    ]
    named = [f"{money(usd)} {name}" for usd, name in parts if usd]
    return f" ({', '.join(named)})" if named else ""


def _utilization(machines: Machines) -> Line | None:
    spent = dict(machines.categories)
    whole = sum(spent.values(), Decimal(0))
    if not spent or not whole:
        return None
    if set(spent) == {"inference"}:
        return Line(
            "The data tells of no idle, overhead or unused time, so utilization is not known."
        )
    used = spent.get("inference", Decimal(0))
    rest = [
        f"{name} {money(usd)}"
        for name, usd in sorted(spent.items(), key=lambda item: -item[1])
        if name != "inference" and usd
    ]
    text = f"GPU utilization {percent(used / whole)}: {money(used)} of {money(whole)} is inference"
    return Line(f"{text}; {', '.join(rest)}." if rest else f"{text}.")


def _finding(figures: Figures) -> Section:
    found = figures.finding
    lines = (
        (Line(figures.no_finding),)
        if found is None
        else (
            Line(found.summary),
            Line(f"Root cause: {found.root_cause}"),
            Line(f"Breakdown: {found.breakdown}"),
            Line(f"Recommendation: {found.recommendation}"),
        )
    )
    return Section("finding", "Why the week's cost moved", lines)


def _counted(figures: Figures) -> Section:
    counted = figures.counted
    lines = [] if counted is None else _counts(counted)
    if figures.silent:
        names = listed(figures.silent)
        have, them = ("has", "it") if len(figures.silent) == 1 else ("have", "them")
        lines.append(Line(f"{names} {have} nothing to say: no rows of these days answer {them}."))
    for name, reason in figures.missing:
        lines.append(Line(f"{name} could not be answered: {reason}", True))
    return Section("counted", "What the figures hold, and what not", tuple(lines))


def _counts(counted: Counted) -> list[Line]:
    lines: list[Line] = []
    if counted.unpriced_requests:
        share = percent(Decimal(counted.unpriced_requests) / max(counted.requests, 1))
        models = _models(counted)
        text = f"{plural(counted.unpriced_requests, 'request')} without a price ({share}{models})"
        lines.append(Line(f"{text}: their cost is in no figure.", True))
    elif counted.requests:
        lines.append(Line("Every request has a price."))
    if counted.estimated_requests:
        sum_ = money(counted.estimated_cost)
        requests = plural(counted.estimated_requests, "request")
        lines.append(Line(f"{sum_} is an estimate, at public list prices, for {requests}."))
    verb = "left out" if counted.are_left_out else "included"
    if counted.internal_requests and not counted.are_left_out:
        requests = plural(counted.internal_requests, "request")
        text = f"Internal traffic is {verb}: {money(counted.internal_cost)}, {requests}"
        lines.append(Line(f"{text}; the parts about the API's customers leave it out."))
    if counted.unknown_requests:
        requests = plural(counted.unknown_requests, "request")
        text = f"Traffic of unknown origin is {verb}: {money(counted.unknown_cost)}, {requests}"
        lines.append(Line(f"{text}, of which nobody knows whether they are internal.", True))
    return lines


def _models(counted: Counted) -> str:
    names = [name or "no model" for name in counted.unpriced_models]
    if not names:
        return ""
    shown = list(names[:MOST_MODELS])
    if rest := len(names) - len(shown):
        shown.append(f"{count(rest)} more")
    return f", of {listed(shown)}"
