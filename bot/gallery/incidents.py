"""Incidents, their news, their list and the routes, with typical, empty and extreme data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from analysis.incidents.deciding import Move
from bot.blocks.answer import Answer
from bot.blocks.incident import Shown, news_answer, root_answer
from bot.blocks.incidents import incidents_answer
from bot.blocks.routes import added_answer, routes_answer
from bot.gallery.entry import DataSet, Entry
from handlers.incidents.routing import RouteResult
from handlers.incidents.signal import Curve, Story
from handlers.incidents.telling import Telling, as_story
from storage.records.incident import Incident
from storage.records.route import Route

AT = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NAMES = {"T1/U1": "Ada"}

_USUAL = (198.0, 205.0, 211.0, 190.0, 120.0, 118.0, 201.0)

_TYPICAL = Story(
    title="Cost of gpt-4o",
    summary="Thursday's cost of gpt-4o was $510.00: $310.00, or 155.0 %, above the usual $200.00.",
    cause=(
        "Volume: 2.4 times the usual requests ($280.00 of it).",
        "Mix: longer prompts from feature summarize ($30.00 of it).",
    ),
    breakdown=("acme: $290.00 more", "globex: $20.00 more"),
    without="Without acme the day would have been as usual: $220.00.",
    advice="Ask acme's team whether the load was meant; `Expected` takes the day out of what is "
    "usual.",
    ask="why 2026-11-19 model gpt-4o",
    curve=Curve(
        "Cost of gpt-4o by day",
        date(2026, 11, 6),
        (*_USUAL, *_USUAL[:-1], 510.0),
        (*_USUAL, *_USUAL[:-1], 200.0),
        tuple(0.8 * value for value in (*_USUAL, *_USUAL)),
        tuple(1.2 * value for value in (*_USUAL, *_USUAL)),
    ),
)

_EMPTY = Story(title="Failure cost", summary="Failed requests cost $12.00 yesterday.")

_EXTREME = Story(
    title="Cost of <!channel> " + "a-very-long-name-" * 40,
    summary="*_~`<@U1>&amp;" + "so much happened " * 200,
    cause=tuple(f"Reason {number}: <!here> " + "because " * 80 for number in range(20)),
    breakdown=tuple(f"member {number} " + "<b>" * 60 for number in range(50)),
    without="Without them " + "nothing would have happened " * 100,
    advice="Do " + "this and that " * 200,
    ask="why 2026-11-19 model " + "x" * 3000,
)

_OPEN = Incident(
    id=UUID("6fb2e0c8-339e-4803-afb6-b2a039b109f6"),
    subject="anomaly|*/model/gpt-4o/cost",
    kind="anomaly",
    organization=None,
    product="api",
    level="warning",
    worst="warning",
    level_told="warning",
    day=date(2026, 11, 19),
    opened_at=AT - timedelta(hours=2),
    told_at=AT - timedelta(hours=2),
    sequence=1,
    usd=Decimal(310),
    usd_in_all=Decimal(310),
    story=as_story(_TYPICAL),
)

_QUIET = replace(
    _OPEN,
    kind="rule",
    level="notice",
    worst="notice",
    level_told="ok",
    day=None,
    product=None,
    told_at=None,
    sequence=0,
    usd=Decimal(0),
    usd_in_all=Decimal(0),
    story=as_story(_EMPTY),
)

_LOUD = replace(
    _OPEN,
    level="critical",
    worst="critical",
    usd=Decimal("98765432109876.54"),
    usd_in_all=Decimal("987654321098765.40"),
    story=as_story(_EXTREME),
    label="planned",
    labelled_by="T1/U1",
    labelled_at=AT,
    note="You will not hear of this until 2026-12-01: " + "and so on " * 100,
    acknowledged_by="T1/U1",
    acknowledged_at=AT,
    muted_by="T1/U1",
    muted_until=AT + timedelta(days=7),
)

_ROUTE = Route(
    id=3,
    organization=None,
    kind="anomaly",
    product="api",
    least="warning",
    targets=(("slack", "C024BE91L"), ("linear", "ENG"), ("email", "finops@example.com")),
    created_by="T1/U1",
    created_at=AT,
)


def sample_incident(data: DataSet) -> Incident:
    """An incident of a set of data."""
    return {"typical": _OPEN, "empty": _QUIET, "extreme": replace(_LOUD, label=None)}[data]


def entries() -> list[Entry]:
    """All of them."""
    return [*_roots(), *_news(), *_lists(), *_routes()]


def _entry(template: str, data: DataSet, answer: Answer) -> Entry:
    return Entry(template, data, answer.payload(), answer.chart)


def _shown(incident: Incident) -> Shown:
    return Shown(incident, AT, BERLIN, NAMES)


def _roots() -> list[Entry]:
    over = replace(
        _OPEN,
        level="ok",
        closed_at=AT,
        opened_at=AT - timedelta(days=2),
        usd_in_all=Decimal("620.00"),
        last_word="Friday's cost of gpt-4o is back at $205.00.",
    )
    silent = replace(
        _OPEN, level="no data", no_data_told=True, last_word="No usage arrived since Thursday."
    )
    return [
        _entry("incident", "typical", root_answer(_shown(_OPEN))),
        _entry("incident", "empty", root_answer(_shown(_QUIET))),
        _entry("incident", "extreme", root_answer(_shown(_LOUD))),
        _entry("incident that is over", "typical", root_answer(_shown(over))),
        _entry("incident without data", "typical", root_answer(_shown(silent))),
    ]


def _news() -> list[Entry]:
    def told(incident: Incident, story: Story, move: Move) -> Answer:
        telling = Telling(incident=incident, story=story, move=move, at=AT, names=NAMES)
        return news_answer(telling, BERLIN)

    worse = replace(_OPEN, level="critical", worst="critical", level_told="critical")
    return [
        _entry("news of an incident", "typical", told(worse, _TYPICAL, Move.ESCALATED)),
        _entry("news of an incident", "empty", told(_QUIET, _EMPTY, Move.REMINDER)),
        _entry("news of an incident", "extreme", told(_LOUD, _EXTREME, Move.ESCALATED)),
    ]


def _lists() -> list[Entry]:
    closed = replace(_OPEN, level="ok", closed_at=AT - timedelta(days=1), label="expected")
    closed = replace(closed, labelled_by="T1/U1", labelled_at=closed.closed_at)
    typical = incidents_answer([_OPEN, _QUIET], [closed], AT, BERLIN, with_closed=True)
    empty = incidents_answer([], [], AT, BERLIN, with_closed=False)
    extreme = incidents_answer([_LOUD] * 500, [closed] * 200, AT, BERLIN, with_closed=True)
    return [
        _entry("incidents", "typical", typical),
        _entry("incidents", "empty", empty),
        _entry("incidents", "extreme", extreme),
    ]


def _routes() -> list[Entry]:
    wide = replace(
        _ROUTE,
        organization="<!channel>" * 30,
        product="p" * 500,
        about_organization="&" * 300,
        targets=tuple(("email", f"{number}{'x' * 60}@example.com") for number in range(20)),
    )
    hears_all = replace(_ROUTE, id=4, kind=None, product=None, least="critical")
    doubts = ("No costs of product `apo` are known yet.", "Did you mean `api`?")
    return [
        _entry("routes", "typical", routes_answer([_ROUTE, hears_all])),
        _entry("routes", "empty", routes_answer([])),
        _entry(
            "routes", "extreme", routes_answer([replace(wide, id=number) for number in range(200)])
        ),
        _entry("a new route", "typical", added_answer(RouteResult(_ROUTE, doubts))),
        _entry("a new route", "empty", added_answer(RouteResult(hears_all))),
        _entry("a new route", "extreme", added_answer(RouteResult(wide, doubts * 20))),
    ]
