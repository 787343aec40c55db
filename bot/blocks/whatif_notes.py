"""What must be said of a what-if: what stands against it, and how it was reckoned."""

from __future__ import annotations

from decimal import Decimal

from analysis.recommendations.whatif import Part
from bot.blocks.text import count, enumerate_names, escape, percent, plural
from handlers.whatif import Comparison, WhatIfResult
from handlers.whatif_words import range_words

_MOST = Decimal("0.995")
"""What holds of more than this holds of all, as far as anybody is concerned."""


def warnings(result: WhatIfResult) -> list[str]:
    """What stands against it, a sentence each; escaped."""
    found: list[str] = []
    if result.comparison is not None:
        found += _of_model(result.comparison)
    changes = result.request.changes
    if changes.cache and (left := _without(result.cacheable)):
        found.append(f"{left} cheaper price for cached input: the cache saves nothing there.")
    if changes.batch and (left := _without(result.batchable)):
        found.append(
            f"{left} cheaper price for batches, or has it already: batches save nothing there."
        )
    if result.unpriced:
        found.append(
            f"{count(result.unpriced)} of {plural(result.requests, 'request')} "
            f"({percent(result.unpriced_share)}) have no price: what they cost is not known and "
            "in none of these figures."
        )
    return found


def notes(result: WhatIfResult) -> list[str]:
    """How it was reckoned, small print; escaped."""
    lines: list[str] = []
    if result.comparison is not None:
        lines.append(_quality(result.comparison))
    lines.append(f"Range of {range_words(result)}; the shares are taken as you gave them")
    if len(result.request.changes.parts) > 1:
        lines.append(
            "In this order: fewer requests, shorter ones, cache, other model, batch; each acts on "
            "what those before it leave"
        )
    if Part.CACHE in result.request.changes.parts:
        lines += _cache(result)
    if result.not_listed:
        of = _of_cost(result.not_listed)
        lines.append(f"{of} was billed and has no price in force: only its requests can be moved")
    estimated = result.comparison is not None and result.comparison.other.is_estimate
    if result.estimated or estimated:
        lines.append("Some prices are an estimate, from the public list of genai-prices")
    days = result.usage.days
    if result.usage.asked > days.days:
        lines.append(
            f"Complete days of LLM usage within the {count(result.usage.asked)} asked for: "
            f"{days.first_day} to {days.last_day}"
        )
    lines.append("Customers' LLM requests, complete days in UTC, a month of 30 days, prices of now")
    return lines


def _of_model(one: Comparison) -> list[str]:
    name = escape(one.other.model)
    found: list[str] = []
    fit, facts = one.fit, one.other.facts
    if fit is None or facts is None:
        return [f"Of {name} only the price is known: nothing of its context window or quality."]
    if fit.too_long and facts.context_window is not None:
        found.append(
            f"The largest request has {count(fit.largest)} tokens and {name} takes "
            f"{count(facts.context_window)}: up to {_up_to(fit.too_long, fit.requests)} do not fit."
        )
    if fit.too_talkative and facts.max_output is not None:
        found.append(
            f"The longest answer has {count(fit.longest)} tokens and {name} gives "
            f"{count(facts.max_output)}: up to {_up_to(fit.too_talkative, fit.requests)} would be "
            "cut off."
        )
    if fit.lacking:
        found.append(
            f"{_up_to(fit.unable, fit.requests)} use {_abilities(fit.lacking)}, which {name} does "
            "not offer."
        )
    if fit.maybe_lacking:
        found.append(
            f"{name} does not offer {_abilities(fit.maybe_lacking)}, and requests do not say "
            "whether they use it."
        )
    if one.quality_change is not None and one.quality_change < 0:
        found.append(f"{name} scores {_points(-one.quality_change)} lower on {_test(one.test)}.")
    if one.thinks:
        found.append(
            f"{name} thinks before it answers and bills that as output: counted with 3 times the "
            "output tokens."
        )
    if facts.deprecated_at is not None:
        instead = f"; its provider names {escape(facts.replacement)}" if facts.replacement else ""
        found.append(f"The end of {name} was announced on {facts.deprecated_at:%Y-%m-%d}{instead}.")
    return found


def _quality(one: Comparison) -> str:
    name, change = escape(one.other.model), one.quality_change
    fits = one.fit is not None and one.fit.is_possible and one.fit.window_is_known
    window = ""
    if fits and one.other.facts is not None and one.fit is not None:
        takes = count(one.other.facts.context_window or 0)
        window = f"; the largest request, {count(one.fit.largest)} tokens, fits its {takes}"
    if change is None:
        return f"The quality of {name} cannot be compared: no test that both took is known{window}"
    if change < 0:
        return f"Compare answers before anything is moved{window}"
    better = f"{_points(change)} higher" if change else "the same"
    return f"{name} scores {better} on {_test(one.test)}{window}"


def _cache(result: WhatIfResult) -> list[str]:
    changes = result.request.changes
    if changes.cache_write or not result.written_dearer:
        return []
    of = _of_cost(result.written_dearer)
    return [f"{of} pays more for what is written to the cache: add `write 5%` to count that"]


def _without(share: Decimal) -> str:
    """Of what cost it does not hold, up to "cheaper price"; empty: of hardly any."""
    if share >= _MOST:
        return ""
    return f"{percent(1 - share)} of the cost has no" if share > 1 - _MOST else "None of it has a"


def _up_to(some: int, of: int) -> str:
    return f"{plural(some, 'request')} of {count(of)} ({percent(Decimal(some) / of)})"


def _of_cost(share: Decimal) -> str:
    return "All of the cost" if share >= _MOST else f"{percent(share)} of the cost"


def _abilities(names: frozenset[str]) -> str:
    return enumerate_names([name.replace("_", " ") for name in sorted(names)], 4)


def _points(change: Decimal) -> str:
    return f"{change * 100:.1f} points of 100"


def _test(name: str | None) -> str:
    text = name or "a test"
    return escape(text.upper() if len(text) <= 4 else text)
