"""The answer to a question about cost, as a message."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from slackblocks import (
    ActionsBlock,
    Block,
    SectionBlock,
    Text,
)

from analysis.periods import Calendar, Last
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.cost_table import cost_per_request, cost_table
from bot.blocks.fit import cut
from bot.blocks.freshness import freshness_line
from bot.blocks.names import key_name
from bot.blocks.text import (
    count,
    enumerate_names,
    escape,
    money,
    percent,
    plural,
)
from bot.grammar.cost import CostCommand, write_cost
from bot.grammar.why import write_why
from handlers.caller import Caller
from handlers.cost_results import CostRequest, CostResult, Delta, Mover
from handlers.why import WhyRequest
from queries.breakdown import TIMES, Basis
from queries.dimensions import Dimensions
from queries.measures import Measures

LONGEST_SCOPE = 1000
"""A third of a paragraph: what follows the filters still has its place in it."""
LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""


def cost_answer(result: CostResult, caller: Caller, dimensions: Dimensions) -> Answer:
    """The message that answers a question about cost."""
    if result.is_empty:
        return _empty(result, caller)
    headline = _headline(result, caller)
    blocks: list[Block] = [section("\n".join(headline), "cost-total")]
    if result.request.by:
        blocks.append(cost_table(result, caller.zone))
    else:
        blocks.append(_figures(result.total))
    notes = [*_notes(result, caller), freshness_line(result.freshness, caller.zone)]
    blocks.append(context(notes, "cost-notes"))
    if actions := _buttons(result, caller, dimensions):
        blocks.append(actions)
    return Answer(text=_plain(" · ".join(headline)), blocks=tuple(blocks))


def _empty(result: CostResult, caller: Caller) -> Answer:
    sentence = f"No cost {_scope(result)}."
    if result.covered is None:
        hint = "There is no data yet: load some with `costbot import` or `costbot sample`."
    else:
        first, last = result.covered
        near = (
            f"{last.replace(day=1)}..{last}" if first < last.replace(day=1) else f"{first}..{last}"
        )
        hint = f"The data runs from {first} to {last}: try `/cost {near}`."
    lines = [freshness_line(result.freshness, caller.zone)]
    return Answer(
        text=f"{sentence} {hint}",
        blocks=(
            section(f"*{sentence}*\n{hint}", "cost-empty"),
            context(lines, "cost-notes"),
        ),
    )


def _headline(result: CostResult, caller: Caller) -> list[str]:
    total = result.total
    lines = [f"*{money(total.cost)}* {_scope(result)}"]
    if result.request.basis is Basis.INFRASTRUCTURE:
        lines[0] += ", infrastructure cost"
    if result.delta is not None:
        lines.append(_delta_sentence(result.delta))
        lines += _moved_by(result, result.delta.change, caller.zone)
    return lines


def _scope(result: CostResult) -> str:
    """The period and the filters, as a sentence names them."""
    label = result.period.label
    if result.period.provisional and result.request.period in tuple(Calendar):
        label += " so far"
    filters = [
        f"{name} {enumerate_names(values, 4)}" for name, values in result.request.filters.items()
    ]
    if result.request.customers_only:
        filters.append("customers only")
    return cut(" · ".join([label, *filters]), LONGEST_SCOPE)


def _delta_sentence(delta: Delta) -> str:
    if not delta.change:
        return f"No change against {delta.label} ({money(delta.before)})"
    if delta.ratio is None:
        return f"New: nothing in {delta.label}"
    arrow = "▲" if delta.change > 0 else "▼"
    return (
        f"{arrow} *{percent(abs(delta.ratio))}* ({money(delta.change, sign=True)}) "
        f"against {delta.label} ({money(delta.before)})"
    )


def _moved_by(result: CostResult, change: Decimal, zone: ZoneInfo) -> list[str]:
    """A line for the one or two members that pushed the total the way it went."""
    pushers = [mover for mover in result.movers if mover.delta.change * change > 0][:2]
    if not pushers or len(result.movers) < 2:
        return []
    pushed = abs(sum(mover.delta.change for mover in pushers))
    named = [_named_mover(mover, zone, result.moved_along) for mover in pushers]
    return [f"{'Most of it' if pushed * 2 > abs(change) else 'Above all'}: {', '.join(named)}"]


def _named_mover(mover: Mover, zone: ZoneInfo, along: tuple[str, ...]) -> str:
    name = escape(key_name(mover.key, zone, along))
    return f"{name} ({money(mover.delta.change, sign=True)})"


def _figures(total: Measures) -> SectionBlock:
    tokens = [
        ("Requests", count(total.requests)),
        ("Cost per request", cost_per_request(total)),
        (
            "Failed",
            f"{count(total.failed_requests)}{_of(total.failed_requests, total.requests)}",
        ),
    ]
    tokens_in, tokens_out = total.input_tokens, total.all_output_tokens
    if tokens_in or tokens_out:
        tokens.append(("Tokens in · out", f"{count(tokens_in)} · {count(tokens_out)}"))
    if total.cost_per_thousand_tokens is not None:
        tokens.append(("Cost per 1K tokens", money(total.cost_per_thousand_tokens)))
    if total.gpu_seconds:
        tokens.append(("GPU hours", f"{total.gpu_seconds / 3600:,.1f}"))
    fields = [Text(f"*{name}*\n{value}") for name, value in tokens]
    return SectionBlock(fields=list(fields), block_id="cost-figures")


def _of(part: int, whole: int) -> str:
    return f" ({percent(Decimal(part) / whole)})" if part and whole else ""


def _notes(result: CostResult, caller: Caller) -> list[str]:
    total, lines = result.total, list[str]()
    if total.unpriced_requests:
        share = _of(total.unpriced_requests, total.requests)
        names = enumerate_names(result.unpriced_models)
        lines.append(
            f":warning: {plural(total.unpriced_requests, 'request')}{share} without a price, "
            f"not in the total: {names}"
        )
    if total.estimated_requests:
        lines.append(
            f"{money(total.estimated_cost)} of it is an estimate, at public list prices "
            f"(genai-prices), for {plural(total.estimated_requests, 'request')}"
        )
    lines += _internal_notes(result, caller)
    if not result.reaches_back and result.covered is not None:
        lines.append(f"Not compared with the period before: the data begins on {result.covered[0]}")
    if result.period.provisional:
        lines.append("Provisional: the period is not over, and late data may still change it")
        lines += _compared_hours(result)
    return lines


def _compared_hours(result: CostResult) -> list[str]:
    """Why the total less the change is not what it is held against."""
    delta = result.delta
    compared = None if delta is None else delta.before + delta.change
    if compared is None or compared == result.total.cost:
        return []
    return [
        f"Only complete hours are compared: {money(compared)} of the {money(result.total.cost)}"
    ]


def _internal_notes(result: CostResult, caller: Caller) -> list[str]:
    total = result.total
    if caller.organization is not None and not total.unknown_requests:
        return []
    verb = "left out" if result.request.customers_only else "included"
    lines: list[str] = []
    if total.internal_requests and caller.organization is None:
        lines.append(
            f"Internal traffic {verb}: {money(total.internal_cost)}, "
            f"{plural(total.internal_requests, 'request')}"
        )
    if total.unknown_requests:
        lines.append(
            f"Traffic of unknown origin {verb}: {money(total.unknown_cost)}, "
            f"{plural(total.unknown_requests, 'request')}"
        )
    return lines


def _buttons(result: CostResult, caller: Caller, dimensions: Dimensions) -> ActionsBlock | None:
    """The next questions, one click away."""
    request = result.request
    visible = {dimension.name for dimension in dimensions.visible_to(caller.role)}
    wanted = ["model", "day"] if caller.organization else ["model", "organization", "day"]
    if request.by[:1] == ("model",):
        wanted = ["product", *wanted]
    questions = [
        (f"By {name}", replace(request, by=(name,), top=None))
        for name in wanted
        if name not in request.by and (name in visible or name in TIMES)
    ]
    if request.period == Calendar.TODAY:
        questions.append(("7 days", replace(request, period=Last(7, "d"))))
    written = [(label, write_cost(CostCommand(question))) for label, question in questions]
    own = write_cost(CostCommand(request))
    if result.delta is not None and result.delta.change:
        written.insert(0, ("Why?", _why(request)))
    if any(len(text) > LONGEST_VALUE for text in [own, *(text for _, text in written)]):
        return None
    elements = [button(label, f"ask_{index}", text) for index, (label, text) in enumerate(written)]
    elements.append(button("CSV", "csv", own, hint="All rows as a CSV file"))
    elements.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return ActionsBlock(list(elements), block_id="cost-next")


def _why(request: CostRequest) -> str:
    """The question for what moved the total."""
    return write_why(
        WhyRequest(
            period=request.period,
            filters=request.filters,
            basis=request.basis,
            customers_only=request.customers_only,
        )
    )


def _plain(mrkdwn: str) -> str:
    return mrkdwn.replace("*", "")
