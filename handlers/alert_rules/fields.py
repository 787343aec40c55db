"""The fields of a rule's form, each read by itself: what, thresholds, reminders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from analysis.alert_rules.terms import Baseline, Direction, Kind, Unit
from analysis.errors import BadInput
from analysis.series import Measure
from handlers.budgets.fields import OFF, amount
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Source

WHAT: Mapping[str, str] = {
    "cost": "what a day costs",
    "requests": "how many requests a day has",
    "request cost": "what a request costs",
    "failure cost": "what failed requests cost",
    "unpriced": "requests without a price",
    "freshness": "how old the data is",
    "utilization": "what of the GPUs' cost goes into requests",
}
"""What a rule can look at, as it is filled in, and what that is."""

_NUMBER = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]{1,12})?", re.ASCII)
_PER_CENT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?(?:%|per ?cent)", re.IGNORECASE | re.ASCII)
_SPAN = re.compile(
    r"([0-9]{1,5}(?:\.[0-9]{1,3})?) ?(h|hours?|d|days?|w|weeks?)", re.IGNORECASE | re.ASCII
)
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}

LONGEST_REMINDER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure as it was written.

    Attributes:
        value: of a share 0.3 for 30 %.
        unit: that was written with it; None: none was.
    """

    value: Decimal
    unit: Unit | None


def threshold(text: str) -> Threshold:
    """A figure with or without a unit: `500`, `$500`, `30%`, `6h`, `2d`.

    Raises:
        BadInput: it is none.
    """
    written = " ".join(text.split())
    if match := _PER_CENT.fullmatch(written):
        return Threshold(Decimal(match[1]).scaleb(-2), Unit.SHARE)
    if match := _SPAN.fullmatch(written):
        return Threshold(Decimal(match[1]) * _HOURS[match[2][0].lower()], Unit.HOURS)
    if match := _NUMBER.fullmatch(written):
        return Threshold(Decimal(match[1].replace(",", "") + (match[2] or "")), None)
    try:
        usd = amount(written)
    except BadInput as refusal:
        sentence = f"{shown(text)} is no figure that a rule can watch."
        raise BadInput(sentence, "Write `$500`, `1000`, `30%` or `6h`.") from refusal
    has_sign = "$" in written or "usd" in written.casefold()
    return Threshold(usd, Unit.USD if has_sign else None)


def kind_of(what: str, unit: Unit | None) -> tuple[Kind, Measure]:
    """What is looked at, and what is counted.

    Args:
        what: a key of `WHAT`.
        unit: of the threshold; a cost in per cent is one against a baseline.

    Raises:
        BadInput: there is no such thing to look at.
    """
    word = " ".join(what.casefold().replace("_", " ").split())
    if word in ("cost", "requests"):
        measure = Measure.COST if word == "cost" else Measure.REQUESTS
        return (Kind.RELATIVE if unit is Unit.SHARE else Kind.ABSOLUTE), measure
    if word in WHAT:
        return Kind(word), Measure.COST
    sentence = f"{shown(what)} is nothing that a rule can watch."
    raise BadInput(sentence, did_you_mean(word, list(WHAT)))


def unit_of(kind: Kind, measure: Measure, written: Unit | None) -> Unit:
    """The unit of a rule's thresholds: the written one, or the one that a bare number means."""
    if written is not None:
        return written
    match kind:
        case Kind.ABSOLUTE:
            return Unit.REQUESTS if measure is Measure.REQUESTS else Unit.USD
        case Kind.UNPRICED:
            return Unit.REQUESTS
        case Kind.FRESHNESS:
            return Unit.HOURS
        case Kind.RELATIVE | Kind.UTILIZATION:
            return Unit.SHARE
        case Kind.REQUEST_COST | Kind.FAILURE_COST:
            return Unit.USD


def further(text: str, unit: Unit) -> Decimal | None:
    """A further threshold, in the unit of the first; None: `off`.

    Raises:
        BadInput: it is none, or in another unit.
    """
    if text.strip().casefold() in OFF:
        return None
    found = threshold(text)
    if found.unit is None:
        return found.value.scaleb(-2) if unit is Unit.SHARE else found.value
    if found.unit is not unit:
        sentence = f"{shown(text)} is in {found.unit.value}, the first threshold in {unit.value}."
        raise BadInput(sentence, "Give them in one unit.")
    return found.value


def direction(text: str) -> Direction:
    """On which side of a threshold the trouble is.

    Raises:
        BadInput: it is neither.
    """
    words = {"over": "above", "more": "above", ">": "above", "under": "below", "<": "below"}
    word = text.strip().casefold()
    word = words.get(word, word)
    if word not in tuple(Direction):
        raise BadInput(f"{shown(text)} is neither `above` nor `below`.", "Say one of them.")
    return Direction(word)


def baseline(text: str) -> Baseline:
    """What a day is compared with.

    Raises:
        BadInput: there is no such baseline.
    """
    words = {
        "7 days": "7d",
        "7-day": "7d",
        "28 days": "28d",
        "same weekday": "weekday",
        "weekdays": "weekday",
        "prior week": "week",
        "last week": "week",
        "prior month": "month",
        "last month": "month",
    }
    word = " ".join(text.casefold().replace("_", " ").split())
    word = words.get(word, word)
    if word not in tuple(Baseline):
        hint = "There is `7d`, `weekday`, `week`, `month` and, for the cost per request, `28d`."
        raise BadInput(f"{shown(text)} is no baseline.", hint)
    return Baseline(word)


def remind(text: str) -> timedelta | None:
    """After how long it is told again; None: `off`.

    Raises:
        BadInput: it is no length of time, or too long.
    """
    if text.strip().casefold() in OFF:
        return None
    match = _SPAN.fullmatch(" ".join(text.split()))
    if match is None:
        raise BadInput(f"{shown(text)} is no length of time.", "Write `12h` or `1d`.")
    span = timedelta(hours=float(Decimal(match[1]) * _HOURS[match[2][0].lower()]))
    if span > LONGEST_REMINDER:
        raise BadInput("A reminder after more than 90 days is none.", "Give `7d`, say.")
    return span


def margin(text: str) -> Decimal:
    """A share of a threshold: `10%`, `10`.

    Raises:
        BadInput: it is none.
    """
    found = threshold(text)
    if found.unit not in (None, Unit.SHARE):
        raise BadInput(f"{shown(text)} is no share of a threshold.", "Write `10%`.")
    return found.value if found.unit is Unit.SHARE else found.value.scaleb(-2)


def source(text: str) -> str | None:
    """A source; None: `off`.

    Raises:
        BadInput: there is no such source.
    """
    word = text.strip().casefold()
    if word in OFF:
        return None
    if word not in tuple(Source):
        raise BadInput(f"{shown(text)} is no source.", did_you_mean(word, list(Source)))
    return word
