"""Anomalies: their list, one of them, what follows from a label, replays; with made-up findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from analysis.roles import Role
from analysis.series import Measure, SeriesKey
from analysis.written import money
from bot.blocks.anomalies import anomalies_answer, anomaly_answer, said_answer
from bot.blocks.answer import Answer
from bot.blocks.replay import replay_answer
from bot.gallery.entry import DataSet, Entry
from bot.pictures.numbers import plotted
from handlers.anomalies.drafting import Planned, draft_of
from handlers.anomalies.finding import About
from handlers.anomalies.labels import Said
from handlers.anomalies.listing import AnomalyList, AnomalyRow, ShownAnomaly
from handlers.anomalies.naming import day_name, figure, moved, title_of
from handlers.anomalies.permissions import Act
from handlers.anomalies.promising import promise
from handlers.anomalies.replayed import Fired, Replay, Used, side_by_side
from handlers.anomalies.requests import ListAnomaliesRequest, ReplayRequest, TrialSettings
from handlers.caller import Caller
from storage.records.anomaly import AnomalyLabel, KeptFinding, LabelKind

DAY = timedelta(days=1)
LAST = date(2026, 11, 19)
NOW = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, BERLIN)
USED = Used((2.0, 3.0, 4.5), Decimal(5), 0.25, falls=True)

HOSTILE = '<!channel> *bold* `code` <https://example.com|click> & "quotes" ' + 40 * "long "


def entries() -> list[Entry]:
    """The templates, each with its three sets of data."""
    return [
        _entry("anomalies", "typical", anomalies_answer(listed(typical_rows()), ADMIN)),
        _entry("anomalies", "empty", anomalies_answer(listed(()), ADMIN)),
        _entry("anomalies", "extreme", anomalies_answer(listed(extreme_rows()), ADMIN)),
        _entry("anomaly", "typical", anomaly_answer(shown(finding()), ADMIN)),
        _entry("anomaly", "empty", anomaly_answer(shown(new_series(), parts=0), ADMIN)),
        _entry("anomaly", "extreme", anomaly_answer(extreme_shown(), ADMIN)),
        _entry("anomaly label", "typical", said_answer(said("expected"))),
        _entry("anomaly label", "empty", said_answer(undone())),
        _entry("anomaly label", "extreme", said_answer(extreme_said())),
        _entry("replay", "typical", replay_answer(replayed())),
        _entry("replay", "empty", replay_answer(quiet_replay())),
        _entry("replay", "extreme", replay_answer(extreme_replay())),
    ]


def _entry(template: str, data: DataSet, answer: Answer) -> Entry:
    return Entry(template, data, answer.payload(), answer.chart)


def finding(
    member: str = "ltxv-13b",
    *,
    organization: str | None = None,
    level: str = "critical",
    usd: str = "310.12",
    day: date = LAST,
    days: int = 1,
) -> KeptFinding:
    """What was found of a model."""
    key = SeriesKey(organization, "model", member, Measure.COST)
    expected = 343.58
    actual = expected + plotted(Decimal(usd))
    return KeptFinding(
        series=str(key),
        organization=organization,
        dimension="model",
        member=member,
        measure="cost",
        day=day,
        since=day if days == 1 else day - (days - 1) * DAY,
        shape="spike" if days == 1 else "shift",
        level=level,
        actual=actual,
        expected=expected,
        lower=292.66,
        upper=398.69,
        score=7.6,
        usd=Decimal(usd),
        history_days=58,
        outcome="told",
        description=(
            f"{title_of(key)}: {figure(actual, key.measure)} on {day_name(day)}, "
            f"{moved(actual, expected)} ({money(Decimal(usd), sign=True)}) against the "
            f"{figure(expected, key.measure)} that its past says; $292.66 to $398.69 was to be "
            "expected. Error spike: requests that end as failed +4,583 % (6 → 281), +$355.98."
        ),
        found_at=NOW,
    )


def new_series() -> KeptFinding:
    """A series that began out of nothing."""
    key = SeriesKey(None, "model", "aurora", Measure.REQUESTS)
    usual = finding("aurora", level="notice", usd="6.00")
    return replace(
        usual,
        series=str(key),
        measure="requests",
        actual=12.0,
        expected=0.0,
        lower=0.0,
        upper=0.0,
        history_days=0,
        description=f"Requests: model aurora: 12 on {LAST}, where there was nothing before.",
    )


def typical_rows() -> tuple[AnomalyRow, ...]:
    """One that is open, one that was expected, one that is over."""
    expected = finding(
        "gpt-4", organization="acme", level="warning", usd="184.10", day=LAST - DAY, days=3
    )
    return (
        AnomalyRow(finding(), 1, "open", None, None),
        AnomalyRow(expected, 3, "over", label("expected", about(expected)), None),
        AnomalyRow(finding("haiku", level="notice", usd="-12.50"), 1, "over", None, None),
    )


def extreme_rows() -> tuple[AnomalyRow, ...]:
    """More than fit, of names that would break out."""
    return tuple(
        AnomalyRow(
            finding(f"{HOSTILE}{number}", organization=HOSTILE, usd=f"{9 ** min(number, 14)}.99"),
            number,
            "open",
            label("planned", about(finding())) if number % 2 else None,
            None,
        )
        for number in range(1, 60)
    )


def listed(rows: tuple[AnomalyRow, ...]) -> AnomalyList:
    """A list of a week."""
    request = ListAnomaliesRequest()
    return AnomalyList(request, LAST - 6 * DAY, LAST, rows, LAST, NOW, frozenset(Act))


def about(one: KeptFinding, parts: int = 0, name: str = "acme") -> About:
    """What a label is about."""
    key = SeriesKey(one.organization, one.dimension, one.member, Measure(one.measure))
    return About(
        subject=f"anomaly|{one.series}",
        key=key,
        organization=one.organization,
        day=one.day,
        since=one.since,
        usd=one.usd,
        findings=(one, *(finding(organization=f"{name} {n}") for n in range(parts))),
    )


def label(kind: LabelKind, of: About) -> AnomalyLabel:
    """What somebody said."""
    planned = Planned(LAST, LAST + 7 * DAY, "Launch of the new editor")
    draft = draft_of(of, kind, planned if kind == "planned" else None)
    return AnomalyLabel(
        **{name: getattr(draft, name) for name in draft.__dataclass_fields__},
        id=UUID(int=7),
        made_by="T1/U1",
        made_by_name="Otto",
        made_at=NOW,
    )


def shown(one: KeptFinding, parts: int = 3) -> ShownAnomaly:
    """Everything about one."""
    return ShownAnomaly(about(one, parts), None, "", "open", frozenset(Act))


def extreme_shown() -> ShownAnomaly:
    """One with a hostile name, many parts, a label and a long note."""
    of = about(finding(HOSTILE, organization=HOSTILE), 200, HOSTILE)
    said_of_it = replace(label("planned", of), note=HOSTILE, made_by_name=HOSTILE)
    return ShownAnomaly(of, said_of_it, promise(of, said_of_it, BERLIN), "gone", frozenset(Act))


def said(kind: LabelKind) -> Said:
    """What follows from a label."""
    of = about(finding())
    return Said(of, label(kind, of), True, promise(of, label(kind, of), BERLIN))


def undone() -> Said:
    """A label that was taken back."""
    of = about(finding())
    taken = replace(label("expected", of), undone_by="T1/U1", undone_at=NOW)
    return Said(of, taken, True, "Taken back: Cost of model ltxv-13b is no longer expected.")


def extreme_said() -> Said:
    """A label of a series with a hostile name, said before."""
    of = about(finding(HOSTILE, usd="99999999999.99"))
    one = replace(label("too_small", of), made_by_name=HOSTILE)
    return Said(of, one, False, promise(of, one, BERLIN))


def fired(day: date, member: str = "ltxv-13b", usd: str = "310.12") -> Fired:
    """What was told of a day."""
    key = SeriesKey(None, "model", member, Measure.COST)
    return Fired(
        day, key, "critical", "spike", day, 343.58 + plotted(Decimal(usd)), 343.58, Decimal(usd)
    )


def replayed() -> Replay:
    """Calmer settings, beside what was told."""
    days = [LAST - number * DAY for number in range(30, -1, -1)]
    did = {
        LAST: [fired(LAST)],
        LAST - 8 * DAY: [fired(LAST - 8 * DAY, "gpt-4", "592.37")],
        LAST - 20 * DAY: [fired(LAST - 20 * DAY, "haiku", "9.20")],
    }
    would = {day: some for day, some in did.items() if day != LAST - 20 * DAY}
    trial = TrialSettings(least_usd=Decimal(20), least_ratio=0.4)
    return Replay(
        request=ReplayRequest(settings=trial),
        tried=replace(USED, least_usd=Decimal(20), least_ratio=0.4),
        present=USED,
        first=days[1],
        last=days[-1],
        days=side_by_side(days, would, did, days[:20]),
        series=1_704,
        labels=2,
    )


def quiet_replay() -> Replay:
    """Nothing, as ever."""
    days = [LAST - number * DAY for number in range(7, -1, -1)]
    return Replay(
        request=ReplayRequest(7),
        tried=USED,
        present=USED,
        first=days[1],
        last=days[-1],
        days=side_by_side(days, {}, {}, days),
        series=12,
        labels=0,
    )


def extreme_replay() -> Replay:
    """Settings under which everything is told, every day."""
    days = [LAST - number * DAY for number in range(30, -1, -1)]
    would = {
        day: [fired(day, f"{HOSTILE}{n}", f"{10**9 + n}.01") for n in range(200)] for day in days
    }
    return Replay(
        request=ReplayRequest(settings=TrialSettings(bands=(0.1, 0.2, 0.3))),
        tried=replace(USED, bands=(0.1, 0.2, 0.3)),
        present=USED,
        first=days[1],
        last=days[-1],
        days=side_by_side(days, would, {}, ()),
        series=20_000,
        labels=1_000,
    )
