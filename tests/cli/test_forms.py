"""What `costbot say` shows of forms, and of what Slack writes as ids."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from bot.blocks.modal import input_block, modal, notice_view, plain, text_block, typed
from bot.cli.forms import one_line, print_form
from bot.cli.mentions import with_names

NAMES = {"C0000000002": "#costs", "U0UTE00001": "@Ute <User>"}


def printed(view: dict[str, object], command: str) -> str:
    """The view as it stands in the terminal."""
    out = StringIO()
    print_form(view, command, NAMES, Console(file=out, width=60))
    return out.getvalue()


def test_a_form_is_told_with_its_fields_and_the_line_that_says_the_same() -> None:
    picked: dict[str, object] = {
        "type": "multi_conversations_select",
        "initial_conversations": ["C0000000002", "C0000000009"],
    }
    period: dict[str, object] = {
        "type": "static_select",
        "options": [{"text": plain("Every week"), "value": "week"}],
        "initial_option": {"text": plain("Every month"), "value": "month"},
    }
    view = modal(
        "New budget",
        [
            text_block("Told in <#C0000000002> &amp; more.", "note"),
            input_block("name", "Name", typed("")),
            input_block("amount", "Amount", typed("5 &lt; 6"), optional=True),
            input_block("period", "Begins anew", period),
            input_block("channels", "Channels", picked),
        ],
        submit="Save",
        callback_id="budget_form",
        metadata={},
    )
    lines = printed(view, "/budget create").splitlines()
    assert lines == [
        "A form has opened: New budget",
        "Told in #costs & more.",
        "  Name:",
        "  Amount (optional): 5 &lt; 6",
        "  Begins anew: Every month",
        "  Channels: #costs, C0000000009",
        "In one line: /budget create [NAME AMOUNT PERIOD] [CLAUSE …]",
        '    such as  /budget create "Prod LLM" 5000 monthly org acme model gpt-4',
    ]


def test_a_word_in_place_of_a_form_is_told_without_a_line() -> None:
    view = notice_view("Edit the digest", ["There is no digest 99."])
    assert printed(view, "/cost digest edit 99").splitlines() == [
        "Edit the digest",
        "There is no digest 99.",
    ]


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("/cost digest", "digest subscribe"),
        ("/cost digest edit 1", "digest edit"),
        ("/cost ALERT create", "alert create"),
        ("/budget edit prod", "edit"),
        ("/recs snooze 1a2b", "snooze"),
        ("/budget nonsense", None),
        ("/nope", None),
        ("", None),
    ],
)
def test_the_line_is_that_of_the_words_that_were_typed(command: str, word: str | None) -> None:
    found = one_line(command)
    assert (found and found.word) == word


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("to <#C0000000002> and <#C0000000009>", "to #costs and #C0000000009"),
        ("<@U0UTE00001> of <@U0NOBODY>", "@Ute &lt;User&gt; of @U0NOBODY"),
        ("<#C0000000009|general>", "#general"),
        ("<https://example.com/a|the page>", "the page (https://example.com/a)"),
        ("<https://example.com/a>", "https://example.com/a"),
        ("<!date^1733400000^{date}|5 Dec>", "5 Dec"),
        ("<!channel>", "@channel"),
        (
            "a team called &lt;!channel&gt; and 1 &lt; 2",
            "a team called &lt;!channel&gt; and 1 &lt; 2",
        ),
    ],
)
def test_ids_are_read_as_names_and_data_stays_as_it_is(written: str, read: str) -> None:
    message = {"text": written, "blocks": [{"text": {"type": "mrkdwn", "text": written}}]}
    named = {"text": read, "blocks": [{"text": {"type": "mrkdwn", "text": read}}]}
    assert with_names(message, NAMES) == named
