"""What is kept of an event, whatever is sent as one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from queries.dimensions import Dimensions
from queries.ingest.events import (
    LONGEST,
    NO_OBJECT,
    NOT_JSON,
    NOT_UTF8,
    TOO_DEEP,
    TOO_LONG,
    EventReader,
    Fault,
    events_of_array,
    events_of_lines,
)
from queries.ingest.judging import Judge
from queries.prices.catalogue import Catalogue

READER = EventReader(Dimensions())
NAMES = [column.name for column in READER.columns]


def read(raw: bytes) -> str:
    """What is kept of one event, or what is wrong with it."""
    [found] = READER.read([(1, raw)], "acme")
    return found.reason if isinstance(found, Fault) else found[1]


def test_what_is_no_event_is_told() -> None:
    deep = b'{"time": 1, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert read(b"nul") == NOT_JSON
    assert read(b'{"time": NaN}') == NOT_JSON
    assert read(b"[]") == NO_OBJECT
    assert read(deep) == TOO_DEEP
    assert read(b'{"model": "\xff"}') == NOT_UTF8
    assert read(b'{"model": "' + b"x" * LONGEST + b'"}') == TOO_LONG
    assert read(b'{"model": ["gpt-4"]}') == "model is neither text nor number"
    assert read(b'{"key": {"a": "sk-1"}}') == "key is neither text nor number"
    assert events_of_array(b"[" * 100_000) is None


def test_columns_that_may_be_nested_stay_as_they_are_on_one_line() -> None:
    kept = read(b'{"tags": {"a":\n "b\\n"},\r\n "prefix_hashes": [1,\n 2], "input_tokens": 1.50}')
    assert kept == (
        '{"organization":"acme","input_tokens":1.50,"tags":{"a":"b\\n"},"prefix_hashes":[1,2]}'
    )


def test_an_array_is_numbered_by_place_and_lines_by_line() -> None:
    found = events_of_array(b' {"other": [1], "events": [{}, 2]} ') or []
    assert [(place, bytes(raw)) for place, raw in found] == [(1, b"{}"), (2, b"2")]
    assert events_of_lines(b"a\n\n \r\nb") == [(1, b"a"), (4, b"b")]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
EVENTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8).map(
    lambda event: json.dumps(event).encode(errors="surrogatepass")
)


@settings(max_examples=15)
@given(st.lists(EVENTS | st.binary(max_size=40), min_size=10, max_size=40))
def test_nothing_that_is_sent_stops_what_is_sent_beside_it(sent: list[bytes]) -> None:
    good = b'{"time": "2026-11-20", "model": "gpt-4", "input_tokens": 1, "request_id": "good"}'
    found = list(READER.read(enumerate([*sent, good], start=1), "acme"))
    assert len(found) == len(sent) + 1
    lines = [one[1] for one in found if not isinstance(one, Fault)]
    judge = Judge(Dimensions())
    try:
        judgement = judge.judge(lines, Catalogue([]), datetime(2026, 11, 21, tzinfo=UTC))
    finally:
        judge.close()
    assert len(lines) - 1 not in judgement.refused
