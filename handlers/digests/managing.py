"""What people decide about digests: subscribe, change, pause, leave out, end, and take it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from analysis.clock import Clock
from analysis.errors import BadInput, NotAllowed, Outdated
from analysis.schedules import Slot, next_after
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.digests.drafting import Drafting
from handlers.digests.finding import Finder
from handlers.digests.journal import of_digest
from handlers.digests.permissions import Act, allow, check_reach, is_own, lost_right, may_edit
from handlers.digests.requests import EditRequest, SubscribeRequest
from handlers.digests.results import Decided
from storage.records.audit import Surface
from storage.records.digest import Digest, DigestDraft, DigestSlot
from storage.store import Store

MOST_OWN = 20
"""Digests that one person may have: who wants more wants a report."""

UNDO_WITHIN = timedelta(days=1)
"""How long an ending can be taken back."""

MOST_SKIPPED = 10
"""Slots in a row that can be left out beforehand."""


@dataclass(frozen=True, slots=True)
class ManageHandler:
    """Keeps what people decide, each in one transaction with its line in the audit trail.

    Attributes:
        store: where digests are kept.
        finder: of what is meant.
        drafting: reads what is filled in.
        clock: the present.
        surface: the audit trail names it.
    """

    store: Store
    finder: Finder
    drafting: Drafting
    clock: Clock
    surface: Surface

    async def subscribe(self, request: SubscribeRequest, caller: Caller) -> Decided:
        """Subscribes the caller, or a channel; one that is the same already is not doubled.

        Raises:
            BadInput: something cannot be, or there are too many.
            NotAllowed, NotFound, NotUnderstood, Unavailable: see `Drafting.draft`.
        """
        allow(Act.SUBSCRIBE, caller)
        draft = await self.drafting.draft(request.form, caller)
        owner = caller.team_id, caller.user_id
        own = await self.store.digests.find_all(owner=owner)
        for known in own:
            if known.id == request.key or _alike(known, draft):
                return Decided(known, self._following(known), is_new=False)
        if len(own) >= MOST_OWN:
            sentence = f"You have {len(own)} digests, and {MOST_OWN} are the most."
            raise BadInput(sentence, "End one first: `/cost digest list` shows them.")
        async with self.store.transaction() as transaction:
            digest = await transaction.digests.add(draft, request.key)
            if digest is None:
                sentence = "This form was sent in already, and the digest has ended since."
                raise Outdated(sentence, "Subscribe again: `/cost digest subscribe`.")
            await transaction.audit.add(
                of_digest("digest.subscribe", actor_of(caller), self.surface, digest)
            )
        return Decided(digest, self._following(digest))

    async def draft(self, request: SubscribeRequest, caller: Caller) -> DigestDraft:
        """What would be kept.

        Raises:
            BadInput, NotAllowed, NotFound, NotUnderstood, Unavailable: see `subscribe`.
        """
        allow(Act.SUBSCRIBE, caller)
        return await self.drafting.draft(request.form, caller)

    async def edited(self, request: EditRequest, caller: Caller) -> tuple[Digest, DigestDraft]:
        """A digest, and what it would be like.

        Raises:
            BadInput, NotAllowed, NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
        """
        digest = await self.finder.find(request.which, caller)
        if not may_edit(caller, digest):
            sentence = "Only its owner and admins may change what a digest shows."
            raise NotAllowed(sentence, "You may pause or end it: its buttons do both.")
        if request.version is not None and request.version != digest.version:
            sentence = "Somebody has changed this digest meanwhile."
            raise Outdated(sentence, "Look at it again, then decide.")
        check_reach(digest, caller)
        return digest, await self.drafting.draft(request.form, caller, digest)

    async def edit(self, request: EditRequest, caller: Caller) -> Decided:
        """Changes what a digest shows, where and when.

        Raises:
            BadInput: something cannot be.
            NotAllowed: it is somebody else's, or the caller may not write to a channel.
            NotFound: there is none that the caller sees; or no such value.
            NotUnderstood: several are meant; or there is no such dimension.
            Outdated: somebody has changed it meanwhile.
            Unavailable: the facts or the store cannot be read.
        """
        digest, draft = await self.edited(request, caller)
        # A new time counts from now on: what was due by it earlier today is not sent in arrears.
        since = None if draft.schedule == digest.schedule else self.clock()
        async with self.store.transaction() as transaction:
            after = await transaction.digests.change(digest, draft, since=since)
            entry = of_digest("digest.edit", actor_of(caller), self.surface, after, before=digest)
            await transaction.audit.add(entry)
        return Decided(after, self._following(after))

    async def pause(self, which: str, caller: Caller) -> Decided:
        """Has it sent no more until it is resumed.

        Raises:
            NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
        """
        digest = await self.finder.find(which, caller)
        if digest.paused:
            return Decided(digest, None, is_new=False)
        return await self._change(
            "digest.pause", digest, replace_draft(digest, paused=True), caller
        )

    async def resume(self, which: str, caller: Caller) -> Decided:
        """Ends a pause, or lets one be sent again that costbot has stopped.

        Raises:
            NotAllowed: it was stopped, and its owner still may not see what it shows.
            NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
        """
        digest = await self.finder.find(which, caller)
        if not digest.paused and not digest.stopped:
            return Decided(digest, self._following(digest), is_new=False)
        self._check_right(digest, caller)
        draft = replace_draft(digest, paused=False)
        return await self._change("digest.resume", digest, draft, caller)

    async def skip(self, which: str, caller: Caller) -> Decided:
        """Leaves the next one out; once more, the one after it as well.

        Raises:
            BadInput: nothing is due, or many are left out already.
            NotFound, NotUnderstood, Unavailable: see `edit`.
        """
        digest = await self.finder.find(which, caller)
        following = self._following(digest)
        if following is None:
            sentence = "It is not sent anyway, so there is nothing to leave out."
            raise BadInput(sentence, "Resume it: `/cost digest resume`.")
        for _ in range(MOST_SKIPPED):
            slot = DigestSlot(
                digest_id=digest.id,
                local_date=following.local_date,
                due_at=following.at,
                outcome="skipped",
                reason="asked",
            )
            async with self.store.transaction() as transaction:
                claimed = await transaction.digests.claim([slot], {digest.id: digest.version})
                if claimed:
                    more: dict[str, object] = {"local_date": str(slot.local_date)}
                    entry = of_digest(
                        "digest.skip", actor_of(caller), self.surface, digest, more=more
                    )
                    await transaction.audit.add(entry)
            left_out = following
            following = next_after(digest.schedule, following.at)
            if claimed:
                return Decided(digest, following, skipped=left_out.local_date)
        sentence = f"The next {MOST_SKIPPED} are left out already."
        raise BadInput(sentence, "Pause it: `/cost digest pause`.")

    async def unskip(self, which: str, day: date, caller: Caller) -> Decided:
        """Takes back that one was left out.

        Raises:
            NotFound, NotUnderstood, Unavailable: see `edit`.
        """
        digest = await self.finder.find(which, caller)
        async with self.store.transaction() as transaction:
            is_freed = await transaction.digests.unskip(digest.id, day)
            if is_freed:
                more: dict[str, object] = {"local_date": str(day)}
                entry = of_digest(
                    "digest.unskip", actor_of(caller), self.surface, digest, more=more
                )
                await transaction.audit.add(entry)
        return Decided(digest, self._following(digest), is_new=is_freed, skipped=day)

    async def unsubscribe(self, which: str, caller: Caller) -> Decided:
        """Ends a digest; within a day that can be taken back.

        Raises:
            NotFound, NotUnderstood, Outdated, Unavailable: see `edit`.
        """
        digest = await self.finder.find(which, caller)
        async with self.store.transaction() as transaction:
            after = await transaction.digests.delete(digest)
            entry = of_digest(
                "digest.unsubscribe", actor_of(caller), self.surface, after, before=digest
            )
            await transaction.audit.add(entry)
        return Decided(after, None, undo_until=self.clock() + UNDO_WITHIN)

    async def undo(self, key: UUID, caller: Caller) -> Decided:
        """Takes an ending back.

        Raises:
            BadInput: it is too late.
            NotFound, Outdated, Unavailable: see `edit`.
        """
        digest = await self.finder.ended(key, caller)
        if digest.deleted_at is None:
            return Decided(digest, self._following(digest), is_new=False)
        if self.clock() > digest.deleted_at + UNDO_WITHIN:
            sentence = "That digest ended more than a day ago."
            raise BadInput(sentence, "Subscribe again: `/cost digest subscribe`.")
        async with self.store.transaction() as transaction:
            after = await transaction.digests.restore(digest)
            entry = of_digest("digest.undo", actor_of(caller), self.surface, after, before=digest)
            await transaction.audit.add(entry)
        return Decided(after, self._following(after))

    async def _change(
        self, action: str, digest: Digest, draft: DigestDraft, caller: Caller
    ) -> Decided:
        async with self.store.transaction() as transaction:
            after = await transaction.digests.change(digest, draft, since=self.clock())
            entry = of_digest(action, actor_of(caller), self.surface, after, before=digest)
            await transaction.audit.add(entry)
        return Decided(after, self._following(after))

    def _check_right(self, digest: Digest, caller: Caller) -> None:
        """Whoever sees less than a digest shows does not bring it back."""
        if is_own(caller, digest) and (why := lost_right(digest, caller)):
            raise NotAllowed(why, "Subscribe anew: `/cost digest subscribe`.")

    def _following(self, digest: Digest) -> Slot | None:
        return following(digest, self.clock)


def following(digest: Digest, clock: Clock) -> Slot | None:
    """When a digest is due next; None: it is paused, stopped or ended."""
    if digest.paused or digest.stopped or digest.deleted_at is not None:
        return None
    return next_after(digest.schedule, clock())


def replace_draft(digest: Digest, *, paused: bool) -> DigestDraft:
    """What was decided of a digest, paused or not."""
    return replace(digest, paused=paused)


def _alike(digest: Digest, draft: DigestDraft) -> bool:
    return (
        digest.address == draft.address
        and digest.schedule == draft.schedule
        and digest.filters == draft.filters
        and digest.customers_only == draft.customers_only
        and digest.organization == draft.organization
    )
