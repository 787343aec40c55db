"""What every question about cost goes through: names allowed, values known, data that reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from analysis.errors import NotAllowed, NotFound, NotUnderstood
from analysis.periods import Window
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from queries.breakdown import TIMES, known_values
from queries.dimensions import Dimension, Dimensions
from queries.engines.base import Engine

Filters = Mapping[str, tuple[str, ...]]
"""Dimension name to the values that count, any of them."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names in a question, checked against what the caller may ask and what there is."""

    engine: Engine
    dimensions: Dimensions

    def allow(self, names: Iterable[str], caller: Caller) -> None:
        """Passes where `caller` may divide and filter by every one of `names`; times go anyway.

        Raises:
            NotUnderstood: there is no such dimension.
            NotAllowed: it lies beyond the caller's role.
        """
        for name in names:
            if name not in TIMES:
                self._dimension(name, caller)

    async def known(self, filters: Filters, caller: Caller) -> dict[str, tuple[str, ...]]:
        """`filters` with their values as the data writes them.

        Raises:
            NotUnderstood: there is no such dimension.
            NotAllowed: it lies beyond the caller's role.
            NotFound: the caller's data does not have the value.
        """
        return {
            name: tuple([await self._known(name, value, caller) for value in values])
            for name, values in filters.items()
        }

    def _dimension(self, name: str, caller: Caller) -> Dimension:
        dimension = self.dimensions.get(name)
        if dimension is None:
            names = [seen.name for seen in self.dimensions.visible_to(caller.role)]
            sentence = f"There is no dimension {shown(name)}."
            raise NotUnderstood(sentence, did_you_mean(name, [*names, *TIMES]))
        if not caller.role.reaches(dimension.audience):
            sentence = f"`{dimension.name}` is for {dimension.audience.label}s."
            raise NotAllowed(sentence, "Try `by model`, or ask an admin for the role.")
        return dimension

    async def _known(self, name: str, value: str, caller: Caller) -> str:
        dimension = self._dimension(name, caller)
        known = await known_values(self.engine, dimension, caller.organization)
        if value in known:
            return value
        alike = [candidate for candidate in known if candidate.casefold() == value.casefold()]
        if len(alike) == 1:
            return alike[0]
        hint = did_you_mean(value, known, otherwise=f"No cost has a {name} yet.")
        raise NotFound(f"There is no {name} {shown(value)} in your costs.", hint)


def reaches_back(before: Window | None, covered: tuple[date, date] | None) -> bool:
    """Whether there are facts for all of `before`: earlier than the first, nothing is known."""
    if before is None or covered is None:
        return True
    return covered[0] <= before.first_day
