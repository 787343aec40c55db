"""A typed /cost, through signed HTTP, the grammar, a real mart, and back in the ack."""

import csv
import io
from decimal import Decimal

import pytest

from bot.stage import Heard
from tests.facts import request
from tests.slack.conftest import Play, at


def text_of(heard: Heard) -> str:
    """Everything that the ack shows, as one text."""
    return str(heard.ack)


def table_of(heard: Heard) -> list[list[str]]:
    """The cells of the ack's table."""
    tables = [block for block in heard.ack["blocks"] if block["type"] == "table"]
    return [[cell["text"] for cell in row] for row in tables[0]["rows"]]


async def test_the_true_figure_is_in_the_ack(play: Play):
    async with play() as playing:
        heard = await playing.stage.say("/cost today by model", "ada")
    assert (heard.status, heard.failure, heard.messages) == (200, "", [])
    assert heard.ack["response_type"] == "ephemeral"
    assert "*$4.90* today so far" in heard.ack["blocks"][0]["text"]["text"]
    assert table_of(heard) == [
        ["Model", "Cost", "Share", "Requests", "Cost/request", "Change"],
        ["gpt-4", "$4.00", "81.6 %", "2", "$2.00", "+100.0 %"],
        ["claude-3-haiku", "$0.50", "10.2 %", "1", "$0.50", "new"],
        ["ltxv-13b", "$0.40", "8.2 %", "1", "$0.40", "–"],
        ["aurora", "unpriced", "–", "4", "–", "–"],
        ["Total", "$4.90", "100.0 %", "8", "$1.22", "+125.0 %"],
    ]


async def test_the_dearest_hours_are_shown_in_order_of_time_the_rest_as_others(play: Play):
    async with play() as playing:
        heard = await playing.stage.say("/cost 2026-11-19..2026-11-20 by hour top 2", "ada")
    table = [row[:2] for row in table_of(heard)]
    assert [cost for _, cost in table[1:]] == ["$9.00", "$4.00", "$2.90", "$15.90"]
    assert [name for name, _ in table[3:]] == ["others (4)", "Total"]


async def test_the_answer_says_what_moved_what_is_unpriced_and_how_old_it_is(
    play: Play,
):
    async with play() as playing:
        heard = await playing.stage.say("/cost", "ada")
    shown = text_of(heard)
    assert "▲ *125.0 %* (+$2.50) against the same hours last Friday ($2.00)" in shown
    assert "Most of it: gpt-4 (+$2.00)" in shown
    assert "4 requests (50.0 %) without a price, not in the total: aurora" in shown
    assert "GPU data to 20 Nov 12:15 UTC" in shown
    assert "days in UTC" in shown
    assert "Provisional" in shown


async def test_each_person_sees_their_own_organization(play: Play):
    async with play() as playing:
        totals = {
            name: (await playing.stage.say("/cost today", name)).ack["text"].split(" ")[0]
            for name in ("ada", "otto", "ute", "gil")
        }
    # Gil's days begin at midnight in New York, five hours later than in UTC.
    assert totals == {"ada": "$4.90", "otto": "$3.90", "ute": "$3.90", "gil": "$1.00"}


async def test_a_stranger_sees_nothing_and_learns_whom_to_ask(play: Play):
    async with play() as playing:
        heard = await playing.stage.say("/cost today", "sam")
    assert "I don't know you yet" in heard.ack["text"]
    assert "$" not in heard.ack["text"]


async def test_a_filter_that_names_another_organization_changes_nothing(play: Play):
    async with play() as playing:
        heard = await playing.stage.say("/cost today organization globex", "ute")
    assert "There is no organization `globex` in your costs." in heard.ack["text"]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/cost todya", "Did you mean `today`"),
        ("/cost today by modle", "Did you mean `model`"),
        ("/cost today model gtp-4", "Did you mean `gpt-4`"),
        ("/cost 2030-01-01", "has not happened yet"),
        ("/cost 2026-11-02..2026-11-01", "runs backwards"),
        ("/cost 2025-01-01..2025-01-02", "The data runs from 2026-11-13 to 2026-11-20"),
        ("/cost pricing opnai", "openai"),
        ("/cost by user", "organization admin"),
    ],
)
async def test_a_mistake_is_answered_with_what_would_work(play: Play, command: str, says: str):
    async with play() as playing:
        heard = await playing.stage.say(command, "ute")
    assert heard.status == 200
    assert says in text_of(heard)


async def test_an_unknown_dimension_value_never_pings_anybody(play: Play):
    async with play() as playing:
        heard = await playing.stage.say("/cost today model <!channel>", "ada")
    assert "&lt;!channel&gt;" in text_of(heard)
    assert "<!channel>" not in text_of(heard)


async def test_a_file_with_every_row_goes_to_the_person_alone(play: Play):
    async with play() as playing:
        heard = await playing.stage.say("/cost today by model csv", "ute")
        workspace = playing.stage.slack.workspace
        files = [file for file in workspace.files.values() if file.completed]
    assert "in your direct messages" in heard.ack["text"]
    assert [file.name for file in files] == ["cost-today-by-model.csv"]
    assert all(channel.startswith("D") for channel in files[0].channels)
    rows = list(csv.DictReader(io.StringIO((files[0].content or b"").decode())))
    priced = [Decimal(row["total_cost"]) for row in rows if row["total_cost"]]
    assert sum(priced) == Decimal("3.90")
    assert [row["unpriced_requests"] for row in rows if row["model"] == "aurora"] == ["4"]


async def test_a_file_without_a_row_is_not_sent(play: Play):
    async with play(()) as playing:
        heard = await playing.stage.say("/cost today by model csv", "ada")
        assert playing.stage.slack.workspace.files == {}
    assert heard.ack["text"].startswith("No cost today so far.")


async def test_a_slow_answer_says_what_it_fetches_and_comes_later(play: Play):
    async with play(answer_within_seconds=0.0) as playing:
        heard = await playing.stage.say("/cost today by model", "ada")
    assert heard.ack["text"].startswith("Fetching /cost today by model")
    assert [message["text"].split(" ")[0] for message in heard.messages] == ["$4.90"]


async def test_help_pricing_and_about_answer(play: Play):
    async with play() as playing:
        help_ = await playing.stage.say("/cost help", "ute")
        prices = await playing.stage.say("/cost pricing openai", "ute")
        about = await playing.stage.say("/cost about", "ute")
    assert "`by DIMENSION`" in text_of(help_)
    assert "`key`" not in text_of(help_)
    assert ["openai", "gpt-4 (deprecated)", "$30.00"] in [row[:3] for row in table_of(prices)]
    assert "sqlite" in text_of(about)


async def test_a_period_before_the_data_is_not_compared_and_said_so(play: Play):
    async with play() as playing:
        heard = await playing.stage.say("/cost 7d by model", "ada")
    assert "Not compared with the period before: the data begins on 2026-11-13" in text_of(heard)
    assert "Change" not in table_of(heard)[0]


async def test_tokens_have_their_price_where_nothing_else_blurs_it(play: Play):
    facts = [
        request(
            at(20, 9),
            "3",
            model="gpt-4",
            organization="acme",
            fresh_input_tokens=150_000,
            output_tokens=50_000,
        )
    ]
    async with play(facts) as playing:
        heard = await playing.stage.say("/cost today", "ada")
    assert "*Tokens in · out*\\n150,000 · 50,000" in text_of(heard)
    assert "*Cost per 1K tokens*\\n$0.015" in text_of(heard)


async def test_the_price_list_is_a_file_too(play: Play):
    async with play() as playing:
        heard = await playing.stage.say("/cost pricing openai csv", "ute")
        [file] = playing.stage.slack.workspace.files.values()
    assert "in your direct messages" in heard.ack["text"]
    assert file.name == "pricing-openai.csv"
    rows = list(csv.DictReader(io.StringIO((file.content or b"").decode())))
    prices = {row["model"]: (Decimal(row["input"]), row["currency"]) for row in rows}
    assert prices["gpt-4"] == (Decimal(30), "USD")
