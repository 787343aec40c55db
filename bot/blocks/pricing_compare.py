"""`/cost pricing compare`: one's own usage at each model's prices, as a message."""

from __future__ import annotations

from decimal import Decimal

from slackblocks import ActionsBlock, Block, TableBlock

from analysis.recommendations.cheaper_models.fit import Fit
from analysis.recommendations.whatif import Changes
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.complete import MARK
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, enumerate_names, escape, money, percent, plural, short
from bot.grammar.pricing_compare import PricingCompareCommand, write_pricing_compare
from bot.grammar.whatif import WhatIfCommand, write_what_if
from handlers.pricing_compare import ComparedModel, PricingCompareRequest, PricingCompareResult
from handlers.whatif import WhatIfRequest

ROWS_SHOWN = 20

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""


def pricing_compare_answer(result: PricingCompareResult) -> Answer:
    """The message that answers `/cost pricing compare`."""
    lines = _headline(result)
    blocks: list[Block] = [section("\n".join(lines), "prices-headline"), _table(result)]
    blocks.append(context(_notes(result), "prices-notes"))
    if (following := _buttons(result)) is not None:
        blocks.append(following)
    return Answer(text=" ".join(lines).replace("*", ""), blocks=tuple(blocks))


def _headline(result: PricingCompareResult) -> list[str]:
    lines = [f"*Your own usage at each model's prices*: {money(result.current)} a month now"]
    best = _cheapest(result)
    if best is not None and best.cost is not None:
        less = percent(1 - best.cost / result.current)
        lines.append(
            f"Cheapest that can answer all of it and scores no lower{_than(result)}: "
            f"*{_name(best)}*, {money(best.cost)} ({less} less)"
        )
    else:
        lines.append(
            f"No cheaper model is known to answer all of it and to score no lower{_than(result)}"
        )
    lines.append(" · ".join(_scope(result)))
    return lines


def _cheapest(result: PricingCompareResult) -> ComparedModel | None:
    """The cheapest model that is no worse and fits, and costs less than now."""
    return next(
        (
            row
            for row in result.rows
            if row.cost is not None
            and row.cost < result.current
            and row.fit is not None
            and row.fit.is_certain
            and row.quality_change is not None
            and row.quality_change >= 0
            and row.facts is not None
            and row.facts.is_offered
        ),
        None,
    )


def _than(result: PricingCompareResult) -> str:
    """What scores are held against: the model in use that costs most."""
    return "" if result.main is None else f" than {escape(result.main.model)}"


def _scope(result: PricingCompareResult) -> list[str]:
    whose = [
        f"{name.replace('_', ' ')} {enumerate_names(values, 4)}"
        for name, values in result.usage.filters.items()
    ]
    if result.models:
        whose.append(f"requests of {enumerate_names(result.models, 4)}")
    else:
        whose.append("LLM requests of all models")
    return [*whose, result.usage.label]


def _table(result: PricingCompareResult) -> TableBlock:
    rows = _shown(result)
    return fitted_table(
        lambda shown: _lines(result, rows[:shown]), len(rows), names=2, block_id="prices-table"
    )


def _shown(result: PricingCompareResult) -> tuple[ComparedModel, ...]:
    """The first rows, and those in use wherever they stand."""
    rows = result.rows
    beyond = [row for row in rows[ROWS_SHOWN:] if row.is_used]
    return (*rows[: max(0, ROWS_SHOWN - len(beyond))], *beyond)


def _lines(result: PricingCompareResult, rows: tuple[ComparedModel, ...]) -> Lines:
    lines = [["Model", "Provider", "A month", "To now", "Quality", "Context", "Fits"]]
    lines += [_line(row, result.current) for row in rows]
    rest = len(result.rows) - len(rows)
    if rest:
        lines.append([f"{count(rest)} more", *[""] * 6])
    lines.append(["Now, as it is", "", money(result.current), "", "", "", ""])
    return lines


def _line(row: ComparedModel, current: Decimal) -> list[str]:
    name = f"→ {_name(row)}" if row.is_used else _name(row)
    facts = row.facts
    window = None if facts is None else facts.context_window
    return [
        name,
        escape(short(row.provider)),
        "unpriced" if row.cost is None else money(row.cost),
        "–" if row.cost is None else percent(row.cost / current - 1, sign=True),
        _quality(row),
        "–" if window is None else count(window),
        _fits(row.fit),
    ]


def _quality(row: ComparedModel) -> str:
    """The score, its test, and how far it is above the model in use that costs most."""
    if row.quality is None:
        return "–"
    change = row.quality_change
    sign = "" if change is None or change < 0 else "+"
    points = "" if not change else f" ({sign}{change * 100:.1f})".replace("-", "−")
    return f"{row.quality * 100:.1f} {_test(row.test)}{points}"


def _fits(fit: Fit | None) -> str:
    if fit is None or not fit.window_is_known:
        return "not known"
    if not fit.not_fitting:
        return f"no {_abilities(fit.maybe_lacking)}?" if fit.maybe_lacking else "yes"
    reasons = [f"no {_abilities(fit.lacking)}"] if fit.lacking else []
    reasons += ["too long"] if fit.too_long else []
    reasons += ["answers cut"] if fit.too_talkative else []
    fitting = 1 - Decimal(fit.not_fitting) / fit.requests
    return f"{MARK} fits {percent(fitting)}: {', '.join(reasons)}"


def _abilities(names: frozenset[str]) -> str:
    return escape(", ".join(name.replace("_", " ") for name in sorted(names)[:2]))


def _name(row: ComparedModel) -> str:
    name = escape(short(row.model))
    marks = [mark for mark, holds in (("†", row.thinks), ("~", row.is_estimate)) if holds]
    return " ".join([name, *marks])


def _test(name: str | None) -> str:
    return escape(short(name.upper() if name and len(name) <= 4 else name or ""))


def _notes(result: PricingCompareResult) -> list[str]:
    mix, rows = result.mix, result.rows
    tokens = [
        ("fresh input", mix.fresh_input),
        ("cached", mix.cached_input),
        ("written to the cache", mix.cache_write),
        ("output", mix.output),
        ("reasoning", mix.reasoning),
    ]
    parts = [f"{count(number)} {what}" for what, number in tokens if number]
    batched = f", {count(result.batch_requests)} in batches" if result.batch_requests else ""
    lines = [
        f"Your mix: {plural(mix.requests, 'request')}{batched}; tokens: {', '.join(parts)}",
        "→ you use it now. The same tokens at each model, each request at the price of its size; "
        "your own rates where you have some",
    ]
    if any(row.thinks for row in rows):
        lines.append(
            "† thinks before it answers and bills that as output: 3 times the output tokens"
        )
    if any(row.is_estimate for row in rows):
        lines.append("~ is an estimate, by the public list of genai-prices")
    tests = {row.test for row in rows if row.test is not None}
    if len(tests) > 1:
        against = "" if result.main is None else f"; in brackets: points above {_main(result)}"
        lines.append(f"Scores of different tests cannot be compared with each other{against}")
    if any("?" in _fits(row.fit) for row in rows):
        lines.append("A question mark: it lacks what requests may use and do not say")
    if gone := [row.model for row in rows if row.facts is not None and row.facts.deprecated_at]:
        lines.append(f"Their end was announced: {enumerate_names(gone, 5)}")
    if result.unpriced:
        share = percent(Decimal(result.unpriced) / mix.requests)
        lines.append(
            f"{plural(result.unpriced, 'request')} ({share}) without a price: their cost is not "
            "known and in no row"
        )
    days = result.usage.days
    if result.usage.asked > days.days:
        lines.append(f"Complete days of LLM usage there are: {days.first_day} to {days.last_day}")
    lines.append("Customers' LLM requests, complete days in UTC, a month of 30 days, prices of now")
    return lines


def _main(result: PricingCompareResult) -> str:
    return "" if result.main is None else escape(result.main.model)


def _buttons(result: PricingCompareResult) -> ActionsBlock | None:
    request, best = result.request, _cheapest(result)
    own = write_pricing_compare(PricingCompareCommand(request))
    texts: list[tuple[str, str]] = []
    used = result.usage.models()
    if best is not None and len(used) >= 1:
        source = (result.models or tuple(used))[0]
        filters = {name: values for name, values in request.filters.items() if name != "model"}
        asked = WhatIfRequest(
            Changes(model=Decimal(1)),
            source=source,
            target=f"{best.provider}/{best.model}",
            period=request.period,
            filters=filters,
        )
        texts.append((f"What if {short(source)[:20]} moved?", write_what_if(WhatIfCommand(asked))))
    if request.models:
        everything = PricingCompareRequest(period=request.period, filters=request.filters)
        texts.append(("All models", write_pricing_compare(PricingCompareCommand(everything))))
    texts.append(("Price list", "pricing"))
    if any(len(text) > LONGEST_VALUE for text in (own, *(text for _, text in texts))):
        return None
    elements = [button(label, f"ask_{place}", text) for place, (label, text) in enumerate(texts)]
    elements.append(button("CSV", "csv", own, hint="All models as a CSV file"))
    elements.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return ActionsBlock(list(elements), block_id="prices-next")
