"""What the tests of budgets begin with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from storage.records.budget import BudgetDraft

DRAFT = BudgetDraft(
    name="Prod LLM",
    organization="acme",
    limit=Decimal(5000),
    kind="monthly",
    zone=ZoneInfo("Asia/Tokyo"),
    start=date(2026, 11, 1),
)
