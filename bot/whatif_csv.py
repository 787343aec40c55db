"""The answers to `whatif` and `pricing compare` as CSV files: every row, unrounded."""

from __future__ import annotations

from bot.csv_file import CsvFile, as_csv
from handlers.pricing_compare import ComparedModel, PricingCompareResult
from handlers.whatif import WhatIfResult
from handlers.whatif_words import part_words


def what_if_csv(result: WhatIfResult) -> CsvFile:
    """The parts in order, then all together: USD a month that each saves; below 0: it costs."""
    outcome, days = result.outcome, result.usage.days
    header = ["part", "change", "saved_alone", "saved", "projected_cost", "low", "high"]
    header += ["currency", "first_day", "last_day"]
    ends: list[object] = ["USD", days.first_day, days.last_day]
    left = outcome.current
    rows: list[list[object]] = [["now", None, None, None, left, None, None, *ends]]
    for one in outcome.parts:
        left -= one.saved
        words = part_words(result, one.part)
        rows.append([one.part.value, words, one.alone, one.saved, left, None, None, *ends])
    whole = ["all", None, None, outcome.saved, outcome.projected, outcome.low, outcome.high]
    rows.append([*whole, *ends])
    return as_csv(["whatif", *result.models[:1], f"{days.days}d"], header, rows)


def pricing_compare_csv(result: PricingCompareResult) -> CsvFile:
    """All models, cheapest first: USD a month for the whole usage; empty: it is unpriced."""
    days = result.usage.days
    header = ["provider", "model", "monthly_cost", "currency", "ratio_to_now", "is_used"]
    header += ["used_monthly_cost", "quality_score", "quality_test", "quality_change"]
    header += ["context_window", "max_output", "requests", "requests_too_long"]
    header += ["answers_too_long", "lacks", "may_lack", "output_factor", "is_estimate"]
    header += ["deprecated_at", "replacement", "first_day", "last_day"]
    rows = [[*_compared(row, result), days.first_day, days.last_day] for row in result.rows]
    return as_csv(["pricing", "compare", f"{days.days}d"], header, rows)


def _compared(row: ComparedModel, result: PricingCompareResult) -> list[object]:
    facts, fit = row.facts, row.fit
    return [
        row.provider,
        row.model,
        row.cost,
        "USD",
        None if row.cost is None else f"{row.cost / result.current:.6f}",
        row.is_used,
        row.used_cost,
        row.quality,
        row.test,
        row.quality_change,
        None if facts is None else facts.context_window,
        None if facts is None else facts.max_output,
        None if fit is None else fit.requests,
        None if fit is None else fit.too_long,
        None if fit is None else fit.too_talkative,
        None if fit is None else " ".join(sorted(fit.lacking)),
        None if fit is None else " ".join(sorted(fit.maybe_lacking)),
        3 if row.thinks else 1,
        row.is_estimate,
        None if facts is None else facts.deprecated_at,
        None if facts is None else facts.replacement,
    ]
