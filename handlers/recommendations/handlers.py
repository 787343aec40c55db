"""All that can be done with recommendations, put together for one surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from handlers.recommendations.ageing import AgeHandler
from handlers.recommendations.deciding import DecideHandler
from handlers.recommendations.evidence import EvidenceSources
from handlers.recommendations.finding import Finder
from handlers.recommendations.generating import GenerateHandler
from handlers.recommendations.measuring import MeasureHandler
from handlers.recommendations.opportunities import OpportunityHandler
from handlers.recommendations.reading import ReadHandler
from handlers.recommendations.sharing import CardMessages
from handlers.recommendations.tracker import TrackerHandler
from queries.dimensions import Dimensions
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from storage.records.audit import Surface
from storage.store import Store


@dataclass(frozen=True, slots=True)
class RecommendationHandlers:
    """What can be done with recommendations.

    Attributes:
        generate: draws them anew; also nightly.
        read: list, show, summary.
        decide: accept, reject, snooze, implement, verify, reopen, undo, assign.
        opportunities: list, show, summary, resolve.
        age: what time alone makes of them.
        measure: what claimed ones have saved; nightly.
        tracker: promised against measured.
        finder: finds the one that a text means.
    """

    generate: GenerateHandler
    read: ReadHandler
    decide: DecideHandler
    opportunities: OpportunityHandler
    age: AgeHandler
    measure: MeasureHandler
    tracker: TrackerHandler
    finder: Finder


def recommendation_handlers(
    store: Store,
    mart: Mart,
    sources: EvidenceSources,
    dimensions: Dimensions,
    clock: Clock,
    zone: ZoneInfo,
    surface: Surface,
    messages: CardMessages | None = None,
    wake: Callable[[], None] | None = None,
    reader: EvidenceReader | None = None,
) -> RecommendationHandlers:
    """The handlers of one surface, which the audit trail names.

    Args:
        store: where recommendations are kept.
        mart: with the facts.
        sources: of the evidence.
        dimensions: of the deployment.
        clock: the present.
        zone: in which the deployment's days begin.
        surface: whose handlers these are.
        messages: bring the cards up to date that show what is decided on; None: nothing does.
        wake: tells the outbox of this process that there is something to send.
        reader: of the mart; None: one with the usual limits.
    """
    finder = Finder(store)
    return RecommendationHandlers(
        generate=GenerateHandler(store, mart, sources, dimensions, clock, zone, surface=surface),
        read=ReadHandler(store, finder, clock),
        decide=DecideHandler(store, finder, clock, surface, messages, wake),
        opportunities=OpportunityHandler(store, finder, clock, surface),
        age=AgeHandler(store, clock),
        measure=MeasureHandler(store, mart, reader or EvidenceReader(mart), clock),
        tracker=TrackerHandler(store, clock),
        finder=finder,
    )
