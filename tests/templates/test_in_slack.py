"""`/cost query` and `/cost reconcile`, through signed HTTP and back in the ack."""

from __future__ import annotations

import csv
import io

import pytest

from bot.stage import Heard
from queries.dimensions import Source
from queries.template_list import NAMES
from tests.facts import request
from tests.slack.conftest import FACTS, Play, at, play

__all__ = ["play"]  # a fixture

YESTERDAY = [
    request(at(19, 9), "2", source=Source.GPU, product="api", organization="acme",
            attributed_idle_cost="0.5", attributed_overhead_cost="0.25"),
    request(at(19, 9), "1", source=Source.GPU, product="api", organization="globex",
            is_internal=True),
    request(at(19, 9), "4", source=Source.GPU, product="api", organization="acme",
            is_internal=None),
    request(at(19, 9), "3", source=Source.GPU, cost_category="idle", requests=0),
    request(at(19, 9), "1", source=Source.GPU, cost_category="overhead", requests=0),
    request(at(19, 9), "6", source=Source.GPU, cost_category="unused", requests=0),
    request(at(18, 9), "1", source=Source.GPU, product="api", organization="acme"),
    request(at(18, 9), "1", source=Source.GPU, product="<!channel>", organization="acme"),
]  # fmt: skip


def table_of(heard: Heard) -> list[list[str]]:
    tables = [block for block in heard.ack["blocks"] if block["type"] == "table"]
    return [[cell["text"] for cell in row] for row in tables[0]["rows"]]


async def test_the_queries_are_listed_with_what_they_answer(play: Play) -> None:
    async with play() as playing:
        heard = await playing.stage.say("/cost query", "ada")
        own = await playing.stage.say("/cost query", "ute")
    assert all(f"`{name}`" in str(heard.ack) for name in NAMES)
    assert "utilization_by_category" not in str(own.ack)


async def test_a_query_is_answered_in_the_ack(play: Play) -> None:
    async with play(YESTERDAY) as playing:
        heard = await playing.stage.say("/cost query day_over_day", "ada")
    assert (heard.status, heard.failure) == (200, "")
    rows = table_of(heard)
    assert rows[0][:6] == ["Level", "Product", "Cost", "Cost before", "Change", "Change ratio"]
    assert rows[1][:6] == ["product", "api", "$7.75", "$1.00", "+$6.75", "+675.0 %"]
    assert rows[2][:2] == ["product", "&lt;!channel&gt;"]
    assert rows[3][:6] == ["total", "–", "$7.75", "$2.00", "+$5.75", "+287.5 %"]


async def test_a_customer_gets_the_customers_part_and_is_told_what_is_left_out(play: Play) -> None:
    async with play(YESTERDAY) as playing:
        heard = await playing.stage.say("/cost query daily_total_cost", "ute")
        refused = await playing.stage.say("/cost query utilization_by_category", "ute")
        shared = await playing.stage.say("/cost reconcile yesterday", "ute")
    rows = table_of(heard)
    assert rows[0] == ["Day", "Product", "Cost", "Requests"]
    assert ["2026-11-19", "api", "$2.75", "1"] in rows
    assert "Traffic of unknown origin left out: $4.00, 1 request" in str(heard.ack)
    assert "all organizations share" in refused.ack["text"]
    assert "all organizations share" in shared.ack["text"]
    assert "$" not in refused.ack["text"] + shared.ack["text"]


@pytest.mark.parametrize("name", NAMES)
async def test_every_query_fits_into_a_message(play: Play, name: str) -> None:
    async with play([*FACTS, *YESTERDAY]) as playing:
        heard = await playing.stage.say(f"/cost query {name}", "ada")
    assert (heard.status, heard.failure) == (200, "")
    assert name in heard.ack["text"]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/cost query day_over_dya", "Did you mean `day_over_day`"),
        ("/cost qurey", "Did you mean `query`"),
        ("/cost query day_over_day yesterday", "`yesterday` is no parameter"),
        ("/cost query day_over_day day=2026-11-01 day=2026-11-02", "is there twice"),
        ("/cost query day_over_day day=<!channel>", "&lt;!channel&gt;"),
        ("/cost query failure_cost first_day=2020-01-01 last_day=2020-01-02", "No rows of 2020"),
        ("/cost reconcile soon", "try `reconcile 7d`"),
        ("/cost reconcile 2020-01-01", "Nothing to reconcile"),
    ],
)
async def test_a_mistake_is_answered_with_what_would_work(
    play: Play, command: str, says: str
) -> None:
    async with play(YESTERDAY) as playing:
        heard = await playing.stage.say(command, "ada")
    assert heard.status == 200
    assert says in str(heard.ack)
    assert "<!channel>" not in str(heard.ack)


async def test_all_rows_of_a_query_come_as_a_file_unrounded(play: Play) -> None:
    async with play(YESTERDAY) as playing:
        button = await playing.stage.say("/cost query day_over_day day=2026-11-19", "ada")
        heard = await playing.stage.say("/cost query day_over_day day=2026-11-19 csv", "ada")
        files = [file for file in playing.stage.slack.workspace.files.values() if file.completed]
    assert "'value': 'query day_over_day day=2026-11-19'" in str(button.ack)
    assert "in your direct messages" in heard.ack["text"]
    rows = list(csv.DictReader(io.StringIO((files[0].content or b"").decode())))
    assert files[0].name == "day_over_day-2026-11-18-2026-11-19.csv"
    assert [row["change"].rstrip("0") for row in rows] == ["6.75", "-1.", "5.75"]


async def test_the_parts_of_a_day_add_up_to_what_the_machines_cost(play: Play) -> None:
    async with play(YESTERDAY) as playing:
        heard = await playing.stage.say("/cost reconcile yesterday", "ada")
        again = await playing.stage.say("/cost reconcile", "ada")
        cost = await playing.stage.say("/cost yesterday infrastructure", "ada")
    assert [(row[0].strip(), row[1]) for row in table_of(heard)[1:]] == [
        ("Fully loaded cost of requests", "$7.75"),
        ("+ unattributed", "$9.25"),
        ("unused", "$6.00"),
        ("idle", "$3.00"),
        ("− attributed idle", "−$0.50"),
        ("overhead", "$1.00"),
        ("− attributed overhead", "−$0.25"),
        ("+ difference", "$0.00"),
        ("= infrastructure cost", "$17.00"),
    ]
    shown = str(heard.ack)
    assert "*$17.00* yesterday" in shown
    assert "*$17.00* yesterday" in str(cost.ack)
    assert "Internal traffic put back in: $1.00, 1 request" in shown
    assert "Traffic of unknown origin included: $4.00, 1 request" in shown
    assert table_of(again) == table_of(heard)


async def test_a_difference_is_shown_and_not_smoothed_over(play: Play) -> None:
    facts = [
        *YESTERDAY,
        request(at(19, 9), "5", source=Source.GPU, cost_category="licences", requests=0),
        request(at(19, 9), "1", source=Source.GPU, attributed_idle_cost="9"),
    ]
    async with play(facts) as playing:
        heard = await playing.stage.say("/cost reconcile yesterday", "ada")
    assert "*+$5.00* of it is explained by none of the parts" in str(heard.ack)
    assert "More idle is attributed than there was" in str(heard.ack)
