"""How forecasts that were kept came true, and under which name those of a question are kept."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from analysis.series import Measure, SeriesKey
from handlers.caller import Caller
from handlers.complete import Asked
from handlers.forecasts.results import Record
from queries.breakdown import Basis
from storage.records.forecast import StoredForecast

HALF = 2


def subject_of(asked: Asked, caller: Caller) -> SeriesKey | None:
    """The series that a question is about; None where no forecasts of it are kept.

    They are kept of everything, of each product over all organizations, and of each organization's
    own cost, which leaves internal traffic out.
    """
    if asked.basis is not Basis.FULLY_LOADED or any(len(v) != 1 for v in asked.filters.values()):
        return None
    named = {name: values[0] for name, values in asked.filters.items()}
    organization = caller.organization or named.pop("organization", None)
    if organization is not None:
        is_own = asked.customers_only and named.pop("organization", organization) == organization
        return None if named or not is_own else SeriesKey(organization, None, None, Measure.COST)
    if asked.customers_only:
        return None
    product = named.pop("product", None)
    if named:
        return None
    return SeriesKey(None, None if product is None else "product", product, Measure.COST)


def record_of(kept: Sequence[StoredForecast]) -> Record | None:
    """What forecasts of one series, for one horizon, say together; None of none."""
    errors = [abs(one.error) for one in kept if one.error is not None]
    if not errors:
        return None
    return Record(
        horizon=kept[0].horizon,
        first=min(one.made_on for one in kept),
        last=max(one.made_on for one in kept),
        error=median(errors),
        held=sum(one.held is True for one in kept),
        counted=sum(one.held is not None for one in kept),
    )


def budget_record_of(kept: Sequence[StoredForecast]) -> Record | None:
    """What the forecasts of a budget say that were made halfway through its earlier periods."""
    by_period: dict[object, list[StoredForecast]] = {}
    for one in kept:
        by_period.setdefault(one.first_day, []).append(one)
    halfway = [
        min(made, key=lambda one: abs((one.last_day - one.first_day).days - HALF * one.horizon))
        for made in by_period.values()
    ]
    found = record_of(halfway)
    if found is None:
        return None
    return Record(None, found.first, found.last, found.error, found.held, found.counted)
