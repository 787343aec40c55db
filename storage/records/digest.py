"""A digest that somebody subscribed to, and the slots in which it was sent or left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from analysis.errors import BadInput
from analysis.roles import Role
from analysis.schedules import Schedule

Theme = Literal["light", "dark"]
"""Of the picture."""

SlotOutcome = Literal["sent", "skipped", "refused"]
"""What became of a slot."""

SlotReason = Literal["", "quiet", "paused", "too late", "asked", "right lost"]
"""Why a slot was not sent: nothing to tell and that was wished, paused, found too late, left out
by somebody, or the owner may not see it any more."""

MOST_VALUES = 50
"""Of a filter's, all dimensions together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDraft:
    """What people decide about a digest.

    Attributes:
        team_id, owner: the Slack identity that it is of: it shows what this person may see.
        owner_name: for display only.
        organization: whose costs it shows; None: those of all. It is that of the owner when it
            was subscribed to, and nothing that is typed changes it.
        role: the owner's then: it never shows more than that.
        address: id of a Slack channel, or of the owner for their direct messages.
        schedule: when it is sent.
        filters: accepted values by name of dimension; empty: everything.
        customers_only: leaves internal traffic and traffic of unknown origin out.
        skip_quiet: is not sent where nothing moved and nothing is wrong.
        theme: of its picture.
        paused: is not sent for now.

    Raises:
        BadInput: there is no address, or the filters cannot be.
    """

    team_id: str
    owner: str
    owner_name: str
    organization: str | None
    role: Role
    address: str
    schedule: Schedule
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    customers_only: bool = False
    skip_quiet: bool = False
    theme: Theme = "light"
    paused: bool = False

    def __post_init__(self) -> None:
        if not self.address:
            raise BadInput("The digest has nowhere to go.", "Name a channel, or `me`.")
        if sum(len(values) for values in self.filters.values()) > MOST_VALUES:
            raise BadInput("These are too many filters.", f"Give at most {MOST_VALUES} values.")
        kept = {name: tuple(sorted(set(self.filters[name]))) for name in sorted(self.filters)}
        object.__setattr__(self, "filters", {name: some for name, some in kept.items() if some})

    @property
    def is_personal(self) -> bool:
        """Whether it goes into its owner's direct messages."""
        return self.address == self.owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest(DigestDraft):
    """A digest as the store gives it.

    Attributes:
        id: its key.
        version: grows by 1 with each change.
        since: no slot before it counts, UTC: when it was subscribed to, rescheduled or resumed.
        stopped: why costbot sends it no more, a sentence; empty: it does.
        last_slot: the local date that was decided upon last; None: none was.
        created_at, updated_at: UTC.
        deleted_at: UTC; None: it is not.
    """

    id: UUID
    version: int
    since: datetime
    stopped: str = ""
    last_slot: date | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSlot:
    """What became of a slot; of one local date there is one at most.

    Attributes:
        digest_id: of which digest.
        local_date: in its zone.
        due_at: when it was due, UTC.
        outcome: what became of it.
        reason: why it was not sent.
        decided_at: UTC.
    """

    digest_id: UUID
    local_date: date
    due_at: datetime
    outcome: SlotOutcome
    reason: SlotReason = ""
    decided_at: datetime | None = None
