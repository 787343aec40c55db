"""Statements as a FOCUS dataset: each part a charge, each correction one of its class."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from handlers.showback.focus_file import statement_focus
from handlers.showback.results import MonthStatement
from tests.focus.specification import violations
from tests.showback.conftest import NOV, OCT, UTE, Deploy, at, gpu


def charges(found: MonthStatement) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(statement_focus(found))))
    assert violations(rows[0], rows) == []
    return rows


async def test_corrections_are_charges_of_their_class_and_all_adds_up(deploy: Deploy) -> None:
    async with deploy() as one:
        await one.close(OCT)
        one.add(gpu(at(10, 12), "91", organization="=initech"), gpu(at(10, 13), "10", "unused"))
        november = await one.shown(NOV)
        rows = charges(november)
        corrections = [row for row in rows if row["ChargeClass"] == "Correction"]
        assert {row["x_CorrectedMonth"] for row in corrections} == {"2026-10"}
        assert {row["ChargeCategory"] for row in corrections} == {"Adjustment"}
        assert sum(Decimal(row["BilledCost"]) for row in corrections) == 101
        assert november.books is not None
        whole = november.books.infrastructure + november.books.corrected
        assert sum(Decimal(row["BilledCost"]) for row in rows) == whole
        assert {row["x_StatementState"] for row in charges(await one.shown(OCT))} == {"closed"}


async def test_who_is_of_an_organization_gets_its_charges_alone(deploy: Deploy) -> None:
    async with deploy() as one:
        own = await one.shown(OCT, UTE)
        rows = charges(own)
        assert {row["SubAccountId"] for row in rows} == {"acme"}
        assert sum(Decimal(row["BilledCost"]) for row in rows) == own.statements[0].total
