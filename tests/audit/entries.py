"""Decisions of two organizations and of the deployment, for tests that read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from storage import Store
from storage.records.actor import Actor
from storage.records.audit import AuditEntry
from tests.stores import TestClock

ADA = Actor(team_id="T1", user_id="U1", name="=cmd|' /C calc'!A0")
"""Whose name a spreadsheet would take for a formula."""

OF_ACME = AuditEntry(
    actor=ADA,
    surface="slack",
    action="budget.create",
    object_kind="budget",
    object_id="b1",
    organization="acme",
    after={"name": 'Größe, "quoted"\n', "limit": "5000"},
)

ENTRIES = (
    OF_ACME,
    replace(OF_ACME, action="budget.edit", before=OF_ACME.after, after={"limit": "6000"}),
    replace(OF_ACME, organization="globex", object_id="b2", after={"name": "Globex secret"}),
    replace(OF_ACME, organization=None, action="rate.set", object_kind="rate", after=None),
)


async def decided(store: Store, clock: TestClock) -> list[int]:
    """Keeps `ENTRIES`, a day apart; their numbers."""
    numbers: list[int] = []
    for entry in ENTRIES:
        numbers.append(await store.audit.add(entry))
        clock.advance(timedelta(days=1))
    return numbers
