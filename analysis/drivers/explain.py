"""Why a cost moved: its split, what caused it, and who else moved, as figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from analysis.drivers.causes import Cause, causes
from analysis.drivers.cells import RESULT, SEARCHED, SUCCESS, Cells, change_of
from analysis.drivers.split import Split, split

MOST_CONTRIBUTORS = 8
"""Members that are told of besides the causes."""

LEAST_CONTRIBUTION = Decimal("0.05")
"""Of the change: less than this is no part of the story."""

MOST_OF_IT = Decimal("0.5")
"""Of a cause's change: a member inside it that makes this much is worth a word,"""
BEYOND_ITS_SHARE = Decimal("1.25")
"""if that is so many times what it makes of all cost: whoever is everywhere is there, too."""

MOSTLY = Decimal("0.3")
"""Of a change: causes of which none made this much stand out of it, and do not make it up."""

EXCHANGED = Decimal("0.5")
"""Where the others lost at least this share of the requests that a member won, they moved there."""


class Kind(StrEnum):
    """How a member moved a cost."""

    ARRIVAL = "arrival"
    """It was not there before."""
    DEPARTURE = "departure"
    """It is not there any more."""
    VOLUME = "volume"
    """It has more requests, or fewer."""
    SHIFT = "shift"
    """Requests of the others moved to it, or its requests to them."""
    MIX = "mix"
    """Its own requests moved to dearer or cheaper cells."""
    RATE = "rate"
    """A request of it costs more, or less."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The member inside a driver that made most of its change."""

    dimension: str
    member: str
    change: Decimal


@dataclass(frozen=True, slots=True)
class Driver:
    """A member that moved the cost.

    Attributes:
        dimension: see `SEARCHED`.
        member: its value.
        split: of its own change, in USD.
        kind: how it moved the cost.
        cause: why it is taken for a cause; None: it moved, and repeats what causes or chance did.
        elsewhere: of all other members together.
        inside: who made most of it; None where nobody did.
    """

    dimension: str
    member: str
    split: Split
    kind: Kind
    cause: Cause | None
    elsewhere: Split
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a cost moved.

    Attributes:
        split: of the whole change.
        drivers: the causes, what explains most first; then the members that moved the cost the
            same way, most dollars first. Dimensions overlap: their dollars do not add up.
    """

    split: Split
    drivers: tuple[Driver, ...]

    @property
    def causes(self) -> tuple[Driver, ...]:
        """The drivers that are taken for causes."""
        return tuple(driver for driver in self.drivers if driver.cause is not None)

    @property
    def is_broad(self) -> bool:
        """Whether most of the change is nobody's: no cause, or none that made much of it."""
        change = self.split.change
        way = 1 if change >= 0 else -1
        made = (driver.split.change * way for driver in self.causes)
        return max(made, default=Decimal(0)) < MOSTLY * abs(change)


def explain(cells: Cells) -> Explanation:
    """Splits the change over `cells`, and names what drove it."""
    found = [_driver(cells, cause.dimension, cause.member, cause) for cause in causes(cells)]
    named = {(driver.dimension, driver.member) for driver in found}
    others = [_driver(cells, *one, None) for one in _contributors(cells, named)]
    return Explanation(split(cells.cells), (*found, *others))


def _contributors(cells: Cells, named: set[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """The members that moved the cost its way, most dollars first, in the order of `SEARCHED`."""
    change = change_of(cells.cells)
    moved: list[tuple[Decimal, int, str]] = []
    for order, name in enumerate(SEARCHED):
        members = cells.by(name) if name in cells.dimensions else {}
        if len(members) < 2:
            continue
        for member, part in members.items():
            dollars = change_of(part)
            is_told = member and (name, member) not in named and (name, member) != (RESULT, SUCCESS)
            if is_told and dollars * change > 0 and abs(dollars / change) >= LEAST_CONTRIBUTION:
                moved.append((-abs(dollars), order, member or ""))
    return [(SEARCHED[order], member) for _, order, member in sorted(moved)[:MOST_CONTRIBUTORS]]


def _driver(cells: Cells, dimension: str, member: str, cause: Cause | None) -> Driver:
    own, others = cells.of(dimension, member), cells.without(dimension, member)
    moved, elsewhere = split(own.cells), split(others.cells)
    kind = _kind(moved, elsewhere)
    inside = None if cause is None else _inside(cells, own, cause)
    return Driver(dimension, member, moved, kind, cause, elsewhere, inside)


def _kind(moved: Split, elsewhere: Split) -> Kind:
    if not moved.requests_before and not moved.before:
        return Kind.ARRIVAL
    if not moved.requests_now and not moved.now:
        return Kind.DEPARTURE
    way = 1 if moved.change >= 0 else -1
    parts = {Kind.VOLUME: moved.volume, Kind.MIX: moved.mix, Kind.RATE: moved.rate}
    kind = max(parts, key=lambda part: parts[part] * way)
    won = moved.requests_now - moved.requests_before
    lost = elsewhere.requests_before - elsewhere.requests_now
    if kind is Kind.VOLUME and won * lost > 0 and abs(lost) >= EXCHANGED * abs(won):
        return Kind.SHIFT
    return kind


def _inside(cells: Cells, own: Cells, cause: Cause) -> Inside | None:
    """Who made most of a cause's change; not itself, nor what only repeats it."""
    change = change_of(own.cells)
    repeated = {cause.dimension, *(dimension for dimension, _ in cause.echoes)}
    best: Inside | None = None
    for name in own.dimensions:
        members = own.by(name)
        if name in repeated or len(members) < 2:
            continue
        for member, part in members.items():
            dollars = change_of(part)
            if not member or member == SUCCESS or dollars * change <= 0:
                continue
            share = dollars / change
            usual = BEYOND_ITS_SHARE * _share(cells, name, member)
            if share >= max(MOST_OF_IT, usual) and (
                best is None or abs(dollars) > abs(best.change)
            ):
                best = Inside(name, member, dollars)
    return best


def _share(cells: Cells, dimension: str, member: str) -> Decimal:
    """What a member made of all cost before."""
    whole = sum((cell.cost_before for cell in cells.cells), Decimal(0))
    part = sum((cell.cost_before for cell in cells.of(dimension, member).cells), Decimal(0))
    return part / whole if whole else Decimal(0)
