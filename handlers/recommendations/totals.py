"""What recommendations add up to, by state: alone, and with no dollar counted twice.

Dollars are one organization's, so each organization is added up by itself, and again only when
something of it has changed: with thousands of recommendations it would take most of a look at them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from analysis.recommendations.kept.states import State
from analysis.recommendations.together import Together, together
from analysis.roles import Role
from handlers.recommendations.results import StateTotal, Totals
from storage.records.recommendation import StateParts
from storage.repositories.recommendations import Stamp, Wanted
from storage.store import Store

NOTHING = Together(Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class KnownTotals:
    """The totals of organizations as they were added up last, of one process.

    Each has the stamp of the store with it; a total of another stamp is not used, whoever has
    changed something.
    """

    _known: dict[tuple[str | None, Role], tuple[Stamp, tuple[StateTotal, ...]]] = field(
        default_factory=dict[tuple[str | None, Role], tuple[Stamp, tuple[StateTotal, ...]]]
    )

    async def of(self, store: Store, reach: str | None, role: Role) -> Totals:
        """The totals of all that somebody sees.

        Args:
            store: with the recommendations.
            reach: the organization; None: all, and the deployment's own.
            role: of whoever asks.

        Raises:
            Unavailable: the store does not answer.
        """
        # Read before what it stamps: a change in between is seen again, not missed.
        stamps = await store.recommendations.stamps(reach)
        changed = [name for name, stamp in stamps.items() if not self._has(name, role, stamp)]
        if changed:
            wanted = Wanted(within=reach, role=role)
            only = None if len(changed) == len(stamps) else changed
            rows = await store.recommendations.state_parts(wanted, only)
            added = await asyncio.to_thread(_by_organization, rows)
            for name in changed:
                self._known[name, role] = stamps[name], added.get(name, ())
        return _added(total for name in stamps for total in self._known[name, role][1])

    def _has(self, name: str | None, role: Role, stamp: Stamp) -> bool:
        known = self._known.get((name, role))
        return known is not None and known[0] == stamp


def _by_organization(rows: Iterable[StateParts]) -> dict[str | None, tuple[StateTotal, ...]]:
    by_state: dict[tuple[str | None, State], list[StateParts]] = {}
    for row in rows:
        by_state.setdefault((row.organization, row.state), []).append(row)
    found: dict[str | None, tuple[StateTotal, ...]] = {}
    for (organization, state), some in by_state.items():
        found[organization] = (*found.get(organization, ()), _total(state, some))
    return found


def _total(state: State, rows: Sequence[StateParts]) -> StateTotal:
    verified = (row.verified for row in rows if row.verified is not None)
    return StateTotal(
        state=state,
        count=len(rows),
        savings=together((row.kind, row.parts) for row in rows),
        verified=sum(verified, Decimal(0)),
    )


def _added(totals: Iterable[StateTotal]) -> Totals:
    by_state: dict[State, list[StateTotal]] = {}
    for total in totals:
        by_state.setdefault(total.state, []).append(total)
    states = tuple(_sum(state, by_state[state]) for state in State if state in by_state)
    open_ = next((one.savings for one in states if one.state is State.PENDING), NOTHING)
    return Totals(states, open_)


def _sum(state: State, totals: Sequence[StateTotal]) -> StateTotal:
    return StateTotal(
        state=state,
        count=sum(one.count for one in totals),
        savings=Together(
            sum((one.savings.alone for one in totals), Decimal(0)),
            sum((one.savings.together for one in totals), Decimal(0)),
        ),
        verified=sum((one.verified for one in totals), Decimal(0)),
    )
