"""Pauses that have ended by themselves: nothing is written when their last instant goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from storage.records.budget import Budget


def awake(budget: Budget, now: datetime) -> Budget:
    """A budget as it is at an instant: one whose pause is over is not paused.

    Args:
        budget: as it was decided.
        now: the present, UTC.
    """
    until = budget.paused_until
    if until is None or now < until:
        return budget
    return replace(budget, paused=False, paused_until=None)
