"""The finest parts of a cost that are looked at: a combination of members, before and now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

ENDPOINT, PROCESS, MODEL, ORGANIZATION = "endpoint", "process", "model", "organization"
RESULT, ERROR_TYPE, BILLING_TYPE = "result", "error_type", "billing_type"

SEARCHED = (ENDPOINT, PROCESS, MODEL, ORGANIZATION, RESULT, BILLING_TYPE)
"""The dimensions that are looked through for a cause, in this order; where two explain a change
alike, the first is named. Studio's processes stand beside the API's endpoints."""

DIVIDED = (*SEARCHED, ERROR_TYPE)
"""What cells are divided by; the type of an error says more of a cause, and is none itself."""

SUCCESS = "success"
"""The result that is never a cause: more of it is more of everything."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one combination of members cost before and now.

    Attributes:
        key: a member for each of the dimensions that the cells are divided by; None: it has none.
        requests_before: requests that have a price, in the period before.
        cost_before: USD; a cost without requests is one that does not depend on them.
        requests_now: requests that have a price, in the period.
        cost_now: USD.
    """

    key: tuple[str | None, ...]
    requests_before: int
    cost_before: Decimal
    requests_now: int
    cost_now: Decimal


@dataclass(frozen=True)
class Cells:
    """All cells of a change, and the dimensions that they are divided by."""

    dimensions: tuple[str, ...]
    cells: Sequence[Cell]

    def of(self, dimension: str, member: str | None) -> Cells:
        """The cells of one member."""
        place = self.dimensions.index(dimension)
        return self._where(lambda cell: cell.key[place] == member)

    def without(self, dimension: str, member: str | None) -> Cells:
        """The cells of every other member."""
        place = self.dimensions.index(dimension)
        return self._where(lambda cell: cell.key[place] != member)

    def by(self, dimension: str) -> dict[str | None, list[Cell]]:
        """The cells of each member."""
        place = self.dimensions.index(dimension)
        found: dict[str | None, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.key[place], []).append(cell)
        return found

    def _where(self, is_kept: Callable[[Cell], bool]) -> Cells:
        return Cells(self.dimensions, [cell for cell in self.cells if is_kept(cell)])


def change_of(cells: Iterable[Cell]) -> Decimal:
    """USD more than before."""
    return sum((cell.cost_now - cell.cost_before for cell in cells), Decimal(0))
