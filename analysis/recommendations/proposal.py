"""A recommendation as it is drawn from evidence, before anybody decides on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """What is recommended."""

    MODEL_DOWNGRADE = "model_downgrade"
    CACHING = "caching"
    BATCH_PROCESSING = "batch_processing"
    PROMPT_OPTIMIZATION = "prompt_optimization"
    RATE_LIMITING = "rate_limiting"
    TIER_MIGRATION = "tier_migration"
    UNUSED_FEATURES = "unused_features"
    IDLE_CAPACITY = "idle_capacity"
    FAILURE_WASTE = "failure_waste"
    EFFICIENCY_DRIFT = "efficiency_drift"


class Difficulty(StrEnum):
    """How much work it is."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class QualityImpact(StrEnum):
    """What it may do to the quality of answers."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


BY_HAND = "whatif|"
"""How the variant of a recommendation begins that somebody made of a what-if: nothing draws it
anew, so that it is not found again does not mean that it is no longer true."""

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""Money and shares are written as strings of plain digits."""


@dataclass(frozen=True, slots=True)
class Savings:
    """USD a month.

    Attributes:
        likely: the best estimate, what is promised.
        low, high: the ends of a range that holds it with 90 %.

    Raises:
        ValueError: they are not in order, or negative.
    """

    low: Decimal
    likely: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.likely <= self.high:
            message = f"savings are not in order: {self.low}, {self.likely}, {self.high}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Part:
    """What a recommendation takes of one group of dollars, so that none is counted twice.

    Attributes:
        cell: which dollars: the same words for the same dollars, whichever the kind.
        cost: of all of them, USD a month.
        saved: of these, by this recommendation alone, USD a month; at most `cost`.
    """

    cell: str
    cost: Decimal
    saved: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A recommendation as the evidence of some days supports it.

    Attributes:
        kind: what is recommended.
        organization: to whom; None: to whoever runs the deployment.
        scope: what it is about, by dimension, such as {"model": ("gpt-4",)}; without the
            organization. With the kind, the organization and the variant it makes the key, so it
            holds nothing that changes from one day to the next.
        variant: tells apart two of one kind and scope; usually empty.
        title: one line without figures that change daily.
        description: two or three sentences: what, why, how much.
        current_cost: USD a month of what it is about.
        savings: USD a month.
        confidence: 0 to 1, from the evidence.
        difficulty: of doing it.
        quality_impact: of having done it.
        quality_change: in points of the quality score; None: not known or none.
        action: what to do, for programs: JSON with stable names.
        evidence: what it was drawn from, for people who doubt: JSON with stable names.
        steps: what to do, for people, in order.
        formula: how the savings were reckoned, in words and signs.
        source: where the formula comes from.
        valid_until: after this day it has to be drawn anew.
        parts: what it takes of which dollars.
    """

    kind: Kind
    organization: str | None
    scope: Mapping[str, tuple[str, ...]]
    title: str
    description: str
    current_cost: Decimal
    savings: Savings
    confidence: Decimal
    difficulty: Difficulty
    quality_impact: QualityImpact
    formula: str
    source: str
    valid_until: date
    steps: tuple[str, ...]
    parts: tuple[Part, ...]
    variant: str = ""
    quality_change: Decimal | None = None
    action: Mapping[str, Json] = field(default_factory=dict[str, Json])
    evidence: Mapping[str, Json] = field(default_factory=dict[str, Json])

    @property
    def key(self) -> str:
        """The same for the same recommendation, however often it is drawn: 32 hex digits."""
        named = {name: sorted(values) for name, values in sorted(self.scope.items())}
        whole = json.dumps([self.kind.value, self.organization, named, self.variant])
        return hashlib.sha256(whole.encode()).hexdigest()[:32]

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody made it of a what-if."""
        return self.variant.startswith(BY_HAND)

    @property
    def projected_cost(self) -> Decimal:
        """USD a month of what it is about, once it is done."""
        return self.current_cost - self.savings.likely

    @property
    def savings_share(self) -> Decimal:
        """Of the current cost, 0 to 1."""
        return self.savings.likely / self.current_cost if self.current_cost else Decimal(0)
