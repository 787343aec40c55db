from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from playground.page.blocks import blocks
from playground.page.reading import Reading
from playground.page.surface import Surface
from playground.page.tables import csv_preview
from tests.playground_page.html_check import problems, read
from tests.playground_page.sample_app import answer_blocks, button, home, modal, mrkdwn, plain

READING = Reading(
    users={"U1": "Ada"},
    channels={"C1": "costs"},
    now=datetime(2024, 12, 5, tzinfo=UTC),
    picture=lambda name: "/picture/F1" if name == "F1" else None,
)
Json = dict[str, Any]


def drawn(*values: Json, **surface: Any) -> str:
    return str(blocks(values, Surface(READING, **surface)))


def test_a_table_has_a_header_row_and_right_aligned_columns():
    table = {
        "type": "table",
        "column_settings": [{"is_wrapped": True}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "Model"}, {"type": "raw_text", "text": "Cost"}],
            [{"type": "raw_text", "text": "<gpt>"}, {"type": "raw_text", "text": "$3.00"}],
        ],
    }
    assert drawn(table) == snapshot(
        '<div class="block table"><div class="table-scroll" tabindex="0" role="region" '
        'aria-label="Table"><table><thead><tr><th scope="col" class="wrapped">Model</th>'
        '<th scope="col" class="right">Cost</th></tr></thead><tbody><tr>'
        '<td class="wrapped">&lt;gpt&gt;</td><td class="right">$3.00</td></tr></tbody></table>'
        "</div></div>"
    )


def test_a_button_is_named_by_its_place_and_carries_no_value_of_its_own():
    actions = {"type": "actions", "elements": [button("Go", "go", style="primary", value="secret")]}
    assert drawn(actions) == snapshot(
        '<div class="block actions"><button type="submit" class="button primary" name="action" '
        'value="0.0|go" formnovalidate>Go</button></div>'
    )


def test_a_section_has_text_fields_and_what_stands_beside_it():
    section = {
        "type": "section",
        "text": mrkdwn("*Total*"),
        "fields": [mrkdwn("a"), plain("*b*")],
        "accessory": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A chart"},
    }
    assert drawn(section) == snapshot(
        '<div class="block section"><div class="body"><div class="text"><strong>Total</strong>'
        "</div>"
        '<div class="fields"><div class="field">a</div><div class="field">*b*</div></div></div>'
        '<div class="accessory"><img src="/picture/F1" alt="A chart" loading="lazy"></div></div>'
    )


def test_a_picture_from_elsewhere_is_named_and_never_fetched():
    html = drawn({"type": "image", "image_url": "https://far.away/x.png", "alt_text": "A chart"})
    assert "<img" not in html
    assert "A chart" in html


def test_an_input_has_its_label_hint_and_error_tied_to_it():
    html = drawn(
        {
            "type": "input",
            "block_id": "limit",
            "label": plain("Limit"),
            "hint": plain("In USD"),
            "element": {"type": "number_input", "action_id": "value", "initial_value": "5"},
        },
        entered={"limit": {"value": {"type": "number_input", "value": "0"}}},
        errors={"limit": "A limit is above 0."},
        sends=False,
    )
    assert html == snapshot(
        '<div class="block input"><div class="field-with-error"><label for="m-0.a" '
        'id="m-0.a-label">Limit</label><input id="m-0.a" name="s.0.a" '
        'aria-describedby="m-0.a-hint" class="control" autocomplete="off" type="text" '
        'inputmode="numeric" value="0"><div class="hint" id="m-0.a-hint"><p class="error" '
        'role="alert">A limit is above 0.</p>In USD</div></div></div>'
    )


def test_rich_text_draws_lists_links_and_styles():
    text = {"type": "text", "text": "now", "style": {"bold": True, "strike": True}}
    link = {"type": "link", "url": "javascript:x", "text": "no link"}
    section = {"type": "rich_text_section", "elements": [text, link]}
    listed = {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": [section]}
    assert drawn({"type": "rich_text", "elements": [listed]}) == snapshot(
        '<div class="block rich-text"><div class="rich-text"><ol class="indent-0" start="3"><li>'
        "<div><strong><s>now</s></strong>no link</div></li></ol></div></div>"
    )


def test_markdown_is_drawn_and_html_in_it_is_not():
    html = drawn({"type": "markdown", "text": "**b** <img src=x onerror=y> [x](javascript:y)"})
    assert "<strong>b</strong>" in html
    assert problems(html) == []
    assert read(html).links == []


@pytest.mark.parametrize("kind", ["sparkle", "data_table", ""])
def test_an_unknown_block_is_a_visible_box(kind: str):
    assert f"Unsupported block: {kind}" in drawn({"type": kind})


def test_an_unknown_element_is_a_visible_note():
    assert "Unsupported element: lever" in drawn(
        {"type": "actions", "elements": [{"type": "lever", "action_id": "x"}]}
    )


def test_everything_that_the_sample_app_sends_is_drawn_whole():
    for values in (answer_blocks(), modal()["blocks"], home()["blocks"]):
        html = drawn(*values)
        assert problems(html) == []
        assert "Unsupported" not in html


def test_a_csv_file_is_previewed_with_its_figures_on_the_right():
    html = str(csv_preview(b"model,cost\n<b>,1.5\ngpt-4,$2.00\n"))
    assert "<th>model</th>" in html
    assert '<td class="right">1.5</td>' in html
    assert problems(html) == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\n\n"])
def test_what_is_no_csv_has_no_preview(content: bytes):
    assert csv_preview(content) is None


KINDS = [
    "section",
    "header",
    "divider",
    "context",
    "actions",
    "image",
    "input",
    "rich_text",
    "table",
    "file",
    "video",
    "markdown",
    "button",
    "static_select",
    "multi_static_select",
    "users_select",
    "multi_users_select",
    "overflow",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "checkboxes",
    "radio_buttons",
    "plain_text_input",
    "number_input",
    "rich_text_input",
    "mrkdwn",
    "plain_text",
    "raw_text",
    "rich_text_section",
    "rich_text_list",
    "text",
    "link",
    "user",
    "channel",
    "emoji",
    "date",
    "color",
    "rich_text_quote",
    "rich_text_preformatted",
]
KEYS = [
    "text",
    "elements",
    "element",
    "fields",
    "accessory",
    "label",
    "hint",
    "options",
    "option_groups",
    "initial_option",
    "initial_options",
    "value",
    "url",
    "alt_text",
    "image_url",
    "slack_file",
    "rows",
    "column_settings",
    "style",
    "placeholder",
    "action_id",
    "block_id",
    "title",
    "confirm",
    "indent",
    "offset",
    "border",
    "name",
    "unicode",
    "timestamp",
    "format",
    "fallback",
    "initial_value",
    "initial_date",
    "initial_date_time",
    "max_length",
    "description",
    "id",
    "user_id",
    "dispatch_action",
]
HOSTILE = st.sampled_from(['"><script>x</script>', "' onclick=x", "javascript:x", "<!channel>", ""])
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), HOSTILE)


def _objects(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = st.dictionaries(st.sampled_from(KEYS), children, max_size=6)
    typed = st.tuples(st.sampled_from(KINDS), fields).map(lambda pair: {**pair[1], "type": pair[0]})
    return st.one_of(typed, st.lists(children, max_size=3))


BLOCKS = st.recursive(LEAVES, _objects, max_leaves=25).filter(lambda value: isinstance(value, dict))


@given(st.lists(BLOCKS, max_size=3))
def test_no_json_whatever_breaks_the_drawing_or_becomes_markup(values: list[Json]):
    assert problems(drawn(*values)) == []
