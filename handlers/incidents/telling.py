"""What is told of an incident, and how a kept incident becomes that, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, cast
from uuid import uuid4

from analysis.incidents.deciding import Move, Open
from analysis.incidents.levels import Level
from analysis.incidents.policy import Policy
from handlers.incidents.signal import Curve, Signal, Story, Target
from storage.records.delivery import NewDelivery
from storage.records.incident import Incident, KeptLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What has to be told of an incident.

    Attributes:
        incident: as it is kept once this is told; `roots` are those from before it.
        story: of its trouble.
        move: what has happened; None: nothing new, but what stands already is shown as it is now.
        before: the level of trouble that people knew of before.
        is_reopened: it was closed by a label that somebody has taken back.
        targets: where it is told; those that were told before are kept up to date anyway.
        at: the present instant, UTC.
        names: how people are called, by `Actor.key`; not escaped.
    """

    incident: Incident
    story: Story
    move: Move | None
    before: Level = Level.OK
    is_reopened: bool = False
    targets: tuple[Target, ...] = ()
    at: datetime
    names: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Composed:
    """A telling as messages.

    Attributes:
        deliveries: for the outbox, in their order.
        roots: see `Incident.roots`, with those of this telling.
    """

    deliveries: tuple[NewDelivery, ...] = ()
    roots: Mapping[str, str] = field(default_factory=dict[str, str])


Compose = Callable[[Telling], Composed]
"""Writes the messages of a telling: how they look is a surface's affair."""


def to_begin_with(signal: Signal, now: datetime) -> Incident:
    """The record of a subject that was in no trouble."""
    return Incident(
        id=uuid4(),
        subject=signal.subject,
        kind=signal.kind,
        organization=signal.organization,
        about_organization=signal.about_organization,
        product=signal.product,
        rule_id=signal.rule_id,
        opened_at=now,
    )


def as_decided_upon(incident: Incident) -> Open:
    """A kept incident, for the state machine."""
    return Open(
        level=Level(incident.level),
        worst=Level(incident.worst),
        told=Level(incident.level_told),
        is_no_data_told=incident.no_data_told,
        told_at=incident.told_at,
        good_looks=incident.good_looks,
        calm_looks=incident.calm_looks,
        is_acknowledged=incident.acknowledged_at is not None,
        muted_until=incident.muted_until,
    )


def as_kept(incident: Incident, state: Open, move: Move | None) -> Incident:
    """The record after a decision, on top of what was kept."""
    is_seen = state.is_acknowledged
    return replace(
        incident,
        level=kept(state.level),
        worst=kept(state.worst),
        level_told=kept(state.told),
        no_data_told=state.is_no_data_told,
        told_at=state.told_at,
        good_looks=state.good_looks,
        calm_looks=state.calm_looks,
        acknowledged_by=incident.acknowledged_by if is_seen else None,
        acknowledged_at=incident.acknowledged_at if is_seen else None,
        muted_until=state.muted_until,
        muted_by=None if state.muted_until is None else incident.muted_by,
        sequence=incident.sequence + (move is not None),
    )


def with_findings(incident: Incident, signal: Signal) -> Incident:
    """The record with what a look has found; a good look leaves the story of the trouble."""
    telling = as_telling(signal.policy, signal.targets)
    if not signal.level.is_trouble:
        has_story, found = bool(incident.story), signal.story
        is_silent = signal.level is Level.NO_DATA and has_story
        advice = f" {found.advice}" if is_silent and found.advice else ""
        return replace(
            incident,
            day=signal.day or incident.day,
            # PostgreSQL keeps every character but this one.
            last_word=f"{found.summary}{advice}".replace("\0", "\N{REPLACEMENT CHARACTER}"),
            story=incident.story if has_story else as_story(signal.story),
            telling=telling,
        )
    is_new_day = signal.day is not None and (incident.day is None or signal.day > incident.day)
    in_all = incident.usd_in_all
    if is_new_day:
        in_all += signal.usd
    elif signal.day is not None and signal.day == incident.day:
        in_all += signal.usd - incident.usd
    return replace(
        incident,
        about_organization=signal.about_organization,
        product=signal.product,
        day=signal.day or incident.day,
        usd=signal.usd,
        usd_in_all=max(in_all, Decimal(0)),
        story=as_story(signal.story),
        last_word="",
        telling=telling,
    )


def kept(level: Level) -> KeptLevel:
    """A level as the record writes it."""
    return cast("KeptLevel", level.value)


def as_telling(policy: Policy, targets: tuple[Target, ...]) -> dict[str, object]:
    """How an incident is told, as JSON."""
    remind = policy.remind_after
    return {
        "least": policy.least.value,
        "remind_after": None if remind is None else int(remind.total_seconds()),
        "recover_after": policy.recover_after,
        "targets": [[target.channel, target.address] for target in targets],
    }


def policy_of(incident: Incident) -> Policy:
    """How an incident is told."""
    telling = cast("dict[str, Any]", incident.telling)
    if not telling:
        return Policy()
    remind = telling["remind_after"]
    return Policy(
        least=Level(telling["least"]),
        remind_after=None if remind is None else timedelta(seconds=remind),
        recover_after=telling["recover_after"],
    )


def targets_of(incident: Incident) -> tuple[Target, ...]:
    """Where an incident is told in place of the routes; none: they decide."""
    telling = cast("dict[str, Any]", incident.telling)
    return tuple(Target(channel, address) for channel, address in telling.get("targets", ()))


def as_story(story: Story) -> dict[str, object]:
    """A story as JSON."""
    facts = {name: _finite(value) for name, value in story.facts.items()}
    values: dict[str, object] = {**asdict(story), "facts": facts}
    if story.curve is not None:
        curve = story.curve
        days = {
            name: tuple(_finite(one) for one in some)
            for name, some in (
                ("actual", curve.actual),
                ("expected", curve.expected),
                ("lower", curve.lower),
                ("upper", curve.upper),
            )
        }
        first = curve.first.isoformat()
        values["curve"] = {
            "title": curve.title,
            "first": first,
            **days,
            "unit": curve.unit,
            "is_threshold": curve.is_threshold,
        }
    return values


def _finite(value: object) -> object:
    """A figure as JSON knows it; what is no number is not known."""
    return None if isinstance(value, float) and not isfinite(value) else value


def story_of(incident: Incident) -> Story:
    """The story of an incident's trouble."""
    values = cast("dict[str, Any]", dict(incident.story))
    for name in ("cause", "breakdown"):
        values[name] = tuple(values.get(name) or ())
    curve = values.get("curve")
    if curve is not None:
        days = {name: tuple(curve[name]) for name in ("actual", "expected", "lower", "upper")}
        first = date.fromisoformat(curve["first"])
        values["curve"] = Curve(
            curve["title"],
            first,
            **days,
            unit=curve["unit"],
            is_threshold=bool(curve.get("is_threshold")),
        )
    return Story(**values)
