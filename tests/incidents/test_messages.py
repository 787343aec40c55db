"""What is written about incidents, for every way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.incidents.deciding import Move
from bot.blocks.fit import MOST_BLOCKS, MOST_TEXT, text_length
from bot.gallery.entry import Entry
from bot.gallery.incidents import AT, entries
from bot.incident_messages import IncidentMessages, escaped
from bot.incident_words import lasted
from bot.outbox.payloads import (
    EmailMessagePayload,
    LinearMessage,
    SlackMessage,
    WebhookEvent,
)
from handlers.incidents.signal import Story, Target
from handlers.incidents.telling import Composed, Telling, as_story
from playground.blockkit.rules import Json
from playground.blockkit.validation import problems_of_blocks
from storage.records.incident import Incident
from tests.incidents.conftest import BERLIN
from tests.incidents.test_in_slack import STORY

SLACK, MAIL, HOOK, LINEAR = (
    Target("slack", "C1"),
    Target("email", "ann@example.com"),
    Target("webhook", "ops"),
    Target("linear", "ENG"),
)
ALL = (SLACK, MAIL, HOOK, LINEAR)


def incident(story: Story = STORY, **fields: object) -> Incident:
    found = Incident(
        id=UUID(int=7),
        subject="anomaly|*/model/gpt-4o/cost",
        kind="anomaly",
        organization=None,
        level="warning",
        worst="warning",
        level_told="warning",
        opened_at=AT - timedelta(days=2),
        sequence=1,
        usd=Decimal(310),
        usd_in_all=Decimal(620),
        story=as_story(story),
    )
    return replace(found, **fields)  # pyright: ignore[reportArgumentType]


def composed(found: Incident, move: Move | None, *, targets: tuple[Target, ...] = ALL) -> Composed:
    telling = Telling(incident=found, story=STORY, move=move, targets=targets, at=AT)
    return IncidentMessages(BERLIN)(telling)


def test_the_first_word_reaches_every_place_and_makes_a_root_of_each() -> None:
    made = composed(incident(), Move.OPENED)
    assert [row.channel for row in made.deliveries] == ["slack", "email", "webhook", "linear"]
    assert made.roots == {f"{row.channel}:{row.address}": row.key for row in made.deliveries}
    slack, mail, hook, linear = (row.payload for row in made.deliveries)
    assert SlackMessage.model_validate(slack).picture is not None
    assert EmailMessagePayload.model_validate(mail).subject.startswith("Warning: Cost of")
    assert WebhookEvent.model_validate(hook).event == "incident.opened"
    assert LinearMessage.model_validate(linear).priority == 2


def test_what_follows_goes_below_the_root_and_changes_it() -> None:
    roots = composed(incident(), Move.OPENED).roots
    worse = incident(level="critical", worst="critical", sequence=2, roots=roots, version=1)
    rows = composed(worse, Move.ESCALATED).deliveries
    shapes = [(row.channel, row.payload.get("do"), row.payload.get("broadcast")) for row in rows]
    assert shapes == [
        ("slack", "reply", True),
        ("slack", "update", None),
        ("email", None, None),
        ("webhook", None, None),
        ("linear", "comment", None),
    ]
    assert all(row.payload.get("root") == roots["slack:C1"] for row in rows[:2])
    assert len({row.key for row in rows}) == len(rows)
    assert len({row.group for row in rows if row.channel == "slack"}) == 1


def test_its_end_completes_the_issue_and_is_told_where_it_was_told_alone() -> None:
    roots = composed(incident(), Move.OPENED, targets=(SLACK, LINEAR)).roots
    over = incident(level="ok", closed_at=AT, sequence=2, roots=roots, version=1)
    rows = composed(over, Move.RECOVERED).deliveries
    assert [(row.channel, row.payload.get("do")) for row in rows] == [
        ("slack", "reply"),
        ("slack", "update"),
        ("linear", "comment"),
        ("linear", "state"),
    ]
    assert "cost about $620.00 more" in str(rows[0].payload)


def test_a_quiet_change_edits_what_stands_and_sends_nothing() -> None:
    roots = composed(incident(), Move.OPENED).roots
    eased = incident(level="notice", roots=roots, version=1)
    rows = composed(eased, None).deliveries
    assert [(row.channel, row.payload["do"]) for row in rows] == [("slack", "update")]
    assert composed(incident(version=1), None).deliveries == ()


def test_what_people_closed_says_so_in_linear_and_to_webhooks() -> None:
    roots = composed(incident(), Move.OPENED).roots
    closed = incident(
        roots=roots,
        version=1,
        closed_at=AT,
        label="expected",
        labelled_at=AT,
        note="The day leaves the baseline.",
    )
    rows = composed(closed, None).deliveries
    told = {(row.channel, row.payload.get("do") or row.payload.get("event")) for row in rows}
    assert told == {
        ("slack", "update"),
        ("linear", "comment"),
        ("linear", "state"),
        ("webhook", "incident.closed"),
    }
    assert "The day leaves the baseline." in str(rows[0].payload)


def test_what_was_closed_by_mistake_is_open_again_everywhere() -> None:
    roots = composed(incident(), Move.OPENED).roots
    telling = Telling(
        incident=incident(roots=roots, version=2),
        story=STORY,
        move=None,
        is_reopened=True,
        at=AT,
    )
    rows = IncidentMessages(BERLIN)(telling).deliveries
    told = {(row.channel, row.payload.get("do") or row.payload.get("event")) for row in rows}
    assert told == {
        ("slack", "update"),
        ("linear", "comment"),
        ("linear", "state"),
        ("webhook", "incident.reopened"),
    }
    assert "unstarted" in {row.payload.get("state") for row in rows}


def test_no_data_is_called_no_data_everywhere_and_nowhere_ok() -> None:
    silent = incident(level="no data", sequence=2, last_word="No usage since Thursday.")
    for row in composed(silent, Move.NO_DATA).deliveries:
        written = str(row.payload)
        assert "No data" in written
        assert "No usage since Thursday." in written
        assert "Over:" not in written


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=2, hours=13), "3 days"),
    ],
    ids=["seconds", "minutes", "hours", "days", "more"],
)
def test_a_span_is_told_in_the_unit_that_says_enough(span: timedelta, words: str) -> None:
    assert lasted(span) == words


def test_markdown_shows_names_as_they_are_and_mentions_nobody() -> None:
    assert escaped("@ada <b> a_b\n# c") == "\\@ada \\<b\\> a\\_b \\# c"


@pytest.mark.parametrize(
    "entry", entries(), ids=[f"{one.template}-{one.data}".replace(" ", "-") for one in entries()]
)
def test_every_template_of_the_gallery_is_within_slacks_limits(entry: Entry) -> None:
    blocks = cast("list[Json]", entry.payload["blocks"])
    assert entry.payload["text"]
    assert len(blocks) <= MOST_BLOCKS
    assert text_length(blocks) <= MOST_TEXT
    assert "<!channel>" not in str(entry.payload)
    assert "<!here>" not in str(entry.payload)
    assert problems_of_blocks(blocks, lambda _: True) == []
    if entry.template == "incident":
        assert cast("dict[str, Json]", blocks[-1])["type"] == "actions"


words_of = st.text(max_size=400)


@given(
    title=words_of,
    summary=words_of,
    cause=st.lists(words_of, max_size=9),
    breakdown=st.lists(words_of, max_size=9),
    ask=st.none() | words_of,
    move=st.sampled_from([None, *Move]),
)
@settings(max_examples=60)
def test_whatever_a_story_says_every_way_out_takes_it(
    title: str,
    summary: str,
    cause: list[str],
    breakdown: list[str],
    ask: str | None,
    move: Move | None,
) -> None:
    story = Story(
        title=title, summary=summary, cause=tuple(cause), breakdown=tuple(breakdown), ask=ask
    )
    roots = {f"{target.channel}:{target.address}": "k" for target in ALL}
    found = incident(story, roots=roots)
    telling = Telling(incident=found, story=story, move=move, targets=ALL, at=AT)
    kinds = {
        "slack": SlackMessage,
        "email": EmailMessagePayload,
        "webhook": WebhookEvent,
        "linear": LinearMessage,
    }
    for row in IncidentMessages(BERLIN)(telling).deliveries:
        payload = kinds[row.channel].model_validate(row.payload)
        if isinstance(payload, SlackMessage):
            blocks = cast("list[Json]", list(payload.blocks))
            assert problems_of_blocks(blocks, lambda _: True) == []
