"""`/cost compare` from Slack: what may be typed, what is shown, what the buttons ask."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.complete_days import Span
from analysis.errors import Refused
from analysis.roles import Role
from bot.grammar.compare import CompareCommand, write_compare
from bot.grammar.parse import parse
from handlers.compare import CompareRequest
from queries.breakdown import Basis
from queries.dimensions import Dimensions
from tests.compare.asked import every_day, gpu_on, on
from tests.facts import Fact
from tests.slack.conftest import Play
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked, click

FACTS: Sequence[Fact] = (
    *every_day("2026-10-01", "2026-11-20", "1", model="gpt-4", product="api", organization="acme"),
    *every_day("2026-10-01", "2026-11-20", "2", model="o4", product="web", organization="globex"),
    *(
        gpu_on(f"2026-11-{day:02}", "3", hour, model="ltxv", product="studio", organization="acme")
        for day in range(1, 21)
        for hour in (0, 23)
    ),
    on("2026-11-19", "25", model="gpt-4", product="api", organization="acme"),
)


async def test_slack_shows_who_moved_with_what_is_beyond_marked(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost compare", "ada")
    assert message.text == (
        ":warning: GPU and LLM cost, the last 7 complete days: $88.00, +39.7 % (+$25.00) on the 7 "
        "before. :warning: Beyond 15 %: api +357.1 % (+$25.00)."
    )
    [table] = [block for block in message.blocks if block["type"] == "table"]
    cells = [[cell["text"] for cell in row] for row in table["rows"]]
    assert cells[0] == ["Product", "Cost", "Before", "Change", "Change %", "Requests"]
    assert cells[1] == ["api", "$32.00", "$7.00", "+$25.00", "⚠ +357.1 %", "8 (+14.3 %)"]
    assert {tuple(row[:4]) for row in cells[2:4]} == {
        ("studio", "$42.00", "$42.00", "$0.00"),
        ("web", "$14.00", "$14.00", "$0.00"),
    }
    assert cells[4][0] == "Total"


async def test_every_button_leads_on(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost compare by model organization acme", "ada")
        await click(playing, message, "Day", "ada")
        day = message.text
        await click(playing, message, "Month", "ada")
        month = message.text
        again = await asked(playing, "/cost compare by model organization acme", "ada")
        await click(playing, again, "Why?", "ada")
    assert day.startswith(":warning: GPU and LLM cost · organization acme, yesterday: $32.00")
    assert "1–19 November 2026" in month
    assert again.text.startswith("Cost of organization acme rose 51.0 % (+$25.00)")


async def test_the_rows_come_as_a_file_too(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost compare week by model", "ada")
        await click(playing, message, "CSV", "ada")
        files = list(playing.stage.slack.workspace.files.values())
    assert [file.name for file in files] == ["compare-week-by-model.csv"]


async def test_an_answer_can_be_shared(play: Play):
    async with play(FACTS) as playing:
        message = await asked(playing, "/cost compare", "ada")
        [shared] = await click(playing, message, "Share", "ada")
    assert shared.ephemeral_to is None
    assert "Shared by Ada Admin" in str(shared.blocks)


async def test_names_from_the_data_ping_nobody_and_begin_no_line(play: Play):
    facts = [
        *every_day("2026-11-01", "2026-11-20", "0"),
        on("2026-11-19", "5", model="<!channel>"),
        on("2026-11-19", "4", model="a\n*b*"),
    ]
    async with play(facts) as playing:
        heard = await playing.stage.say("/cost compare by model", "ada")
    shown = str([block for block in heard.ack["blocks"] if block["type"] != "actions"])
    assert "&lt;!channel&gt;" in shown
    assert "<!channel>" not in shown + heard.ack["text"]
    assert "\n*b*" not in heard.ack["text"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("compare today", "takes a day, a week or a month, not `today`"),
        ("compare 7d", "takes a day, a week or a month, not `7d`"),
        ("compare 0d", "takes a day, a week or a month, not `0d`"),
        ("compare day week", "Two stretches, day and week"),
        ("compare by model by user", "runs along one dimension, not 2"),
        ("compare by day", "nothing to see by day"),
        ("compare wek", "I don't know the word `wek`"),
        ("compare model", "`model` needs a value"),
        ("compare <!channel>", "I don't know the word `&lt;!channel&gt;`"),
        ("compare model <!channel>", "There is no model `&lt;!channel&gt;`"),
        ("compare; drop table costs", "I don't know the word `compare;`"),
        ("comapre", "Did you mean `compare`"),
    ],
)
async def test_a_mistake_is_answered_with_what_would_work(play: Play, typed: str, says: str):
    async with play() as playing:
        heard = await playing.stage.say(f"/cost {typed}", "ada")
    assert says in heard.ack["text"]


VALUES = st.sampled_from(["week", "day", "by", "model", "csv", "top", "gpt-4", "<!channel>"])
REQUESTS = st.builds(
    CompareRequest,
    span=st.sampled_from(Span),
    by=st.none() | st.sampled_from(["model", "user", "billing_type"]),
    filters=st.dictionaries(
        st.sampled_from(["model", "endpoint", "organization", "user"]),
        st.lists(st.text(min_size=1, max_size=8) | VALUES, min_size=1, unique=True).map(tuple),
        max_size=3,
    ),
    top=st.none() | st.integers(1, 99),
    basis=st.sampled_from(Basis),
    customers_only=st.booleans(),
)


@given(REQUESTS, st.booleans())
def test_what_a_button_carries_asks_exactly_its_question(wanted: CompareRequest, csv: bool):
    command = CompareCommand(wanted, csv=csv)
    assert parse(write_compare(command), Dimensions(), Role.ADMIN) == command


@given(
    st.lists(
        st.sampled_from(
            ["day", "week", "by", "model", "top", "3", "csv", "user", "model=week", "x"]
        )
        | st.text(max_size=5),
        max_size=8,
    )
)
def test_whatever_is_typed_is_understood_or_refused_in_words(words: list[str]):
    try:
        command = parse(f"compare {' '.join(words)}", Dimensions(), Role.USER)
    except Refused:
        return
    assert isinstance(command, CompareCommand)
    assert parse(write_compare(command), Dimensions(), Role.USER) == command


@pytest.mark.parametrize(
    ("typed", "request_"),
    [
        ("compare", CompareRequest()),
        ("compare yesterday", CompareRequest(span=Span.DAY)),
        ("compare model week day", CompareRequest(span=Span.DAY, filters={"model": ("week",)})),
        ("compare model=day month", CompareRequest(span=Span.MONTH, filters={"model": ("day",)})),
        ('compare model="day"', CompareRequest(filters={"model": ("day",)})),
        ("compare by org customers", CompareRequest(by="organization", customers_only=True)),
    ],
)
def test_a_value_may_look_like_a_span(typed: str, request_: CompareRequest):
    assert parse(typed, Dimensions(), Role.ADMIN) == CompareCommand(request_)
