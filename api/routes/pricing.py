"""Prices: the list, and the same usage at each model's prices."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from analysis.errors import Unfit
from analysis.periods import Last
from analysis.prices import TokenUsage
from api.answers import answered
from api.cursors import Place, page_of
from api.models.pricing import (
    PriceComparison,
    PricePage,
    mix_comparison,
    own_comparison,
    price_answer,
)
from api.questions import Cursor, Filtered, Flag, Limit, Question, Text, caller_of
from api.routing import filter_parameters, get
from handlers.own_usage import DEFAULT_DAYS, MOST_DAYS
from handlers.pricing import PricingHandler
from handlers.pricing_compare import PricingCompareHandler, PricingCompareRequest
from handlers.token_mix import TokenMixHandler, TokenMixRequest
from queries.dimensions import Dimensions, Source
from storage.records.price import StoredPrice

TAG = "Pricing"

MOST_TOKENS = 10**15


class PricesQuestion(Question):
    """Which prices."""

    provider: Text | None = Field(
        None,
        description="Only this one's, however it is capitalized.",
        examples=["openai"],
    )
    active_only: Flag = Field(
        default=True,
        description="Only what is in force now; false: also what is dated ahead, has ended, or "
        "prices past requests alone.",
        examples=[False],
    )
    limit: Limit = 50
    cursor: Cursor = None


class CompareQuestion(Filtered):
    """Which models, on which usage."""

    models: list[Text] = Field(
        default=[],
        max_length=50,
        description="As `gpt-4` or `openai/gpt-4`, sent several times; without it: all on offer.",
        examples=[["gpt-4", "claude-3-haiku"]],
    )
    days: int | None = Field(
        None,
        ge=1,
        le=MOST_DAYS,
        description=f"Whose usage is priced: the last complete UTC days, {DEFAULT_DAYS} where "
        "nothing is said. Not with a token mix.",
        examples=[14],
    )
    input_tokens: int | None = Field(
        None,
        ge=0,
        le=MOST_TOKENS,
        description="A token mix in place of one's own usage: input that no cache serves or "
        "stores. With any of the token parameters, those left out are 0.",
        examples=[1_000_000],
    )
    cached_input_tokens: int | None = Field(
        None, ge=0, le=MOST_TOKENS, description="Of the mix: input read from the cache."
    )
    cache_write_tokens: int | None = Field(
        None, ge=0, le=MOST_TOKENS, description="Of the mix: input written to the cache."
    )
    output_tokens: int | None = Field(
        None,
        ge=0,
        le=MOST_TOKENS,
        description="Of the mix: output without reasoning.",
        examples=[200_000],
    )
    reasoning_tokens: int | None = Field(
        None, ge=0, le=MOST_TOKENS, description="Of the mix: reasoning."
    )
    requests: int | None = Field(
        None,
        ge=1,
        le=MOST_TOKENS,
        description="Of the mix: how many requests the tokens belong to (the size of one decides "
        "the tier of its price); 1 where nothing is said.",
    )

    def mix(self) -> TokenUsage | None:
        """The token mix; None: none is given."""
        given = (
            self.input_tokens,
            self.cached_input_tokens,
            self.cache_write_tokens,
            self.output_tokens,
            self.reasoning_tokens,
        )
        if all(one is None for one in given):
            return None
        fresh, cached, write, output, reasoning = (one or 0 for one in given)
        return TokenUsage(fresh, cached, write, output, reasoning, self.requests or 1)


def pricing_router(
    prices: PricingHandler,
    compare: PricingCompareHandler,
    mixes: TokenMixHandler,
    dimensions: Dimensions,
) -> APIRouter:
    """The calls about prices.

    Args:
        prices: shows the list.
        compare: prices one's own usage elsewhere.
        mixes: prices a token mix.
        dimensions: of the deployment.
    """
    router = APIRouter()
    names = [one.name for one in dimensions.of(Source.USAGE) if one.name != "category"]

    async def list_prices(request: Request, query: Annotated[PricesQuestion, Query()]) -> Response:
        """The price list: US dollars per million tokens, dated.

        A rate that an organization negotiated is shown to its own people, and to whoever sees all
        organizations.
        """
        caller = caller_of(request)
        found = await prices.prices_of(query.provider, caller, active_only=query.active_only)
        rows = sorted(found, key=_place)
        shown, after = page_of(rows, _place, request, query.cursor, query.limit)
        now = prices.clock()
        page = PricePage(
            providers=sorted({price.provider for price in found}),
            prices=[price_answer(price, now) for price in shown],
            next_cursor=after,
        )
        return answered(request, page)

    async def compare_prices(
        request: Request, query: Annotated[CompareQuestion, Query()]
    ) -> Response:
        """What one's own usage, or a mix of tokens, would cost at each model's prices.

        Of one's own usage with how the requests fit each model. Of a mix it is a calculation with
        the list's prices in force now, for the sum of its tokens.
        """
        caller = caller_of(request)
        filters, mix = query.filters(names), query.mix()
        models = tuple(query.models)
        if mix is None:
            if query.requests is not None:
                raise Unfit({"query.requests": "It belongs to a token mix: give its tokens too."})
            period = None if query.days is None else Last(query.days, "d")
            asked = PricingCompareRequest(models, period, filters)
            return answered(request, own_comparison(await compare.compare(asked, caller), caller))
        if filters or query.days is not None:
            fault = "A token mix is priced by itself: leave days and filters away."
            raise Unfit({"query.input_tokens": fault})
        found = await mixes.compare(TokenMixRequest(mix, models), caller)
        return answered(request, mix_comparison(mix, found, caller))

    get(
        router,
        "/pricing/models",
        list_prices,
        PricePage,
        tag=TAG,
        summary="The price list",
    )
    get(
        router,
        "/pricing/compare",
        compare_prices,
        PriceComparison,
        tag=TAG,
        summary="The same usage at each model's prices",
        filters=filter_parameters(dimensions, names),
    )
    return router


def _place(price: StoredPrice) -> Place:
    since = price.effective_from.isoformat()
    whose = price.organization or ""
    return (price.provider, price.model, whose, since, price.above_input_tokens, str(price.id))
