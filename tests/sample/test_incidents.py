from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import BadInput
from analysis.roles import Role
from bot.grammar.cost import CostCommand
from bot.grammar.parse import parse
from queries.dimensions import Dimensions, Source
from queries.sample.generate import SampleFiles
from queries.sample.truth import Incident, Truth, read_truth
from tests.sample.rows import UNTIL, Sample, make, opened

GPT_4 = (Decimal(30), Decimal(60))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    folder = tmp_path_factory.mktemp("sample")
    return make(folder, days=16, scale=0.5)


@pytest.fixture(scope="module")
def quiet(files: SampleFiles, tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    """The same world without any incident."""
    calm = files.truth.model_copy(update={"incidents": ()})
    folder = tmp_path_factory.mktemp("quiet")
    return make(folder, days=16, scale=0.5, known=calm)


def planted(files: SampleFiles, source: Source) -> Incident:
    (incident,) = (each for each in files.truth.incidents if each.source is source)
    return incident


def gpt_4_cost(sample: Sample, where: str = "true") -> tuple[Decimal, int]:
    (row,) = sample.ask(f"""
        SELECT sum(input_tokens), sum(output_tokens), sum(requests)
        FROM usage WHERE model = 'gpt-4' AND {where}
    """)
    sent, received, requests = (int(str(part or 0)) for part in row)
    return (GPT_4[0] * sent + GPT_4[1] * received) / 1_000_000, requests


def test_the_loop_costs_exactly_what_the_truth_says(files: SampleFiles, quiet: SampleFiles) -> None:
    incident = planted(files, Source.USAGE)
    with opened(files) as with_loop, opened(quiet) as without:
        cost, requests = gpt_4_cost(with_loop)
        usual_cost, usual_requests = gpt_4_cost(without)
    assert incident.extra_cost == cost - usual_cost
    assert incident.extra_requests == requests - usual_requests
    assert incident.extra_cost > 1000


def test_the_loop_is_where_the_truth_says(files: SampleFiles, quiet: SampleFiles) -> None:
    incident = planted(files, Source.USAGE)
    where = f"""key = '{incident.key}' AND organization = '{incident.organization}'
        AND time >= TIMESTAMPTZ '{incident.start}' AND time < TIMESTAMPTZ '{incident.end}'"""
    with opened(files) as with_loop, opened(quiet) as without:
        inside = gpt_4_cost(with_loop, where)[0] - gpt_4_cost(without, where)[0]
        assert inside == incident.extra_cost
        assert without.all_rows("usage", f"NOT ({where})") == with_loop.all_rows(
            "usage", f"NOT ({where})"
        )


def test_the_storm_costs_exactly_what_the_truth_says(
    files: SampleFiles, quiet: SampleFiles
) -> None:
    incident = planted(files, Source.GPU)
    totals = """SELECT sum(row_cost + coalesce(attributed_idle_cost, 0)
        + coalesce(attributed_overhead_cost, 0)), count(*) FROM gpu"""
    with opened(files) as with_storm, opened(quiet) as without:
        ((cost, requests),) = with_storm.ask(totals)
        ((usual_cost, usual_requests),) = without.ask(totals)
    assert isinstance(cost, Decimal)
    assert isinstance(usual_cost, Decimal)
    assert incident.extra_cost == cost - usual_cost
    assert incident.extra_requests == int(str(requests)) - int(str(usual_requests))
    assert incident.extra_cost > 100


def test_the_retries_are_where_the_truth_says_and_all_fail(
    files: SampleFiles, quiet: SampleFiles
) -> None:
    incident = planted(files, Source.GPU)
    with opened(files) as with_storm, opened(quiet) as without:
        usual = {row[0] for row in without.ask("SELECT request_id FROM gpu")}
        rows = with_storm.ask("SELECT request_id, endpoint, model, result, time FROM gpu")
    extra = [row for row in rows if row[0] not in usual]
    assert len(extra) == incident.extra_requests
    assert {row[1:4] for row in extra} == {("/v1/text-to-video", "ltxv-13b", "failed")}
    times = sorted(str(row[4]) for row in extra)
    assert str(incident.start) <= times[0] < times[-1] < str(incident.end)


def test_each_incident_is_the_largest_jump_from_a_day_to_the_next(files: SampleFiles) -> None:
    jumps = """
        WITH daily AS (SELECT {part} AS part, time::DATE AS day, sum({cost}) AS cost FROM {table}
            WHERE time < TIMESTAMPTZ '2026-11-18' AND {where} GROUP BY ALL)
        SELECT part, day FROM daily QUALIFY true
        ORDER BY cost - lag(cost) OVER (PARTITION BY part ORDER BY day) DESC NULLS LAST LIMIT 1
    """
    loop, storm = planted(files, Source.USAGE), planted(files, Source.GPU)
    with opened(files) as rows:
        ((organization, day),) = rows.ask(
            jumps.format(
                part="organization",
                table="usage",
                cost="if(model = 'gpt-4', 30 * input_tokens + 60 * output_tokens, 0)",
                where="true",
            )
        )
        assert organization == loop.organization
        assert day in {loop.start.date(), loop.end.date()}
        ((endpoint, day),) = rows.ask(
            jumps.format(part="endpoint", table="gpu", cost="row_cost", where="product = 'api'")
        )
        assert endpoint == storm.endpoint
        assert day == storm.start.date()


def test_the_truth_is_kept_beside_the_data(files: SampleFiles) -> None:
    folder = files.gpu[0].parent
    assert read_truth(folder) == files.truth
    readable = (folder / "truth.md").read_text()
    for incident in files.truth.incidents:
        assert f"{incident.extra_cost} USD" in readable
        assert f"{incident.start:%Y-%m-%d %H:%M}" in readable
        assert all(question in readable for question in incident.questions())


def test_a_later_generation_keeps_the_incidents_where_they_were(
    files: SampleFiles, tmp_path: Path
) -> None:
    later = UNTIL + timedelta(days=5)
    again = make(tmp_path, days=16, scale=0.5, until=later, known=files.truth)
    assert again.truth.incidents == files.truth.incidents
    assert again.truth.until == later
    assert again.truth.first == files.truth.first


def test_the_truth_adds_up_over_several_files(files: SampleFiles, tmp_path: Path) -> None:
    parts = make(tmp_path, days=16, scale=0.5, chunk_days=3)
    assert len(parts.usage) == 3
    assert parts.truth == files.truth


def test_a_sample_of_one_day_holds_the_storm_alone(tmp_path: Path) -> None:
    short = make(tmp_path, days=1, scale=1.0)
    assert [incident.source for incident in short.truth.incidents] == [Source.GPU]


@pytest.mark.parametrize("days", [2, 3, 5, 8, 13, 90])
def test_incidents_lie_within_the_complete_days(tmp_path: Path, days: int) -> None:
    short = make(tmp_path, days=days, orgs=1)
    midnight = UNTIL.replace(hour=0, minute=0, second=0, microsecond=0)
    assert len(short.truth.incidents) == 2
    for incident in short.truth.incidents:
        assert midnight - timedelta(days=days) <= incident.start < incident.end <= midnight


def test_there_is_no_truth_where_there_is_no_sample(tmp_path: Path) -> None:
    assert read_truth(tmp_path) is None


def test_a_truth_that_cannot_be_read_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text('{"seed": 1')
    with pytest.raises(BadInput, match="generate it again"):
        read_truth(tmp_path)


def test_a_world_is_told_by_seed_organizations_and_scale(files: SampleFiles) -> None:
    truth: Truth = files.truth
    assert truth.same_world(7, 6, 0.5)
    assert not truth.same_world(8, 6, 0.5)
    assert not truth.same_world(7, 5, 0.5)
    assert not truth.same_world(7, 6, 1.0)


def test_the_questions_that_lead_to_an_incident_are_understood(files: SampleFiles) -> None:
    for incident in files.truth.incidents:
        for question in incident.questions():
            command = parse(question.removeprefix("/cost "), Dimensions(), Role.ADMIN)
            assert isinstance(command, CostCommand)
            assert command.request.by
