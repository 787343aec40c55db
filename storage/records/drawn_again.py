"""What drawing anew has to know of what is there, without the rest of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.recommendations.kept.merge import Kept
from analysis.recommendations.kept.opportunities import Opportunity
from analysis.recommendations.kept.opportunity_states import KeptOpportunity
from storage.records.recommendation import Drawn


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A recommendation that is there.

    Attributes:
        kept: what decides what becomes of it.
        organization: whose; None: the deployment's own.
        version: see `Recommendation.version`.
        digest: of its content; None: not known.
    """

    kept: Kept
    organization: str | None
    version: int
    digest: str | None


@dataclass(frozen=True, slots=True)
class KeptOpportunityRow:
    """An opportunity that is there; see `KeptRow`."""

    kept: KeptOpportunity
    organization: str | None
    version: int
    digest: str | None


@dataclass(frozen=True, slots=True)
class Content:
    """What was drawn, ready to be kept.

    Attributes:
        drawn: it.
        key: see `Proposal.key`.
        values: its columns.
    """

    drawn: Drawn
    key: str
    values: Mapping[str, object]

    @property
    def digest(self) -> str:
        """Alike where, and only where, the content is."""
        return str(self.values["digest"])


@dataclass(frozen=True, slots=True)
class OpportunityContent:
    """An opportunity that was drawn, ready to be kept; see `Content`."""

    opportunity: Opportunity
    key: str
    values: Mapping[str, object]

    @property
    def digest(self) -> str:
        """Alike where, and only where, the content is."""
        return str(self.values["digest"])
