"""The dated price list: list prices and negotiated rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound
from analysis.prices import UnitPrice
from storage.database import Sessions
from storage.models import PriceRow
from storage.records.price import ModelPrice, StoredPrice
from storage.repositories.inserts import insert_into


class PriceRepository:
    """The prices of all models, providers and organizations."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def unit_prices(self) -> list[UnitPrice]:
        """Every price there ever was, as pricing needs it: oldest first for each model."""
        return [price.unit_price() for price in await self.find_all()]

    async def find_all(
        self, provider: str | None = None, *, active_only: bool = False
    ) -> list[StoredPrice]:
        """Prices by provider, model, organization (list price first), instant and tier.

        Args:
            provider: only of this one, however it is capitalized.
            active_only: leave out what is kept for past requests alone.
        """
        query = select(PriceRow).order_by(
            PriceRow.provider,
            PriceRow.model,
            PriceRow.organization.nulls_first(),
            PriceRow.effective_from,
            PriceRow.above_input_tokens,
        )
        if provider is not None:
            query = query.where(PriceRow.provider == provider.strip().lower())
        async with self._sessions.reading() as session:
            stored = _with_ends((await session.scalars(query)).all())
        # Only now: an inactive price still ends the one before it.
        return [price for price in stored if price.active or not active_only]

    async def add(self, price: ModelPrice) -> StoredPrice:
        """Adds a price.

        Returns:
            It, as kept; the price before it now ends where it begins.

        Raises:
            BadInput: the same tier has a price from the same instant on already, or a higher
                tier comes before the tier that begins at 0.
        """
        values = asdict(price)
        values["capabilities"] = list(price.capabilities)
        insert = (
            insert_into(self._sessions, PriceRow)
            .values(id=uuid4(), created_at=self._clock(), **values)
            .on_conflict_do_nothing()
            .returning(PriceRow.id)
        )
        async with self._sessions.writing() as session:
            if price.above_input_tokens and not await _has_base(session, price):
                sentence = f"{_name(price)} has no price for requests of every size from then on."
                raise BadInput(sentence, "Add the price without a tier first, from the same date.")
            key = await session.scalar(insert)
            if key is None:
                sentence = (
                    f"{_name(price)} has a price from {price.effective_from:%Y-%m-%d %H:%M} UTC on "
                    "already."
                )
                raise BadInput(sentence, "Give another date: prices are added, never changed.")
            rows = (await session.scalars(_of_same_model(price))).all()
        return next(stored for stored in _with_ends(rows) if stored.id == key)

    async def withdraw(self, key: UUID) -> StoredPrice:
        """Takes a price off the list as if it had never been entered.

        Returns:
            It, as it was; the price before it goes on where it began.

        Raises:
            NotFound: there is none, or no more.
            BadInput: tiers of it stand upon it.
        """
        async with self._sessions.writing() as session:
            row = await session.get(PriceRow, key)
            if row is None:
                raise NotFound("There is no such price on the list any more.")
            rows = (await session.scalars(_of_same_model(_stored(row, None)))).all()
            price = next(one for one in _with_ends(rows) if one.id == key)
            above = [one for one in rows if one.effective_from == price.effective_from]
            if not price.above_input_tokens and len(above) > 1:
                sentence = f"{_name(price)} has tiers that begin with this price."
                raise BadInput(sentence, "Take those back first.")
            await session.execute(delete(PriceRow).where(PriceRow.id == key))
        return price


def _of_same_model(price: ModelPrice) -> Select[PriceRow]:
    return (
        select(PriceRow)
        .where(
            PriceRow.provider == price.provider,
            PriceRow.model == price.model,
            PriceRow.organization.is_not_distinct_from(price.organization),
        )
        .order_by(PriceRow.effective_from, PriceRow.above_input_tokens)
    )


async def _has_base(session: AsyncSession, price: ModelPrice) -> bool:
    base = _of_same_model(price).where(
        PriceRow.effective_from == price.effective_from, PriceRow.above_input_tokens == 0
    )
    return (await session.scalars(base)).first() is not None


def _name(price: ModelPrice) -> str:
    whose = "" if price.organization is None else f" for {price.organization}"
    tier = f" above {price.above_input_tokens} input tokens" if price.above_input_tokens else ""
    return f"{price.provider} {price.model}{whose}{tier}"


def _with_ends(rows: Sequence[PriceRow]) -> list[StoredPrice]:
    """The rows, each with the instant at which the next price of its kind begins.

    All tiers that begin together end together, so that a tier which a new price no longer has
    does not live on beside it.
    """
    begins: dict[tuple[str, str, str | None], list[datetime]] = {}
    for row in rows:
        begins.setdefault(_kind(row), []).append(row.effective_from)
    stored: list[StoredPrice] = []
    for row in rows:
        later = (begin for begin in begins[_kind(row)] if begin > row.effective_from)
        stored.append(_stored(row, min(later, default=None)))
    return stored


def _kind(row: PriceRow) -> tuple[str, str, str | None]:
    return row.provider, row.model, row.organization


def _stored(row: PriceRow, effective_until: datetime | None) -> StoredPrice:
    return StoredPrice(
        id=row.id,
        created_at=row.created_at,
        effective_until=effective_until,
        provider=row.provider,
        model=row.model,
        input=row.input,
        output=row.output,
        effective_from=row.effective_from,
        source=row.source,
        reference=row.reference,
        created_by=row.created_by,
        organization=row.organization,
        above_input_tokens=row.above_input_tokens,
        cached_input=row.cached_input,
        cache_write=row.cache_write,
        reasoning=row.reasoning,
        batch_input=row.batch_input,
        batch_output=row.batch_output,
        batch_cached_input=row.batch_cached_input,
        batch_cache_write=row.batch_cache_write,
        context_window=row.context_window,
        max_output=row.max_output,
        capabilities=tuple(row.capabilities),
        quality_score=row.quality_score,
        quality_source=row.quality_source,
        active=row.active,
        deprecated_at=row.deprecated_at,
        replacement=row.replacement,
    )
