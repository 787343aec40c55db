from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from playground.page.mrkdwn import mrkdwn, plain_text
from playground.page.reading import Reading
from tests.playground_page.html_check import problems, read

READING = Reading(
    users={"U1": "Ada Lovelace"},
    channels={"C1": "costs"},
    reader="U1",
    zone=ZoneInfo("Europe/Berlin"),
    now=datetime(2024, 12, 5, 9, 0, tzinfo=UTC),
)


def drawn(text: str) -> str:
    return str(mrkdwn(text, READING))


def test_the_marks_of_bold_italic_and_strike_become_elements():
    assert drawn("*bold* _italic_ ~gone~ *_both_*") == snapshot(
        "<strong>bold</strong> <em>italic</em> <s>gone</s> <strong><em>both</em></strong>"
    )


@pytest.mark.parametrize(
    "text", ["2*3*4", "snake_case_name", "* not bold *", "_", "**", "~/x~y", "*a*b", "_a_b"]
)
def test_marks_within_words_or_around_spaces_stay_text(text: str):
    assert drawn(text) == text


def test_nothing_is_formatted_within_code():
    assert drawn("`a *b* :fire: &lt;x&gt;`") == snapshot("<code>a *b* :fire: &lt;x&gt;</code>")
    assert drawn("before\n```\n*x*\n  y\n```\nafter") == snapshot("before<pre>*x*\n  y</pre>after")


def test_lines_that_begin_with_a_greater_sign_are_one_quote():
    assert drawn("said:\n&gt; one\n&gt; *two*\nend") == snapshot(
        "said:<blockquote>one<br><strong>two</strong></blockquote>end"
    )


def test_mentions_are_names_and_channels_lead_to_their_page():
    assert drawn("<@U1> <@U9|bob> <#C1> <#C9> <!here> <!subteam^S1|@team>") == snapshot(
        '<span class="mention me">@Ada Lovelace</span> <span class="mention">@bob</span> '
        '<a class="mention" href="/c/C1">#costs</a> <span class="mention">#private channel</span> '
        '<span class="mention broadcast">@here</span> <span class="mention">@team</span>'
    )


def test_links_lead_out_and_keep_their_label():
    assert drawn("<https://x.y/?a=1&amp;b=2|see *this*>") == snapshot(
        '<a href="https://x.y/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">'
        "see *this*</a>"
    )
    assert read(drawn("see https://x.y/z.")).links == ["https://x.y/z"]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "JAVASCRIPT:x",
        " javascript:x",
        "vbscript:x",
        "/x",
    ],
)
def test_only_http_and_mailto_become_links(address: str):
    assert read(drawn(f"<{address}|click>")).links == []


def test_dates_are_written_in_the_readers_zone():
    assert drawn("<!date^1733389200^{date_short_pretty} at {time}|never>") == snapshot(
        '<time datetime="2024-12-05T10:00:00+01:00">Today at 10:00</time>'
    )
    assert drawn("<!date^99999999999999^{date}|never>") == "never"


def test_known_emoji_are_characters_and_unknown_ones_stay_names():
    assert drawn(":rocket: :of_our_own:") == snapshot(
        '<span class="emoji" title=":rocket:">🚀</span> :of_our_own:'
    )


def test_an_escaped_broadcast_pings_nobody():
    assert drawn("&lt;!channel&gt;") == "&lt;!channel&gt;"


def test_plain_text_formats_nothing():
    assert str(plain_text("*a* <@U1> <b>\n:fire:")) == snapshot("*a* &lt;@U1&gt; &lt;b&gt;<br>🔥")


PIECES = st.sampled_from(
    [
        *"*_~`<>|^!@#:&;\n \"'/=",
        "```",
        "&lt;",
        "&amp;",
        "<!date^1^{ago}^javascript:x|",
        "<script>alert(1)</script>",
        "<https://a.b|",
        "https://a.b",
        "<@U1",
        "javascript:",
        "onclick=",
        "<img src=x onerror=x>",
        ":fire:",
        "\u202e",
        "x",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
def test_no_text_ever_becomes_markup_of_its_own(text: str):
    assert problems(drawn(text)) == []
    assert problems(str(plain_text(text))) == []


@given(
    st.text(alphabet=st.characters(exclude_characters="*_~`<>:&\r\n", exclude_categories=["Cs"]))
)
def test_text_without_marks_is_shown_as_it_is(text: str):
    assert "".join(read(drawn(text)).text) == text


@pytest.mark.parametrize(
    "text",
    ["*" * 40_000, "*a`" * 13_000, "<" * 40_000, "`<" * 20_000, "*a _b " * 7_000, "&gt;" * 10_000],
)
def test_hostile_repetition_costs_no_time(text: str):
    begun = time.thread_time()  # what others do on the machine is not counted
    drawn(text)
    assert time.thread_time() - begun < 5
