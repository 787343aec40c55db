"""Looking at digests: which there are, when they are due, what became of the last ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analysis.clock import Clock
from handlers.caller import Caller
from handlers.complete import Asked
from handlers.digests.figures import DigestQuestion, FiguresHandler
from handlers.digests.finding import Finder
from handlers.digests.journal import DIGEST
from handlers.digests.managing import following
from handlers.digests.permissions import Act, allow, as_sent, check_reach, may_edit
from handlers.digests.results import DigestFigures, ListedDigest, ShownDigest
from storage.records.digest import DigestDraft
from storage.store import Store

SLOTS = 10
ENTRIES = 10
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReadHandler:
    """Tells of digests, within what the caller sees.

    Attributes:
        store: where they are kept.
        finder: of what is meant.
        figures: makes what a digest tells.
        clock: the present.
    """

    store: Store
    finder: Finder
    figures: FiguresHandler
    clock: Clock

    async def list(self, caller: Caller) -> list[ListedDigest]:
        """The digests that the caller sees, the own ones first.

        Raises:
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        found = await self.finder.all(caller)
        return [ListedDigest(one, following(one, self.clock)) for one in found]

    async def show(self, which: str, caller: Caller) -> ShownDigest:
        """Everything about one digest.

        Raises:
            NotFound: there is none that the caller sees.
            NotUnderstood: several are meant.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        digest = await self.finder.find(which, caller)
        slots = await self.store.digests.slots(digest.id, limit=SLOTS)
        entries = await self.store.audit.of_object(DIGEST, str(digest.id), limit=ENTRIES)
        next_slot = following(digest, self.clock)
        left_out = {one.local_date for one in slots if one.reason == "asked"}
        return ShownDigest(
            digest=digest,
            following=next_slot,
            skipped=next_slot is not None and next_slot.local_date in left_out,
            slots=tuple(slots),
            entries=tuple(entries),
            may_edit=may_edit(caller, digest),
        )

    async def preview(self, draft: DigestDraft, caller: Caller) -> DigestFigures:
        """What a digest would tell if it were sent now; nothing is claimed by it.

        Args:
            draft: of a digest, kept or not.
            caller: who looks: within what both they and the digest may see.

        Raises:
            NotAllowed: the caller does not see these costs, or a filter lies beyond their role.
            Unavailable: the facts or the store cannot be read.
        """
        check_reach(draft, caller)
        return await self.figures.figures(self.question(draft, caller))

    def question(self, draft: DigestDraft, owner: Caller) -> DigestQuestion:
        """What a digest asks today in its zone."""
        today = self.clock().astimezone(draft.schedule.zone).date()
        return question_of(draft, owner, today)


def question_of(draft: DigestDraft, owner: Caller, local_date: date) -> DigestQuestion:
    """What a digest asks that is sent on a local date.

    Args:
        draft: what was decided of it.
        owner: whose it is, as they are known now.
        local_date: in its zone.
    """
    return DigestQuestion(
        frequency=draft.schedule.frequency,
        wanted=local_date - DAY,
        asked=Asked(filters=draft.filters, customers_only=draft.customers_only),
        caller=as_sent(draft, owner),
    )
