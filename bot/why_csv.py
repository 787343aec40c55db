"""What drove a change as a CSV file: the whole change, then every driver, unrounded."""

from __future__ import annotations

from analysis.drivers.explain import Driver
from analysis.drivers.split import Split
from bot.csv_file import CsvFile, as_csv
from handlers.why import WhyResult

TOTAL = "total"
"""What stands for a dimension in the row of the whole change."""

HEADER = (
    "dimension",
    "member",
    "kind",
    "is_cause",
    "change",
    "volume",
    "mix",
    "rate",
    "requests_before",
    "requests_now",
    "cost_before",
    "cost_now",
    "currency",
)


def why_csv(result: WhyResult) -> CsvFile:
    """The drivers of a change, the causes first; costs and changes in USD.

    Of each row volume, mix and rate add up to the change. Dimensions overlap: the rows of different
    ones do not add up to the total.
    """
    rows = [(TOTAL, None, None, None, *_figures(result.explanation.split))]
    rows += [_row(driver) for driver in result.explanation.drivers]
    now, before = result.comparison.now, result.comparison.before
    days = [str(day) for day in (now.first_day, now.last_day, before.first_day, before.last_day)]
    name = ["why", *days[:2], "vs", *days[2:], *result.request.filters]
    return as_csv(name, HEADER, rows)


def _row(driver: Driver) -> tuple[object, ...]:
    is_cause = str(driver.cause is not None).lower()
    return driver.dimension, driver.member, driver.kind.value, is_cause, *_figures(driver.split)


def _figures(split: Split) -> tuple[object, ...]:
    return (
        split.change,
        split.volume,
        split.mix,
        split.rate,
        split.requests_before,
        split.requests_now,
        split.before,
        split.now,
        "USD",
    )
