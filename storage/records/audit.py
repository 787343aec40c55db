"""Who decided what, when, and what it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.records.actor import Actor

Surface = Literal["slack", "cli", "rest", "system"]
"""Where something was decided; `system`: by costbot itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One decision.

    Attributes:
        actor: who.
        surface: where.
        action: what, such as `budget.create`.
        object_kind, object_id: of what.
        organization: whose that is; None: the deployment's own.
        before, after: its values, JSON; None: it was not there.
    """

    actor: Actor
    surface: Surface
    action: str
    object_kind: str
    object_id: str
    organization: str | None = None
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAuditEntry(AuditEntry):
    """A decision as the store gives it.

    Attributes:
        id: its number, growing.
        at: UTC.
        request_id: of the request in which it was decided, as the log has it; None: of none.
    """

    id: int
    at: datetime
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditWanted:
    """Which decisions.

    Attributes:
        within: of one organization alone; None: of all, and the deployment's own.
        since, until: from the one instant on, and before the other, UTC; None: without that bound.
        action: what was done, such as `budget.edit`, or the first word of it, such as `budget`;
            None: anything.
    """

    within: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    action: str | None = None
