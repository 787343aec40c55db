"""The forecasts and trends of the gallery: in all sets of data within Slack's limits."""

from __future__ import annotations

import json
import re

import pytest

from bot.gallery.entry import Entry
from bot.gallery.forecast import entries as forecasts
from bot.gallery.trends import entries as trends

ENTRIES = [*forecasts(), *trends()]


def shown_of(entry: Entry) -> str:
    """What is shown of a message; what a button carries is not."""
    text = json.dumps(entry.payload, ensure_ascii=False)
    return re.sub(r'"value": "(\\.|[^"\\])*"', "", text)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.template}-{entry.data}")
def test_each_says_something_and_pings_nobody(entry: Entry):
    shown = shown_of(entry)
    assert str(entry.payload["text"]).strip()
    assert "<!channel>" not in shown
    assert "<https://example.com" not in shown


def test_each_template_has_three_sets_of_data():
    found = {(entry.template, entry.data) for entry in ENTRIES}
    templates = {template for template, _ in found}
    assert found == {(one, data) for one in templates for data in ("typical", "empty", "extreme")}
