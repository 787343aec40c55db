"""Events that are sent: taken, refused, and told so."""

from __future__ import annotations

import gzip
import json
import logging
from decimal import Decimal
from pathlib import Path

import pytest

from api.app import PREFIX
from api.usage import bodies
from api.usage.routes import USAGE
from handlers.ingest import intake
from queries.ingest.journal import FOLDER
from queries.ingest.judging import FUTURE
from tests.ingest.station import JSON, LINES, Station, event, lines_of, station_in


async def test_events_are_taken_in_every_form_and_priced_as_files_are(station: Station) -> None:
    forms: list[tuple[bytes, str, dict[str, str]]] = [
        (json.dumps([event("a")]).encode(), JSON, {}),
        (json.dumps({"events": [event("b")]}, indent=2).encode(), JSON, {}),
        (lines_of([event("c"), event("d")]) + b"\r\n\n", LINES, {}),
        (gzip.compress(lines_of([event("e")])), LINES, {"Content_Encoding": "gzip"}),
        (
            gzip.compress(b"[") + gzip.compress(json.dumps(event("f")).encode() + b"]"),
            "application/json; charset=utf-8",
            {"Content_Encoding": "gzip"},
        ),
    ]
    for body, kind, headers in forms:
        answered = await station.post(body, kind, **headers)
        assert answered.status == 202, answered.content
        assert answered.body["rejections"] == []
    found = await station.rows("request_id, organization, billed_cost, requests", "request_id")
    assert found == [(name, "acme", Decimal("0.036"), 1) for name in "abcdef"]


async def test_nothing_is_nothing(station: Station) -> None:
    for body, kind in ((b"[]", JSON), (b'{"events": []}', JSON), (b"\n\n", LINES), (b"", LINES)):
        answered = await station.post(body, kind)
        assert (answered.status, answered.counts) == (202, (0, 0, 0, 0))
    assert not (station.home / FOLDER).exists()


WRONG: list[tuple[object, str]] = [
    ({**event(), "time": None}, "no time"),
    (event(time="yesterday"), "the time is no instant"),
    (event(time="1850-01-01"), "the time is not of this century"),
    (event(input_tokens=-1), "input_tokens is no whole number from 0 on"),
    (event(output_tokens=1.5), "output_tokens is no whole number from 0 on"),
    (event(requests=0), "requests is no whole number from 1 on"),
    (event(batch="maybe"), "batch is neither true nor false"),
    (event(latency_ms="fast"), "latency_ms is no number from 0 on"),
    (event(tags="a"), "tags is no JSON object"),
    (event(cached_input_tokens=1001), "more cached and written than input tokens"),
    (event(reasoning_tokens=101), "more reasoning than output tokens"),
]


async def test_what_is_wrong_is_told_with_its_line_as_the_importer_would(
    station: Station, tmp_path: Path
) -> None:
    good = event("good")
    sent = [good, *(wrong for wrong, _ in WRONG)]
    body = lines_of(sent) + b"\n\nno json\n[1]\n" + b'{"model": "\xff"}'
    answered = await station.post(body, LINES)
    assert answered.counts == (len(WRONG) + 4, 1, 0, len(WRONG) + 3)
    told = [(one["line"], one["reason"]) for one in answered.body["rejections"]]
    reasons = [(line, reason) for line, (_, reason) in enumerate(WRONG, start=2)]
    last = len(sent) + 2
    assert told[:-3] == reasons
    assert told[-3:-1] == [(last, "not JSON"), (last + 1, "JSON, but no object")]
    assert told[-1][0] == last + 2

    path = tmp_path / "same.jsonl"
    path.write_bytes(lines_of([event("other"), *(wrong for wrong, _ in WRONG)]))
    report = await station.import_file(path)
    assert {reason.partition("; if ")[0] for reason in report.reasons} == {
        reason for _, reason in WRONG
    }


async def test_of_many_faults_the_first_are_told_and_all_are_counted(station: Station) -> None:
    answered = await station.send(*({"model": "gpt-4"} for _ in range(150)))
    body = answered.body
    assert (body["rejected"], len(body["rejections"]), body["rejections_left_out"]) == (
        150,
        intake.MOST_TOLD,
        50,
    )


async def test_an_event_counts_once_however_often_it_is_sent(
    station: Station, tmp_path: Path
) -> None:
    path = tmp_path / "usage.jsonl"
    path.write_bytes(lines_of([event("file", organization="acme")]))
    await station.import_file(path)
    assert (await station.send(event("a"), event("a"), event("b"))).counts == (3, 2, 1, 0)
    assert (await station.send(event("a"), event("file"))).counts == (2, 2, 0, 0)
    assert await station.merge() == (2, 2, 0)
    await station.send(event("b"), event("c"))
    assert await station.merge() == (1, 1, 0)
    report = await station.import_file(path)
    assert (report.taken, report.repeated) == (0, 1)
    found = await station.rows("request_id", "request_id")
    assert found == [("a",), ("b",), ("c",), ("file",)]


async def test_events_without_an_id_are_all_others_unless_the_sending_has_a_key(
    station: Station,
) -> None:
    nameless = [event(), event(request_id=" "), event(request_id=None)]
    assert (await station.send(*nameless)).counts == (3, 3, 0, 0)
    assert (await station.send(*nameless)).counts == (3, 3, 0, 0)
    assert (await station.merge())[0] == 6
    for _ in range(2):
        await station.send(*nameless, Idempotency_Key="batch 7")
        await station.send(*nameless, Idempotency_Key="batch 7", token="globex")
    assert await station.merge() == (6, 6, 0)
    await station.send(*nameless, Idempotency_Key="batch 7")
    assert await station.merge() == (0, 3, 0)


async def test_a_key_of_another_sender_or_of_other_events_swallows_none(station: Station) -> None:
    await station.send(event(user="u1"), Idempotency_Key="1")
    await station.send(event(user="u2"), Idempotency_Key="1")
    await station.send(event(user="u1"), Idempotency_Key="1", token="otto")
    assert await station.merge() == (3, 0, 0)


async def test_what_lies_in_the_future_or_cannot_be_added_up_is_refused(station: Station) -> None:
    answered = await station.send(
        event("late", time="2099-01-02T12:00:00.000001Z"),
        event("soon", time="2099-01-02T12:00:00Z"),
        event("large", requests=10**9, latency_ms=1001),
        event("most", requests=10**9, latency_ms=1000),
    )
    assert answered.counts == (4, 2, 0, 2)
    assert [(fault["line"], fault["reason"]) for fault in answered.body["rejections"]] == [
        (1, FUTURE),
        (3, "latency_ms times requests is more than can be"),
    ]
    assert await station.merge() == (2, 0, 0)


async def test_the_organization_is_the_tokens_and_no_other(station: Station) -> None:
    named = [
        event("1", organization="globex"),
        event("2", org="globex"),
        event("3", org_name="Acme"),
        event("4", organization=["acme"]),
        event("5", organization="acme "),
        event("6", organization=""),
        event("7", organization=None, org="acme"),
        event("8", organization="acme", org="globex"),
    ]
    answered = await station.send(*named, X_Organization="globex")
    another = "organization is another one than the token's"
    assert [(one["line"], one["reason"]) for one in answered.body["rejections"]] == [
        (1, another),
        (2, another),
        (3, another),
        (4, "organization is no text"),
    ]
    twice = b'[{"time":"2026-11-20","model":"gpt-4","organization":"acme","organization":"globex"}]'
    assert (await station.post(twice)).counts == (1, 0, 0, 1)
    found = await station.rows("request_id, organization", "request_id")
    assert found == [(name, "acme") for name in "5678"]


async def test_a_token_of_all_organizations_names_one_with_each_event(station: Station) -> None:
    answered = await station.send(
        event("1", organization="globex"), event("2", org="acme"), event("3"), token="all"
    )
    assert answered.counts == (3, 3, 0, 0)
    found = await station.rows("request_id, organization", "request_id")
    assert found == [("1", "globex"), ("2", "acme"), ("3", None)]


async def test_who_may_not_send_is_told_before_anything_is_read(station: Station) -> None:
    for token, status in (("", 401), ("ute", 403), ("nemo", 403), ("otto", 202), ("acme", 202)):
        answered = await station.send(event(token), token=token)
        assert answered.status == status, token
    assert await station.merge() == (2, 0, 0)


async def test_what_cannot_be_a_body_is_refused_as_a_problem(station: Station) -> None:
    tries: list[tuple[bytes, str, dict[str, str], int]] = [
        (b"{", JSON, {}, 422),
        (b'{"event": []}', JSON, {}, 422),
        (b'"text"', JSON, {}, 422),
        (b"[]", "text/csv", {}, 415),
        (b"[]", JSON, {"Content_Encoding": "br"}, 415),
        (b"[]", JSON, {"Content_Encoding": "gzip"}, 400),
        (gzip.compress(b"[]")[:-6], JSON, {"Content_Encoding": "gzip"}, 400),
        (b"[]", JSON, {"Idempotency_Key": "x" * 300}, 400),
    ]
    for body, kind, headers, status in tries:
        answered = await station.post(body, kind, **headers)
        assert answered.status == status, (body, answered.content)
        assert answered.headers["Content-Type"] == "application/problem+json"
        assert answered.body["detail"]
    async with station.session.get(f"{PREFIX}{USAGE}") as answer:
        assert answer.status == 405


async def test_a_bomb_is_not_unpacked(station: Station) -> None:
    bomb = gzip.compress(b" " * (bodies.MOST_SENT + 1), 9)
    answered = await station.post(bomb, LINES, Content_Encoding="gzip")
    assert (answered.status, len(bomb) < 100_000) == (413, True)
    assert (await station.send(event())).status == 202


async def test_whoever_sends_more_than_may_wait_is_told_when_to_come_back(tmp_path: Path) -> None:
    async with station_in(tmp_path, most_backlog=200) as station:
        assert (await station.send(event("a"), event("b"))).status == 202
        refused = await station.send(event("c"))
        assert (refused.status, refused.headers["Retry-After"]) == (429, str(intake.LATER))
        assert station.ingest.intake.counts.refused == 1
        assert (await station.merge())[0] == 2
        assert (await station.send(event("c"))).status == 202
        assert (await station.merge())[0] == 1


async def test_what_does_not_fit_in_memory_is_refused_and_nothing_stays_held(
    station: Station,
) -> None:
    with station.ingest.intake.holding() as held:
        held.grow(intake.MOST_WAITING - 10)
        refused = await station.send(event("a"))
        assert (refused.status, refused.headers["Retry-After"]) == (429, str(intake.SOON))
    assert (await station.send(event("a"))).status == 202
    with station.ingest.intake.holding() as held:
        held.grow(intake.MOST_WAITING)


async def test_prompts_and_keys_are_kept_nowhere(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    prompt = "my cat is ill 5519"
    key = "sk-proj-abcdefghijklmnop1234567890"
    sent = [
        event("a", prompt=prompt, messages=[{"content": prompt}], key=key, **{prompt: prompt}),
        event("b", time=prompt, response=prompt),
        {"prompt": prompt},
        prompt,
    ]
    assert (await station.send(*sent)).counts == (4, 1, 0, 3)
    in_the_journal = station.on_disk()
    assert b'"request_id":"a"' in in_the_journal
    found = await station.rows("key_name")
    assert str(found[0][0]).startswith("sha256:")
    for kept in (in_the_journal, station.on_disk(), caplog.text.encode()):
        assert prompt.encode() not in kept
        assert key.encode() not in kept


async def test_columns_go_by_their_other_names_too(station: Station) -> None:
    await station.send(event("a", user_id="ute", key_name="ci", hash_ids=["a1", "b2"]))
    [(user, key, tags)] = await station.rows("user_id, key_name, tags")
    assert (user, key) == ("ute", "ci")
    assert "a1" in str(tags)
