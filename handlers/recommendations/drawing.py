"""Drawing what the evidence of one organization supports: all types, none keeping another back."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.recommendations.kept.opportunities import Opportunity, OpportunityKind, opportunities
from analysis.recommendations.proposal import Kind, Proposal
from handlers.recommendations.evidence import Evidence, Material, Piece
from handlers.recommendations.types import RecommendationType
from queries.dimensions import Source

log = logging.getLogger(__name__)

_FROM: Mapping[OpportunityKind, Kind | frozenset[Piece]] = {
    OpportunityKind.EXPENSIVE_MODEL_OVERUSE: Kind.MODEL_DOWNGRADE,
    OpportunityKind.LOW_CACHE_HIT_RATE: Kind.CACHING,
    OpportunityKind.OFF_PEAK_USAGE_POTENTIAL: Kind.BATCH_PROCESSING,
    OpportunityKind.UNUSED_FEATURES: Kind.UNUSED_FEATURES,
    OpportunityKind.HIGH_ERROR_RATE: frozenset({Piece.USAGE, Piece.PRICES}),
    OpportunityKind.DUPLICATE_REQUESTS: frozenset({Piece.USAGE, Piece.PRICES, Piece.REUSE}),
}
"""What has to be known before it is known that there is no such opportunity."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What the evidence of one organization supports.

    Attributes:
        organization: whose; None: the deployment's own.
        proposals: of all kinds.
        opportunities: the same by where to look.
        sources: of which source's days the evidence of each proposal is, by its key.
        judged: the kinds that were drawn without an error, each with the days of its evidence; a
            kind that is drawn from several sources, if it was from each.
        judged_opportunities: the same of opportunities.
        failed: why a kind could not be drawn.
    """

    organization: str | None
    proposals: tuple[Proposal, ...]
    opportunities: tuple[Opportunity, ...]
    sources: Mapping[str, Source]
    judged: Mapping[Kind, int]
    judged_opportunities: frozenset[OpportunityKind]
    failed: Mapping[Kind, str]


def draw(material: Material, organization: str | None, types: Sequence[RecommendationType]) -> Draw:
    """Draws every type for one organization.

    What is wrong with one type is logged and told, and keeps no other one from being drawn.
    """
    evidence = material.of(organization)
    proposals: list[Proposal] = []
    sources: dict[str, Source] = {}
    judged: dict[Kind, int] = {}
    unjudged: set[Kind] = set()
    failed: dict[Kind, str] = {}
    for one in types:
        period = material.periods.get(one.source)
        if period is None:
            continue
        if one.source is Source.GPU and evidence.gpu is None:
            # Those of organizations have no GPUs; the deployment's own could not be read.
            unjudged |= {one.kind} if organization is None else set()
            continue
        lacking = sorted(one.needs & material.missing.keys())
        if lacking:
            failed[one.kind] = material.missing[lacking[0]]
            continue
        try:
            drawn = _own(one.draw(evidence), organization)
        except Exception as error:
            # What is wrong with one type keeps no other one from being drawn.
            log.exception("recommendations of kind %s could not be drawn", one.kind)
            failed[one.kind] = f"An error that was not expected: {type(error).__name__}."
        else:
            proposals += drawn
            sources |= {proposal.key: one.source for proposal in drawn}
            judged[one.kind] = min(period.days, judged.get(one.kind, period.days))
    for kind in unjudged | failed.keys():
        judged.pop(kind, None)
    return Draw(
        organization=organization,
        proposals=tuple(proposals),
        opportunities=_opportunities(evidence, proposals),
        sources=sources,
        judged=judged,
        judged_opportunities=_judged(material, judged),
        failed=failed,
    )


def _own(proposals: Sequence[Proposal], organization: str | None) -> Sequence[Proposal]:
    """The proposals, which are all to the organization whose evidence they were drawn from."""
    strange = [one for one in proposals if one.organization != organization]
    if strange:
        message = f"a {strange[0].kind} was drawn for another organization"
        raise ValueError(message)
    return proposals


def _opportunities(evidence: Evidence, proposals: Sequence[Proposal]) -> tuple[Opportunity, ...]:
    found = opportunities(
        evidence.organization,
        proposals,
        evidence.cells,
        evidence.reuse,
        evidence.period,
        evidence.uses.quiet,
    )
    return tuple(found)


def _judged(material: Material, judged: Mapping[Kind, int]) -> frozenset[OpportunityKind]:
    if Source.USAGE not in material.periods:
        return frozenset()
    return frozenset(
        kind
        for kind, needed in _FROM.items()
        if (needed in judged if isinstance(needed, Kind) else not needed & material.missing.keys())
    )
