"""What providers offer beside their lists, and who has taken it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound
from analysis.recommendations.tiers.provider_offers import OfferKind, Subscription
from storage.database import Sessions
from storage.models import OfferRow, OfferSubscriptionRow
from storage.records.offer import NewSubscription, Offer, StoredOffer, in_utc


class OfferRepository:
    """The offers of all providers, with their subscriptions."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, offer: Offer) -> StoredOffer:
        """Keeps an offer.

        Raises:
            BadInput: one of the same provider and name is open at that time already.
        """
        key = uuid4()
        values = asdict(offer) | {
            "id": key,
            "kind": offer.kind.value,
            "models": list(offer.models),
            "created_at": self._clock(),
        }
        async with self._sessions.writing() as session:
            alike = select(OfferRow).where(
                OfferRow.provider == offer.provider,
                OfferRow.name == offer.name,
                OfferRow.organization.is_not_distinct_from(offer.organization),
            )
            for other in await session.scalars(alike):
                until = other.effective_until
                if until is None or until > offer.effective_from:
                    sentence = f"{offer.provider} has an offer named {offer.name} already."
                    hint = (
                        "End that one first: `costbot pricing offer end`, or name this otherwise."
                    )
                    raise BadInput(sentence, hint)
            await session.execute(insert(OfferRow).values(values))
            row = await session.get_one(OfferRow, key)
            return _offer(row, ())

    async def find_all(self) -> list[StoredOffer]:
        """All offers, over or not, by provider, kind and name.

        Raises:
            Unavailable: the database does not answer.
        """
        ordered = select(OfferRow).order_by(
            OfferRow.provider, OfferRow.kind, OfferRow.name, OfferRow.effective_from
        )
        taken = select(OfferSubscriptionRow).order_by(
            OfferSubscriptionRow.since, OfferSubscriptionRow.id
        )
        fresh = {"populate_existing": True}
        async with self._sessions.reading() as session:
            offers = (await session.scalars(ordered, execution_options=fresh)).all()
            by_offer: dict[UUID, list[OfferSubscriptionRow]] = {}
            for row in await session.scalars(taken, execution_options=fresh):
                by_offer.setdefault(row.offer_id, []).append(row)
        return [_offer(row, by_offer.get(row.id, ())) for row in offers]

    async def end(self, key: UUID, at: datetime) -> None:
        """Ends an offer: nobody can take it any more; who has taken it keeps it.

        Raises:
            NotFound: there is none.
            BadInput: it begins later than that.
        """
        instant = in_utc(at)
        async with self._sessions.writing() as session:
            row = await session.get(OfferRow, key, populate_existing=True)
            if row is None:
                raise NotFound("There is no such offer.", "`costbot pricing offer list` has all.")
            if instant <= row.effective_from:
                began = f"{row.effective_from:%Y-%m-%d}"
                raise BadInput(f"The offer begins on {began}.", "Give a later day.")
            await session.execute(
                update(OfferRow).where(OfferRow.id == key).values(effective_until=instant)
            )

    async def subscribe(self, wanted: NewSubscription) -> Subscription:
        """Keeps that an organization has taken an offer.

        Raises:
            NotFound: there is no such offer.
            BadInput: it has it at that time already, or the offer is made to another one.
        """
        key = uuid4()
        async with self._sessions.writing() as session:
            # For update: of two who subscribe at once the second one sees the first.
            offer = await session.get(OfferRow, wanted.offer, with_for_update=True)
            if offer is None:
                raise NotFound("There is no such offer.", "`costbot pricing offer list` has all.")
            if offer.organization not in (None, wanted.organization):
                raise BadInput(f"{offer.name} is an offer to {offer.organization} alone.")
            own = select(OfferSubscriptionRow).where(
                OfferSubscriptionRow.offer_id == wanted.offer,
                OfferSubscriptionRow.organization.is_not_distinct_from(wanted.organization),
            )
            for row in await session.scalars(own):
                before = row.until is not None and row.until <= wanted.since
                after = wanted.until is not None and wanted.until <= row.since
                if not before and not after:
                    whose = wanted.organization or "the deployment itself"
                    sentence = f"{whose} has taken {offer.name} at that time already."
                    raise BadInput(sentence, "End that first.")
            values = {
                "id": key,
                "offer_id": wanted.offer,
                "organization": wanted.organization,
                "units": wanted.units,
                "since": wanted.since,
                "until": wanted.until,
                "created_by": wanted.created_by,
                "created_at": self._clock(),
            }
            await session.execute(insert(OfferSubscriptionRow).values(values))
            return _subscription(await session.get_one(OfferSubscriptionRow, key))

    async def unsubscribe(
        self, offer: UUID, organization: str | None, at: datetime
    ) -> Subscription:
        """Ends what an organization has taken and that is not over by then.

        Raises:
            NotFound: it has not taken the offer.
            BadInput: it was taken later than that.
        """
        instant = in_utc(at)
        row = OfferSubscriptionRow
        own = select(row).where(
            row.offer_id == offer,
            row.organization.is_not_distinct_from(organization),
            row.until.is_(None) | (row.until > instant),
        )
        async with self._sessions.writing() as session:
            found = (await session.scalars(own.order_by(row.since))).first()
            if found is None:
                whose = organization or "the deployment itself"
                raise NotFound(f"{whose} has not taken this offer.")
            if instant <= found.since:
                raise BadInput(f"It was taken on {found.since:%Y-%m-%d}.", "Give a later day.")
            await session.execute(update(row).where(row.id == found.id).values(until=instant))
            fresh = await session.get_one(row, found.id, populate_existing=True)
            return _subscription(fresh)


def _offer(row: OfferRow, taken: Sequence[OfferSubscriptionRow]) -> StoredOffer:
    return StoredOffer(
        id=row.id,
        created_at=row.created_at,
        subscriptions=tuple(_subscription(one) for one in taken),
        kind=OfferKind(row.kind),
        name=row.name,
        provider=row.provider,
        models=tuple(row.models),
        organization=row.organization,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        reference=row.reference,
        discount=row.discount,
        from_usd=row.from_usd,
        from_tokens=row.from_tokens,
        beyond_only=row.beyond_only,
        unit_usd=row.unit_usd,
        tokens_per_minute=row.tokens_per_minute,
        output_weight=row.output_weight,
        cached_weight=row.cached_weight,
        least_units=row.least_units,
        term_months=row.term_months,
        created_by=row.created_by,
    )


def _subscription(row: OfferSubscriptionRow) -> Subscription:
    return Subscription(
        id=str(row.id),
        organization=row.organization,
        units=row.units,
        since=row.since,
        until=row.until,
    )
