"""What stands behind a recommendation of another model: rows and a chart for who doubts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod, ModelFacts, UsageCell
from analysis.recommendations.cheaper_models.offers import Group, Offer
from analysis.recommendations.cheaper_models.quality import scores, test_of
from analysis.recommendations.curve import Point, curve
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import Json

ROWS = 20


def evidence_of(
    group: Group, best: Offer, offers: Sequence[Offer], period: EvidencePeriod
) -> dict[str, Json]:
    """The evidence.

    Args:
        group: the requests of the present model.
        best: the offer that is proposed.
        offers: all that could be compared, the best among them.
        period: the days of the evidence.
    """
    cost, requests, present = group.cost, group.requests, group.present
    moved = sum((each.cell.billed_cost for each in best.moved), Decimal(0))
    needs: list[Json] = [*sorted({need for each in best.moved for need in each.cell.needs})]
    return {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "requests": requests,
        "cost": dollars(cost),
        "migrated_requests_share": share(Decimal(best.requests) / requests),
        "migrated_cost_share": share(moved / cost),
        "quality_test": test_of(present, best.model),
        "quality": _quality(present, best.model),
        "quality_sources": {
            present.model: present.quality_source,
            best.model.model: best.model.quality_source,
        },
        "needs": needs,
        "needs_are_assumed": best.needs_are_assumed,
        "starts_thinking": best.starts_thinking,
        "deprecated_at": None if present.deprecated_at is None else f"{present.deprecated_at:%F}",
        "replacement": present.replacement,
        "savings_range": _range_words(best),
        "tasks": _tasks(group, best, period),
        "alternatives": _alternatives(offers, best, period),
        "chart": curve(_points(present, cost, best, offers, period)),
    }


def _quality(present: ModelFacts, other: ModelFacts) -> Json:
    test = test_of(present, other)
    if test is None:
        return None
    return {present.model: share(scores(present)[test]), other.model: share(scores(other)[test])}


def _range_words(best: Offer) -> str:
    words = (
        "90 %: next month's volume by how far the two halves of the days differ, at least 13 %, "
        "and what the other model costs by 20 %, for it counts tokens and words answers otherwise"
    )
    if best.starts_thinking:
        words += "; output from as many tokens as now to six times as many, likely three times"
    return words


def _tasks(group: Group, best: Offer, period: EvidencePeriod) -> list[Json]:
    """What is migrated of each task, dearest first."""
    moved = {id(each.cell): each for each in best.moved}
    tasks: dict[tuple[str | None, str | None], list[UsageCell]] = {}
    for priced in group.cells:
        route = priced.cell.route
        tasks.setdefault((route.endpoint, route.feature), []).append(priced.cell)
    rows: list[tuple[Decimal, Json]] = []
    for (endpoint, feature), cells in tasks.items():
        its = [moved[id(cell)] for cell in cells if id(cell) in moved]
        cost = sum((cell.billed_cost for cell in cells), Decimal(0))
        requests = sum(cell.tokens.requests for cell in cells)
        migrated = sum(each.cell.tokens.requests for each in its)
        saved = sum((each.saved for each in its), Decimal(0))
        row: Json = {
            "endpoint": endpoint,
            "feature": feature,
            "requests": requests,
            "monthly_cost": dollars(period.monthly(cost)),
            "migrated_requests_share": share(Decimal(migrated) / requests),
            "monthly_saved": dollars(period.monthly(saved)),
        }
        rows.append((cost, row))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0], reverse=True)[:ROWS]]


def _alternatives(offers: Iterable[Offer], best: Offer, period: EvidencePeriod) -> list[Json]:
    """Every model that could be compared, what saves most first."""
    ordered = sorted(offers, key=lambda offer: (offer.saved, offer.change), reverse=True)
    return [
        {
            "provider": offer.model.provider,
            "model": offer.model.model,
            "quality_change": share(offer.change),
            "is_above_quality_floor": offer.reach is not None,
            "answers_all_requests": offer.answers_all,
            "monthly_cost_of_all": dollars(period.monthly(offer.cost_of_all)),
            "monthly_saved": dollars(period.monthly(offer.saved)),
            "is_proposed": offer is best,
        }
        for offer in ordered[:ROWS]
    ]


def _points(
    present: ModelFacts, cost: Decimal, best: Offer, offers: Iterable[Offer], period: EvidencePeriod
) -> list[Point]:
    """The present model first, then those that could answer all of its requests.

    All are on the test by which the best one is compared: scores of others do not stand beside it.
    """
    test = test_of(present, best.model)
    if test is None:
        return []
    others = [
        Point(offer.model.model, period.monthly(offer.cost_of_all), scores(offer.model)[test])
        for offer in offers
        if offer.answers_all and test in scores(offer.model)
    ]
    here = Point(present.model, period.monthly(cost), scores(present)[test])
    return [here, *sorted(others, key=lambda point: point.cost)[: ROWS - 1]]
