"""What was drawn, made ready to be kept: outside of any transaction, and of the event loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.kept.merge import by_key
from analysis.recommendations.kept.opportunities import OpportunityKind
from analysis.recommendations.measured.calibration import Experience
from analysis.recommendations.proposal import Kind, Proposal
from handlers.recommendations.drawing import Draw
from handlers.recommendations.experience import experienced
from handlers.recommendations.permissions import audience_of
from queries.dimensions import Dimensions, Source
from storage.records.drawn_again import Content, OpportunityContent
from storage.records.recommendation import Drawn
from storage.repositories.drawn_opportunities import opportunity_content_of
from storage.repositories.drawn_recommendations import content_of

KEPT_AT_ONCE = 250
"""Recommendations that are kept in one transaction: a quarter of a second, in which whoever clicks
waits where SQLite has one writer."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is kept of a `Draw`.

    Attributes:
        organization: whose; None: the deployment's own.
        contents: its proposals, by key, of two with one key the one that saves more.
        opportunities: by key.
        judged, judged_opportunities, failed: see `Draw`.
    """

    organization: str | None
    contents: Mapping[str, Content]
    opportunities: Mapping[str, OpportunityContent]
    judged: Mapping[Kind, int]
    judged_opportunities: frozenset[OpportunityKind]
    failed: Mapping[Kind, str]

    @property
    def proposals(self) -> list[Proposal]:
        """All that was drawn, in the form in which it is kept."""
        return [content.drawn.proposal for content in self.contents.values()]

    @property
    def has_any(self) -> bool:
        """Whether anything was drawn."""
        return bool(self.contents or self.opportunities)


def prepared(
    drawn: Draw,
    known: Mapping[Kind, Experience],
    periods: Mapping[Source, EvidencePeriod],
    dimensions: Dimensions,
) -> Prepared:
    """What is kept of what was drawn.

    Args:
        drawn: of one organization.
        known: how far promises came true, by kind.
        periods: the days of the evidence, by source.
        dimensions: of the deployment: they say who may see what.
    """
    contents: dict[str, Content] = {}
    for key, proposal in by_key(drawn.proposals).items():
        period = periods[drawn.sources[key]]
        audience = audience_of(proposal, dimensions)
        told = experienced(proposal, known)
        contents[key] = content_of(Drawn.of(told, period.first_day, period.last_day, audience))
    opportunities = [opportunity_content_of(one) for one in drawn.opportunities]
    return Prepared(
        organization=drawn.organization,
        contents=contents,
        opportunities={content.key: content for content in opportunities},
        judged=drawn.judged,
        judged_opportunities=drawn.judged_opportunities,
        failed=drawn.failed,
    )


def batches(drawn: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """The same in groups, each with about so much that it is kept in one transaction."""
    some: list[Prepared] = []
    size = 0
    for one in drawn:
        if some and size + len(one.contents) > KEPT_AT_ONCE:
            yield some
            some, size = [], 0
        some.append(one)
        size += len(one.contents)
    if some:
        yield some
