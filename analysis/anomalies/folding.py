"""Findings of one event told once: parts are folded into the whole that they explain.

A total that jumps has parts that jump: its product, its model, its customer, their requests. They
are all found, and all of them are the same dollars. One is told, the widest, and names the part
that explains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from analysis.anomalies.found import Finding
from analysis.series import Measure, SeriesKey

EXPLAINS = Decimal("0.7")
"""Of the dollars that something moved: from this share on a part explains it."""

MOST = Decimal("1.1")
"""Times the dollars of the whole: a part that moved more than that stands for itself, for others
that moved the other way hide it; the tenth is that of two expectations, each with its error."""

APART = timedelta(days=2)
"""How far the beginnings of one event may lie apart in two series."""

LEVEL_FOLLOWS = timedelta(days=3)
"""While a shift is so young, each of its days may be a spike in a part of it."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A finding that is told, with those that only say the same.

    Attributes:
        finding: what is told.
        children: its parts and other views of the same dollars, most dollars first.
        explained_by: the narrowest of the children that moved `EXPLAINS` of its dollars or more;
            None: no single one did.
        volume: the finding of its own requests, where its cost is told: more was used, whatever the
            price; None: they were as usual.
    """

    finding: Finding
    children: tuple[Finding, ...]
    explained_by: Finding | None
    volume: Finding | None


def fold(
    findings: Sequence[Finding], products: Mapping[SeriesKey, str] | None = None
) -> list[Folded]:
    """Folds what only says the same into what is told; each finding is in exactly one place.

    A finding goes into its own cost, or into a wider one that moved the same way at the same time
    and not less; so does, among findings that no wider one is told of, another view of about the
    same dollars (a model's and an endpoint's). What moved against its whole, or more than it, or at
    another time, stays.

    Args:
        findings: of one day, at most one a series; in any order.
        products: of series that are wholly within a product: which; see `SeriesTable`.

    Returns:
        What is told, most dollars first.
    """
    by_key = {finding.key: finding for finding in findings}
    leads: dict[SeriesKey, SeriesKey] = {}
    for finding in sorted(by_key.values(), key=_widest_first):
        keys = _wider(finding.key, products or {})
        found = (by_key[key] for key in keys if key in by_key)
        wider = next((one for one in found if _is_part(finding, one)), None)
        leads[finding.key] = finding.key if wider is None else leads[wider.key]
    _merge_views(by_key, leads)
    told = [by_key[key] for key, lead in leads.items() if key == lead]
    return [
        _folded(finding, [by_key[key] for key, lead in leads.items() if lead == finding.key])
        for finding in sorted(told, key=_dearest_first)
    ]


def _widest_first(finding: Finding) -> tuple[int, bool, bool, str]:
    """Wholes before their parts, and a cost before its requests."""
    key = finding.key
    is_cost = key.measure is Measure.COST
    return (len(key.parents), key.dimension != "product", not is_cost, str(key))


def _dearest_first(finding: Finding) -> tuple[object, ...]:
    return (-abs(finding.usd), *_widest_first(finding))


def _wider(key: SeriesKey, products: Mapping[SeriesKey, str]) -> Iterator[SeriesKey]:
    """The series that it may be a part of, nearest first."""
    cost = replace(key, measure=Measure.COST)
    if key != cost:
        yield cost
    yield from _wholes(key, products)
    if key != cost:
        yield from _wholes(cost, products)


def _wholes(key: SeriesKey, products: Mapping[SeriesKey, str]) -> Iterator[SeriesKey]:
    """The series of its measure that it is a part of, nearest first."""
    if (product := products.get(key)) is not None:
        yield replace(key, dimension="product", member=product)
    yield from key.parents


def _is_part(part: Finding, whole: Finding) -> bool:
    if not _same_way(part, whole):
        return False
    is_own_volume = replace(part.key, measure=whole.key.measure) == whole.key
    return is_own_volume or (_same_time(part, whole) and abs(part.usd) <= abs(whole.usd) * MOST)


def _same_way(one: Finding, other: Finding) -> bool:
    return (one.usd > 0) == (other.usd > 0)


def _same_time(one: Finding, other: Finding) -> bool:
    young = max(one.since, other.since) - min(one.since, other.since)
    return young <= (APART if one.shape is other.shape else LEVEL_FOLLOWS)


def _merge_views(by_key: dict[SeriesKey, Finding], leads: dict[SeriesKey, SeriesKey]) -> None:
    """Folds views of about the same dollars, of one scope, by different dimensions."""
    told = sorted((by_key[k] for k, lead in leads.items() if k == lead), key=_dearest_first)
    merged: set[SeriesKey] = set()
    for place, lead in enumerate(told):
        if lead.key in merged or lead.key.is_total:
            continue
        taken = {lead.key.dimension}
        for other in told[place + 1 :]:
            if other.key not in merged and other.key.dimension not in taken and _same(other, lead):
                merged.add(other.key)
                taken.add(other.key.dimension)
                leads.update({k: lead.key for k, of in leads.items() if of == other.key})


def _same(view: Finding, lead: Finding) -> bool:
    return (
        not view.key.is_total
        and view.key.organization == lead.key.organization
        and _same_way(view, lead)
        and _same_time(view, lead)
        and abs(view.usd) >= abs(lead.usd) * EXPLAINS
    )


def _folded(finding: Finding, group: list[Finding]) -> Folded:
    children = sorted((one for one in group if one is not finding), key=_dearest_first)
    least = abs(finding.usd) * EXPLAINS
    explaining = [
        child
        for child in children
        if child.key.measure is finding.key.measure and abs(child.usd) >= least
    ]
    own = replace(finding.key, measure=Measure.REQUESTS)
    return Folded(
        finding=finding,
        children=tuple(children),
        explained_by=max(explaining, key=_narrowest, default=None),
        volume=next((child for child in children if child.key == own), None),
    )


def _narrowest(finding: Finding) -> tuple[object, ...]:
    return (len(finding.key.parents), abs(finding.usd), str(finding.key))
