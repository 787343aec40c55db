"""`/cost breakeven` from Slack to figure, over real facts in a real mart and a real price list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.costs import Infrastructure
from analysis.periods import Calendar, Dates, Last
from analysis.roles import Role
from bot.grammar.breakeven import BreakEvenCommand, write_break_even
from bot.grammar.parse import parse
from bot.settings_values import CustomDimension
from handlers.breakeven import BreakEvenHandler, BreakEvenRequest, BreakEvenResult
from handlers.caller import Caller
from handlers.equivalents import ApiModel, PerMillion, PerRequest
from queries.dimensions import Dimensions, Source
from storage.records.price import ModelPrice
from tests.facts import Fact, request
from tests.slack.conftest import Play, Playing
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked, click

ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, ZoneInfo("UTC"))
LLAMA = {"model": ("llama-2-70b",)}
DAYS = Dates(date(2026, 11, 18), date(2026, 11, 19))


def gpu(cost: str | None, category: str = "inference", **columns: object) -> Fact:
    known = {"requests": 1 if category == "inference" else 0, "model": "llama-2-70b"}
    filled: dict[str, object] = {"day": 18, **known, **columns}
    when = datetime(2026, 11, int(str(filled.pop("day"))), 9, 15, tzinfo=UTC)
    counted = request(when, cost, source=Source.GPU, requests=filled["requests"])
    return {**counted, **filled, "cost_category": category}


def usage(requests: int, tokens_in: int, tokens_out: int, **columns: object) -> Fact:
    known = {"model": "llama-2-70b", "provider": "inhouse", "organization": "acme"}
    counts = {"fresh_input_tokens": tokens_in, "output_tokens": tokens_out}
    when = datetime(2026, 11, 18, 10, 15, tzinfo=UTC)
    return {**request(when, None, requests=requests), **known, **counts, **columns}


FACTS: Sequence[Fact] = (
    gpu("600", requests=10_000, organization="acme", product="api", attributed_idle_cost="250",
        gpu_seconds="720000"),
    gpu("300", "idle"),
    gpu("100", "unused"),
    gpu("50", requests=100, model="ltxv", organization="acme", product="studio", day=19),
    gpu("50", "idle", model="ltxv", day=19),
    usage(5_000, 1_000_000_000, 200_000_000),
)  # fmt: skip
"""llama-2-70b: $1,000 paid, $600 used for 10,000 requests; tokens are known of 5,000 like them.

At $0.70 and $0.90 per million tokens these 5,000 come to $700 + $180; the 10,000 to $1,760.
"""


async def compared(
    playing: Playing,
    filters: dict[str, tuple[str, ...]] = LLAMA,
    equivalent: ApiModel | PerRequest | PerMillion | None = None,
) -> BreakEvenResult:
    parts, prices = playing.parts, playing.parts.store.prices
    handler = BreakEvenHandler(
        parts.engine, parts.dimensions, prices.unit_prices, parts.clock, stale_after_hours=30
    )
    return await handler.break_even(BreakEvenRequest(DAYS, filters, equivalent), ADMIN)


async def test_a_model_is_compared_at_its_own_list_price_on_its_real_token_mix(play: Play):
    async with play(FACTS) as playing:
        result = await compared(playing)
    assert result.break_even is not None
    assert result.break_even.paid == Infrastructure(Decimal(1000))
    assert result.break_even.used == 600
    assert result.break_even.api == 1760
    assert result.break_even.threshold == Decimal(600) / 1760
    assert result.api is not None
    assert (result.api.mix_requests, result.api.tokens) == (5_000, 2_400_000_000)
    assert [price.provider for price in result.api.prices] == ["meta"]


@pytest.mark.parametrize(
    ("equivalent", "usd"),
    [
        (PerRequest(Decimal("0.08")), 800),
        (PerMillion(Decimal("0.70"), Decimal("0.90")), 1760),
        (ApiModel("gpt-3.5-turbo"), 2 * (500 + 300)),
        (ApiModel("openai/gpt-3.5-turbo"), 2 * (500 + 300)),
        (ApiModel("GPT-3.5-turbo"), 2 * (500 + 300)),
    ],
)
async def test_another_price_is_applied_to_the_same_traffic(
    play: Play, equivalent: ApiModel | PerRequest | PerMillion, usd: int
):
    async with play(FACTS) as playing:
        result = await compared(playing, equivalent=equivalent)
    assert result.break_even is not None
    assert result.break_even.api == usd


async def test_a_public_price_is_called_an_estimate(play: Play):
    async with play(FACTS) as playing:
        heard = await playing.stage.say("/cost breakeven model llama-2-70b api gpt-5-mini", "ada")
    assert "The API's price is an estimate" in str(heard.ack["blocks"])
    assert "openai gpt-5-mini" in heard.ack["text"]


async def test_a_failed_request_is_paid_for_and_no_api_bills_it(play: Play):
    facts = [*FACTS, gpu("10", requests=5, failed_requests=5)]
    async with play(facts) as playing:
        result = await compared(playing, equivalent=PerRequest(Decimal(1)))
    assert result.break_even is not None
    assert result.break_even.used == 610
    assert result.break_even.api == 10_000


async def test_requests_without_a_price_are_on_neither_side_and_told(play: Play):
    async with play([*FACTS, gpu(None, requests=7)]) as playing:
        result = await compared(playing, equivalent=PerRequest(Decimal(1)))
        line = "/cost breakeven model llama-2-70b at 1"
        heard = await playing.stage.say(line, "ada")
    assert result.break_even is not None
    assert (result.break_even.used, result.break_even.api) == (600, 10_000)
    assert "7 requests without a price, on neither side" in str(heard.ack["blocks"])


async def test_a_pool_of_requests_without_any_price_is_unpriced_not_free(play: Play):
    async with play([*FACTS, gpu(None, requests=7, model="new")]) as playing:
        heard = await playing.stage.say("/cost breakeven model new at 1", "ada")
        pools = await playing.stage.say("/cost breakeven", "ada")
    assert "None of its requests has a price" in heard.ack["text"]
    rows = pools.ack["blocks"][1]["rows"]
    assert [cell["text"] for cell in rows[-1]][:5] == ["new", "$0.00", "$0.00", "unpriced", "–"]


async def test_capacity_that_names_no_product_is_shared_and_said_so(play: Play):
    async with play(FACTS) as playing:
        heard = await playing.stage.say("/cost breakeven product studio at 0.5", "ada")
    shown = str(heard.ack["blocks"])
    assert "*Paid (allocation)*\\n$100.00" in shown
    assert "$50.00 of it is the share, by direct cost of requests, of rows that name no" in shown


async def test_tokens_are_those_of_the_same_model_alone(play: Play):
    """LLM usage bought from others is no traffic of these GPUs."""
    bought = usage(9, 9_000_000_000, 0, model="gpt-4", provider="openai")
    other = usage(9, 9_000_000_000, 0, organization="globex")
    async with play([*FACTS, bought, other]) as playing:
        result = await compared(playing, {**LLAMA, "organization": ("acme",)})
    assert result.break_even is not None
    assert result.break_even.api == 1760


async def test_a_tier_is_that_of_a_request_not_of_the_sum(play: Play):
    """5,000 requests of 200,000 input tokens; one of a million is dearer."""
    facts = [*FACTS, usage(1, 1_000_000, 0, organization="globex")]
    tiers = {"effective_from": datetime(2026, 1, 1, tzinfo=UTC), "source": "x", "reference": "x"}
    common = {"provider": "acme-ai", "model": "big", "created_by": "ada", **tiers}
    async with play(facts) as playing:
        low = ModelPrice(input=Decimal(1), output=Decimal(0), **common)  # pyright: ignore[reportArgumentType]
        await playing.parts.store.prices.add(low)
        high = replace(low, input=Decimal(10), above_input_tokens=500_000)
        await playing.parts.store.prices.add(high)
        result = await compared(playing, equivalent=ApiModel("big"))
    assert result.api is not None
    assert result.api.mix_requests == 5_001
    assert result.api.usd == (1000 + 10) * Decimal(10_000) / 5_001
    assert {price.above_input_tokens for price in result.api.prices} == {0, 500_000}


async def test_a_negotiated_rate_counts_for_its_organization(play: Play):
    async with play(FACTS) as playing:
        await playing.parts.store.prices.add(
            ModelPrice(
                provider="meta",
                model="llama-2-70b",
                organization="acme",
                input=Decimal("0.35"),
                output=Decimal("0.45"),
                effective_from=datetime(2026, 1, 1, tzinfo=UTC),
                source="contract",
                reference="contract",
                created_by="ada",
            )
        )
        everybody = await compared(playing)
        acme = await compared(playing, {**LLAMA, "organization": ("acme",)})
    assert everybody.api is not None
    assert acme.api is not None
    assert (everybody.api.usd, acme.api.usd) == (1760, 880)


async def test_slack_shows_both_sides_and_how_the_picture_changes(play: Play):
    line = "/cost breakeven 2026-11-18..2026-11-19 model llama-2-70b at 0.08"
    async with play(FACTS) as playing:
        heard = await playing.stage.say(line, "ada")
    verdict, figures, table, notes, _ = heard.ack["blocks"]
    assert verdict["text"]["text"].splitlines() == [
        "*An API at $0.080 a request would save $3,041.67 a month* against own GPUs",
        "Utilization *60.0 %*, break-even *75.0 %*: own GPUs pay once they serve 1.25 times as "
        "much",
        "model llama-2-70b · 2026-11-18 to 2026-11-19",
    ]
    assert [field["text"] for field in figures["fields"]] == [
        "*Paid (allocation)*\n$1,000.00",
        "*Used (usage)*\n$600.00",
        "*The API for the same*\n$800.00",
        "*Per request*\n$0.10 own · $0.080 API",
        "*GPU hours used*\n200.0 · $3.00 used, $5.00 paid for each",
    ]
    rows = [[cell["text"] for cell in row] for row in table["rows"]]
    assert [row[0] for row in rows[1:]] == [
        "50.0 %",
        "60.0 % (now)",
        "75.0 %",
        "75.0 % (break-even)",
        "90.0 %",
    ]
    assert rows[2][1:] == [
        "152,083",
        "$15,208.33",
        "$12,166.67",
        "−$3,041.67",
        "$0.10",
        "$0.080",
    ]
    assert rows[4][4] == "$0.00"
    small = notes["elements"][0]["text"]
    assert "Compared with what is paid for the GPUs (allocation)" in small
    assert "direct cost of requests $600.00, idle $300.00, unused $100.00" in small
    assert "the requests cost $850.00 fully loaded: $150.00 of what is paid" in small


async def test_without_a_pool_all_of_them_are_listed_dearest_first(play: Play):
    async with play(FACTS) as playing:
        heard = await playing.stage.say("/cost breakeven", "ada")
    shown = heard.ack["blocks"]
    assert heard.ack["text"].startswith(
        "$1,100.00 paid for GPUs from 2026-10-21 to 2026-11-19, $650.00 used (59.1 %)"
    )
    rows = [[cell["text"] for cell in row] for row in shown[1]["rows"]]
    assert [row[0] for row in rows[1:]] == ["llama-2-70b", "ltxv"]
    assert rows[1][1:6] == ["$1,000.00", "$15,208.33", "$600.00", "60.0 %", "10,000"]
    assert "There is GPU data of 2 of 30 days" in str(shown[2])


async def test_what_is_missing_is_said_with_a_line_that_works(play: Play):
    async with play(FACTS) as playing:
        heard = await playing.stage.say("/cost breakeven model ltxv", "ada")
        text = heard.ack["text"]
        assert "No tokens are known of requests of `ltxv`." in text
        example = "/cost breakeven model ltxv at 1"
        assert f"`{example}`" in text
        again = await playing.stage.say(example, "ada")
    assert "Own GPUs and an API at $1.00 a request cost the same" in again.ack["text"]


async def test_a_pool_is_one_click_away_and_so_are_its_periods(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost breakeven", "ada")
        await click(playing, message, "llama-2-70b", "ada")
        first = message.text
        await click(playing, message, "7 days", "ada")
        second = message.text
        [shared] = await click(playing, message, "Share", "ada")
        await click(playing, message, "All pools", "ada")
    assert first.startswith("Own GPUs save $")
    assert "2026-10-21 to 2026-11-19" in first
    assert "the last 7 days" in second
    assert shared.ephemeral_to is None
    assert "paid for GPUs" in message.text


async def test_the_csv_has_both_sides_unrounded(play: Play):
    async with play(FACTS) as playing:
        route = playing.parts.road
        command = route.understand("breakeven 2026-11-18..2026-11-19 model ltxv at 0.75", ADMIN)
        file = await route.csv(command, ADMIN)
        pools = await route.csv(route.understand("breakeven", ADMIN), ADMIN)
    header, now, half, *_ = file.content.splitlines()
    assert header.startswith("scenario,utilization,requests,own_cost,api_cost,own_saves")
    assert now.startswith("now,0.5,100,100")
    assert ",75.00," in now
    assert half.startswith("50%,0.5,")
    assert file.name == "breakeven-2026-11-18-to-2026-11-19-ltxv.csv"
    assert [row.split(",")[0] for row in pools.content.splitlines()] == [
        "model",
        "llama-2-70b",
        "ltxv",
    ]


async def test_who_sees_one_organization_is_refused_with_a_reason(play: Play):
    async with play(FACTS) as playing:
        heard = await playing.stage.say("/cost breakeven model llama-2-70b at 1", "otto")
    assert "machines that all organizations share" in heard.ack["text"]
    assert "600" not in str(heard.ack)


async def test_a_pool_may_be_a_dimension_of_the_deployments_own(play: Play):
    gpu_type = CustomDimension(name="gpu_type", column="gpu_type", sources=(Source.GPU,))
    facts = [
        gpu("30", requests=10, model="a", x_gpu_type="H100"),
        gpu("10", "idle", model="a", x_gpu_type="H100"),
        gpu("99", requests=10, model="a", x_gpu_type="A100"),
    ]
    async with play(facts, dimensions=[gpu_type]) as playing:
        heard = await playing.stage.say("/cost breakeven gpu_type h100 at 4", "ada")
    assert heard.ack["text"].startswith("Own GPUs and an API at $4.00 a request cost the same")


MISTAKES = (
    ("model gpt-5 at 1", "There is no model `gpt-5` in your costs."),
    ("model llama-2-70b api gpt-9x", "No price list has the model `gpt-9x`"),
    ("category idle", "takes every category together"),
    ("2024-01-01 model ltxv", "There is no GPU cost of model ltxv on 2024-01-01."),
    ("2024-01-01", "The data runs from 2026-11-18 to 2026-11-19"),
    ("at", "`at` needs a price in US dollars."),
    ("at cheap", "and `cheap` is none"),
    ("at 0", "needs a price"),
    ("at 1/2/3", "needs a price"),
    ("at 1 api gpt-4", "there are two"),
    ("model ltxv api", "`api` needs the name of a model."),
    ("by model", "does not go with `by`"),
    ("model ltxv customers", "does not go with `customers`"),
    ("brekeven", "I don't know the word"),
    ("model gpt-4 at 1", "There is no GPU cost of model gpt-4"),
)


async def test_a_mistake_is_answered_with_what_would_work(play: Play):
    facts = [*FACTS, usage(1, 5, 5, model="gpt-4", provider="openai")]
    async with play(facts) as playing:
        answers = {
            typed: (await playing.stage.say(f"/cost breakeven {typed}", "ada")).ack["text"]
            for typed, _ in MISTAKES
        }
    assert [(typed, answers[typed]) for typed, says in MISTAKES if says not in answers[typed]] == []


async def test_names_from_the_data_ping_nobody(play: Play):
    async with play([gpu("5", model="<!channel>")]) as playing:
        pools = await playing.stage.say("/cost breakeven", "ada")
        one = await playing.stage.say('/cost breakeven model "<!channel>" at 1', "ada")
        missing = await playing.stage.say('/cost breakeven model "<!channel>"', "ada")
    for heard in (pools, one, missing):
        others = [block for block in heard.ack["blocks"] if block["type"] != "actions"]
        assert "&lt;!channel&gt;" in str(others)
        assert "<!channel>" not in str(others) + heard.ack["text"]


PRICES = st.integers(1, 10**9).map(lambda nano: Decimal(nano) / 1_000_000)
PERIODS = st.one_of(
    st.none(),
    st.sampled_from(Calendar),
    st.builds(Last, st.integers(1, 99), st.sampled_from("hd")),
    st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(lambda day: Dates(day, day)),
)
VALUES = st.text(min_size=1, max_size=8) | st.sampled_from(["api", "at", "csv", "model", "30d"])


@given(
    st.builds(
        BreakEvenCommand,
        st.builds(
            BreakEvenRequest,
            PERIODS,
            st.dictionaries(
                st.sampled_from(["model", "product", "organization"]),
                st.lists(VALUES, min_size=1, max_size=3, unique=True).map(tuple),
            ),
            st.none()
            | st.builds(ApiModel, VALUES.filter(lambda name: bool(name.strip())))
            | st.builds(PerRequest, PRICES)
            | st.builds(PerMillion, PRICES, PRICES),
        ),
        csv=st.booleans(),
    )
)
def test_what_a_button_carries_asks_exactly_its_question(wanted: BreakEvenCommand):
    written = write_break_even(wanted)
    assert parse(written, Dimensions(), Role.ADMIN) == wanted
