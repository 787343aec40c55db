"""What usage files say of their requests for recommendations: hashes, patience, abilities."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import cast

import pytest
from typer.testing import CliRunner

from bot.cli.imports import app
from queries.dimensions import Source
from queries.sources.usage import RelativeTime
from tests.sources.importing import Deployment

TIME = "2026-11-20T10:00:00Z"
HEADER = "time,model,input_tokens,"


def tags_of(deployment: Deployment) -> list[dict[str, str] | None]:
    rows = cast("list[tuple[str | None]]", deployment.rows("tags"))
    return [None if tags is None else json.loads(tags) for (tags,) in rows]


def short(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()[:16]


@pytest.mark.parametrize(
    "written", ['"[""a1"", ""b2""]"', "a1 b2", '"a1,b2"', '" [a1 , b2] "'], ids=str
)
def test_hashes_of_blocks_are_a_list_or_words(deployment: Deployment, written: str) -> None:
    deployment.usage(f"{HEADER}prefix_hashes\n{TIME},gpt-4-turbo,9,{written}\n")
    assert tags_of(deployment) == [{"prefix_hashes": "a1 b2"}]


def test_what_may_be_a_prompt_is_never_stored(deployment: Deployment) -> None:
    digest = "0f" * 32
    deployment.usage(
        f"{HEADER}prompt_hash,prefix_hashes\n"
        f"{TIME},gpt-4-turbo,9,tell me a secret,open sesame {digest}\n"
    )
    assert tags_of(deployment) == [
        {
            "prompt_hash": short("tell me a secret"),
            "prefix_hashes": f"{short('open')} {short('sesame')} {short(digest)}",
        }
    ]


def test_abilities_are_kept_once_in_lower_case_and_in_order(deployment: Deployment) -> None:
    deployment.usage(f'{HEADER}uses\n{TIME},gpt-4-turbo,9,"[""Vision"", ""tools"", ""vision""]"\n')
    assert tags_of(deployment) == [{"uses": "tools vision"}]


def test_they_stand_beside_the_files_own_tags(deployment: Deployment) -> None:
    deployment.usage(
        f"{HEADER}tags,can_wait,prefix_hashes,prefix_block_tokens\n"
        f'{TIME},gpt-4-turbo,9,"{{""team"": ""x""}}",yes,a1,128\n'
        f'{TIME},gpt-4-turbo,9,"{{""team"": ""y""}}",,,\n'
        f"{TIME},gpt-4-turbo,9,,no,,64\n"
    )
    assert tags_of(deployment) == [
        {"team": "x", "can_wait": "true", "prefix_hashes": "a1", "prefix_block_tokens": "128"},
        {"team": "y"},
        {"can_wait": "false"},
    ]


def test_what_cannot_be_understood_is_rejected(deployment: Deployment) -> None:
    report = deployment.usage(
        f"{HEADER}can_wait,prefix_block_tokens\n"
        f"{TIME},gpt-4-turbo,9,perhaps,\n{TIME},gpt-4-turbo,9,,0\n{TIME},gpt-4-turbo,9,,x\n"
    )
    assert report.reasons == {
        "can_wait is neither true nor false": 1,
        "prefix_block_tokens is no whole number from 1 on": 2,
    }


def test_times_may_count_from_a_start(deployment: Deployment) -> None:
    path = deployment.file(
        "t.csv", f"{HEADER.rstrip(',')}\n0,m,9\n1500,m,9\n90000.5,m,9\n".encode()
    )
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    report = deployment.run(
        Source.USAGE, path, relative=RelativeTime(start, timedelta(milliseconds=1))
    )
    assert report.taken == 3
    times = [time for (time,) in cast("list[tuple[datetime]]", deployment.rows("time"))]
    assert times == [start + timedelta(milliseconds=each) for each in (0, 1500, 90000.5)]


def test_a_time_that_is_no_number_cannot_count_from_a_start(deployment: Deployment) -> None:
    path = deployment.file(
        "t.csv", f"{HEADER.rstrip(',')}\n{TIME},m,9\n-1,m,9\n1e12,m,9\n".encode()
    )
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    report = deployment.run(Source.USAGE, path, relative=RelativeTime(start, timedelta(hours=1)))
    assert report.reasons == {"the time is no number from 0 on, as --start wants it": 3}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--start", "yesterday"], "`--start yesterday` is no instant."),
        (["--start", "2026-11-02", "--unit", "weeks"], "`--unit weeks` is no unit of time."),
    ],
    ids=["start", "unit"],
)
def test_a_start_that_cannot_be_read_is_refused(words: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, ["usage", "x.csv", *words])
    assert sentence in str(result.exception)
