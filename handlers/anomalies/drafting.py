"""What a label changes: days that leave the baseline, floors, and what is not told until when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from analysis.errors import BadInput
from handlers.anomalies.finding import About
from handlers.anomalies.floors import floor_above
from handlers.anomalies.scopes import everything_of
from storage.records.anomaly import LabelDraft, LabelKind

EXPECTED_FOR = timedelta(days=14)
"""For how long a series may be at a level that was expected without anything being told: a new
level is the usual one by then."""

SAME_LEVEL = Decimal("1.25")
"""Times what it moved: up to there it is the same level."""

LONGEST_PLAN = 92
"""Days that something planned may last."""

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """What was planned.

    Attributes:
        first, last: the days, both included.
        note: what it is.
        everything: of the whole organization, or deployment, and not of this series alone.
    """

    first: date
    last: date
    note: str = ""
    everything: bool = False


def to_begin_with(about: About, kind: LabelKind) -> LabelDraft:
    """A label that changes nothing yet."""
    return LabelDraft(
        kind=kind,
        series=about.series,
        organization=about.organization,
        subject=about.subject,
        day=about.day,
        incident_id=None if about.incident is None else about.incident.id,
    )


def draft_of(about: About, kind: LabelKind, planned: Planned | None) -> LabelDraft:
    """A label with what it changes.

    Raises:
        BadInput: it needs something more, or its days cannot be.
    """
    draft = to_begin_with(about, kind)
    match kind:
        case "real":
            return replace(draft, left_out_first=about.since, left_out_last=about.day)
        case "expected":
            return replace(
                draft,
                left_out_first=about.since,
                left_out_last=about.day,
                silent_first=about.since,
                silent_last=about.day + EXPECTED_FOR,
                most_usd=floor_above(abs(about.usd) * SAME_LEVEL),
                rises=about.usd >= 0,
            )
        case "too_small":
            return replace(draft, floor_usd=floor_above(about.usd))
        case "planned":
            if planned is None:
                raise BadInput("What is planned has days.", "Give the first and the last one.")
            return _plan(about, draft, planned)
        case "mute":
            raise BadInput("A mute needs its end.", "Say until when.")


def _plan(about: About, draft: LabelDraft, planned: Planned) -> LabelDraft:
    note = " ".join(planned.note.split())
    if planned.last < planned.first:
        sentence = f"It would end on {planned.last}, before it begins."
        raise BadInput(sentence, f"Give a last day from {planned.first} on.")
    if (planned.last - planned.first).days >= LONGEST_PLAN:
        sentence = f"What is planned lasts at most {LONGEST_PLAN} days."
        raise BadInput(sentence, "A level that stays longer is the usual one by then.")
    if len(note) > LONGEST_NOTE:
        raise BadInput("The note is too long.", f"Give at most {LONGEST_NOTE} characters.")
    series = (everything_of(about.organization),) if planned.everything else ()
    return replace(
        draft,
        series=(*draft.series, *series),
        left_out_first=planned.first,
        left_out_last=planned.last,
        silent_first=planned.first,
        silent_last=planned.last,
        note=note,
    )
