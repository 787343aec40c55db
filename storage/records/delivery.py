"""A message that costbot starts: a row of the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

ChannelKind = Literal["slack", "email", "webhook", "linear"]
"""What a message leaves through."""

DeliveryState = Literal["due", "claimed", "sent", "uncertain", "dead", "cancelled"]
"""Where a message is.

`due`: to be sent. `claimed`: a worker is sending it. `uncertain`: it may have been sent; whoever
claims it looks for it first. `sent`: it is there. `dead`: given up, until it is resent.
`cancelled`: no longer wanted.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A message to be sent.

    Attributes:
        key: what, for which slot, to whom: one key is sent once.
        channel: what it leaves through.
        address: of the channel: an id of Slack, an address of e-mail, an id of a webhook. An id of
            Slack may stand behind its workspace's, `T1/C1`: it is taken apart.
        payload: what is sent, as the channel takes it; JSON.
        group: messages of one group leave in the order in which they were added; None: whenever.
        not_before: first instant at which it may leave, UTC; None: at once.
        workspace: the Slack workspace that the address belongs to; empty: the only one.
    """

    key: str
    channel: ChannelKind
    address: str
    payload: Mapping[str, object]
    group: str | None = None
    not_before: datetime | None = None
    workspace: str = ""

    def __post_init__(self) -> None:
        if self.channel == "slack" and "/" in self.address:
            workspace, _, address = self.address.partition("/")
            object.__setattr__(self, "workspace", workspace)
            object.__setattr__(self, "address", address)

    @property
    def digest(self) -> str:
        """Of the key, in hexadecimal: what the sent message carries, to be found again by."""
        return digest_of(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message as the store gives it.

    Attributes:
        id: its number, growing.
        key, channel, address, payload, group, workspace: see `NewDelivery`.
        digest: of the key.
        state: where it is; a claimed one that was taken over is `uncertain`.
        attempts: how often it was claimed since it was added or resent.
        next_at: when it may be claimed (again), UTC.
        claimed_by: the worker that has it, or had it last.
        claimed_until: when its lease ends, UTC; None: nobody has it.
        sent_at: UTC.
        remote_id: what the channel calls it (Slack's `ts`).
        last_error: why the last attempt failed, a sentence; empty where none did.
        created_at: UTC.
    """

    id: int
    key: str
    channel: ChannelKind
    address: str
    payload: Mapping[str, object]
    group: str | None
    digest: str
    state: DeliveryState
    attempts: int
    next_at: datetime
    claimed_by: str | None
    claimed_until: datetime | None
    sent_at: datetime | None
    remote_id: str | None
    last_error: str
    created_at: datetime
    workspace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCounts:
    """How many messages are where.

    Attributes:
        due, claimed, uncertain, sent, dead, cancelled: see `DeliveryState`.
        oldest_waiting: when the oldest that has not left was added, UTC; None: all have.
    """

    due: int = 0
    claimed: int = 0
    uncertain: int = 0
    sent: int = 0
    dead: int = 0
    cancelled: int = 0
    oldest_waiting: datetime | None = None

    @property
    def waiting(self) -> int:
        """Those that are still to leave."""
        return self.due + self.claimed + self.uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is to leave now, and has not.

    Attributes:
        waiting: messages by channel; those that are for later are not counted.
        oldest: when the oldest of them was added, UTC; None: there is none.
        dead: messages that were given up.
    """

    waiting: Mapping[ChannelKind, int]
    oldest: datetime | None
    dead: int

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.waiting.values())


def digest_of(key: str) -> str:
    """The digest of a key: 64 hexadecimal digits."""
    return sha256(key.encode()).hexdigest()
