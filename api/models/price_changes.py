"""A price as it is sent."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from api.bodies import OfOrganization
from api.models.fields import Day, Exact, Line, Whole
from handlers.rates import RateRequest

_PRICE = "US dollars per million tokens; left away: as the class that it belongs to."

MOST_TOKENS = 10**12


class NewPrice(OfOrganization):
    """A price from a day on; the one before it ends where it begins."""

    EMPTIED: ClassVar = frozenset({"organization_id"})

    provider: Line = Field(examples=["openai"])
    model_name: Line = Field(examples=["gpt-4"])
    input: Exact = Field(description="US dollars per million tokens.")
    output: Exact = Field(description="US dollars per million tokens.")
    cached_input: Exact | None = Field(None, description=_PRICE)
    cache_write: Exact | None = Field(None, description=_PRICE)
    reasoning: Exact | None = Field(None, description=_PRICE)
    batch_input: Exact | None = Field(None, description=_PRICE)
    batch_output: Exact | None = Field(None, description=_PRICE)
    above_input_tokens: Whole = Field(
        0,
        ge=0,
        le=MOST_TOKENS,
        description="A tier: for requests with more input tokens; 0: for all.",
    )
    effective_from: Day = Field(description="The first day, from 00:00 UTC on.")
    reference: Line = Field(
        description="Where it is written: an address, a contract's name.",
        examples=["contract 2026-11"],
    )
    organization_id: Line | None = Field(
        None,
        description="Whose rate it is; null: the list price. For admins of all organizations "
        "alone: whoever is bound to an organization leaves it away, and sets its rates.",
    )

    def request(self, organization: str | None, *, is_list_price: bool) -> RateRequest:
        """What the handler takes."""
        return RateRequest(
            provider=self.provider,
            model=self.model_name,
            input=self.input,
            output=self.output,
            effective=self.effective_from,
            reference=self.reference,
            cached_input=self.cached_input,
            cache_write=self.cache_write,
            reasoning=self.reasoning,
            batch_input=self.batch_input,
            batch_output=self.batch_output,
            above=self.above_input_tokens,
            organization=organization,
            everybody=is_list_price,
        )
