"""The report: every template over one week, and what they say, within what the caller may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import NotFound, NotUnderstood
from analysis.roles import Role
from handlers.caller import Caller
from handlers.queries import QueryRequest
from handlers.report import Report, ReportRequest, last_whole_day
from queries.template_list import NAMES
from tests.report.rows import api, two_weeks
from tests.slack.conftest import Play
from tests.slack.conftest import play as play

ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, ZoneInfo("Asia/Tokyo"))
ACME = replace(ADMIN, organization="acme", role=Role.USER)
YESTERDAY = date(2026, 11, 19)


def lines_of(report: Report, key: str) -> list[str]:
    """The lines of a section; a mark in front of what is flagged."""
    (section,) = (one for one in report.overview.sections if one.key == key)
    return [f"! {line.text}" if line.is_flagged else line.text for line in section.lines]


def lose(home: Path, day: str) -> None:
    """Takes the mart's files of a day away."""
    lost = [path for path in home.rglob("*.parquet") if day in str(path)]
    assert lost
    for path in lost:
        path.unlink()


async def made(play: Play, caller: Caller = ADMIN, day: date | None = None) -> Report:
    async with play(two_weeks()) as playing:
        return await playing.parts.handlers.report.report(ReportRequest(day), caller)


async def test_all_templates_answer_in_their_order_and_as_if_asked_by_name(play: Play):
    async with play(two_weeks()) as playing:
        report = await playing.parts.handlers.report.report(ReportRequest(), ADMIN)
        by_name = [
            await playing.parts.handlers.queries.query(QueryRequest(part.template.name), ADMIN)
            for part in report.parts
        ]
    assert tuple(part.template.name for part in report.parts) == NAMES
    assert report.day == YESTERDAY
    for part, alone in zip(report.parts, by_name, strict=True):
        assert part.result is not None
        assert part.result.rows == alone.rows


async def test_the_headline_tells_the_day_and_the_week_with_their_change(play: Play):
    report = await made(play)
    assert report.overview.title == "Cost report, Thu 2026-11-19"
    assert [(line.text, line.is_flagged) for line in report.overview.headline] == [
        (
            "Thu 2026-11-19 cost $28.00 for 115 requests (−62.9 %): 57.6 % less than the day "
            "before ($66.00).",
            True,
        ),
        (
            "The 7 days up to it cost $228.00 for 988 requests (+28.3 %): 103.6 % more than the 7 "
            "days before ($112.00).",
            True,
        ),
    ]


async def test_products_are_told_dearest_first_and_what_moved_is_flagged(play: Play):
    report = await made(play)
    assert lines_of(report, "products") == [
        "! api: $193.00 in the week (+150.6 %), $23.00 on the day (−62.3 %).",
        "studio: $35.00 in the week (no change), $5.00 on the day (no change).",
    ]


async def test_a_product_that_moves_cents_is_told_without_a_mark(play: Play):
    facts = [*two_weeks(), api(8, "0.20", 1, product="tool"), api(15, "0.30", 1, product="tool")]
    async with play(facts) as playing:
        report = await playing.parts.handlers.report.report(ReportRequest(), ADMIN)
    assert lines_of(report, "products")[-1].startswith("tool: $0.30 in the week (+50.0 %)")


async def test_the_two_kinds_of_cost_stand_side_by_side_and_are_never_added(play: Play):
    report = await made(play)
    # Direct: 180 + 2 + 3 + 1 of the API, 35 of Studio, 28 idle, 7 unused.
    assert lines_of(report, "machines") == [
        "The infrastructure of the week cost $256.00: $228.00 fully loaded onto requests and "
        "$28.00 that no request carries ($7.00 unused, $21.00 idle).",
        "GPU utilization 86.3 %: $221.00 of $256.00 is inference; idle $28.00, unused $7.00.",
    ]


async def test_why_the_week_moved_is_the_finding_in_its_four_parts(play: Play):
    async with play(two_weeks()) as playing:
        report = await playing.parts.handlers.report.report(ReportRequest(), ADMIN)
    lines = lines_of(report, "finding")
    assert lines[0] == (
        "Cost rose 103.6 % (+$116.00): $228.00 for 2026-11-13 to 2026-11-19, $112.00 the 7 days "
        "before."
    )
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "Root cause",
        "Breakdown",
        "Recommendation",
    ]


async def test_odd_days_drifts_and_failures_stand_out(play: Play):
    lines = lines_of(await made(play), "odd")
    assert lines[0].startswith("! Wed 2026-11-18, api: cost $61.00 against ")
    assert any(line.startswith("! Model ltxv: a request costs 92.6 % more") for line in lines)
    assert lines[-1] == "4 requests failed or timed out and cost $3.00, 1.3 % of the week."


async def test_whom_it_was_for_leaves_out_who_is_no_customer(play: Play):
    assert lines_of(await made(play), "whose") == [
        "Customers of the API: acme $190.00 (100.0 %).",
        "Endpoints of the API: /v1/text-to-video with ltxv $190.00 (100.0 %), /v1/text-to-video "
        "with aurora cost not known.",
        "Processes of Studio: render $35.00 (100.0 %).",
    ]


async def test_what_is_unpriced_internal_or_of_unknown_origin_is_counted(play: Play):
    assert lines_of(await made(play), "counted") == [
        "! 7 requests without a price (0.7 %, of aurora): their cost is in no figure.",
        "Internal traffic is included: $1.00, 2 requests; the parts about the API's customers "
        "leave it out.",
        "! Traffic of unknown origin is included: $2.00, 5 requests, of which nobody knows whether "
        "they are internal.",
    ]


async def test_a_caller_of_one_organization_gets_its_rows_and_no_machines(play: Play):
    report = await made(play, ACME)
    names = [part.template.name for part in report.parts]
    assert names == [name for name in NAMES if name != "utilization_by_category"]
    keys = [section.key for section in report.overview.sections]
    assert "machines" not in keys
    told = str(report.overview)
    assert report.overview.title == "Cost report of acme, Thu 2026-11-19"
    assert "globex" not in told + str([part.result and part.result.rows for part in report.parts])
    assert "studio" not in told.replace("studio_cost_by_process", "")
    assert "Customers of the API" not in told


async def test_the_total_is_what_cost_says_of_the_same_days(play: Play):
    async with play(two_weeks()) as playing:
        report = await playing.parts.handlers.report.report(ReportRequest(), ADMIN)
        result = report.parts[NAMES.index("week_over_week")].result
        heard = await playing.stage.say("/cost 2026-11-13..2026-11-19 by product", "ada")
    assert result is not None
    total = next(row for row in result.rows if row[0] == "total")
    assert total[2] == Decimal(228)
    assert heard.ack["text"].startswith("$228.00 ")


async def test_a_report_on_the_past_ends_with_its_day_and_calls_nothing_stale(play: Play):
    report = await made(play, day=date(2026, 11, 18))
    assert report.overview.headline[0].text.startswith("Wed 2026-11-18 cost $66.00 ")
    assert not any(source.is_stale for source in report.freshness.sources)
    parts = [part.result for part in report.parts if part.result is not None]
    assert {max(result.last_read for result in parts)} == {date(2026, 11, 18)}


async def test_data_that_ends_too_early_is_told_and_not_taken_for_a_fall(play: Play):
    facts = [fact for fact in two_weeks() if str(fact["dt"]) < "2026-11-18"]
    async with play(facts) as playing:
        report = await playing.parts.handlers.report.report(ReportRequest(), ADMIN)
    assert report.overview.headline[-1].text == (
        "GPU data ends on Tue 2026-11-17: later days are not in the figures."
    )


async def test_without_anything_to_compare_the_finding_says_so(play: Play):
    async with play([api(19, "1", 1)]) as playing:
        report = await playing.parts.handlers.report.report(ReportRequest(), ADMIN)
    (line,) = lines_of(report, "finding")
    assert "cannot be compared" in line
    assert report.overview.headline[1].text == (
        "The 7 days up to it cost $1.00 for 1 request; the 7 days before cost nothing."
    )


async def test_what_has_no_price_is_not_told_as_zero(play: Play):
    async with play([api(19, None, 3), api(12, "1", 1)]) as playing:
        report = await playing.parts.handlers.report.report(ReportRequest(), ADMIN)
    assert [line.text for line in report.overview.headline] == [
        "Thu 2026-11-19 cost an unknown sum: none of its 3 requests has a price.",
        "The 7 days up to it cost an unknown sum: none of its 3 requests has a price.",
    ]


async def test_data_without_products_categories_or_organizations_still_reads_well(play: Play):
    bare = {"product": None, "organization": None, "model": None, "endpoint": "TXT_2_IMG"}
    async with play([api(day, "1", 2, **bare) for day in range(6, 20)]) as playing:
        report = await playing.parts.handlers.report.report(ReportRequest(), ADMIN)
    assert lines_of(report, "machines") == [
        "The infrastructure of the week cost $7.00, all of it fully loaded onto requests.",
        "The data tells of no idle, overhead or unused time, so utilization is not known.",
    ]
    assert lines_of(report, "whose") == [
        "Customers of the API: no organization $7.00 (100.0 %).",
        "Endpoints of the API: TXT_2_IMG $7.00 (100.0 %).",
    ]
    assert lines_of(report, "odd") == [
        "No day of the week and no model's cost per request stands out."
    ]
    assert lines_of(report, "counted") == [
        "Every request has a price.",
        "studio_cost_by_process and failure_cost have nothing to say: no rows of these days answer "
        "them.",
    ]
    assert report.overview.sections[0].key == "finding"


@pytest.mark.parametrize(
    ("day", "error", "says"),
    [
        (date(2026, 11, 20), NotUnderstood, "is not over yet"),
        (date(1900, 1, 1), NotUnderstood, "before everything"),
        (date(2026, 10, 1), NotFound, "try `/cost report 2026-11-19`"),
    ],
)
async def test_a_day_without_a_report_is_refused_with_one_that_has(
    play: Play, day: date, error: type[Exception], says: str
):
    with pytest.raises(error, match=says):
        await made(play, day=day)


async def test_without_data_it_says_how_to_load_some(play: Play):
    async with play([]) as playing:
        with pytest.raises(NotFound, match="costbot import"):
            await playing.parts.handlers.report.report(ReportRequest(), ADMIN)


async def test_a_template_that_cannot_be_answered_leaves_a_gap_that_is_named(
    play: Play, tmp_path: Path
):
    before = {"dt": date(2026, 10, 25), "time": datetime(2026, 10, 25, 9, tzinfo=UTC)}
    async with play([{**api(1, "1", 1), **before}, *two_weeks()]) as playing:
        lose(tmp_path, "2026-10-25")
        report = await playing.parts.handlers.report.report(ReportRequest(), ADMIN)
    failed = [part.template.name for part in report.parts if part.result is None]
    # It alone reads the 28 days before the week.
    assert failed == ["cost_per_request_by_model"]
    assert (
        "! cost_per_request_by_model could not be answered: The mart's files cannot be read."
        in lines_of(report, "counted")
    )


@pytest.mark.parametrize(
    ("until", "whole"),
    [
        (datetime(2024, 12, 8, 17, 33, tzinfo=UTC), date(2024, 12, 7)),
        (datetime(2024, 12, 8, 22, 30, tzinfo=UTC), date(2024, 12, 8)),
        # Facts that know no hour stand at midnight for their whole day.
        (datetime(2024, 12, 8, tzinfo=UTC), date(2024, 12, 8)),
    ],
)
def test_the_last_whole_day_is_the_one_whose_facts_reach_its_end(until: datetime, whole: date):
    assert last_whole_day(until) == whole
    assert last_whole_day(until.astimezone(ZoneInfo("Asia/Tokyo"))) == whole
    assert last_whole_day(until + timedelta(days=1)) == whole + timedelta(days=1)
