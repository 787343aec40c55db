"""The priority of a recommendation: what to do first, 0 to 100.

Half of it are the savings, three tenths the confidence, a fifth how easy it is. Savings count by
their order of magnitude: each tenfold is worth 7.1 points, from $0 to $10 million a month, so that
large savings stay apart where a straight line with a ceiling would make them all alike.
"""

from __future__ import annotations

import math
from decimal import Decimal

from analysis.recommendations.proposal import Difficulty, Proposal

SAVINGS_POINTS, CONFIDENCE_POINTS = 50, 30

EASE_POINTS = {Difficulty.EASY: 20, Difficulty.MEDIUM: 12, Difficulty.HARD: 5}

FULL_SAVINGS = Decimal(10_000_000)
"""USD a month from which savings have all their points."""


def priority(proposal: Proposal) -> Decimal:
    """The priority of a proposal, 0 to 100, with one digit after the point."""
    return priority_of(proposal.savings.likely, proposal.confidence, proposal.difficulty)


def priority_of(savings: Decimal, confidence: Decimal, difficulty: Difficulty) -> Decimal:
    """The priority of something that saves `savings` USD a month, with one digit after the point.

    Args:
        savings: 0 or more.
        confidence: 0 to 1.
        difficulty: of doing it.
    """
    magnitude = math.log1p(float(savings)) / math.log1p(float(FULL_SAVINGS))
    points = SAVINGS_POINTS * min(1.0, magnitude)
    points += CONFIDENCE_POINTS * float(confidence) + EASE_POINTS[difficulty]
    return round(Decimal(points), 1)
