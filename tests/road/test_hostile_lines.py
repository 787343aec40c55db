"""Whatever is typed is answered, at once, harmlessly and within Slack's limits."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping, Sequence
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.outcome import Outcome
from tests.facts import request
from tests.road.hostile import fixed_lines, lines
from tests.road.standing import Standing, standing
from tests.slack.conftest import FACTS, at

PEOPLE = ("ada", "ute", "gil", "sam")
SECRET = "zephyr-of-globex"
"""A model that only globex uses: nobody of acme may hear of it."""
HOSTILE_FACTS = (
    *FACTS,
    request(at(20, 9), "1", model=SECRET, organization="globex"),
    request(at(20, 9), "1", model="<!channel>", organization="acme", provider="<@U0ADA00001>"),
    request(at(20, 9), "1", model="{{1337*1337}} & `x` *b*", organization="acme"),
    request(at(20, 9), "1", model="'; DROP TABLE costs; --", organization="acme"),
    request(at(20, 9), None, model="<!here> \u202eevil", organization="acme"),
    request(at(20, 9), "1", model="", organization="acme"),
)
THE_REPORT = re.compile(r"<https://playground\.slack\.com/archives/\w+/p\d+\|the report>")
"""The one link that costbot gives: to the report that was posted a moment ago."""
UNHARMED = ("/cost 7d by model", "/cost", "/cost pricing", "/cost 7d by day by organization")


@pytest.fixture(scope="module")
def costbot(tmp_path_factory: pytest.TempPathFactory) -> Generator[Standing]:
    with standing(tmp_path_factory.mktemp("home"), HOSTILE_FACTS) as ready:
        before = [ready.say(line, "ada").ack for line in UNHARMED]
        yield ready
        assert [ready.say(line, "ada").ack for line in UNHARMED] == before


def displayed(part: object) -> str:
    """Everything in an answer but what its buttons carry unseen."""
    if isinstance(part, Mapping):
        entries = cast("Mapping[str, object]", part)
        return " ".join(displayed(value) for name, value in entries.items() if name != "value")
    if isinstance(part, Sequence) and not isinstance(part, str):
        return " ".join(displayed(entry) for entry in cast("Sequence[object]", part))
    return str(part)


def wrong_with(outcome: Outcome, complaints: Sequence[str], forms: int = 0) -> list[str]:
    """What an answer should not have come to; some lines open a form in place of one."""
    said = THE_REPORT.sub("the report", displayed(outcome.ack))
    checks = {
        f"status {outcome.status}": outcome.status == 200,
        f"refused by Slack: {outcome.error} {outcome.problems}": not outcome.error,
        "nothing said": bool(outcome.ack.get("text")) or forms == 1,
        "answered later": not said.startswith("Fetching"),
        "an error": "Something went wrong" not in said,
        "a reference": not any(mark in said for mark in ("<!", "<@", "<#", "<http")),
        "a raw bracket": "<" not in said and ">" not in said,
        "a control character": all(c.isprintable() or c == "\n" for c in said),
        "something evaluated": str(1337 * 1337) not in said,
        f"logged: {complaints}": not complaints,
    }
    return [problem for problem, fine in checks.items() if not fine]


def test_a_hostile_word_does_no_harm_wherever_it_stands(costbot: Standing):
    harmed: dict[str, list[str]] = {}
    for number, line in enumerate(fixed_lines()):
        name = PEOPLE[number % len(PEOPLE)]
        outcome = costbot.say(line, name)
        forms = costbot.closed_forms(name)
        if wrong := wrong_with(outcome, costbot.complaints.take(), forms):
            harmed[f"{name}: {line[:200]}"] = wrong
    assert harmed == {}


@settings(max_examples=800)
@given(line=lines, name=st.sampled_from(PEOPLE))
def test_random_words_do_no_harm(costbot: Standing, line: str, name: str):
    outcome = costbot.say(line, name)
    forms = costbot.closed_forms(name)
    assert wrong_with(outcome, costbot.complaints.take(), forms) == []
    if name == "ute":
        assert SECRET not in json.dumps(outcome.ack)
