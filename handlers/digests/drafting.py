"""From what is filled in to a digest that can be kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from analysis.errors import BadInput
from analysis.schedules import EVERY_DAY, LAST_DAY, WORKING_DAYS, Frequency, Schedule
from handlers.asking import Names
from handlers.budgets import fields
from handlers.caller import Caller
from handlers.digests.permissions import Act, allow, as_sent, is_own
from handlers.digests.requests import ME, DigestForm
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from storage.records.digest import Digest, DigestDraft

NINE = time(9)
MONDAY = 0

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

WEEKDAY_WORDS: dict[str, tuple[int, ...]] = {
    **{name: (place,) for place, name in enumerate(DAYS)},
    **{f"{name}s": (place,) for place, name in enumerate(DAYS)},
    **{name[:3]: (place,) for place, name in enumerate(DAYS)},
    **{name[:2]: (place,) for place, name in enumerate(DAYS)},
    "tues": (1,),
    "thur": (3,),
    "thurs": (3,),
    "weekdays": WORKING_DAYS,
    "workdays": WORKING_DAYS,
    "weekends": (5, 6),
    "everyday": EVERY_DAY,
}
"""What days are called."""

_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?(am|pm)?", re.ASCII | re.IGNORECASE)

_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Drafting:
    """Makes drafts of what is filled in.

    Attributes:
        engine: knows the values that costs have had.
        dimensions: of the deployment.
    """

    engine: Engine
    dimensions: Dimensions

    async def draft(
        self, form: DigestForm, caller: Caller, digest: Digest | None = None
    ) -> DigestDraft:
        """The digest that was filled in.

        Args:
            form: what was.
            caller: who did: of a new one, whose it will be.
            digest: that is changed; None: a new one.

        Raises:
            BadInput: something cannot be.
            NotAllowed: the caller may not write to a channel, or not filter by that.
            NotFound: a filter names a value that the caller's costs do not have.
            NotUnderstood: there is no such dimension.
            Unavailable: the facts cannot be read.
        """
        kept = None if form.filters is not None or digest is None else digest.filters
        if kept is None:
            names = Names(self.engine, self.dimensions)
            within = caller if digest is None else as_sent(digest, caller)
            kept = await names.known(form.filters or {}, within)
        return DigestDraft(
            team_id=caller.team_id if digest is None else digest.team_id,
            owner=caller.user_id if digest is None else digest.owner,
            owner_name=caller.name if digest is None else digest.owner_name,
            organization=caller.organization if digest is None else digest.organization,
            role=caller.role if digest is None else digest.role,
            address=_address(form, caller, digest),
            schedule=schedule_of(form, caller, digest),
            filters=kept,
            customers_only=_given(form.customers_only, digest and digest.customers_only),
            skip_quiet=_given(form.skip_quiet, digest and digest.skip_quiet),
            theme=form.theme or ("light" if digest is None else digest.theme),
            paused=False if digest is None else digest.paused,
        )


def schedule_of(form: DigestForm, caller: Caller, digest: Digest | None = None) -> Schedule:
    """When a digest is sent.

    Raises:
        BadInput: a time, a day or a zone cannot be.
    """
    before = None if digest is None else digest.schedule
    frequency = _frequency(form, before)
    is_alike = before is not None and before.frequency is frequency
    at = NINE if before is None else before.at
    zone = caller.zone if before is None else before.zone
    if form.weekdays is not None:
        weekdays = weekdays_of(form.weekdays)
    elif is_alike and before is not None:
        weekdays = before.weekdays
    else:
        weekdays = (MONDAY,) if frequency is Frequency.WEEKLY else EVERY_DAY
    day = before.day if is_alike and before is not None else 1
    return Schedule(
        frequency=frequency,
        at=at if form.time is None else time_of(form.time),
        zone=zone if form.zone is None else fields.zone(form.zone),
        weekdays=EVERY_DAY if frequency is Frequency.MONTHLY else weekdays,
        day=day if form.day is None else day_of(form.day),
    )


def time_of(text: str) -> time:
    """A time of the day: `9`, `9:00`, `17.30`, `9am`, `5:30pm`.

    Raises:
        BadInput: it is none.
    """
    match = _TIME.fullmatch(text.strip())
    if match is not None:
        hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").casefold()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        elif half:
            hour = 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise BadInput(f"{shown(text)} is no time of the day.", "Write it as 9:00, 17:30 or 9am.")


def weekdays_of(words: Iterable[str]) -> tuple[int, ...]:
    """Weekdays by their names, 0 is Monday.

    Raises:
        BadInput: one of the words is none.
    """
    found: set[int] = set()
    for word in words:
        days = WEEKDAY_WORDS.get(word.strip().casefold())
        if days is None:
            hint = did_you_mean(
                word, list(WEEKDAY_WORDS), otherwise="Write mon, tue, … or weekdays."
            )
            raise BadInput(f"{shown(word)} is no weekday.", hint)
        found |= set(days)
    return tuple(sorted(found))


def day_of(text: str) -> int:
    """The day of a month: `1` to `31`, or `last`.

    Raises:
        BadInput: it is none.
    """
    word = text.strip().casefold().removesuffix(".")
    if word == "last":
        return LAST_DAY
    word = word.removesuffix("st").removesuffix("nd").removesuffix("rd").removesuffix("th")
    if not (word.isascii() and word.isdigit() and 1 <= int(word[:3]) <= 31):
        raise BadInput(f"No month has a day {shown(text)}.", "Give 1 to 31, or last.")
    return int(word)


def _frequency(form: DigestForm, before: Schedule | None) -> Frequency:
    if form.frequency is None:
        return Frequency.DAILY if before is None else before.frequency
    try:
        return Frequency(form.frequency.strip().casefold())
    except ValueError:
        hint = did_you_mean(form.frequency, list(Frequency))
        raise BadInput(f"{shown(form.frequency)} is no frequency.", hint) from None


def _address(form: DigestForm, caller: Caller, digest: Digest | None) -> str:
    """Where it goes: the owner's direct messages, or a channel, for whoever may write there."""
    if form.target is None:
        return caller.user_id if digest is None else digest.address
    if form.target == ME or form.target == caller.user_id:
        if digest is not None and not is_own(caller, digest):
            sentence = "Somebody else's digest cannot go into your direct messages."
            raise BadInput(sentence, "Subscribe yourself: `/cost digest subscribe me daily 9:00`.")
        return caller.user_id
    if digest is not None and form.target == digest.address:
        return digest.address
    if not _CHANNEL.fullmatch(form.target):
        raise BadInput(
            f"{shown(form.target)} is no channel of Slack's, and people subscribe themselves.",
            "Pick the channel from the list that Slack shows behind #, or write `me` or `here`.",
        )
    allow(Act.SUBSCRIBE_CHANNEL, caller)
    return form.target


def _given(now: bool | None, before: bool | None) -> bool:
    return bool(before) if now is None else now
