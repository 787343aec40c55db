"""An incident: a subject that is, or was, in trouble, and what was told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

KeptLevel = Literal["ok", "notice", "warning", "critical", "no data"]

Label = Literal["real", "expected", "planned", "too_small"]
"""What people said an incident is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One open or closed record; of one subject there is one open record at most.

    Attributes:
        id: its id.
        subject: what it is about, see `Signal.subject`.
        kind: who found it: `anomaly` or `rule`.
        organization: whose people may see it; None: those who see all organizations.
        about_organization, product: which customer and product it is about; None: none, several.
        rule_id: the rule that found it.
        level: how it stands.
        worst: the worst level that it had.
        level_told: the level of trouble that people know of; `ok`: of none, or of the recovery.
        no_data_told: they were told that there is no data, and not that it is back.
        day: of the facts that were looked at last.
        opened_at, closed_at: UTC; closed: it has recovered, or was said to be expected.
        told_at: when it was told last, UTC.
        shown_at: when the messages that stand were last brought up to date, UTC.
        good_looks: looks in a row that were ok.
        calm_looks: looks in a row that found less trouble than was told.
        sequence: of the last message that was decided upon; 0: none was.
        usd: USD a day at stake, at the last day in trouble.
        usd_in_all: USD at stake on all days in trouble together; 0 where days say nothing.
        story: the trouble that was found last, as JSON of `Story`.
        last_word: what was told of its recovery, or of the silence, sentences; empty: nothing.
        telling: how it is told, as JSON: its policy and its targets.
        label: what people said it is: `real`, `expected`, `planned`, `too_small`; None: nothing.
        labelled_by, labelled_at: who said so (`Actor.key`), and when.
        note: what that changes, a sentence.
        acknowledged_by, acknowledged_at: who has seen it (`Actor.key`), and when.
        muted_by, muted_until: who wants to hear nothing, and until when, UTC.
        roots: the key of the root message's delivery, by way out and address (`slack:C1`).
        version: 0: not kept yet; grows by 1 each time it is.
    """

    id: UUID
    subject: str
    kind: Literal["anomaly", "rule"]
    organization: str | None
    about_organization: str | None = None
    product: str | None = None
    rule_id: UUID | None = None
    level: KeptLevel = "ok"
    worst: KeptLevel = "ok"
    level_told: KeptLevel = "ok"
    no_data_told: bool = False
    day: date | None = None
    opened_at: datetime
    closed_at: datetime | None = None
    told_at: datetime | None = None
    shown_at: datetime | None = None
    good_looks: int = 0
    calm_looks: int = 0
    sequence: int = 0
    usd: Decimal = Decimal(0)
    usd_in_all: Decimal = Decimal(0)
    story: Mapping[str, object] = field(default_factory=dict[str, object])
    last_word: str = ""
    telling: Mapping[str, object] = field(default_factory=dict[str, object])
    label: Label | None = None
    labelled_by: str | None = None
    labelled_at: datetime | None = None
    note: str = ""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    muted_by: str | None = None
    muted_until: datetime | None = None
    roots: Mapping[str, str] = field(default_factory=dict[str, str])
    version: int = 0
