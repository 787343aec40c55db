"""`/cost whatif`: what usage would cost otherwise, as a message."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from slackblocks import ActionsBlock, Block, TableBlock

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import enumerate_names, escape, money, percent, short
from bot.blocks.whatif_notes import notes, warnings
from bot.grammar.pricing_compare import PricingCompareCommand, write_pricing_compare
from bot.grammar.whatif import WhatIfCommand, write_what_if
from handlers.caller import Caller
from handlers.pricing_compare import PricingCompareRequest
from handlers.recommendations.finding import short_id
from handlers.recommendations.permissions import Act, may
from handlers.whatif import WhatIfResult
from handlers.whatif_recommendation import Recommended
from handlers.whatif_words import part_words

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""


def what_if_answer(result: WhatIfResult, caller: Caller) -> Answer:
    """The message that answers `/cost whatif`."""
    lines = [_question(result), _figures(result)]
    blocks: list[Block] = [section("\n".join([f"*{lines[0]}*", lines[1]]), "whatif-figures")]
    if found := warnings(result):
        blocks.append(section("\n".join(f":warning: {line}" for line in found), "whatif-warnings"))
    blocks.append(_table(result))
    blocks.append(context(notes(result), "whatif-notes"))
    if (following := _buttons(result, caller)) is not None:
        blocks.append(following)
    text = " ".join([*lines, *found]).replace("*", "")
    return Answer(text=text, blocks=tuple(blocks))


def recommended_answer(kept: Recommended) -> Answer:
    """The message that says what became of a what-if."""
    row = kept.recommendation
    content, name = row.content, f"`{short_id(row.id)}`"
    savings = content.savings
    how = "is a recommendation now" if kept.is_new else "was a recommendation already: new figures"
    lines = [
        f"*{escape(content.title)}* {how}, {name}, {row.state}.",
        f"It promises *{money(savings.likely)}* a month "
        f"({money(savings.low)} to {money(savings.high)}), confidence "
        f"{percent(content.confidence)}, priority {row.drawn.priority}.",
    ]
    note = f"`/recs show {short_id(row.id)}` shows it, and who made it one; valid until "
    blocks = (
        section("\n".join(lines), "whatif-recommended"),
        context([f"{note}{content.valid_until}"], "whatif-recommended-notes"),
    )
    return Answer(text=" ".join(lines).replace("*", ""), blocks=blocks)


def _question(result: WhatIfResult) -> str:
    parts = [part_words(result, part) for part in result.request.changes.parts]
    what = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"What if: {escape(what)}?"


def _figures(result: WhatIfResult) -> str:
    outcome = result.outcome
    where = " · ".join(_scope(result))
    change = abs(outcome.saved)
    ratio = percent(change / outcome.current)
    verb = "saved" if outcome.saved >= 0 else "more"
    sentence = (
        f"{money(outcome.current)} a month now, {money(outcome.projected)} then: "
        f"*{money(change)} {verb}* ({ratio}), {_range(outcome.low, outcome.high)}"
    )
    return f"{sentence}\n{where}"


def _range(low: Decimal, high: Decimal) -> str:
    if low >= 0:
        return f"with 90 % {money(low)} to {money(high)}"
    if high <= 0:
        return f"with 90 % {money(-high)} to {money(-low)} more"
    return f"with 90 % from {money(-low)} more to {money(high)} saved"


def _scope(result: WhatIfResult) -> list[str]:
    """Whose usage it is, and of when; escaped."""
    whose = [
        f"{name.replace('_', ' ')} {enumerate_names(values, 4)}"
        for name, values in result.usage.filters.items()
    ]
    if result.models:
        whose.append(f"requests of {enumerate_names(result.models, 4)}")
        if result.whole > result.outcome.current:
            of = percent(result.outcome.current / result.whole)
            whose.append(f"{of} of {money(result.whole)} a month for all models")
    else:
        whose.append("LLM requests of all models")
    return [*whose, result.usage.label]


def _table(result: WhatIfResult) -> TableBlock:
    parts = result.outcome.parts
    return fitted_table(
        lambda shown: _lines(result, shown), len(parts), names=1, block_id="whatif-table"
    )


def _lines(result: WhatIfResult, shown: int) -> Lines:
    """Before, each part, and all of them: what is saved, and what is left of the cost."""
    outcome, several = result.outcome, len(result.outcome.parts) > 1
    alone = ["Saves alone"] if several else []
    saves = "Saves after those above" if several else "Saves"
    left = outcome.current
    lines = [["USD a month", *alone, saves, "Leaves"]]
    lines.append(["Now", *[""] * len(alone), "", money(left)])
    for one in outcome.parts[:shown]:
        left -= one.saved
        name = escape(short(part_words(result, one.part)))
        by_itself = [money(one.alone)] if several else []
        lines.append([name, *by_itself, money(one.saved), money(left)])
    if several:
        lines.append(["All together", "", money(outcome.saved), money(outcome.projected)])
    return lines


def _buttons(result: WhatIfResult, caller: Caller) -> ActionsBlock | None:
    """The next steps, one click away."""
    request = result.request
    own = write_what_if(WhatIfCommand(request))
    texts: list[tuple[str, str]] = []
    if result.outcome.saved > 0 and may(Act.GENERATE, caller):
        recommend = write_what_if(WhatIfCommand(request, recommend=True))
        texts.append(("Make it a recommendation", recommend))
    if request.target is not None:
        whole = replace(request.changes, model=Decimal(1))
        if request.changes.model != 1 and result.outcome.saved > 0:
            all_of_it = WhatIfCommand(replace(request, changes=whole))
            texts.append(("All of it", write_what_if(all_of_it)))
    filters = {**request.filters, **({"model": result.models} if result.models else {})}
    prices = PricingCompareRequest(period=request.period, filters=filters)
    texts.append(("Compare models", write_pricing_compare(PricingCompareCommand(prices))))
    if any(len(text) > LONGEST_VALUE for text in (own, *(text for _, text in texts))):
        return None
    elements = [button(label, f"ask_{place}", text) for place, (label, text) in enumerate(texts)]
    elements.append(button("CSV", "csv", own, hint="The parts as a CSV file"))
    elements.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return ActionsBlock(list(elements), block_id="whatif-next")
