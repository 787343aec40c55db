"""Rules and closed months on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from analysis.errors import Outdated
from analysis.showback.corrections import Correction
from analysis.showback.dividing import NOBODY, Line, Part
from analysis.showback.facts import Use
from analysis.showback.rules import Basis, Method, Rule
from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.records.actor import Actor
from storage.records.statement import BilledCorrection, ClosedMonth, KeptLine

ADA = Actor(team_id="T1", user_id="U_ADA", name="Ada")
OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
D = Decimal

CLOSED = ClosedMonth(
    month=OCT,
    number=1,
    zone="Europe/Berlin",
    rule=Rule(Method.FIXED, shares={"Ämter": D("33.5"), "acme": D(60)}),
    infrastructure=D("98765432109876543.21"),
    not_charged=D("6.5"),
    corrected=D("-0.01"),
    figures={"pools": [{"amount": "1.5"}], "unused": "2"},
    requests=10**12,
    unpriced=3,
    data_from=datetime(2026, 9, 22, 1, 2, 3, tzinfo=UTC),
    digest="0123456789ab",
    actor=ADA,
    at=datetime(2026, 11, 2, 8, tzinfo=UTC),
)


def line(organization: str, team: str | None, gpu: str) -> KeptLine:
    amounts = {part: D(0) for part in Part} | {Part.GPU: D(gpu), Part.SHARED: D("0.01")}
    use = Use(direct=D(gpu), requests=10**10, unpriced=2, gpu_seconds=D("7.5"), credits=D("-1"))
    return KeptLine(line=Line(organization, team, amounts, use), reference=D(gpu) + 1)


LINES = [
    line(NOBODY, None, "6"),
    line("acme", None, "30.02"),
    line("acme", NOBODY, "10.02"),
    line("acme", "data", "20"),
]


async def test_a_closed_month_is_kept_as_it_was(either_store: Store) -> None:
    statements = either_store.statements
    await statements.close(CLOSED, LINES, [])
    assert await statements.closed() == [CLOSED]
    assert await statements.lines(OCT) == LINES
    assert await statements.lines(OCT, "acme") == LINES[1:]
    assert await statements.lines(NOV) == []


async def test_corrections_are_found_by_either_month_and_by_organization(
    either_store: Store,
) -> None:
    statements = either_store.statements
    november = replace(CLOSED, month=NOV, number=2)
    given = [
        Correction(OCT, "acme", None, D("30.02"), D("29.5")),
        Correction(OCT, "acme", "data", D(20), D("19.48")),
        Correction(OCT, "globex", None, D(0), D("0.01")),
    ]
    await statements.close(CLOSED, LINES, [])
    await statements.close(november, [], given)
    every = [BilledCorrection(billed_in=NOV, correction=one) for one in given]
    assert await statements.corrections(of_month=[OCT]) == every
    assert await statements.corrections(billed_in=[NOV], within="acme") == every[:2]
    assert await statements.corrections(billed_in=[OCT]) == []
    assert await statements.corrections() == []


async def test_a_month_is_closed_once_and_no_number_is_taken_twice(either_store: Store) -> None:
    await either_store.statements.close(CLOSED, LINES, [])
    for other in (CLOSED, replace(CLOSED, month=NOV)):
        with pytest.raises(Outdated):
            async with either_store.transaction() as together:
                await together.statements.close(other, LINES, [])
    assert await either_store.statements.closed() == [CLOSED]


@pytest.mark.parametrize("table", ["closed_months", "statement_lines", "statement_corrections"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET {}"], ids=["delete", "update"])
async def test_the_database_itself_refuses_to_change_a_closed_month(
    either_store: Store, address: str, table: str, change: str
) -> None:
    november = replace(CLOSED, month=NOV, number=2)
    async with either_store.transaction() as together:
        await together.statements.close(CLOSED, LINES, [])
        correction = Correction(OCT, "acme", None, D(1), D(2))
        await together.statements.close(november, [], [correction])
    column = "digest = 'x'" if table == "closed_months" else "organization = 'x'"
    database = Database(parse_address(address))
    with pytest.raises(DBAPIError, match="a closed month does not change"):
        async with database.writing() as session:
            await session.execute(text(change.format(table, column)))
    await database.close()


async def test_decisions_on_the_rule_are_kept_in_order(either_store: Store) -> None:
    rules = [
        Rule(basis=Basis.GPU_SECONDS),
        Rule(Method.EVEN),
        Rule(Method.FIXED, shares={'o"rg': D("0.000001")}),
    ]
    for rule in rules:
        await either_store.statements.add_rule(OCT, rule, ADA)
    kept = await either_store.statements.rules()
    assert [one.rule for one in kept] == rules
    assert [(one.from_month, one.actor) for one in kept] == [(OCT, ADA)] * 3
    assert kept[0].id < kept[1].id < kept[2].id
