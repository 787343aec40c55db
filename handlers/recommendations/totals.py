"""What recommendations add up to, by state: alone, and with no dollar counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from analysis.recommendations.states import State
from analysis.recommendations.together import together
from handlers.recommendations.results import StateTotal, Totals
from storage.records.recommendation import StateParts


def totals_of(rows: Sequence[StateParts]) -> Totals:
    """The totals of some recommendations."""
    by_state: dict[State, list[StateParts]] = {}
    for row in rows:
        by_state.setdefault(row.state, []).append(row)
    states = tuple(_total(state, by_state[state]) for state in State if state in by_state)
    pending = by_state.get(State.PENDING, [])
    return Totals(states, together((row.kind, row.parts) for row in pending))


def _total(state: State, rows: Sequence[StateParts]) -> StateTotal:
    verified = (row.verified for row in rows if row.verified is not None)
    return StateTotal(
        state=state,
        count=len(rows),
        savings=together((row.kind, row.parts) for row in rows),
        verified=sum(verified, Decimal(0)),
    )
