from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.anomalies import (
    AnomaliesCommand,
    AnomalyCommand,
    ReplayCommand,
    write_anomalies,
)
from bot.grammar.command import Command
from bot.grammar.parse import parse
from handlers.anomalies.requests import ListAnomaliesRequest, ReplayRequest, TrialSettings
from queries.dimensions import Dimensions


def understood(text: str) -> Command:
    """What a line asks for."""
    return parse(text, Dimensions(), Role.ADMIN)


def test_a_list_takes_days_a_state_and_what_it_is_of() -> None:
    assert understood("anomalies") == AnomaliesCommand(ListAnomaliesRequest())
    assert understood("anomalies 30d open org acme csv") == AnomaliesCommand(
        ListAnomaliesRequest(30, only_open=True, filters={"organization": ("acme",)}), csv=True
    )
    assert understood("anomalies show 1a2b3c4d") == AnomalyCommand("1a2b3c4d")


def test_a_replay_takes_settings() -> None:
    asked = understood("replay 14d bands 3/4/6 least $20 ratio 40% rises product api")
    trial = TrialSettings((3.0, 4.0, 6.0), Decimal(20), 0.4, falls=False)
    assert asked == ReplayCommand(ReplayRequest(14, trial, {"product": ("api",)}))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("anomalies opne", "I don't know the word `opne`"),
        ("anomalies open all", "do not go together"),
        ("anomalies show", "needs the id"),
        ("anomalies 7d 30d", "twice"),
        ("anomalies model", "needs a value"),
        ("replay bands 2/3", "three scores"),
        ("replay least much", "US dollars"),
        ("replay ratio 0.4", "per cent"),
    ],
)
def test_what_is_not_understood_is_said(text: str, sentence: str) -> None:
    with pytest.raises(NotUnderstood, match=sentence) as refused:
        understood(text)
    assert refused.value.hint


names = st.text(min_size=1, max_size=20).filter(lambda text: "\0" not in text)
filters = st.dictionaries(st.sampled_from(["organization", "model"]), st.tuples(names), max_size=2)
bands = st.tuples(*[st.integers(1, 99).map(float)] * 3)


@given(days=st.integers(1, 30), filters=filters, bands=st.none() | bands, csv=st.booleans())
def test_what_is_written_is_understood_as_the_same(
    days: int,
    filters: dict[str, tuple[str]],
    bands: tuple[float, float, float] | None,
    csv: bool,
) -> None:
    replay = ReplayCommand(ReplayRequest(days, TrialSettings(bands), filters), csv=csv)
    assert understood(write_anomalies(replay)) == replay
    listed = AnomaliesCommand(ListAnomaliesRequest(days, filters=filters), csv=csv)
    assert understood(write_anomalies(listed)) == listed
