"""What is told of failures by service, type of error and day, and what to do about each type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.gpus.failure_rates import Failing
from analysis.recommendations.gpus.gpu import Ending
from analysis.recommendations.proposal import Json

TOP = 20
"""Rows of a list: more of them nobody reads."""

STEPS = {
    "infrastructure": (
        "Infrastructure: find the nodes that they failed on (out of memory, driver, spot "
        "preemption, network), drain those, and let `readinessProbe` take a broken one out "
        "before it takes requests. Retry on another node, at most twice, with exponential "
        "backoff and jitter."
    ),
    "applicative": (
        "Applicative: refuse what cannot work before it takes a GPU (sizes, formats, missing "
        "weights: HTTP 400 or 422), and tell clients not to retry it."
    ),
    "timeout": (
        "Timeouts: give up on the GPU as well when the caller has given up (cancel on "
        "disconnect, a deadline that is passed on), and split or refuse what cannot be done "
        "within it."
    ),
    "not_told": (
        "Not told: the rows carry no type of error. Log it (infrastructure or applicative) "
        "first; until then look at the newest failed requests of each model."
    ),
}
"""By type of error; a timeout is one whoever is to blame for it."""

_DAY = timedelta(days=1)
_ZERO = Decimal(0)
_SHARE = Decimal("0.0001")
_CENT = Decimal("0.01")


def kinds_of(several: Sequence[Failing]) -> dict[str, Decimal]:
    """What the failures cost by the kind that says what to do, dearest first."""
    found: dict[str, tuple[Decimal, int]] = {}
    for one in (ending for each in several for ending in each.endings):
        kind = _kind(one)
        cost, count = found.get(kind, (_ZERO, 0))
        found[kind] = (cost + one.outcome.wasted, count + one.outcome.failed)
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
    return {kind: cost for kind, (cost, _) in ranked}


def _kind(one: Ending) -> str:
    if (one.result or "").lower() == "timeout":
        return "timeout"
    kind = (one.error_type or "").lower()
    return kind if kind in STEPS else "not_told"


def evidence_of(several: Sequence[Failing], period: EvidencePeriod) -> dict[str, Json]:
    """What the failures of some services cost, JSON with stable names."""
    days = [period.first_day + number * _DAY for number in range(period.days)]
    return {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "requests": sum(one.whole.requests for one in several),
        "failed": sum(one.whole.failed for one in several),
        "wasted": str(sum((one.whole.wasted for one in several), _ZERO).quantize(_CENT)),
        "wasted_fully_loaded": str(
            sum((end.fully_loaded for one in several for end in one.endings), _ZERO).quantize(_CENT)
        ),
        "avoidable": str(sum((one.waste for one in several), _ZERO).quantize(_CENT)),
        "services": [_row(one) for one in several[:TOP]],
        "errors": _errors(several),
        "range": "90 % for one further month: weeks as draws, Student's t",
        "chart": {
            "x": [day.isoformat() for day in days],
            "y": [
                str(sum((one.avoidable.get(day, _ZERO) for one in several), _ZERO).quantize(_CENT))
                for day in days
            ],
            "labels": {"title": "Avoidable cost of failures by day", "x": "day", "y": "USD"},
        },
    }


def _row(one: Failing) -> Json:
    why = "always" if one.is_always else "peers" if one.is_defect else "storm"
    return {
        **named(one),
        "why": why,
        "requests": one.whole.requests,
        "failed": one.whole.failed,
        "rate": str((one.whole.rate or _ZERO).quantize(_SHARE)),
        "usual_own": None if one.own is None else str(one.own.quantize(_SHARE)),
        "usual_peers": None if one.peers is None else str(one.peers.quantize(_SHARE)),
        "wasted": str(one.whole.wasted.quantize(_CENT)),
        "avoidable": str(one.waste.quantize(_CENT)),
    }


def named(one: Failing) -> dict[str, Json]:
    """Which service it is."""
    service = one.service
    return {"product": service.product, "service": service.name, "model": service.model}


def _errors(several: Sequence[Failing]) -> Json:
    found: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for one in (ending for each in several for ending in each.endings):
        key = (one.result or "not_told", one.error_type or "not_told")
        count, cost = found.get(key, (0, _ZERO))
        found[key] = (count + one.outcome.failed, cost + one.outcome.wasted)
    ranked = sorted(found.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
    return [
        {
            "result": result,
            "error_type": kind,
            "failed": count,
            "wasted": str(cost.quantize(_CENT)),
        }
        for (result, kind), (count, cost) in ranked[:TOP]
    ]
