"""The store: what people decide, and what costbot itself did, behind one address."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import select

from analysis.clock import Clock
from storage.addresses import parse_address
from storage.database import Database
from storage.migrate import migrate, revisions
from storage.repositories.inbound import InboundEventRepository
from storage.repositories.people import PersonRepository
from storage.repositories.prices import PriceRepository
from storage.repositories.sync_runs import SyncRunRepository
from storage.repositories.warehouse_jobs import WarehouseJobRepository


class Store:
    """The SQL store and its repositories. Nothing is opened before it is used.

    Args:
        address: of a SQLite file or a PostgreSQL database, as SQLAlchemy writes it.
        clock: dates what is kept.

    Attributes:
        prices: the dated price list.
        people: who is who.
        inbound: which of Slack's events were heard already.
        warehouse_jobs: what costbot itself asked of the warehouse.
        sync_runs: how the refreshes of the mart went.

    Raises:
        BadInput: the address cannot be used.
    """

    def __init__(self, address: str | SecretStr, clock: Clock) -> None:
        self._database = Database(parse_address(address))
        self.prices = PriceRepository(self._database, clock)
        self.people = PersonRepository(self._database, clock)
        self.inbound = InboundEventRepository(self._database, clock)
        self.warehouse_jobs = WarehouseJobRepository(self._database)
        self.sync_runs = SyncRunRepository(self._database, clock)

    def __repr__(self) -> str:
        return f"Store({self._database})"

    @property
    def kind(self) -> str:
        """What it is kept in: `sqlite` or `postgresql`."""
        return self._database.url.get_backend_name()

    async def migrate(self) -> None:
        """Makes the schema what this version of costbot needs; quick where it is already.

        Any number of processes may do so at once.

        Raises:
            Unavailable: the database does not answer.
            BadInput: a newer costbot made the store.
        """
        await migrate(self._database)

    async def revisions(self) -> tuple[str | None, str]:
        """The revision that the schema is at, None before the first start, and the one needed.

        Changes nothing, and makes no file.

        Raises:
            Unavailable: the database does not answer.
        """
        return await revisions(self._database)

    async def ping(self) -> None:
        """Asks the database whether it is there.

        Raises:
            Unavailable: it does not answer.
        """
        async with self._database.reading() as session:
            await session.execute(select(1))

    async def close(self) -> None:
        """Closes every connection."""
        await self._database.close()
