"""Finding the recommendation or the opportunity that somebody means, within what they reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from analysis.errors import NotFound, NotUnderstood
from handlers.caller import Caller
from handlers.nearest import shown
from handlers.recommendations.permissions import hidden_from, within
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import Recommendation
from storage.store import Store

SHORTEST = 4
"""Digits of an id that are enough to look for it; 8 are shown."""

_DIGITS = re.compile(r"[0-9a-f]{4,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds recommendations and opportunities by their id, or by the first digits of it.

    Attributes:
        store: where they are kept.
    """

    store: Store

    async def recommendation(self, which: str, caller: Caller) -> Recommendation:
        """The recommendation that is meant.

        Raises:
            NotFound: there is none that the caller sees; said alike of those of others.
            NotUnderstood: several begin with these digits.
            Unavailable: the store does not answer.
        """
        reach, digits = within(caller), _digits(which)
        if digits is None:
            raise _no_recommendation(which)
        there = self.store.recommendations
        if len(digits) == 32:
            one = await there.find(UUID(digits), within=reach, role=caller.role)
            found = [] if one is None else [one]
        else:
            found = await there.find_beginning(digits, within=reach, role=caller.role)
        if not found:
            raise _no_recommendation(which)
        if len(found) > 1:
            raise _ambiguous("recommendations", which)
        return found[0]

    async def opportunity(self, which: str, caller: Caller) -> StoredOpportunity:
        """The opportunity that is meant.

        Raises:
            NotFound, NotUnderstood, Unavailable: see `recommendation`.
        """
        reach, hidden, digits = within(caller), hidden_from(caller), _digits(which)
        there = self.store.opportunities
        found: list[StoredOpportunity] = []
        if digits is not None and len(digits) == 32:
            one = await there.find(UUID(digits), within=reach, without=hidden)
            found = [] if one is None else [one]
        elif digits is not None:
            found = await there.find_beginning(digits, within=reach, without=hidden)
        if not found:
            hint = "`/recs opportunities` lists them."
            raise NotFound(f"There is no opportunity {shown(which)}.", hint)
        if len(found) > 1:
            raise _ambiguous("opportunities", which)
        return found[0]


def short_id(key: UUID) -> str:
    """The first digits of an id, as people are shown it."""
    return key.hex[:8]


def _digits(which: str) -> str | None:
    text = which.strip().casefold().replace("-", "").removeprefix("#")
    return text if _DIGITS.fullmatch(text) else None


def _no_recommendation(which: str) -> NotFound:
    return NotFound(f"There is no recommendation {shown(which)}.", "`/recs list` lists them.")


def _ambiguous(what: str, which: str) -> NotUnderstood:
    return NotUnderstood(f"Several {what} begin with {shown(which)}.", "Give more of its digits.")
