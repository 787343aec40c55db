"""How figures and names are written."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.text import enumerate_names, escape, moment, money, percent, plural


@pytest.mark.parametrize(
    ("usd", "written"),
    [
        ("0", "$0.00"),
        ("1234567.891", "$1,234,567.89"),
        ("0.42", "$0.42"),
        ("0.0042", "$0.0042"),
        ("0.00000123", "$0.000001"),
        ("0.0000000001", "&lt;$0.000001"),
        ("-3.5", "−$3.50"),
        ("2.675", "$2.68"),
        ("0.999", "$1.00"),
    ],
)
def test_money_is_rounded_only_here(usd: str, written: str):
    assert money(Decimal(usd)) == written


def test_a_change_carries_its_sign():
    assert money(Decimal(3), sign=True) == "+$3.00"
    assert percent(Decimal("0.1234"), sign=True) == "+12.3 %"
    assert percent(Decimal("-0.5"), sign=True) == "−50.0 %"


def test_a_name_pings_nobody():
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_a_name_forges_no_line_and_turns_no_writing_round():
    assert escape("gpt\n*Total* \u202e4\u2069\0") == "gpt\ufffd*Total* \ufffd4\ufffd\ufffd"
    assert escape("👩‍👧 می‌خواهم") == "👩‍👧 می‌خواهم"


def test_long_lists_end_in_a_count():
    assert enumerate_names(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert enumerate_names(["a", "<b>"]) == "a and &lt;b&gt;"


def test_every_time_names_its_zone():
    instant = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)
    assert moment(instant, ZoneInfo("Europe/Berlin")) == "20 Nov 09:05 CET"


def test_nouns_follow_their_number():
    assert plural(1, "request") == "1 request"
    assert plural(2000, "request") == "2,000 requests"
