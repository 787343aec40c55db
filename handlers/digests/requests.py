"""What is asked of digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from storage.records.digest import Theme

ME = "me"
"""Stands for the direct messages of who subscribes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestForm:
    """A digest as people fill it in; None: left as it is, or as it is by default.

    Attributes:
        target: id of a Slack channel, or `ME`; by default `ME`.
        frequency: `daily`, `weekly` or `monthly`; by default daily.
        time: `9:00`, `9`, `9am`; by default 9:00.
        weekdays: such as ("monday",), ("mon", "wed") or ("weekdays",); of a weekly one, one; by
            default every day, or Monday.
        day: of a monthly one: `1` to `31` or `last`; by default 1.
        zone: IANA name; by default that of who subscribes.
        filters: accepted values by name of dimension; an edit replaces all of them.
        customers_only, skip_quiet, theme: see `storage.records.digest.DigestDraft`.
    """

    target: str | None = None
    frequency: str | None = None
    time: str | None = None
    weekdays: tuple[str, ...] | None = None
    day: str | None = None
    zone: str | None = None
    filters: Mapping[str, tuple[str, ...]] | None = None
    customers_only: bool | None = None
    skip_quiet: bool | None = None
    theme: Theme | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled in."""
        return self == DigestForm()


@dataclass(frozen=True, slots=True)
class SubscribeRequest:
    """A digest to be subscribed to, or to be previewed.

    Attributes:
        form: what is filled in.
        key: its id; a request with the same one that arrives twice subscribes once.
    """

    form: DigestForm
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class EditRequest:
    """Changes of a digest.

    Attributes:
        which: its number in the list, its id, or the first digits of it.
        form: what is to be different.
        version: that was looked at; None: whichever it is.
    """

    which: str
    form: DigestForm
    version: int | None = None
