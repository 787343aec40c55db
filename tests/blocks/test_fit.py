"""Whatever is built, nothing leaves that Slack would refuse for its length."""

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.fit import (
    MOST_BLOCKS,
    MOST_HEADER,
    MOST_ROWS,
    MOST_SECTION,
    MOST_TABLE_TEXT,
    MOST_TEXT,
    Json,
    fit_message,
    fit_rows,
    text_length,
)

long_text = st.text("ab&;<é", min_size=1, max_size=60).flatmap(
    lambda unit: st.integers(1, 120).map(lambda times: unit * times)
)


def blocks_of(message: Json) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", message["blocks"])


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


blocks = st.one_of(
    long_text.map(lambda text: {"type": "section", "text": mrkdwn(text)}),
    long_text.map(lambda text: {"type": "header", "text": {"type": "plain_text", "text": text}}),
    st.lists(long_text, min_size=1, max_size=14).map(
        lambda texts: {"type": "context", "elements": [mrkdwn(text) for text in texts]}
    ),
    st.lists(st.lists(long_text, min_size=1, max_size=25), min_size=1, max_size=12).map(
        lambda rows: {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows] * 12,
        }
    ),
)


@given(
    message=st.lists(blocks, max_size=70).map(lambda found: {"text": "x" * 5000, "blocks": found})
)
def test_any_message_is_within_slacks_limits(message: Json):
    fitted = fit_message(message)
    found = blocks_of(fitted)
    assert len(found) <= MOST_BLOCKS
    assert sum(text_length(block) for block in found) <= MOST_TEXT
    assert len(str(fitted["text"])) <= 3000
    tables = [block for block in found if block["type"] == "table"]
    assert len(tables) <= 1
    for block in found:
        if block["type"] == "section":
            assert 1 <= len(block["text"]["text"]) <= MOST_SECTION
        if block["type"] == "header":
            assert len(block["text"]["text"]) <= MOST_HEADER
        if block["type"] == "context":
            assert len(block["elements"]) <= 10
        if block["type"] == "table":
            assert 1 <= len(block["rows"]) <= MOST_ROWS
            assert all(len(row) <= 20 for row in block["rows"])
            assert text_length(block) <= MOST_TABLE_TEXT


def test_what_fits_is_left_as_it_is():
    message: Json = {
        "text": "short",
        "blocks": [{"type": "section", "text": mrkdwn("*$1.00*")}],
    }
    assert fit_message(message) == message


def test_a_cut_never_parts_an_entity():
    message: Json = {
        "text": "t",
        "blocks": [{"type": "section", "text": mrkdwn("&lt;" * 1000)}],
    }
    found = blocks_of(fit_message(message))
    text = found[0]["text"]["text"]
    assert text.endswith("&lt;…")
    assert text.removesuffix("…").replace("&lt;", "") == ""


@given(rows=st.integers(0, 400), width=st.integers(1, 2000))
def test_a_table_shows_as_many_rows_as_fit(rows: int, width: int):
    def build(shown: int) -> int:
        return shown

    def size(shown: int) -> tuple[int, int]:
        return shown + 3, 100 + shown * width

    shown = fit_rows(build, size, rows)
    assert shown <= rows
    if shown:
        assert size(shown)[0] <= MOST_ROWS
        assert size(shown)[1] <= MOST_TABLE_TEXT
    if shown < rows:
        bigger = size(shown + 1)
        assert bigger[0] > MOST_ROWS or bigger[1] > MOST_TABLE_TEXT
