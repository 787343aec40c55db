"""Signals, callers, and a desk whose messages are plain rows of the outbox."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.incidents.levels import Level
from analysis.incidents.policy import Policy
from analysis.roles import Role
from handlers.caller import Caller
from handlers.incidents.desk import IncidentDesk
from handlers.incidents.signal import Signal, Story, Target
from handlers.incidents.telling import Composed, Telling
from storage import Store
from storage.records.delivery import NewDelivery
from tests.stores import Postgres, TestClock, sqlite_store

BERLIN = ZoneInfo("Europe/Berlin")

ADA = Caller("T1", "U_ADA", "Ada", None, Role.ADMIN, BERLIN)
OTTO = Caller("T1", "U_OTTO", "Otto", "acme", Role.ORG_ADMIN, BERLIN)
UTE = Caller("T1", "U_UTE", "Ute", "acme", Role.USER, BERLIN)
GIL = Caller("T1", "U_GIL", "Gil", "globex", Role.ORG_ADMIN, BERLIN)

FINOPS = Target("slack", "C1")


def signal_of(
    level: Level,
    *,
    subject: str = "anomaly|*/model/gpt-4o/cost",
    day: date | None = date(2026, 11, 19),
    organization: str | None = None,
    about: str | None = None,
    product: str | None = None,
    usd: Decimal = Decimal(310),
    targets: tuple[Target, ...] = (FINOPS,),
    policy: Policy | None = None,
    summary: str = "",
) -> Signal:
    """A signal of a level."""
    return Signal(
        subject=subject,
        kind="anomaly" if subject.startswith("anomaly") else "rule",
        organization=organization,
        about_organization=about,
        product=product,
        level=level,
        day=day,
        story=Story(title="Cost of gpt-4o", summary=summary or f"It is {level}."),
        usd=usd,
        targets=targets,
        policy=policy or Policy(),
    )


@dataclass
class Plain:
    """Composes one plain row for each target, and keeps what it was asked to tell."""

    tellings: list[Telling] = field(default_factory=list[Telling])

    def __call__(self, telling: Telling) -> Composed:
        """See `Compose`."""
        self.tellings.append(telling)
        incident, roots, rows = telling.incident, dict(telling.incident.roots), list[NewDelivery]()
        for target in telling.targets if telling.move is not None else ():
            to = f"{target.channel}:{target.address}"
            key = f"incident|{incident.id}|{incident.sequence}|{to}"
            payload = {"text": str(telling.move)}
            rows.append(
                NewDelivery(
                    key=key, channel=target.channel, address=target.address, payload=payload
                )
            )
            roots.setdefault(to, key)
        return Composed(tuple(rows), roots)

    @property
    def told(self) -> list[str]:
        """The moves that were told, in their order."""
        return [one.move.value for one in self.tellings if one.move is not None]


@pytest.fixture
def clock() -> TestClock:
    """Stands still until it is moved."""
    return TestClock()


@pytest.fixture
async def store(tmp_path: Path, clock: TestClock) -> AsyncGenerator[Store]:
    """A new store on SQLite."""
    async with sqlite_store(tmp_path, clock) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
async def either_store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TestClock
) -> AsyncGenerator[Store]:
    """A new store on each database."""
    if request.param == "sqlite":
        async with sqlite_store(tmp_path, clock) as made:
            yield made
        return
    running: Postgres = request.getfixturevalue("postgres")
    made = Store(await running.new_store(), clock)
    yield made
    await made.close()


@pytest.fixture
def plain() -> Plain:
    """Writes the messages."""
    return Plain()


@pytest.fixture
def desk(store: Store, plain: Plain, clock: TestClock) -> IncidentDesk:
    """The desk, on SQLite."""
    return IncidentDesk(store, plain, clock, "slack")
