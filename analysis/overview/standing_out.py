"""What stands out of a week: odd days, drifting models, failures."""

from __future__ import annotations

from decimal import Decimal

from analysis.drivers.wording import LONGEST_NAME
from analysis.overview.figures import Drift, Failure, Figures, OddDay
from analysis.overview.text import Line, Section
from analysis.written import count, money, percent, plural

MOST_DAYS = 3
MOST_DRIFTS = 3
LEAST_EFFECT = Decimal("0.01")
"""Of the week's cost: a drift that makes less of it is counted, not told. Of ten requests each the
cost of one wanders by half and means nothing."""


def standing_out(figures: Figures) -> Section:
    """The section of what stands out; a sentence where nothing does."""
    lines = [*_odd_days(figures.odd_days), *_drifts(figures), *_failures(figures)]
    if not lines:
        lines = [Line("No day of the week and no model's cost per request stands out.")]
    return Section("odd", "What stands out", tuple(lines))


def _odd_days(days: tuple[OddDay, ...]) -> list[Line]:
    lines = [Line(_odd_day(one), True) for one in days[:MOST_DAYS]]
    if rest := len(days) - len(lines):
        lines.append(Line(f"{plural(rest, 'more flagged day')}: see anomaly_detection.", True))
    return lines


def _odd_day(one: OddDay) -> str:
    odd: list[str] = []
    if one.is_cost and one.usual_cost is not None:
        off = _off(one.deviations)
        odd.append(f"cost {money(one.cost)} against {money(one.usual_cost)} usually{off}")
    if one.is_volume and one.usual_requests is not None:
        off = _off(one.volume_deviations)
        usual = count(round(one.usual_requests))
        odd.append(f"{plural(one.requests, 'request')} against {usual} usually{off}")
    whose = "" if one.product is None else f", {short(one.product)}"
    return f"{one.day:%a %Y-%m-%d}{whose}: {'; '.join(odd)}."


def _off(deviations: float | None) -> str:
    return "" if deviations is None else f" ({deviations:+.1f} standard deviations)"


def _drifts(figures: Figures) -> list[Line]:
    week = figures.weeks.total.now if figures.weeks is not None else Decimal(0)
    drifts = sorted(figures.drifts, key=lambda one: -abs(one.effect))
    told = [one for one in drifts if abs(one.effect) >= LEAST_EFFECT * week][:MOST_DRIFTS]
    lines = [Line(_drift(one), True) for one in told]
    if rest := len(drifts) - len(told):
        models = plural(rest, "more model" if told else "model")
        text = f"{models} drifted beyond the threshold too" if told else f"{models} drifted"
        effect = sum((one.effect for one in drifts[len(told) :]), Decimal(0))
        lines.append(Line(f"{text}, {money(effect, sign=True)} together."))
    return lines


def _drift(one: Drift) -> str:
    name = "What has no model" if one.model is None else f"Model {short(one.model)}"
    way = "more" if one.ratio > 0 else "less"
    rates = f"{money(one.before)} → {money(one.now)}"
    return (
        f"{name}: a request costs {percent(abs(one.ratio))} {way} than in the days before "
        f"({rates}), {money(one.effect, sign=True)} over {plural(one.requests, 'request')}."
    )


def _failures(figures: Figures) -> list[Line]:
    if not figures.failures:
        return []
    requests = sum(one.requests for one in figures.failures)
    known = [one.cost for one in figures.failures if one.cost is not None]
    what = f"{plural(requests, 'request')} failed or timed out"
    if not known:
        return [Line(f"{what}; what they cost is not known, none has a price.")]
    cost = sum(known, Decimal(0))
    text = f"{what} and cost {money(cost)}"
    if figures.weeks is not None and figures.weeks.total.now:
        text += f", {percent(cost / figures.weeks.total.now)} of the week"
    first = figures.failures[0]
    if len(figures.failures) > 1 and first.cost:
        text += f"; most of it {_failure(first)}, {money(first.cost)}"
    return [Line(f"{text}.")]


def _failure(one: Failure) -> str:
    names = [*one.place, one.result, one.error_type]
    return ", ".join(short(name) for name in names if name)


def short(name: str) -> str:
    """A name from data, no longer than a sentence bears."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
