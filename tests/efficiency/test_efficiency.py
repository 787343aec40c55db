"""What a request costs against its baseline, from the handler and from Slack."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from analysis.efficiency import Unit
from analysis.errors import NotAllowed, NotUnderstood
from handlers.days import DaysRequest
from handlers.efficiency import EfficiencyResult
from queries.dimensions import Source
from tests.facts import Fact, request
from tests.failures.asking import DAYS, Asking, asked
from tests.failures.test_failures import table_of
from tests.slack.conftest import Play, at
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked as message_of
from tests.slack.test_clicks import click
from tests.templates.conftest import ACME, gpu

D = Decimal


def served(day: int, requests: int, cost: str | None, endpoint: str, **columns: object) -> Fact:
    given = {"product": "api", "model": "ltxv", "organization": "acme", "result": "success"}
    return gpu(day, cost, **{**given, **columns}, endpoint=endpoint, requests=requests)


def tokens(day: int, requests: int, each: int, cost: str) -> Fact:
    return request(
        at(day, 9),
        cost,
        model="gpt-4",
        organization="acme",
        requests=requests,
        fresh_input_tokens=requests * each,
    )


MIXED: Sequence[Fact] = (
    served(5, 100, "100", "/v1/a"),
    served(5, 100, "300", "/v1/b"),
    served(18, 50, "60", "/v1/a"),
    served(18, 150, "450", "/v1/b"),
    served(18, 9, None, "/v1/b"),
    served(5, 200, "20", "/v1/up", model="up"),
    served(18, 200, "28", "/v1/up", model="up"),
    served(18, 5, "5", "/v1/a", model="brand-new"),
    served(18, 7, "7", "/v1/a", organization="globex", model="theirs"),
    tokens(5, 100, 1000, "10"),
    tokens(18, 100, 3000, "30"),
    request(at(20, 8), "1", source=Source.GPU, organization="acme"),
    request(at(20, 8), "1", organization="acme"),
)
"""ltxv moves to a dearer endpoint; up becomes 40 % dearer; questions to gpt-4 become longer."""


async def efficiency_of(asking: Asking) -> EfficiencyResult:
    return await asking.efficiency(DAYS)


def test_the_mix_is_taken_out_of_what_a_request_costs() -> None:
    rows = {row.key[0]: row for row in asked(MIXED, efficiency_of).rows}
    ltxv, up = rows["ltxv"].drift, rows["up"].drift
    assert (ltxv.cost_before, ltxv.cost_now) == (2, D("2.55"))
    assert (ltxv.mix, ltxv.rate, ltxv.like_for_like) == (D("0.5"), D("0.05"), D("0.02"))
    assert not ltxv.is_beyond
    assert (up.mix, up.rate, up.like_for_like) == (0, D("0.04"), D("0.4"))
    assert up.is_beyond
    assert up.a_day == D(8) / 7


def test_llm_usage_is_held_by_the_token_so_that_longer_questions_are_no_drift() -> None:
    (row,) = [row for row in asked(MIXED, efficiency_of).rows if row.source is Source.USAGE]
    assert row.drift.unit is Unit.THOUSAND_TOKENS
    assert (row.drift.cost_before, row.drift.cost_now) == (D("0.1"), D("0.1"))
    assert row.drift.like_for_like == 0
    assert (row.cost_per_request_before, row.cost_per_request) == (D("0.1"), D("0.3"))
    assert (row.drift.tokens_before, row.drift.tokens_now, row.drift.longer) == (1000, 3000, 2)
    assert row.drift.longer_a_day == D(20) / 7


def test_dearer_token_classes_are_mix_and_a_dearer_price_of_each_is_rate() -> None:
    def answered(day: int, cost: str, fresh: int, output: int = 0) -> Fact:
        classes = {"fresh_input_tokens": fresh, "output_tokens": output}
        return {**request(at(day, 9), cost, model="gpt-4", requests=200), **classes}

    # By the list 200 of these cost $2 before and $3.2 now; half as much again was agreed.
    before = answered(5, "3", 200_000)
    now = answered(18, "4.8", 160_000, 40_000)
    newest = request(at(20, 8), "1")
    (row,) = asked((before, now, newest), efficiency_of).rows
    assert row.drift.plain == D("0.6")
    assert (row.drift.mix, row.drift.rate, row.drift.like_for_like) == (D("0.009"), 0, 0)
    assert row.drift.longer == 0
    dearer = {**now, "billed_cost": D(6)}
    (row,) = asked((before, dearer, newest), efficiency_of).rows
    assert (row.drift.mix, row.drift.rate) == (D("0.009"), D("0.006"))
    assert row.drift.like_for_like == D("0.25")


def test_a_model_that_no_list_has_is_named_and_its_shares_count_as_rate() -> None:
    facts = [
        request(at(5, 9), "1", model="own", requests=200, fresh_input_tokens=100),
        request(at(18, 9), "2", model="own", requests=200, output_tokens=100),
        request(at(20, 8), "1"),
    ]
    result = asked(facts, efficiency_of)
    assert result.unweighed == ("own",)
    assert result.rows[0].drift.like_for_like == 1


def test_requests_without_a_price_are_in_no_rate_and_counted() -> None:
    result = asked(MIXED, efficiency_of)
    ltxv = next(row for row in result.rows if row.key == ("ltxv",))
    assert (ltxv.requests, ltxv.unpriced, ltxv.drift.requests_now) == (209, 9, 200)
    assert result.unpriced == 9


def test_a_source_as_a_whole_has_the_mix_of_its_models_taken_out_too() -> None:
    result = asked(MIXED, efficiency_of)
    gpus = next(row for row in result.wholes if row.source is Source.GPU)
    assert gpus.drift.rate_usd == 18  # 10 of ltxv and 8 of up
    assert (gpus.cost, gpus.drift.split.before) == (D(550), D(420))


def test_the_baseline_is_as_long_as_the_data_and_ends_the_day_before() -> None:
    baseline = asked(MIXED, efficiency_of).baseline
    assert baseline is not None
    assert (baseline.first_day, baseline.last_day) == (date(2026, 11, 5), date(2026, 11, 12))
    first = DaysRequest(replace(DAYS).period, ("model",))
    assert asked(MIXED[2:5], lambda asking: asking.efficiency(first)).baseline is None


def test_a_caller_of_one_organization_sees_the_own_requests() -> None:
    result = asked(MIXED, lambda asking: asking.efficiency(DAYS, ACME))
    assert {row.key[0] for row in result.rows} == {"ltxv", "up", "brand-new", "gpt-4"}
    assert "theirs" not in str(result)


def test_internal_traffic_is_another_kind_of_work() -> None:
    facts = [
        served(5, 100, "100", "/v1/a"),
        served(5, 100, "500", "/v1/a", is_internal=True),
        served(18, 100, "100", "/v1/a"),
        served(18, 300, "1500", "/v1/a", is_internal=True),
    ]
    everybody = asked(facts, efficiency_of)
    assert everybody.rows[0].drift.like_for_like == 0
    assert everybody.origin.internal_cost == 1500
    customers = asked(facts, lambda asking: asking.efficiency(replace(DAYS, customers_only=True)))
    assert (customers.rows[0].cost, customers.rows[0].drift.plain) == (100, 0)


@pytest.mark.parametrize(
    ("question", "error"),
    [
        (replace(DAYS, by=("day",)), NotUnderstood),
        (replace(DAYS, by=("user",)), NotAllowed),
        (replace(DAYS, by=("model", "product", "result")), NotUnderstood),
    ],
)
def test_what_may_not_be_asked_is_refused(question: DaysRequest, error: type[Exception]) -> None:
    with pytest.raises(error):
        asked(MIXED, lambda asking: asking.efficiency(question, ACME))


async def test_slack_tells_what_drifted_and_what_that_costs_a_day(play: Play) -> None:
    async with play(MIXED) as playing:
        heard = await playing.stage.say("/cost efficiency 2026-11-13..2026-11-19", "ada")
    assert (heard.status, heard.failure) == (200, "")
    shown = str(heard.ack["blocks"])
    assert (
        "*1 of 5 models drifted* beyond 15.0 % like for like, 2026-11-13 to 2026-11-19"
    ) in shown
    assert (
        ":warning: up: *+40.0 %* per request for the same work, which costs *$1.14 a day* "
        "at the present volume"
    ) in shown
    assert "*LLM*: $0.10 per 1K tokens, $0.10 in the baseline (0.0 %): $0.00 mix" in shown
    assert "(0.0 %): $0.00 mix, $0.00 rate · a request is 200.0 % longer (3,000 tokens)" in shown
    assert (
        "gpt-4: requests got longer: *+200.0 %* tokens each (1,000 → 3,000), +$2.86 a day; "
        "price per token unchanged"
    ) in shown
    assert ":warning: 9 requests without a price, left out of all rates" in shown
    rows = table_of(heard)
    assert rows[1] == [
        "up", "$28.00", "200", "request", "$0.14", "$0.10", "$0.00", "+$0.040", "⚠ +40.0 %",
        "+$1.14", "–",
    ]  # fmt: skip
    assert rows[2] == [
        "ltxv", "$510.00", "209", "request", "$2.55", "$2.00", "+$0.50", "+$0.050", "+2.0 %",
        "+$1.43", "–",
    ]  # fmt: skip
    new = next(row for row in rows if row[0] == "brand-new")
    assert new[4:] == ["$1.00", "–", "–", "–", "new", "–", "–"]


async def test_why_asks_against_the_same_baseline(play: Play) -> None:
    async with play(MIXED) as playing:
        message = await message_of(playing, "/cost efficiency 2026-11-13..2026-11-19", "ada")
        await click(playing, message, "Why?", "ada")
    assert message.text.startswith("Cost of model up rose 40.0 % (+$8.00)")


async def test_the_file_has_every_row_unrounded(play: Play) -> None:
    async with play(MIXED) as playing:
        await playing.stage.say("/cost efficiency 2026-11-13..2026-11-19 by model csv", "ada")
        files = [file for file in playing.stage.slack.workspace.files.values() if file.completed]
    rows = {
        row["model"]: row for row in csv.DictReader(io.StringIO((files[0].content or b"").decode()))
    }
    assert files[0].name == "efficiency-2026-11-13-2026-11-19-by-model.csv"
    up = rows["up"]
    assert (up["unit"], up["is_flagged"], up["baseline_requests"]) == ("request", "true", "200")
    plain = D(up["unit_cost"]) - D(up["baseline_unit_cost"])
    assert plain == D(up["mix"]) + D(up["rate"])
    assert rows["brand-new"]["like_for_like"] == ""
    gpt = rows["gpt-4"]
    assert (D(gpt["tokens_per_request"]), D(gpt["longer"])) == (3000, 2)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (MIXED[:2] + MIXED[2:4], "*1 model has not drifted* beyond 15.0 %"),
        (MIXED[2:4], "there is no data before to hold them against"),
        ((served(18, 5, None, "/v1/a"),), "5 requests without a price"),
        (MIXED[:1], "No requests: 2026-11-13 to 2026-11-19."),
    ],
)
async def test_what_is_not_known_is_said(play: Play, facts: Sequence[Fact], says: str) -> None:
    async with play(facts) as playing:
        heard = await playing.stage.say("/cost efficiency 2026-11-13..2026-11-19", "ada")
    assert (heard.status, heard.failure) == (200, "")
    assert says in str(heard.ack)
