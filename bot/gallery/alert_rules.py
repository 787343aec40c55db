"""Alert rules: their list, one of them, a preview, a test; typical, empty, extreme."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from analysis.alert_rules.figures import DailySeries, Figures
from analysis.alert_rules.judging import Verdict, judge, latest, replay
from analysis.alert_rules.reading import read
from analysis.alert_rules.terms import Baseline, Direction, Kind, Terms, Unit
from analysis.incidents.levels import Level
from analysis.roles import Role
from bot.alert_rule_messages import fault_answer, trial_answer
from bot.blocks.alert_rule import (
    alert_help_answer,
    created_answer,
    deleted_answer,
    list_answer,
    previewed_answer,
    shown_answer,
)
from bot.blocks.answer import Answer
from bot.gallery.entry import DataSet, Entry
from handlers.alert_rules.permissions import Act
from handlers.alert_rules.results import (
    Created,
    Deleted,
    Listed,
    Outlook,
    Previewed,
    RuleList,
    SeriesNow,
    ShownRule,
)
from queries.dimensions import BOTH, Dimension, Dimensions
from storage.records.actor import Actor
from storage.records.alert_rule import AlertRule
from storage.records.audit import StoredAuditEntry

AT = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
TODAY = date(2026, 11, 20)
BERLIN = ZoneInfo("Europe/Berlin")
ALL = frozenset(Act)
HOSTILE = "<!channel> *_~`" + "a-very-long-name-" * 4
LAST = date(2026, 11, 19)

_SPIKE = AlertRule(
    id=UUID("95f28ad9-804a-4232-9fc7-86abab22f33e"),
    name="api-spike",
    terms=Terms(
        kind=Kind.RELATIVE,
        unit=Unit.SHARE,
        baseline=Baseline.WEEK_BEFORE,
        warning=Decimal("0.3"),
        critical=Decimal("0.6"),
        floor=Decimal(20),
    ),
    zone=BERLIN,
    filters={"product": ("api",)},
    each="model",
    targets=(("slack", "C0API"), ("slack", "U0ANN"), ("email", "finance@example.com")),
    remind_after=timedelta(days=1),
    version=2,
    created_by="T1/U1",
    created_at=AT - timedelta(days=9),
    updated_at=AT - timedelta(days=2),
)

_UTILIZATION = replace(
    _SPIKE,
    id=UUID("b3a3d1a4-1c0e-4a7e-9d57-6f8d6c1d0b11"),
    name="GPUs half asleep",
    terms=Terms(
        kind=Kind.UTILIZATION,
        unit=Unit.SHARE,
        direction=Direction.BELOW,
        warning=Decimal("0.4"),
    ),
    filters={},
    each=None,
    targets=(),
    remind_after=None,
)

_EXTREME = replace(
    _SPIKE,
    name=HOSTILE[:80],
    organization="&lt;" + HOSTILE,
    filters={"feature": tuple(f"<@U{number}> {HOSTILE}" for number in range(40))},
    each="user",
    targets=tuple(("email", f"{'x' * 60}{number}@example.com") for number in range(20)),
    fault="This deployment has no dimension <!here> any more.",
    paused=True,
)


def entries() -> list[Entry]:
    """The messages of alert rules."""
    return [
        *_three("alert rules", _list(), _nothing(), _long_list()),
        *_three(
            "one alert rule",
            _shown(_SPIKE, _outlook(_SPIKE, ["gpt-4o", "gpt-4o-mini"], 560)),
            _shown(_UTILIZATION, _outlook(_UTILIZATION, [None], 0)),
            _shown(_EXTREME, _outlook(_EXTREME, [f"{HOSTILE}{n}" for n in range(50)], 10**12)),
        ),
        *_three(
            "preview of an alert rule",
            previewed_answer(Previewed(_outlook(_SPIKE, ["gpt-4o", "gpt-4o-mini"], 560))),
            previewed_answer(Previewed(Outlook(_SPIKE, (), TODAY, 30))),
            previewed_answer(
                Previewed(
                    _outlook(_EXTREME, [f"{HOSTILE}{n}" for n in range(50)], 10**12),
                    tuple(f"feature {HOSTILE}{n}" for n in range(30)),
                )
            ),
        ),
        *_three(
            "an alert rule that was created",
            _created(_SPIKE, ["gpt-4o"], 560),
            _created(_UTILIZATION, [None], 0),
            _created(_EXTREME, [HOSTILE] * 9, 10**9),
        ),
        *_three(
            "test of an alert rule",
            trial_answer(_SPIKE, "Ada", _outlook(_SPIKE, ["gpt-4o"], 560)),
            trial_answer(_UTILIZATION, "Ada", Outlook(_UTILIZATION, (), TODAY, 14)),
            trial_answer(_EXTREME, HOSTILE, _outlook(_EXTREME, [HOSTILE], 10**9)),
        ),
        *_three(
            "an alert rule that is gone or broken",
            deleted_answer(Deleted(_SPIKE, AT + timedelta(days=1)), BERLIN),
            fault_answer(replace(_UTILIZATION, fault="It names a dimension that is gone.")),
            fault_answer(_EXTREME),
        ),
        *_three(
            "help on alert rules",
            alert_help_answer(Dimensions(), Role.ORG_ADMIN),
            alert_help_answer(Dimensions(), Role.USER),
            alert_help_answer(_many_dimensions(), Role.ADMIN),
        ),
    ]


def _three(template: str, typical: Answer, empty: Answer, extreme: Answer) -> list[Entry]:
    sets: list[tuple[DataSet, Answer]] = [
        ("typical", typical),
        ("empty", empty),
        ("extreme", extreme),
    ]
    return [Entry(template, data, answer.payload(), answer.chart) for data, answer in sets]


def _list() -> Answer:
    rules = (
        Listed(_SPIKE, open=2, worst="critical"),
        Listed(_UTILIZATION),
        Listed(replace(_UTILIZATION, name="night jobs", organization="acme", paused=True)),
    )
    return list_answer(RuleList(rules, 3, None, ALL))


def _nothing() -> Answer:
    return list_answer(RuleList((), 0, None, ALL))


def _long_list() -> Answer:
    rules = tuple(
        Listed(replace(_EXTREME, name=f"{number} {HOSTILE}"[:80]), open=number, worst="no data")
        for number in range(50)
    )
    return list_answer(RuleList(rules, 12_345, _SPIKE.id, ALL))


def _shown(rule: AlertRule, outlook: Outlook) -> Answer:
    entry = StoredAuditEntry(
        id=1,
        at=AT,
        actor=Actor(team_id="T1", user_id="U1", name="Ada" if rule is _SPIKE else HOSTILE),
        surface="slack",
        action="alert_rule.edit",
        object_kind="alert rule",
        object_id=str(rule.id),
    )
    return shown_answer(ShownRule(rule, outlook, (entry,), ALL))


def _created(rule: AlertRule, members: list[str | None] | list[str], peak: int) -> Answer:
    return created_answer(Created(rule, True, _outlook(rule, members, peak)), ALL)


def _many_dimensions() -> Dimensions:
    return Dimensions(
        Dimension(f"{'dimension_' * 4}{number}", f"d{number}", BOTH, "one more", "dimensions")
        for number in range(60)
    )


def _outlook(rule: AlertRule, members: list[str | None] | list[str], peak: int) -> Outlook:
    """What a rule says of made-up days: steady ones, and a peak a week ago and on the last."""
    found = tuple(_series(rule, member, peak) for member in members)
    return Outlook(rule, found, TODAY, 30, left_out=0 if rule is not _EXTREME else 9_950)


def _series(rule: AlertRule, member: str | None, peak: int) -> SeriesNow:
    days = latest(60, LAST)
    series = DailySeries({day: _figures(day, peak) for day in days}, days[0], LAST)
    past = replay(rule.terms, series, latest(30, LAST))
    reading = read(rule.terms, series, LAST)
    level = judge(rule.terms, reading) if reading is not None else Level.UNKNOWN
    return SeriesNow(member, Verdict(level, LAST, reading), past)


def _figures(day: date, peak: int) -> Figures:
    usual = Decimal(198 if day.weekday() < 5 else 120)
    cost = usual + (peak if (LAST - day).days in (0, 8) else 0)
    return Figures(cost, cost, cost * Decimal("0.7"), 1000)
