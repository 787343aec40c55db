"""`pricing set …`: understood, written again, and refused with what is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.parse import parse
from bot.grammar.pricing_set import (
    PricingOffersCommand,
    PricingSetCommand,
    PricingUndoCommand,
    write_pricing_set,
)
from handlers.rates import RateRequest
from queries.dimensions import Dimensions

WHOLE = 'set openai gpt-4o input 2.10 output $8.40 from 2026-12-01 reference "contract 17"'


def understood(text: str) -> object:
    return parse(f"pricing {text}", Dimensions(), Role.ORG_ADMIN)


def test_a_rate_is_understood_in_any_order() -> None:
    rate = RateRequest(
        provider="openai",
        model="gpt-4o",
        input=Decimal("2.10"),
        output=Decimal("8.40"),
        effective=date(2026, 12, 1),
        reference="contract 17",
    )
    assert understood(WHOLE) == PricingSetCommand(rate)
    turned = (
        "set openai gpt-4o save reference 'contract 17' from 2026-12-01 out 8.40 in 2.10 "
        "batch 1/4 cached 0.5 above 200k org acme"
    )
    command = understood(turned)
    assert isinstance(command, PricingSetCommand)
    assert command.save
    request = command.request
    assert (request.batch_input, request.batch_output) == (1, 4)
    assert (request.above, request.organization) == (200_000, "acme")
    assert request.cached_input == Decimal("0.5")


def test_undo_and_offers_are_understood() -> None:
    assert understood("undo 1234") == PricingUndoCommand("1234")
    assert understood("offers") == PricingOffersCommand()
    assert understood("offers openai") == PricingOffersCommand("openai")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("set openai", "of a provider and a model"),
        ("set openai gpt-4o output 1", "no price of input"),
        ("set openai gpt-4o input 1 output 2 reference x", "from which day on"),
        ("set openai gpt-4o input 1 output 2 from 2026-12-01", "where it is written"),
        (f"{WHOLE} cached", "lacks what belongs to it"),
        (f"{WHOLE} cached cheap", "is no price"),
        (f"{WHOLE} cached NaN", "is no price"),
        (f"{WHOLE} input 3", "twice"),
        (f"{WHOLE} above many", "no number of tokens"),
        (f"{WHOLE} from tomorrow", "is no day"),
        (f"{WHOLE} referenec y", "is no part of a rate"),
        ("undo", "needs the key of one rate"),
        ("offers openai google", "does not go with"),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    with pytest.raises(NotUnderstood, match=sentence):
        understood(text)


_names = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=20
)
_prices = st.decimals(0, 1000, places=4) | st.none()


@given(
    provider=_names,
    model=_names,
    taken=st.decimals(0, 1000, places=9),
    cached=_prices,
    above=st.integers(0, 1_000_000),
    reference=_names,
    organization=st.none() | _names,
    save=st.booleans(),
)
def test_what_a_button_carries_is_understood_as_it_was_meant(
    provider: str,
    model: str,
    taken: Decimal,
    cached: Decimal | None,
    above: int,
    reference: str,
    organization: str | None,
    save: bool,
) -> None:
    request = RateRequest(
        provider=provider,
        model=model,
        input=taken,
        output=taken,
        effective=date(2026, 12, 1),
        reference=reference,
        cached_input=cached,
        batch_input=cached,
        batch_output=cached,
        above=above,
        organization=organization,
        everybody=organization is None,
    )
    command = PricingSetCommand(request, save=save)
    assert parse(write_pricing_set(command), Dimensions(), Role.ADMIN) == command
