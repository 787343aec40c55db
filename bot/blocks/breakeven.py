"""`/cost breakeven`: a pool of GPUs beside an API, as a message."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from slackblocks import ActionsBlock, Block, Button, SectionBlock, TableBlock, Text

from analysis.breakeven import BreakEven, Cheaper, Scenario, monthly
from analysis.periods import Calendar, Last
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.breakeven_notes import notes
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, enumerate_names, escape, money, percent
from bot.grammar.breakeven import BreakEvenCommand, write_break_even
from handlers.breakeven import BreakEvenRequest, BreakEvenResult
from handlers.caller import Caller
from handlers.equivalents import ApiCost, PerMillion, PerRequest

UTILIZATIONS = (Decimal("0.5"), Decimal("0.75"), Decimal("0.9"))
"""For which the table says how the picture changes."""

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""


def comparison_answer(result: BreakEvenResult, caller: Caller) -> Answer:
    """The message about one pool: beside an API, or what is missing for that."""
    headline = [_headline(result), _scope(result)]
    blocks: list[Block] = []
    if result.break_even is None or result.api is None:
        headline += [escape(result.missing), what_to_add(result)]
        blocks.append(_figures(result))
    else:
        headline.insert(1, _threshold(result.break_even))
        blocks += [_figures(result), _table(result, result.break_even)]
    blocks.insert(0, section("\n".join(headline), "breakeven-verdict"))
    blocks.append(context(notes(result, caller), "breakeven-notes"))
    if buttons := _buttons(result.request):
        blocks.append(ActionsBlock(list(buttons), block_id="breakeven-next"))
    return Answer(text=" · ".join(headline).replace("*", ""), blocks=tuple(blocks))


def what_to_add(result: BreakEvenResult) -> str:
    """A line that would give a comparison: the own cost of a request as the price to vary."""
    pool = result.pool.allocation
    own = pool.paid.usd / pool.traffic.served if pool.traffic.served else Decimal("0.04")
    example = f"{own:.1g}" if own > 0 else "0.04"
    question = BreakEvenRequest(None, result.request.filters, PerRequest(Decimal(example)))
    line = write_break_even(BreakEvenCommand(question))
    return (
        f"Say what an API asks for a request, such as `/cost {escape(line)}`, or for a "
        "million input and output tokens (`at 0.50/1.50`), or name its model (`api gpt-4o-mini`); "
        "tokens are known where LLM usage of the same model is imported."
    )


def equivalent_label(result: BreakEvenResult, api: ApiCost) -> str:
    """What the pool is compared with, escaped."""
    match result.request.equivalent:
        case PerRequest(usd):
            return f"{money(usd)} a request"
        case PerMillion(input=fresh, output=output):
            return f"{money(fresh)} in and {money(output)} out per million tokens"
        case _:
            models = dict.fromkeys(f"{price.provider} {price.model}" for price in api.prices)
            return enumerate_names(list(models))


def _headline(result: BreakEvenResult) -> str:
    break_even, api = result.break_even, result.api
    if break_even is None or api is None:
        utilization = result.pool.allocation.utilization
        known = "not known" if utilization is None else percent(utilization)
        return f"*Utilization {known}*: {money(result.pool.allocation.paid.usd)} paid"
    label = equivalent_label(result, api)
    saving = money(monthly(abs(break_even.now.saving), result.hours))
    match break_even.cheaper:
        case Cheaper.OWN:
            return f"*Own GPUs save {saving} a month* against an API at {label}"
        case Cheaper.API:
            return f"*An API at {label} would save {saving} a month* against own GPUs"
        case Cheaper.NEITHER:
            return f"*Own GPUs and an API at {label} cost the same*"


def _threshold(break_even: BreakEven) -> str:
    used, threshold = percent(break_even.utilization), break_even.threshold
    if threshold is None:
        return f"Utilization *{used}*: the API asks nothing for this traffic"
    line = f"Utilization *{used}*, break-even *{percent(threshold)}*: "
    if threshold > 1:
        return line + "at these prices the API is cheaper even if no GPU ever stood idle"
    if break_even.cheaper is Cheaper.API:
        times = f"{threshold / break_even.utilization:.2f}"
        return line + f"own GPUs pay once they serve {times} times as much"
    return line + "from there on own GPUs are cheaper"


def _scope(result: BreakEvenResult) -> str:
    filters = result.request.filters.items()
    named = [f"{name} {enumerate_names(values, 4)}" for name, values in filters]
    return " · ".join([*(named or ["all GPUs"]), result.period.label])


def _figures(result: BreakEvenResult) -> SectionBlock:
    """Allocation, usage and API cost side by side."""
    pool, api = result.pool.allocation, result.api
    traffic, paid = pool.traffic, pool.paid.usd
    fields = [
        ("Paid (allocation)", money(paid)),
        ("Used (usage)", money(pool.used) if traffic.served or pool.used else "–"),
    ]
    if api is not None:
        fields.append(("The API for the same", money(api.usd)))
    if traffic.served:
        both = f"{money(paid / traffic.served)} own"
        if api is not None:
            both += f" · {money(api.usd / traffic.served)} API"
        fields.append(("Per request", both))
    if api is not None and api.tokens:
        million = api.tokens / 1_000_000
        both = f"{money(paid / million)} own · {money(api.usd / million)} API"
        fields.append(("Per million tokens", both))
    if traffic.gpu_seconds:
        hours = traffic.gpu_seconds / 3600
        rates = f"{money(pool.used / hours)} used, {money(paid / hours)} paid for each"
        fields.append(("GPU hours used", f"{hours:,.1f} · {rates}"))
    texts = [Text(f"*{name}*\n{value}") for name, value in fields]
    return SectionBlock(fields=list(texts), block_id="breakeven-figures")


def _table(result: BreakEvenResult, break_even: BreakEven) -> TableBlock:
    scenarios = [("now", break_even.now), *(("", break_even.at(one)) for one in UTILIZATIONS)]
    threshold = break_even.threshold
    if threshold is not None and threshold <= 1:
        scenarios.append(("break-even", break_even.at(threshold)))
    scenarios.sort(key=lambda named: named[1].utilization)
    header = ["Utilization", "Requests a month", "Own a month", "API a month", "Own saves"]
    header += ["Own per request", "API per request"]
    lines: Lines = [header, *(_line(name, one, result.hours) for name, one in scenarios)]
    return fitted_table(
        lambda shown: lines[: shown + 1], len(scenarios), names=1, block_id="breakeven-table"
    )


def _line(name: str, scenario: Scenario, hours: Decimal) -> list[str]:
    utilization = percent(scenario.utilization)
    return [
        f"{utilization} ({name})" if name else utilization,
        count(int(monthly(scenario.requests, hours).to_integral_value())),
        money(monthly(scenario.own, hours)),
        money(monthly(scenario.api, hours)),
        money(monthly(scenario.saving, hours), sign=True),
        money(scenario.own_per_request),
        money(scenario.api_per_request),
    ]


def _buttons(request: BreakEvenRequest) -> list[Button]:
    periods = (("7 days", Last(7, "d")), ("30 complete days", None), ("Month", Calendar.MONTH))
    questions = [
        (label, write_break_even(BreakEvenCommand(replace(request, period=period))))
        for label, period in periods
        if period != request.period
    ]
    questions.append(("All pools", "breakeven"))
    own = write_break_even(BreakEvenCommand(request))
    if any(len(text) > LONGEST_VALUE for text in (own, *(text for _, text in questions))):
        return []
    buttons = [button(label, f"ask_{place}", text) for place, (label, text) in enumerate(questions)]
    buttons.append(button("CSV", "csv", own, hint="The table as a CSV file"))
    buttons.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return buttons
