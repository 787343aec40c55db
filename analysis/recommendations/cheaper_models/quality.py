"""Which models can be compared in quality, and how far apart they are.

A score means something beside another score of the same test only: 0.72 on MMLU-Pro is a better
model than 0.80 on MMLU. So the name of the test is read from where the score comes from, which
begins with it: "MMLU 86.5, zero-shot: …". Where a source names several tests, they are parted by
semicolons, and the score is that of the first: "MMLU 88.7: …; GPQA Diamond 53.1: …".
"""

from __future__ import annotations

import re
from decimal import Decimal

from analysis.recommendations.cells import ModelFacts
from analysis.recommendations.proposal import QualityImpact

FLOOR = Decimal("0.05")
"""How far below the present model an alternative may score, at most. On MMLU that is about the
step from a vendor's large model to its small one of the same generation (GPT-4.1 90.2 to mini
87.5; GPT-4o 88.7 to mini 82.0 is beyond it). A score is an average over topics: a task may fare
worse or better, which is why nothing is proposed without a trial on one's own requests."""

SLIGHT = Decimal("0.02")
"""Scores that are not further apart are hard to tell from each other: MMLU has 14,042 questions,
so chance alone moves a score by ±0.006, the prompt's wording by more."""

_TEST = re.compile(
    r"^\s*(?P<name>[A-Za-z][A-Za-z0-9.\- ]*?)\s+(?P<score>\d+(?:\.\d+)?)(?!\S*[A-Za-z])"
)


def scores(model: ModelFacts) -> dict[str, Decimal]:
    """A model's scores by test, 0 to 1, the best founded first; empty: none that is known."""
    found: dict[str, Decimal] = {}
    for place, part in enumerate(model.quality_source.split(";")):
        match = _TEST.match(part)
        if match is None:
            continue
        percent = Decimal(match["score"])
        score = model.quality if place == 0 else percent / 100
        if score is not None and 0 <= score <= 1:
            found.setdefault(match["name"].casefold(), score)
    return found


def difference(present: ModelFacts, other: ModelFacts) -> Decimal | None:
    """How far the other model is above the present one, on the first test that both took.

    Returns:
        In points of the score; below 0: it is worse; None: they cannot be compared.
    """
    common = test_of(present, other)
    return None if common is None else scores(other)[common] - scores(present)[common]


def test_of(present: ModelFacts, other: ModelFacts) -> str | None:
    """The first of the present model's tests that the other one took too; None: there is none."""
    theirs = scores(other)
    return next((test for test in scores(present) if test in theirs), None)


def impact_of(change: Decimal) -> QualityImpact:
    """What a difference in score is likely to do to answers.

    Args:
        change: see `difference`.
    """
    if change >= 0:
        return QualityImpact.NONE
    if change >= -SLIGHT:
        return QualityImpact.LOW
    return QualityImpact.MEDIUM if change >= -FLOOR else QualityImpact.HIGH
