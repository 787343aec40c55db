"""The rule by which cost that is nobody's own is divided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from analysis.errors import BadInput

HUNDRED = Decimal(100)

MOST_SHARES = 500
"""Fixed shares of one rule."""


class Method(StrEnum):
    """How it is divided."""

    PROPORTIONAL = "proportional"
    EVEN = "even"
    FIXED = "fixed"


class Basis(StrEnum):
    """What it is in proportion to."""

    COST = "cost"
    REQUESTS = "requests"
    GPU_SECONDS = "gpu_seconds"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        method: how.
        basis: of `PROPORTIONAL`, and of the teams within an organization.
        shares: of `FIXED`: per cent by organization, 100 in all at most; what is left of 100 is
            charged to nobody.

    Raises:
        BadInput: shares that make no sense, or that do not belong to the method.
    """

    method: Method = Method.PROPORTIONAL
    basis: Basis = Basis.COST
    shares: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])

    def __post_init__(self) -> None:
        if self.method is not Method.FIXED:
            if self.shares:
                raise BadInput("Only a fixed rule has shares.", _TRY_FIXED)
            return
        if not self.shares:
            raise BadInput("A fixed rule needs shares.", _TRY_FIXED)
        if len(self.shares) > MOST_SHARES:
            sentence = f"These are {len(self.shares):,} shares, at most {MOST_SHARES} can be kept."
            raise BadInput(sentence, "Charge the largest, or choose `proportional`.")
        for name, share in self.shares.items():
            if not name.strip():
                raise BadInput("A share belongs to an organization.", _TRY_FIXED)
            if not (share.is_finite() and 0 < share <= HUNDRED):
                raise BadInput(f"{share}% is no share.", "Give more than 0 and at most 100 %.")
        given = sum(self.shares.values(), Decimal(0))
        if given > HUNDRED:
            sentence = f"The shares add up to {given.normalize():f} %."
            raise BadInput(sentence, "Give 100 % at most; what is left of it is not charged.")
        # Nobody changes a rule by the order in which its shares were typed.
        kept = {name: self.shares[name] for name in sorted(self.shares)}
        object.__setattr__(self, "shares", kept)

    @property
    def left(self) -> Decimal:
        """Per cent that fixed shares leave to nobody; 0 of other methods."""
        if self.method is not Method.FIXED:
            return Decimal(0)
        return HUNDRED - sum(self.shares.values(), Decimal(0))


_TRY_FIXED = "Try `/cost statement rule fixed acme 60% globex 40%`."
