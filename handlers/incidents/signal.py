"""A signal: what a look at a series found, ready to be told. Detectors and rules make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from analysis.incidents.levels import Level
from analysis.incidents.policy import Policy as Policy

IncidentKind = Literal["anomaly", "rule"]

TargetChannel = Literal["slack", "email", "webhook", "linear"]


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """Where something is told.

    Attributes:
        channel: what it leaves through.
        address: id of a Slack channel or person, address of e-mail, id of a webhook in the
            settings, key of a Linear team.
    """

    channel: TargetChannel
    address: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A daily curve, to be drawn beside the text.

    Attributes:
        title: what it shows, a phrase.
        first: the first day.
        actual: of each day; None: not known.
        expected: the curve without what is wrong; None where nothing was expected.
        lower, upper: the usual range, day by day; empty: there is none.
        unit: of the values.
        is_threshold: `expected` is what a rule allows, and not what the past says.
    """

    title: str
    first: date
    actual: tuple[float | None, ...]
    expected: tuple[float | None, ...] = ()
    lower: tuple[float | None, ...] = ()
    upper: tuple[float | None, ...] = ()
    unit: Literal["USD", "requests", "%"] = "USD"
    is_threshold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A finding in four parts, plain text: names are not escaped, and every part is sentences.

    Attributes:
        title: the subject in a phrase, such as "Cost of gpt-4o".
        summary: what happened, one sentence with the figures.
        cause: why, the most important first; empty: not known.
        breakdown: the largest contributors, a line each.
        without: what the curve looks like without them; empty: nothing to say.
        advice: what to do about it, a sentence.
        ask: a question for `/cost` that leads on, such as `why 2026-11-20 model gpt-4o`; None:
            there is none.
        facts: the figures for machines (webhooks, e-mail's table), by name; money in USD.
        curve: to be drawn; None: there is none.
    """

    title: str
    summary: str
    cause: tuple[str, ...] = ()
    breakdown: tuple[str, ...] = ()
    without: str = ""
    advice: str = ""
    ask: str | None = None
    facts: Mapping[str, str | int | float | None] = field(
        default_factory=dict[str, "str | int | float | None"]
    )
    curve: Curve | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What one look found of one subject.

    Attributes:
        subject: what was looked at, the same each time: `anomaly|<series>` or
            `rule|<rule id>|<series>`. There is one open incident a subject at most.
        kind: who made it.
        organization: whose people may see it; None: those who see all organizations.
        about_organization: which customer it is about; None: none, or several.
        product: which product it is about; None: none, or several.
        level: how it stands.
        day: of the facts that were looked at, in the deployment's zone; None: it is of no day.
        story: what is told of it; for OK and NO_DATA what is told of the recovery or the silence.
        usd: USD a day that are at stake, without sign; 0 where that says nothing.
        rule_id: the rule that made it.
        targets: where it is told in place of the routes; empty: the routes decide.
        policy: how it is told.
    """

    subject: str
    kind: IncidentKind
    organization: str | None
    about_organization: str | None
    product: str | None
    level: Level
    day: date | None
    story: Story
    usd: Decimal = Decimal(0)
    rule_id: UUID | None = None
    targets: tuple[Target, ...] = ()
    policy: Policy = field(default_factory=Policy)
