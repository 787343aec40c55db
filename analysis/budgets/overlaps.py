"""Overlaps: which budgets count the same spend.

A scope names values of some dimensions; a dimension that it does not name is not restricted. Two
scopes share no spend only where they name the same dimension with no value in common; otherwise a
request may count in both. Whether one ever did is a matter of the facts: a model and a team overlap
by their terms even where that team never used that model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

Key = TypeVar("Key")

ORGANIZATION = "organization"
"""The dimension that an organization's own budget is restricted by, named or not."""


class Overlap(StrEnum):
    """How the spend of one scope lies to that of another."""

    NONE = "none"
    EQUAL = "equal"
    """All spend of either counts in both."""
    INSIDE = "inside"
    """All spend of the first counts in the other, too."""
    AROUND = "around"
    """All spend of the other counts in the first, too."""
    PARTLY = "partly"
    """Some spend may count in both, some in one alone."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which spend a budget counts.

    Attributes:
        organization: whose budget it is; None: the deployment's own, over all organizations.
        values: by dimension, the values that count; any of them suffices.

    Raises:
        ValueError: a dimension has no values: it would count nothing.
    """

    organization: str | None
    values: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        empty = [dimension for dimension, values in self.values.items() if not values]
        if empty:
            message = f"a scope without values counts nothing: {', '.join(empty)}"
            raise ValueError(message)

    def restrictions(self) -> dict[str, frozenset[str]]:
        """By dimension, the values that count, the organization among them."""
        restrictions = {dimension: frozenset(values) for dimension, values in self.values.items()}
        if self.organization is not None:
            own = frozenset({self.organization})
            # An organization's budget never sees another one's spend, whatever its scope names.
            restrictions[ORGANIZATION] = restrictions.get(ORGANIZATION, own) & own
        return restrictions


def overlap(one: Scope, other: Scope) -> Overlap:
    """How the spend of `one` lies to the spend of `other`."""
    mine, theirs = one.restrictions(), other.restrictions()
    shared = mine.keys() & theirs.keys()
    if not all((*mine.values(), *theirs.values())):
        return Overlap.NONE  # one of them counts nothing at all
    if any(mine[dimension].isdisjoint(theirs[dimension]) for dimension in shared):
        return Overlap.NONE
    is_inside, is_around = _is_inside(mine, theirs), _is_inside(theirs, mine)
    if is_inside and is_around:
        return Overlap.EQUAL
    if is_inside:
        return Overlap.INSIDE
    return Overlap.AROUND if is_around else Overlap.PARTLY


def overlaps(scope: Scope, others: Iterable[tuple[Key, Scope]]) -> dict[Key, Overlap]:
    """The scopes that share spend with one, by their keys; those that share none are left out."""
    found = ((key, overlap(scope, other)) for key, other in others)
    return {key: kind for key, kind in found if kind is not Overlap.NONE}


def _is_inside(inner: Mapping[str, frozenset[str]], outer: Mapping[str, frozenset[str]]) -> bool:
    """Whether each restriction of the outer one is kept by the inner one."""
    return all(
        dimension in inner and inner[dimension] <= values for dimension, values in outer.items()
    )
