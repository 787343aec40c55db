"""Volumes against offers, minutes against units, requests beyond an edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.prices import PriceSource, TokenUsage
from analysis.recommendations.cells import EvidencePeriod, PricedCell, Timing
from analysis.recommendations.proposal import Kind, Proposal
from analysis.recommendations.tiers.edges import NearEdge
from analysis.recommendations.tiers.model_load import ModelLoad
from analysis.recommendations.tiers.provider_offers import ProviderOffer
from analysis.recommendations.tiers.throughput import best_units, units_of
from analysis.recommendations.tiers.tier_migration import propose
from tests.recommendations.offer_makers import (
    COMMITMENT,
    FLEX,
    GPT,
    UNITS,
    VOLUME,
    D,
    by_days,
    evenly,
    load_of,
    spent,
    taken,
)
from tests.recommendations.usage_makers import MONTH, cell_of, model_of, price_of


def proposed(
    cells: Sequence[PricedCell],
    *offers: ProviderOffer,
    daily: dict[object, list[Decimal]] | None = None,
    loads: Sequence[ModelLoad] = (),
    near: Sequence[NearEdge] = (),
) -> list[Proposal]:
    days = evenly(cells) if daily is None else daily
    return propose(cells, MONTH, offers=offers, daily=days, loads=loads, near_edges=near)  # pyright: ignore[reportArgumentType]


def cents(amount: Decimal) -> Decimal:
    """Without what the thirtieths of the days leave behind."""
    return round(amount, 2)


def test_a_commitment_saves_its_discount_where_more_is_spent_than_it_asks_for() -> None:
    cells = [spent("2000"), spent("1000", feature="search")]
    (found,) = proposed(cells, COMMITMENT)
    # max(900, 3000 · 0.8) = 2400
    assert found.kind is Kind.TIER_MIGRATION
    assert (cents(found.current_cost), cents(found.savings.likely)) == (3000, 600)
    parts = [(cents(part.cost), cents(part.saved)) for part in found.parts]
    assert parts == [(2000, 400), (1000, 200)]
    assert found.evidence["break_even_monthly_cost"] == "900"
    assert found.evidence["full_discount_from_monthly_cost"] == "1125"
    assert found.variant == "commitment|c1"


def test_between_the_commitment_and_its_full_discount_only_the_rest_is_saved() -> None:
    # max(900, 1000 · 0.8) = 900
    (found,) = proposed([spent("1000")], COMMITMENT)
    assert cents(found.savings.likely) == 100


def test_below_the_commitment_nothing_is_proposed() -> None:
    assert proposed([spent("899")], COMMITMENT) == []


def test_a_fall_that_undoes_a_commitment_keeps_it_back() -> None:
    cells = [spent("1500")]
    falling = by_days(cells, lambda day: D(30 - day))
    assert proposed(cells, COMMITMENT, daily=falling) == []  # pyright: ignore[reportArgumentType]
    assert len(proposed(cells, COMMITMENT)) == 1


def test_what_falls_is_promised_less_than_its_mean() -> None:
    cells = [spent("3000")]
    slowly = by_days(cells, lambda day: D(100 - day // 2))
    (steady,), (found,) = proposed(cells, COMMITMENT), proposed(cells, COMMITMENT, daily=slowly)  # pyright: ignore[reportArgumentType]
    assert found.savings.low < found.savings.likely < steady.savings.likely


def test_weeks_that_differ_widely_keep_a_commitment_back() -> None:
    cells = [spent("1500")]
    bursts = by_days(cells, lambda day: D(5) if day // 7 % 2 else D(1))
    assert proposed(cells, COMMITMENT, daily=bursts) == []  # pyright: ignore[reportArgumentType]


def test_a_year_needs_steadier_days_than_a_month() -> None:
    cells = [spent("4000")]
    rising = by_days(cells, lambda day: D(3) if day < 15 else D(4))
    monthly, yearly = COMMITMENT, replace(COMMITMENT, term_months=12)
    (found,) = proposed(cells, monthly, daily=rising)  # pyright: ignore[reportArgumentType]
    assert proposed(cells, yearly, daily=rising) == []  # pyright: ignore[reportArgumentType]
    (steady,) = proposed(cells, yearly)
    assert steady.confidence < proposed(cells, monthly)[0].confidence
    assert found.savings.low < found.savings.likely


def test_a_volume_discount_holds_from_its_edge_on() -> None:
    assert cents(proposed([spent("1000")], VOLUME)[0].savings.likely) == 100
    assert proposed([spent("800")], VOLUME) == []
    beyond = replace(VOLUME, beyond_only=True)
    assert cents(proposed([spent("2000")], beyond)[0].savings.likely) == 110


def test_an_edge_in_tokens_is_held_against_the_tokens() -> None:
    # 1,000 requests of 600 tokens.
    tokens = replace(VOLUME, from_usd=None, from_tokens=600_000)
    assert cents(proposed([spent("1000")], tokens)[0].savings.likely) == 100
    assert proposed([spent("1000")], replace(tokens, from_tokens=600_001)) == []


@pytest.mark.parametrize(
    "offer",
    [
        replace(VOLUME, provider="anthropic"),
        replace(VOLUME, models=("gpt-4.1",)),
        replace(VOLUME, organization="globex"),
        replace(VOLUME, effective_until=MONTH.now),
        replace(VOLUME, effective_from=datetime.max.replace(tzinfo=MONTH.now.tzinfo)),
        taken(VOLUME),
    ],
    ids=["provider", "model", "organization", "over", "ahead", "taken"],
)
def test_what_cannot_be_taken_is_not_proposed(offer: ProviderOffer) -> None:
    assert proposed([spent("1000")], offer) == []


def test_negotiated_rates_may_hold_the_discount_already() -> None:
    cell = spent("1000")
    assert cell.price is not None
    negotiated = replace(cell, price=replace(cell.price, source=PriceSource.NEGOTIATED))
    assert proposed([negotiated], VOLUME, COMMITMENT) == []


def test_what_a_subscription_covers_is_not_held_against_other_offers() -> None:
    assert proposed([spent("3000")], taken(COMMITMENT), VOLUME) == []
    assert len(proposed([spent("3000")], taken(COMMITMENT, "globex"), VOLUME)) == 1


def test_of_two_offers_for_the_same_dollars_the_better_one_is_proposed() -> None:
    (found,) = proposed([spent("3000")], VOLUME, COMMITMENT)
    assert found.variant == "commitment|c1"
    assert found.evidence["other_offers"] == [{"offer": "Tier 2", "saved_monthly": "300"}]


def test_two_weeks_at_least() -> None:
    cells = [spent("3000")]
    short = EvidencePeriod(MONTH.first_day, MONTH.first_day.replace(day=31), MONTH.now)
    daily = {route: days[: short.days] for route, days in evenly(cells).items()}
    assert short.days < 14
    assert propose(cells, short, offers=[COMMITMENT], daily=daily) == []


# Provisioned throughput: 1,000 tokens at $0.00001 for every minute of 30 days are $432.


def test_units_that_are_always_busy_are_worth_their_price() -> None:
    load = load_of(lambda _: 1_000)
    cells = [spent("432")]
    (found,) = proposed(cells, UNITS, loads=[load])
    assert cents(found.savings.likely) == 332
    assert (found.action["units"], found.evidence["utilization"]) == (1, "1")
    # $100 of tokens at $0.00001, over 43,200 minutes.
    assert found.evidence["break_even_tokens_per_minute"] == 231


def test_peaks_beyond_the_units_spill_over_to_the_list_price() -> None:
    # Eleven minutes of an hour at 1,000, one at 12,000: a second unit would be idle.
    load = load_of(lambda at: 12_000 if at.minute % 12 == 0 else 1_000)
    (found,) = proposed([spent("828")], UNITS, loads=[load])
    assert found.action["units"] == 1
    assert cents(found.savings.likely) == 332
    assert found.evidence["spilled_share"] == "0.4783"


def test_units_that_idle_most_of_the_day_do_not_pay() -> None:
    load = load_of(lambda at: 1_000 if 9 <= at.hour < 14 else 0)
    assert proposed([spent("90")], UNITS, loads=[load]) == []


def test_the_least_number_of_units_counts() -> None:
    load = load_of(lambda _: 1_000)
    assert len(proposed([spent("432")], replace(UNITS, least_units=4), loads=[load])) == 1
    assert proposed([spent("432")], replace(UNITS, least_units=5), loads=[load]) == []


def test_a_load_whose_minutes_are_not_known_says_nothing() -> None:
    load = load_of(lambda _: 1_000)
    vague = replace(load, spread_requests=load.requests // 4)
    assert proposed([spent("432")], UNITS, loads=[vague]) == []


def test_a_load_that_has_gone_says_nothing() -> None:
    last = MONTH.last_day.toordinal()
    load = load_of(lambda at: 0 if last - at.toordinal() < 7 else 2_000)
    assert proposed([spent("662")], UNITS, loads=[load]) == []


def test_output_counts_with_its_weight() -> None:
    load = load_of(lambda _: 500)
    heavy = replace(
        load,
        minutes=tuple(replace(one, input=0, output=500, cost=one.cost * 2) for one in load.minutes),
    )
    weighed = replace(UNITS, output_weight=D(2))
    best = best_units(weighed, heavy, MONTH)
    assert best is not None
    assert (best.number, best.utilization) == (1, 1)


@settings(max_examples=30)
@given(
    loads=st.lists(st.integers(0, 6_000), min_size=1, max_size=24),
    price=st.integers(5, 400),
    least=st.integers(1, 3),
)
def test_no_other_number_of_units_saves_more(loads: list[int], price: int, least: int) -> None:
    offer = replace(UNITS, unit_usd=D(price), least_units=least)
    load = load_of(lambda at: loads[at.hour % len(loads)] if at.minute == 0 else 0, "0.001")
    whole = sum((one.cost for one in load.minutes), D(0))
    if not load.minutes:
        assert best_units(offer, load, MONTH) is None
        return
    saved = {n: sum(units_of(offer, load, MONTH, n).daily, D(0)) for n in range(least, 9)}
    best = best_units(offer, load, MONTH)
    most = max(saved.values())
    if best is None:
        assert most <= D("1e-6") * (1 + whole)
    else:
        assert abs(saved[best.number] - most) <= D("1e-9") * (1 + whole)


# Service tiers.


def test_requests_that_can_wait_go_to_the_slower_tier() -> None:
    unbatched = model_of("gpt-4o", price_of("gpt-4o", "2.5", "10"))
    cells = [
        cell_of(unbatched, billed="400", timing=Timing.FLAGGED),
        cell_of(unbatched, billed="600"),
    ]
    (found,) = proposed(cells, FLEX)
    assert (cents(found.savings.likely), cents(found.current_cost)) == (200, 1000)
    assert found.savings.low <= 200


def test_where_a_batch_is_as_cheap_the_slower_tier_is_left_to_it() -> None:
    cells = [spent("400", timing=Timing.FLAGGED), spent("600")]
    assert proposed(cells, FLEX) == []
    (found,) = proposed(cells, replace(FLEX, discount=D("0.6")))
    assert cents(found.savings.likely) == 240


def test_a_tier_that_costs_more_is_never_proposed() -> None:
    cells = [spent("400", timing=Timing.FLAGGED)]
    assert proposed(cells, replace(FLEX, discount=D("-0.7"))) == []


# Context tiers.

LONG = model_of(
    "long",
    price_of("long", "1", "4"),
    price_of("long", "2", "8", above=1_000),
)


def near(requests: int = 100, fresh: int = 1_050, days: int = 20) -> tuple[PricedCell, NearEdge]:
    cell = cell_of(LONG, requests=requests, fresh=fresh, output=0, billed="210")
    tokens = TokenUsage(fresh_input=fresh * requests, requests=requests)
    return cell, NearEdge(cell.cell.route, 1_000, tokens, D(210), days)


def test_just_beyond_an_edge_a_little_less_input_makes_all_of_it_cheaper() -> None:
    cell, beyond = near()
    (found,) = proposed([cell], near=[beyond])
    # 1,050 tokens at $2 against 1,000 at $1.
    assert cents(found.savings.likely) == 110
    assert found.savings.low <= found.savings.likely / 2
    assert found.variant == "context_tier|1000"
    assert found.parts[0].cost == 210


def test_few_requests_beyond_an_edge_are_left_alone() -> None:
    cell, beyond = near(requests=19)
    assert proposed([cell], near=[beyond]) == []
    cell, beyond = near(days=2)
    assert proposed([cell], near=[beyond]) == []


def test_an_edge_of_another_model_is_none_of_this_one() -> None:
    cell, beyond = near()
    assert proposed([cell], near=[replace(beyond, edge=2_000)]) == []
    other = replace(cell, model=GPT)
    assert proposed([other], near=[beyond]) == []


def test_without_usage_there_is_nothing_to_propose() -> None:
    assert proposed([], COMMITMENT) == []
