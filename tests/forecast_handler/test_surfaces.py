"""`/cost forecast` in Slack, `costbot forecast` in the terminal, and the words between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis.forecasts.forecast import HORIZONS
from analysis.roles import Role
from bot.assembly import mart_of
from bot.cli.commands import app
from bot.grammar.forecast import ForecastCommand, write_forecast
from bot.grammar.parse import parse
from bot.settings import Settings
from handlers.forecasts.requests import ForecastRequest
from queries.breakdown import Basis
from queries.dimensions import Dimensions
from tests.compare.asked import every_day
from tests.facts import add
from tests.slack.conftest import Play
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked, click

FACTS = [
    *every_day("2026-10-01", "2026-11-20", "1", model="<!channel>", product="api"),
    *every_day("2026-10-01", "2026-11-20", "2", model="o4", product="web"),
]


async def test_slack_shows_the_forecast_and_where_to_go_next(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost forecast", "ada")
        first = message.text
        await click(playing, message, "90 days", "ada")
        quarter = message.text
        await click(playing, message, "By model", "ada")
        by_model = str(message.blocks)
        await click(playing, message, "CSV", "ada")
        files = list(playing.stage.slack.workspace.files.values())
    assert first.startswith("LLM cost, the 30 days from today to 2026-12-19: $90.00 expected")
    assert "the 90 days from today to 2027-02-17: $270.00 expected" in quarter
    assert "&lt;!channel&gt;" in by_model
    assert "<!channel>" not in by_model
    assert "forecast-90d-by-model.csv" in [file.name for file in files]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("forecast 8", "7, 14, 30 or 90 days ahead, not 8"),
        ("forecast 30 90", "Two horizons, 30 and 90 days"),
        ("forecast month", "days ahead, not over `month`"),
        ("forecast 24h", "days ahead, not over `24h`"),
        ("forecast by model by user", "runs along one dimension, not 2"),
        ("forecast <@U1>", "I don't know the word `&lt;@U1&gt;`"),
        ("forcast", "Did you mean `forecast`"),
    ],
)
async def test_a_mistake_is_answered_with_what_would_work(play: Play, typed: str, says: str):
    async with play() as playing:
        heard = await playing.stage.say(f"/cost {typed}", "ada")
    assert says in heard.ack["text"]


@given(
    st.builds(
        ForecastRequest,
        horizon=st.sampled_from(HORIZONS),
        by=st.none() | st.sampled_from(["model", "user", "billing_type"]),
        filters=st.dictionaries(
            st.sampled_from(["model", "endpoint", "organization"]),
            st.lists(
                st.text(min_size=1, max_size=8) | st.sampled_from(["30", "30d", "by"]),
                min_size=1,
                unique=True,
            ).map(tuple),
        ),
        top=st.none() | st.integers(1, 99),
        basis=st.sampled_from(Basis),
        customers_only=st.booleans(),
    ),
    st.booleans(),
)
def test_what_a_button_carries_asks_exactly_its_question(wanted: ForecastRequest, as_file: bool):
    command = ForecastCommand(wanted, csv=as_file)
    assert parse(write_forecast(command), Dimensions(), Role.ADMIN) == command


@pytest.mark.parametrize("typed", ["forecast", "forecast 30d", "forecasts 30", "FORECAST 30"])
def test_thirty_days_are_what_is_meant_and_days_may_be_written(typed: str):
    assert parse(typed, Dimensions(), Role.USER) == ForecastCommand(ForecastRequest())


def test_the_terminal_gives_the_forecast_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path))
    facts = every_day("2024-10-01", "2024-11-19", "2", model="a")
    add(mart_of(Settings(home=tmp_path)), facts)
    asking = ["forecast", "--days", "7", "--by", "model", "--json"]
    answer = json.loads(CliRunner().invoke(app, asking, catch_exceptions=False).stdout)
    total = answer["total"]
    assert (answer["horizon"], answer["as_of"], answer["month"]) == (7, "2024-11-19", None)
    assert (total["period_start"], total["period_end"]) == ("2024-11-20", "2024-11-26")
    assert total["expected"] == "14"
    assert [point["day"] for point in total["data_points"]][-1] == "2024-11-26"
    assert [row["model"] for row in answer["rows"]] == ["a"]
    said = CliRunner().invoke(app, ["forecast", "--days", "7"], catch_exceptions=False)
    assert "the 7 days from 2024-11-20 to 2024-11-26: $14.00 expected" in said.stdout
