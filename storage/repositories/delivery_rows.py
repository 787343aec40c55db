"""Messages of the outbox as rows of the table, and back."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from storage.models import DeliveryRow
from storage.records.delivery import ChannelKind, Delivery, DeliveryState, NewDelivery


def values_of(new: NewDelivery, now: datetime) -> dict[str, object]:
    """The columns of a message that is added at an instant."""
    return {
        "key": new.key,
        "channel": new.channel,
        "address": new.address,
        "workspace": new.workspace,
        "payload": dict(new.payload),
        "order_group": new.group,
        "digest": new.digest,
        "state": "due",
        "may_be_sent": False,
        "attempts": 0,
        "next_at": now if new.not_before is None else new.not_before,
        "claimed_by": None,
        "claimed_until": None,
        "sent_at": None,
        "remote_id": None,
        "last_error": "",
        "created_at": now,
    }


def delivery_of(row: DeliveryRow) -> Delivery:
    """The message of a row."""
    return Delivery(
        id=row.id,
        key=row.key,
        channel=cast("ChannelKind", row.channel),
        address=row.address,
        workspace=row.workspace,
        payload=row.payload,
        group=row.order_group,
        digest=row.digest,
        state=cast("DeliveryState", row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
        sent_at=row.sent_at,
        remote_id=row.remote_id,
        last_error=row.last_error,
        created_at=row.created_at,
    )
