"""What may be typed after /recs: understood, written back, and suggested where it is mistyped."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import BadInput, NotUnderstood
from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Kind
from bot.grammar.command import Command
from bot.grammar.recs import parse_recs
from bot.grammar.recs_commands import (
    ME,
    UNSAID,
    OpportunityAssignCommand,
    OpportunityListCommand,
    OpportunityShowCommand,
    OpportunityStatusCommand,
    RecsAssignCommand,
    RecsDecideCommand,
    RecsGenerateCommand,
    RecsHelpCommand,
    RecsListCommand,
    RecsShowCommand,
    RecsTrackerCommand,
)
from bot.grammar.recs_words import ACTS, RECS_CLAUSES, RECS_SUBCOMMANDS
from bot.grammar.recs_write import write_recs
from handlers.recommendations.requests import ListRequest, OpportunityListRequest

KEY = UUID("1a2b3c4d-0000-4000-8000-00000000c0de")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", RecsListCommand()),
        ("list", RecsListCommand()),
        ("LIST csv", RecsListCommand(csv=True)),
        ("accepted", RecsListCommand(ListRequest(states=frozenset({State.ACCEPTED})))),
        ("all", RecsListCommand(ListRequest(states=frozenset()))),
        (
            "list accepted verified kind caching batch-processing min $1.5k org acme",
            RecsListCommand(
                ListRequest(
                    states=frozenset({State.ACCEPTED, State.VERIFIED}),
                    kinds=frozenset({Kind.CACHING, Kind.BATCH_PROCESSING}),
                    min_savings=Decimal(1500),
                    organization="acme",
                )
            ),
        ),
        ("downgrade", RecsListCommand(ListRequest(kinds=frozenset({Kind.MODEL_DOWNGRADE})))),
        (f"list after {KEY}", RecsListCommand(ListRequest(after=KEY))),
        ("show 3", RecsShowCommand("3")),
        ("accept 1a2b3c", RecsDecideCommand("1a2b3c", Move.ACCEPT)),
        (
            "accept 1a2b3c because the new model is as good",
            RecsDecideCommand("1a2b3c", Move.ACCEPT, "the new model is as good"),
        ),
        ("reject 1a2b3c", RecsDecideCommand("1a2b3c", Move.REJECT)),
        (
            "reject 1a2b3c until 2026-12-24 because answers change",
            RecsDecideCommand("1a2b3c", Move.REJECT, "answers change", date(2026, 12, 24)),
        ),
        (
            "dismiss 1a2b3c answers change until 2026-12-24",
            RecsDecideCommand("1a2b3c", Move.REJECT, "answers change", date(2026, 12, 24)),
        ),
        ("snooze 1a2b3c", RecsDecideCommand("1a2b3c", Move.SNOOZE)),
        ("snooze 1a2b3c for 14d", RecsDecideCommand("1a2b3c", Move.SNOOZE, days=14)),
        ("snooze 1a2b3c week", RecsDecideCommand("1a2b3c", Move.SNOOZE, days=7)),
        (
            "snooze 1a2b3c until 2026-12-01",
            RecsDecideCommand("1a2b3c", Move.SNOOZE, until=date(2026, 12, 1)),
        ),
        ("done 1a2b3c", RecsDecideCommand("1a2b3c", Move.IMPLEMENT)),
        ("verify 1a2b3c", RecsDecideCommand("1a2b3c", Move.VERIFY)),
        ("verify 1a2b3c $450", RecsDecideCommand("1a2b3c", Move.VERIFY, savings="$450")),
        ("undo 1a2b3c", RecsDecideCommand("1a2b3c", Move.UNDO)),
        ("assign 1a2b3c", RecsAssignCommand("1a2b3c", UNSAID)),
        ("assign 1a2b3c me", RecsAssignCommand("1a2b3c", ME)),
        ("assign 1a2b3c nobody", RecsAssignCommand("1a2b3c", None)),
        ("assign 1a2b3c <@U0OTTO0001|otto>", RecsAssignCommand("1a2b3c", "U0OTTO0001")),
        ("generate", RecsGenerateCommand()),
        ("generate 60d org acme", RecsGenerateCommand(60, "acme")),
        ("generate all", RecsGenerateCommand(is_meant=True)),
        ("tracker org acme", RecsTrackerCommand("acme")),
        ("opportunities", OpportunityListCommand()),
        (
            "opportunities open planned org acme csv",
            OpportunityListCommand(
                OpportunityListRequest(
                    frozenset({OpportunityState.OPEN, OpportunityState.PLANNED}), "acme"
                ),
                csv=True,
            ),
        ),
        ("opportunities show 1a2b3c", OpportunityShowCommand("1a2b3c")),
        ("opportunities assign 1a2b3c me", OpportunityAssignCommand("1a2b3c", ME)),
        (
            "opportunities status 1a2b3c implemented saved 120 because retries have a limit",
            OpportunityStatusCommand(
                "1a2b3c", OpportunityState.IMPLEMENTED, "retries have a limit", "120"
            ),
        ),
        ("help", RecsHelpCommand()),
        ("?", RecsHelpCommand()),
    ],
)
def test_a_line_is_understood(text: str, command: Command):
    assert parse_recs(text) == command


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("acept 1a2b3c", "Did you mean `accept`"),
        ("lsit", "Did you mean `list`"),
        ("cachng", "Did you mean `caching`"),
        ("xyzzy", "`/recs help` has them all"),
        ("list pendng", "Did you mean `pending`"),
        ("list kind", "`kind` needs a type"),
        ("list kind cachng", "Did you mean `caching`"),
        ("list min lots", "`min` needs US dollars"),
        ("list org", "`org` needs a name"),
        ("show", "`show` needs an id"),
        ("accept", "`accept` needs an id"),
        ("accept 1a2b3c now", "`accept` does not go with `now`"),
        ("snooze 1a2b3c soon", "`soon` is no time to snooze"),
        ("snooze 1a2b3c until tomorrow", "`tomorrow` is no day"),
        ("verify 1a2b3c much", "`much` is no amount"),
        ("assign 1a2b3c otto", "nobody's name"),
        ("generate soon", "`generate` does not go with `soon`"),
        ("generate org acme all", "do not go together"),
        ("opportunities status 1a2b3c", "needs a status"),
        ("opportunities status 1a2b3c plannd", "Did you mean `planned`"),
        ("opportunities status 1a2b3c expired", "I don't know the word `expired`"),
        ("opportunities opn", "Did you mean `open`"),
        ("tracker today", "`tracker` does not go with `today`"),
    ],
)
def test_a_mistyped_line_is_told_what_would_work(text: str, told: str):
    with pytest.raises(NotUnderstood) as refusal:
        parse_recs(text)
    assert told in str(refusal.value)


@pytest.mark.parametrize("example", [part.example for part in (*RECS_CLAUSES, *RECS_SUBCOMMANDS)])
def test_every_example_is_understood_and_written_back(example: str):
    command = parse_recs(example.removeprefix("/recs "))
    assert parse_recs(write_recs(command)) == command


def test_every_word_has_what_it_does():
    assert set(ACTS) == {sub.word for sub in RECS_SUBCOMMANDS}


lists = st.builds(
    ListRequest,
    states=st.frozensets(st.sampled_from(State)),
    kinds=st.frozensets(st.sampled_from(Kind)),
    min_savings=st.decimals(0, 10**6, places=2),
    organization=st.none() | st.text(min_size=1).filter(lambda text: bool(text.strip())),
    after=st.none() | st.uuids(),
)


@given(request=lists, csv=st.booleans())
def test_a_list_is_read_as_it_was_written(request: ListRequest, csv: bool):
    # What a button carries asks exactly for the next page of the same list.
    command = RecsListCommand(request, csv=csv)
    assert parse_recs(write_recs(command)) == command


reasons = st.text(max_size=60).map(lambda text: " ".join(text.split()))


@given(
    which=st.text("0123456789abcdef", min_size=4, max_size=32),
    reason=reasons,
    until=st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)
def test_a_rejection_is_read_as_it_was_written(which: str, reason: str, until: date | None):
    command = RecsDecideCommand(which, Move.REJECT, reason, until)
    assert parse_recs(write_recs(command)) == command


def is_understood_or_refused(text: str) -> bool:
    """Whether a line gives a command, or a whole sentence that says why it does not."""
    try:
        parse_recs(text)
    except (NotUnderstood, BadInput) as refusal:
        return refusal.sentence.endswith(".")
    return True


@given(text=st.text(max_size=200))
def test_any_text_is_understood_or_refused_in_plain_words(text: str):
    assert is_understood_or_refused(text)


words = st.sampled_from(
    [
        *{word for sub in RECS_SUBCOMMANDS for word in sub.usage.split()},
        *{word for clause in RECS_CLAUSES for word in clause.keywords},
        "$50",
        "1a2b3c4d",
        "2026-12-01",
        "because",
        "me",
        '"',
        "14d",
    ]
)


@given(line=st.lists(words, max_size=8))
def test_any_order_of_declared_words_is_understood_or_refused(line: list[str]):
    assert is_understood_or_refused(" ".join(line))
