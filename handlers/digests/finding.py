"""Finding the digest that somebody means, within what they reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from analysis.errors import NotFound, NotUnderstood
from analysis.roles import Role
from handlers.caller import Caller
from handlers.digests.permissions import sees
from handlers.nearest import shown
from storage.records.digest import Digest
from storage.store import Store

MOST_LISTED = 500
"""Digests that are listed at most."""

_DIGITS = re.compile(r"[0-9a-f]{4,32}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds digests by their number in the list, their id, or the first digits of it.

    Attributes:
        store: where they are kept.
    """

    store: Store

    async def all(self, caller: Caller) -> list[Digest]:
        """Those that the caller sees, the own ones first, then in the order of subscribing.

        Raises:
            Unavailable: the store does not answer.
        """
        there, owner = self.store.digests, (caller.team_id, caller.user_id)
        own = await there.find_all(owner=owner, limit=MOST_LISTED)
        if not caller.role.reaches(Role.ORG_ADMIN):
            return own
        others = await there.find_all(organization=caller.organization, limit=MOST_LISTED)
        ids = {one.id for one in own}
        return [*own, *(one for one in others if one.id not in ids and sees(caller, one))]

    async def find(self, which: str, caller: Caller) -> Digest:
        """The digest that is meant.

        Raises:
            NotFound: there is none that the caller sees; said alike of those of others.
            NotUnderstood: several begin with these digits.
            Unavailable: the store does not answer.
        """
        text = which.strip().casefold().replace("-", "").removeprefix("#")
        listed = await self.all(caller)
        if _NUMBER.fullmatch(text):
            if 1 <= int(text) <= len(listed):
                return listed[int(text) - 1]
            raise _not_there(which)
        if not _DIGITS.fullmatch(text):
            raise _not_there(which)
        found = [one for one in listed if one.id.hex.startswith(text)]
        if len(found) > 1:
            sentence = f"Several digests begin with {shown(which)}."
            raise NotUnderstood(sentence, "Give more of its digits.")
        if not found:
            raise _not_there(which)
        return found[0]

    async def ended(self, key: UUID, caller: Caller) -> Digest:
        """A digest by its id, an ended one too.

        Raises:
            NotFound: there is none that the caller sees.
            Unavailable: the store does not answer.
        """
        digest = await self.store.digests.find(key)
        if digest is None or not sees(caller, digest):
            raise _not_there(str(key))
        return digest


def _not_there(which: str) -> NotFound:
    return NotFound(f"There is no digest {shown(which)}.", "`/cost digest list` shows yours.")
