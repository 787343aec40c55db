"""Statements, closing a month, the rule, with typical, empty and extreme data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.roles import Role
from analysis.showback.corrections import Correction
from analysis.showback.dividing import Division, divide
from analysis.showback.facts import Capacity, Feed, MonthFacts, Use, UseLine
from analysis.showback.rules import Basis, Method, Rule
from bot.blocks.answer import Answer
from bot.blocks.statement import statement_answer
from bot.blocks.statement_decisions import (
    close_preview_answer,
    closed_answer,
    closed_months_answer,
    rule_answer,
)
from bot.gallery.entry import DataSet, Entry
from handlers.caller import Caller
from handlers.freshness import Freshness, SourceFreshness
from handlers.showback.months import MonthState
from handlers.showback.results import (
    Books,
    ClosePreview,
    ListedMonth,
    MonthStatement,
    RuleResult,
    Statement,
    StatementRequest,
)
from queries.dimensions import Source
from storage.records.actor import Actor
from storage.records.statement import ClosedMonth, RuleDecision

AT = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
OCT = date(2026, 10, 1)
BERLIN = ZoneInfo("Europe/Berlin")
HOSTILE = "<!channel> & *Konglomerat* `x` " + "n" * 90
ADA = Caller("T1", "U1", "Ada", None, Role.ADMIN, BERLIN)
OTTO = Caller("T1", "U2", "Otto", "acme", Role.ORG_ADMIN, BERLIN)
WHO = Actor(team_id="T1", user_id="U1", name="Ada")
FIXED = Rule(Method.FIXED, shares={"acme": Decimal(60), "globex": Decimal("32.5")})


def entries() -> list[Entry]:
    """All of them."""
    return [*_statements(), *_own(), *_closing(), *_lists(), *_rules()]


def _entry(template: str, data: DataSet, answer: Answer) -> Entry:
    return Entry(template, data, answer.payload(), answer.chart)


def _use(organization: str | None, team: str | None, feed: Feed, direct: str) -> UseLine:
    amount = Decimal(direct)
    pushed = amount / 8 if feed is Feed.GPU else Decimal(0)
    credited = -amount / 100 if feed is Feed.USAGE else Decimal(0)
    use = Use(amount, pushed, pushed / 3, credited, 1_200, 7, abs(amount) * 900)
    return UseLine(organization, team, feed, None, use)


_TYPICAL = MonthFacts(
    (
        _use("acme", None, Feed.GPU, "2267.39"),
        _use("acme", "engineering", Feed.USAGE, "1462.63"),
        _use("acme", "support", Feed.USAGE, "660.34"),
        _use("globex", None, Feed.GPU, "1598.51"),
        _use("hooli", "search", Feed.USAGE, "1267.01"),
        _use(None, None, Feed.GPU, "446.76"),
    ),
    (
        Capacity("idle", Feed.GPU, Decimal("1410.00")),
        Capacity("overhead", Feed.GPU, Decimal("483.59")),
        Capacity("unused", Feed.GPU, Decimal("478.93")),
    ),
)
_EMPTY = MonthFacts((), ())
_EXTREME = MonthFacts(
    tuple(
        _use(f"{number:03} {HOSTILE}", HOSTILE if number % 2 else None, feed, f"{10**number % 7}e9")
        for number in range(150)
        for feed in Feed
    ),
    (
        Capacity("idle", Feed.GPU, Decimal("-98765432109876.54")),
        Capacity("?", Feed.USAGE, Decimal(1)),
    ),
)


def _freshness() -> Freshness:
    late = SourceFreshness(
        Source.USAGE, datetime(2026, 10, 9, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC), AT, True
    )
    good = SourceFreshness(Source.GPU, datetime(2026, 1, 1, tzinfo=UTC), AT, AT, False)
    return Freshness(AT, (good, late))


def _result(
    facts: MonthFacts, rule: Rule, state: MonthState, corrected: str = "0"
) -> MonthStatement:
    division = divide(facts, rule)
    amount = Decimal(corrected)
    corrections = {
        line.organization: (
            Correction(date(2026, 9, 1), line.organization, None, line.total, line.total + amount),
        )
        for line in division.statements
        if amount
    }
    teams = division.teams
    statements = tuple(
        Statement(
            line,
            corrections.get(line.organization, ()),
            tuple(team for team in teams if team.organization == line.organization),
        )
        for line in division.statements
    )
    return MonthStatement(
        request=StatementRequest(OCT),
        month=OCT,
        zone=BERLIN,
        state=state,
        rule=rule,
        statements=statements,
        books=_books(facts, division, statements),
        closed=_CLOSED if state is MonthState.CLOSED else None,
        uncorrected=(date(2026, 8, 1),) if amount else (),
        freshness=_freshness(),
    )


def _books(facts: MonthFacts, division: Division, statements: tuple[Statement, ...]) -> Books:
    return Books(
        infrastructure=division.infrastructure,
        not_charged=Statement(division.not_charged),
        reconciliation=facts.reconciliation,
        pools=division.pools,
        statements=len(statements),
        charged=division.charged,
        corrected=sum((one.corrected for one in statements), Decimal(0)),
        shared_unpriced=division.not_charged.use.unpriced,
    )


_CLOSED = ClosedMonth(
    month=OCT,
    number=2,
    zone="Europe/Berlin",
    rule=FIXED,
    infrastructure=Decimal("9555.63"),
    not_charged=Decimal("112.20"),
    corrected=Decimal("-31.07"),
    figures={},
    requests=7_200,
    unpriced=42,
    data_from=AT,
    digest="0123456789ab",
    actor=WHO,
    at=AT,
)
_LOUD = replace(
    _CLOSED,
    infrastructure=Decimal("98765432109876543.21"),
    actor=replace(WHO, name=HOSTILE),
)
_WIDE = Rule(
    Method.FIXED, shares={f"{number:03} {HOSTILE}": Decimal("0.25") for number in range(400)}
)


def _statements() -> list[Entry]:
    typical = _result(_TYPICAL, FIXED, MonthState.OPEN, "-31.07")
    empty = _result(_EMPTY, Rule(), MonthState.PROVISIONAL)
    extreme = _result(_EXTREME, _WIDE, MonthState.CLOSED, "1e12")
    closed = _result(_TYPICAL, Rule(basis=Basis.GPU_SECONDS), MonthState.CLOSED)
    return [
        _entry("statements of a month", "typical", statement_answer(typical, ADA)),
        _entry("statements of a month", "empty", statement_answer(empty, ADA)),
        _entry("statements of a month", "extreme", statement_answer(extreme, ADA)),
        _entry("statements of a closed month", "typical", statement_answer(closed, ADA)),
    ]


def _own() -> list[Entry]:
    def only(result: MonthStatement, place: int, organization: str) -> MonthStatement:
        request = StatementRequest(OCT, organization)
        kept = (result.statements[place],)
        return replace(result, request=request, statements=kept, books=None)

    typical = only(_result(_TYPICAL, Rule(), MonthState.OPEN, "-31.07"), 0, "acme")
    nothing = MonthFacts((_use("acme", None, Feed.USAGE, "0"),), ())
    empty = only(_result(nothing, Rule(Method.EVEN), MonthState.PROVISIONAL), 0, "acme")
    extreme = only(_result(_EXTREME, _WIDE, MonthState.CLOSED, "-1e12"), 1, HOSTILE)
    team = typical.statements[0].teams[1]
    part = replace(
        typical,
        request=StatementRequest(OCT, None, team.team),
        statements=(Statement(team),),
    )
    return [
        _entry("statement", "typical", statement_answer(typical, OTTO)),
        _entry("statement", "empty", statement_answer(empty, OTTO)),
        _entry("statement", "extreme", statement_answer(extreme, OTTO)),
        _entry("statement of a team", "typical", statement_answer(part, OTTO)),
    ]


def _closing() -> list[Entry]:
    def preview(result: MonthStatement) -> Answer:
        return close_preview_answer(ClosePreview(result, "0123456789ab"))

    quiet = replace(_CLOSED, not_charged=Decimal(0), corrected=Decimal(0))
    return [
        _entry("closing", "typical", preview(_result(_TYPICAL, FIXED, MonthState.OPEN, "5.01"))),
        _entry("closing", "empty", preview(_result(_EMPTY, Rule(), MonthState.OPEN))),
        _entry("closing", "extreme", preview(_result(_EXTREME, _WIDE, MonthState.OPEN, "1e12"))),
        _entry("closed", "typical", closed_answer(_CLOSED)),
        _entry("closed", "empty", closed_answer(quiet)),
        _entry("closed", "extreme", closed_answer(_LOUD)),
    ]


def _lists() -> list[Entry]:
    typical = [ListedMonth(_CLOSED, Decimal("9412.36"))]
    typical.append(ListedMonth(replace(_CLOSED, month=date(2026, 9, 1)), Decimal("8112.00")))
    extreme = [ListedMonth(_LOUD, _LOUD.infrastructure)] * 24
    hostile = replace(OTTO, organization=HOSTILE)
    return [
        _entry("closed months", "typical", closed_months_answer(typical, ADA)),
        _entry("closed months", "empty", closed_months_answer([], OTTO)),
        _entry("closed months", "extreme", closed_months_answer(extreme, hostile)),
    ]


def _rules() -> list[Entry]:
    decision = RuleDecision(id=3, from_month=OCT, rule=FIXED, actor=WHO, at=AT)
    upcoming = replace(decision, id=4, from_month=date(2026, 12, 1), rule=Rule(Method.EVEN))
    typical = RuleResult(FIXED, OCT, decision, (upcoming,))
    doubts = tuple(f"No costs of `{HOSTILE}` are known lately." for _ in range(100))
    loud = replace(decision, rule=_WIDE, actor=replace(WHO, name=HOSTILE))
    extreme = RuleResult(_WIDE, OCT, loud, (loud,) * 30, doubts, is_set=True)
    return [
        _entry("rule of statements", "typical", rule_answer(typical)),
        _entry("rule of statements", "empty", rule_answer(RuleResult(Rule(), OCT, None))),
        _entry("rule of statements", "extreme", rule_answer(extreme)),
    ]
