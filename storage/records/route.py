"""A route: where incidents of some kind are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.records.delivery import ChannelKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDraft:
    """A route as it is decided on; what is None matches everything.

    Attributes:
        organization: whose route it is, and whose incidents alone it concerns; None: the
            deployment's own, which concerns those of all.
        kind: `anomaly` or `rule`.
        product: the product that the incident is about.
        about_organization: the customer that the incident is about.
        least: the least level that is told.
        targets: ways out, each with an address; none twice.
    """

    organization: str | None
    kind: Literal["anomaly", "rule"] | None = None
    product: str | None = None
    about_organization: str | None = None
    least: Literal["notice", "warning", "critical"] = "notice"
    targets: tuple[tuple[ChannelKind, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(RouteDraft):
    """A route as the store gives it.

    Attributes:
        id: its number, by which people name it.
        created_by: who made it (`Actor.key`).
        created_at: UTC.
        removed_at: UTC; None: it is in force.
    """

    id: int
    created_by: str
    created_at: datetime
    removed_at: datetime | None = None
