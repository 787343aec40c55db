"""How a what-if is told: its parts, and where its range comes from."""

from __future__ import annotations

from decimal import Decimal

from analysis.recommendations.whatif import Part
from analysis.written import percent
from handlers.whatif import WhatIfResult

RANGE = (
    "90 %: how the next month may differ from these days, by the spread of whole weeks (of days, "
    "below two weeks)"
)
RANGE_OF_MODEL = "; what the other model asks by a fifth, since it counts tokens its own way"
RANGE_OF_THOUGHTS = "; its output from as many tokens as now to six times as many, likely three"


def range_words(result: WhatIfResult) -> str:
    """How the range was got."""
    one = result.comparison
    words = RANGE if one is None else RANGE + RANGE_OF_MODEL
    return words + RANGE_OF_THOUGHTS if one is not None and one.thinks else words


def plain_percent(ratio: Decimal) -> str:
    """A share that somebody gave, as they gave it: "40 %"."""
    return percent(ratio).replace(".0 %", " %")


def part_words(result: WhatIfResult, part: Part) -> str:
    """What a part is, a phrase; names as they are typed, not escaped."""
    changes, target = result.request.changes, result.request.target
    match part:
        case Part.REQUESTS:
            return f"{plain_percent(changes.requests)} fewer requests"
        case Part.LENGTH:
            shorter = [
                f"{plain_percent(value)} shorter {what}"
                for what, value in (("input", changes.input), ("output", changes.output))
                if value
            ]
            return " and ".join(shorter)
        case Part.CACHE:
            written = (
                f", {plain_percent(changes.cache_write)} written" if changes.cache_write else ""
            )
            return f"{plain_percent(changes.cache)} of fresh input from the cache{written}"
        case Part.MODEL:
            whose = f" of {result.request.source}" if result.request.source else ""
            return f"{plain_percent(changes.model)}{whose} to {target}"
        case Part.BATCH:
            return f"{plain_percent(changes.batch)} in batches"
