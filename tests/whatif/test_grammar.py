"""The words of a what-if: every form, every mistake, and back again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotUnderstood
from analysis.periods import Dates, Last
from analysis.recommendations.whatif import Changes
from analysis.roles import Role
from bot.grammar.parse import parse
from bot.grammar.pricing_compare import PricingCompareCommand, write_pricing_compare
from bot.grammar.whatif import WhatIfCommand, write_what_if
from handlers.pricing_compare import PricingCompareRequest
from handlers.whatif import WhatIfRequest
from queries.dimensions import Dimensions

D = Decimal


def understood(text: str) -> WhatIfCommand:
    command = parse(text, Dimensions(), Role.ADMIN)
    assert isinstance(command, WhatIfCommand)
    return command


def compared(text: str) -> PricingCompareCommand:
    command = parse(text, Dimensions(), Role.ADMIN)
    assert isinstance(command, PricingCompareCommand)
    return command


WHOLE = WhatIfRequest(
    Changes(model=D("0.4"), cache=D("0.3"), batch=D("0.2")),
    source="gpt-4-turbo",
    target="gpt-4o-mini",
    filters={"organization": ("acme",)},
)


@pytest.mark.parametrize(
    "text",
    [
        "whatif model gpt-4-turbo→gpt-4o-mini share 40% cache 30% batch 20% org acme",
        "whatif model gpt-4-turbo->gpt-4o-mini share 40% cache 30% batch 20% org acme",
        "whatif model gpt-4-turbo to gpt-4o-mini share 40% cache 30% batch 20% org acme",
        "whatif model gpt-4-turbo → gpt-4o-mini share 40 cache 30 batch 20 org acme",
        "whatif model=gpt-4-turbo→gpt-4o-mini share=40% cache=30% batch=20% org=acme",
        "whatif model=gpt-4-turbo=>gpt-4o-mini share=0.4 cache=0.3 batch=0.2 organization=acme",
        "what-if org acme batch 20 % share 40 % gpt-4-turbo→gpt-4o-mini cache 30 percent",
        'whatif model "gpt-4-turbo"→"gpt-4o-mini" share 40% cache 30% batch 20% org "acme"',
        'whatif "gpt-4-turbo" to "gpt-4o-mini" SHARE 40% Cache 30% batch 20% org acme',
        "whatif model gpt-4-turbo→ gpt-4o-mini share 40.0% cache 30% batch 20% org acme",
        "whatif model gpt-4-turbo ->gpt-4o-mini share 40% cache 30% batch 20% org acme",
    ],
)
def test_one_question_may_be_typed_in_many_ways(text: str) -> None:
    assert understood(text).request == WHOLE


def test_without_a_share_all_requests_go_to_the_other_model() -> None:
    assert understood("whatif model a to b").request.changes == Changes(model=D(1))


def test_each_lever_may_stand_alone_and_shorter_is_written_with_a_minus() -> None:
    assert understood("whatif cache 30%").request == WhatIfRequest(Changes(cache=D("0.3")))
    cuts = understood("whatif input -20% output −10 requests –5% write 2% cache 8%").request
    assert cuts.changes == Changes(
        input=D("0.2"),
        output=D("0.1"),
        requests=D("0.05"),
        cache_write=D("0.02"),
        cache=D("0.08"),
    )


def test_a_period_filters_and_a_file_may_be_asked_for_too() -> None:
    command = understood("whatif cache 30% 7d feature cache team to model gpt-4 csv recommend")
    assert command.csv
    assert command.recommend
    assert command.request.period == Last(7, "d")
    assert command.request.filters == {"feature": ("cache",), "team": ("to",), "model": ("gpt-4",)}
    days = understood("whatif batch 5% 2026-11-01..2026-11-10").request.period
    assert days == Dates(date(2026, 11, 1), date(2026, 11, 10))


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("cahce 30%", "I don't know the word `cahce`.", "Did you mean `cache`?"),
        ("share 40%", "`share` says how much goes to another model", "model gpt-4-turbo to"),
        ("model a→b share 140%", "`140%` is more than all", "at most 100%"),
        ("cache 0%", "`cache 0%` changes nothing", "cache 30%"),
        ("cache", "`cache` needs a share.", "cache 30%"),
        ("cache much", "`cache` needs a share, and `much` is none.", "cache 30%"),
        ("cache 1", "`cache 1` may mean 1 % or all of it.", "`1%` or `100%`"),
        ("cache -30%", "`-30%` is none", "cache 30%"),
        ("input 20%", "`input 20%` may mean 20% less, or 20% left.", "input -20%"),
        ("input +20%", "`input +20%` would be more", "input -20%"),
        ("cache 30% cache 20%", "`cache` is there twice.", "Once"),
        ("cache 80% write 30%", "are more than all input", "at most 100%"),
        ("model a→b model c→d", "Two arrows", "one model at a time"),
        ("model a→b model c", "named twice", "alone"),
        ("model a→", "one of them is missing", "gpt-4-turbo to gpt-4o-mini"),
        ("model →b", "one of them is missing", "gpt-4-turbo to gpt-4o-mini"),
        ("model a to", "one of them is missing", "gpt-4-turbo to gpt-4o-mini"),
        ("cache 30% by model", "does not go with `by`", "feature chat"),
        ("cache 30% blue", "I don't know the word `blue`.", ""),
        ("cache 30% 7d 8d", "Two periods", ""),
    ],
)
def test_a_mistake_is_told_with_what_would_work(text: str, sentence: str, hint: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        understood(f"whatif {text}")
    assert sentence in refused.value.sentence
    assert hint in refused.value.hint


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
FILTERS = st.dictionaries(
    st.sampled_from(["organization", "feature", "team", "user", "endpoint"]),
    st.lists(NAMES, min_size=1, max_size=2, unique=True).map(tuple),
    max_size=2,
)
SHARES = st.decimals("0.001", 1, places=3)
PERIODS = st.sampled_from([None, Last(7, "d"), Dates(date(2026, 11, 1), date(2026, 11, 3))])


@given(
    models=st.none() | st.tuples(NAMES, NAMES),
    shares=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("input", "output", "requests", "batch"), SHARES),
    ),
    share=SHARES,
    filters=FILTERS,
    period=PERIODS,
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_what_a_button_carries_asks_exactly_the_same(
    models: tuple[str, str] | None,
    shares: dict[str, Decimal],
    share: Decimal,
    filters: dict[str, tuple[str, ...]],
    period: Last | Dates | None,
    flags: tuple[bool, bool],
) -> None:
    request = WhatIfRequest(
        changes=Changes(**shares, model=share if models else D(0)),
        source=models[0] if models else None,
        target=models[1] if models else None,
        period=period,
        filters=filters,
    )
    command = WhatIfCommand(request, recommend=flags[0], csv=flags[1])
    assert understood(write_what_if(command)) == command


@given(
    models=st.lists(NAMES.filter(str.strip), max_size=3, unique=True).map(tuple),
    filters=FILTERS,
    period=PERIODS,
    csv=st.booleans(),
)
def test_a_comparison_of_prices_is_written_as_it_is_read(
    models: tuple[str, ...],
    filters: dict[str, tuple[str, ...]],
    period: Last | Dates | None,
    csv: bool,
) -> None:
    command = PricingCompareCommand(PricingCompareRequest(models, period, filters), csv=csv)
    assert compared(write_pricing_compare(command)) == command


def test_models_are_compared_with_or_without_the_word() -> None:
    named = PricingCompareRequest(
        ("gpt-4o-mini", "claude-haiku-4-5"), Last(7, "d"), {"model": ("gpt-4",)}
    )
    for text in (
        "pricing compare models gpt-4o-mini claude-haiku-4-5 7d model gpt-4",
        "pricing compare gpt-4o-mini,claude-haiku-4-5 model=gpt-4 7d",
        "prices compare model gpt-4 7d gpt-4o-mini claude-haiku-4-5",
    ):
        assert compared(text).request == named
    with pytest.raises(NotUnderstood, match="does not go with `top`"):
        compared("pricing compare top 5")
