from __future__ import annotations

import json
from typing import Any, cast

import pytest
import slackblocks
from hypothesis import given
from hypothesis import strategies as st

from playground.blockkit.rules import Json
from playground.blockkit.validation import problems_of_blocks, problems_of_view, too_long


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Press"), **more}


def option(text: str = "a", **more: Any) -> dict[str, Any]:
    return {"text": plain(text), "value": text[:150], **more}


def actions(*elements: Any, **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **more}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn("x"), **more}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", **more}


def table(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"type": "table", "rows": list(rows), **more}


def cell(text: str = "x") -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def modal(*blocks: Any, **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **more}


def text_input(**more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", **more}
    return {"type": "input", "label": plain("Label"), "element": element}


def found(*blocks: Any) -> list[str]:
    return problems_of_blocks(cast("Json", list(blocks)), {"F0PICTURE"}.__contains__)


CONFIRM = {"title": plain("t"), "text": mrkdwn("t"), "confirm": plain("y"), "deny": plain("n")}

AT_THE_LIMIT: dict[str, Any] = {
    "section": section(text=mrkdwn("x" * 3000), fields=[mrkdwn("x" * 2000)] * 10),
    "header": {"type": "header", "text": plain("x" * 150)},
    "context": {"type": "context", "elements": [mrkdwn("x")] * 10},
    "actions": actions(*[button(action_id=str(n)) for n in range(25)], block_id="x" * 255),
    "button": actions(
        {
            "type": "button",
            "text": plain("x" * 75),
            "action_id": "x" * 255,
            "value": "x" * 2000,
            "url": "https://" + "x" * 2992,
            "style": "danger",
            "confirm": {
                "title": plain("x" * 100),
                "text": mrkdwn("x" * 300),
                "confirm": plain("x" * 30),
                "deny": plain("x" * 30),
            },
        }
    ),
    "select": section(
        accessory=select(options=[option("x" * 75, description=plain("x" * 75))] * 100)
    ),
    "overflow": section(accessory={"type": "overflow", "options": [option()] * 5}),
    "radio buttons": actions({"type": "radio_buttons", "options": [option()] * 10}),
    "date": actions({"type": "datepicker", "initial_date": "2024-12-05"}),
    "table": table(*[[cell()] * 20] * 100, column_settings=[None, {"align": "right"}]),
    "table of rich text": table(
        [
            {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
                ],
            }
        ]
    ),
    "markdown": {"type": "markdown", "text": "x" * 12_000},
    "image": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"},
    "own image": {"type": "image", "slack_file": {"id": "F0PICTURE"}, "alt_text": "a"},
    "divider": {"type": "divider"},
}


@pytest.mark.parametrize("name", AT_THE_LIMIT)
def test_what_just_fits_is_taken(name: str):
    assert found(AT_THE_LIMIT[name]) == []


LONG = "must be less than {} characters [json-pointer:/blocks/0{}]"
TOO_MANY = "no more than {} items allowed [json-pointer:/blocks/0{}]"

OVER: list[tuple[Any, str]] = [
    (section(text=mrkdwn("x" * 3001)), LONG.format(3001, "/text/text")),
    (section(text=mrkdwn("")), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (section(fields=[mrkdwn("x")] * 11), TOO_MANY.format(10, "/fields")),
    (section(fields=[mrkdwn("x" * 2001)]), LONG.format(2001, "/fields/0/text")),
    ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ({"type": "header", "text": plain("x" * 151)}, LONG.format(151, "/text/text")),
    (
        {"type": "header", "text": mrkdwn("x")},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    ({"type": "context", "elements": [mrkdwn("x")] * 11}, TOO_MANY.format(10, "/elements")),
    (actions(*[button()] * 26), TOO_MANY.format(25, "/elements")),
    (actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (actions(button(value="x" * 2001)), LONG.format(2001, "/elements/0/value")),
    (actions(button(text=plain("x" * 76))), LONG.format(76, "/elements/0/text/text")),
    (actions(button(action_id="x" * 256)), LONG.format(256, "/elements/0/action_id")),
    (actions(button(url="https://" + "x" * 2993)), LONG.format(3001, "/elements/0/url")),
    (
        actions(button(disabled=True)),
        "invalid additional property: disabled [json-pointer:/blocks/0/elements/0]",
    ),
    (
        actions(button(style="loud")),
        "must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)})),
        LONG.format(31, "/elements/0/confirm/deny/text"),
    ),
    (
        actions(button(action_id="a"), button(action_id="a")),
        '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    (
        actions({"type": "overflow", "options": [option()] * 6}),
        TOO_MANY.format(5, "/elements/0/options"),
    ),
    (
        actions({"type": "overflow", "options": [option()]}),
        "no fewer than 2 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        section(accessory=select(options=[option("x" * 76)])),
        LONG.format(76, "/accessory/options/0/text/text"),
    ),
    (
        section(accessory=select()),
        "must define either `options` or `option_groups`, not both"
        " [json-pointer:/blocks/0/accessory]",
    ),
    (
        section(accessory=select(options=[option("a")], initial_option=option("b"))),
        "initial_option must be one of the options"
        " [json-pointer:/blocks/0/accessory/initial_option]",
    ),
    (
        section(accessory={"type": "plain_text_input"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]",
    ),
    (
        section(block_id="x" * 256),
        LONG.format(256, "/block_id"),
    ),
    (table(*[[cell()]] * 101), TOO_MANY.format(100, "/rows")),
    (table([cell()] * 21), TOO_MANY.format(20, "/rows/0")),
    (table([cell("")]), "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"),
    (table(*[[cell("x" * 1001)]] * 10), LONG.format(10_001, "/rows")),
    ({"type": "markdown", "text": "x" * 12_001}, LONG.format(12_001, "/text")),
    (
        {"type": "image", "image_url": "http://127.0.0.1:8000/a.png", "alt_text": "a"},
        "downloading image failed [json-pointer:/blocks/0/image_url]",
    ),
    (
        {"type": "image", "image_url": "http://grafana.internal/a.png", "alt_text": "a"},
        "downloading image failed [json-pointer:/blocks/0/image_url]",
    ),
    (
        {"type": "image", "slack_file": {"id": "F0NOTHING"}, "alt_text": "a"},
        "invalid slack file [json-pointer:/blocks/0/slack_file]",
    ),
    (
        {"type": "image", "image_url": "https://example.com/a.png"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    ({"type": "chart"}, "unsupported type: chart [json-pointer:/blocks/0/type]"),
    ({}, "missing required field: type [json-pointer:/blocks/0]"),
    ("text", "must be an object [json-pointer:/blocks/0]"),
]


@pytest.mark.parametrize(("block", "problem"), OVER, ids=[problem for _, problem in OVER])
def test_what_is_over_a_limit_is_refused_with_its_pointer(block: Any, problem: str):
    assert problem in found(block)


def test_a_message_has_at_most_fifty_blocks_different_ids_and_one_table():
    divider = {"type": "divider"}
    assert found(*[divider] * 50) == []
    assert found(*[divider] * 51) == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert found(section(block_id="a"), section(block_id="a")) == [
        '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]'
    ]
    assert found(table([cell()]), table([cell()])) == [
        "only_one_table_allowed [json-pointer:/blocks/1]"
    ]
    assert problems_of_blocks("x", bool) == ["must be an array [json-pointer:/blocks]"]


def test_all_texts_of_a_message_count_against_its_length():
    blocks = [section(text=mrkdwn("x" * 3000)) for _ in range(3)]
    full: list[Any] = [
        *blocks,
        table([cell("x" * 2000), cell("x" * 999)]),
        actions(button(text=plain("y"))),
    ]
    assert not too_long(full)
    assert too_long([*full, {"type": "header", "text": plain("x")}])


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (
            modal(title=plain("x" * 25)),
            "must be less than 25 characters [json-pointer:/view/title/text]",
        ),
        (
            modal(*[{"type": "divider"}] * 101),
            "no more than 100 items allowed [json-pointer:/view/blocks]",
        ),
        (modal(text_input()), "missing required field: submit [json-pointer:/view]"),
        (modal(table([cell()])), "unsupported type: table [json-pointer:/view/blocks/0/type]"),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (
            modal(section(block_id="a"), section(block_id="a")),
            '`block_id` "a" already exists [json-pointer:/view/blocks/1/block_id]',
        ),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        (
            {"type": "home", "blocks": []},
            "must be a valid enum value: modal [json-pointer:/view/type]",
        ),
        ("x", "must be an object [json-pointer:/view]"),
        (
            modal(text_input(max_length=3001), submit=plain("Save")),
            "must be less than 3001 [json-pointer:/view/blocks/0/element/max_length]",
        ),
    ],
)
def test_a_view_over_a_limit_is_refused_with_its_pointer(view: Any, problem: str):
    assert problem in problems_of_view(view, bool, home=False)


def test_a_full_modal_and_a_full_home_tab_are_taken():
    blocks = [{"type": "divider"}] * 99
    full = modal(
        *blocks,
        text_input(placeholder=plain("x" * 150)),
        title=plain("x" * 24),
        submit=plain("x" * 24),
        close=plain("x" * 24),
        private_metadata="x" * 3000,
        callback_id="x" * 255,
        notify_on_close=True,
    )
    assert problems_of_view(cast("Json", full), bool, home=False) == []
    home = {"type": "home", "blocks": [*blocks, table([cell()])]}
    assert problems_of_view(cast("Json", home), bool, home=True) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "rows", "accessory", "block_id"]), inner
        )
        | st.dictionaries(st.sampled_from(["type", "options", "element", "fields"]), inner).map(
            lambda block: {**block, "type": "section"}
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_anything_at_all_is_judged_without_an_error(value: Any):
    problems_of_blocks(value, bool)
    problems_of_blocks([value], bool)
    problems_of_view(value, bool, home=True)
    too_long(value)


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=75).filter(str.strip)


@given(header=TEXT, body=TEXT, cells=st.lists(TEXT, min_size=1, max_size=5), label=TEXT)
def test_what_slackblocks_builds_is_taken(header: str, body: str, cells: list[str], label: str):
    built: list[slackblocks.Block] = [
        slackblocks.HeaderBlock(header),
        slackblocks.SectionBlock(body, fields=[slackblocks.Text(c) for c in cells]),
        slackblocks.TableBlock([[slackblocks.RawText(c) for c in cells]] * 3),
        slackblocks.ContextBlock([slackblocks.Text(body)]),
        slackblocks.ActionsBlock([slackblocks.Button(label, action_id="a", value="v")]),
        slackblocks.DividerBlock(),
    ]
    message = slackblocks.Message(channel="C1", text=header, blocks=built)
    blocks = cast("Json", json.loads(message.json())["blocks"])
    assert problems_of_blocks(blocks, bool) == []
