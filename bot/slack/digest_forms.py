"""The form of a digest in Slack: opened, previewed, saved; for a new one and for one that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID, uuid4

from analysis.errors import BadInput, NotAllowed, Refused
from analysis.schedules import LAST_DAY, Frequency
from bot.blocks.answer import Payload
from bot.blocks.digest import preview_lines
from bot.blocks.digest_form import WEEKDAYS, DigestChoices, DigestValues, form_view
from bot.blocks.digest_list import covers_words
from bot.blocks.digest_words import place_words, schedule_words, slot_words
from bot.blocks.modal import VALUE, notice_view
from bot.blocks.text import escape
from bot.slack.api import Json
from bot.slack.budget_choices import BudgetChoices
from bot.slack.budget_state import Fields, metadata_of
from bot.slack.digest_channels import DigestChannels
from bot.slack.modals import Submitted
from handlers.caller import Caller
from handlers.digests.handlers import DigestHandlers
from handlers.digests.permissions import Act, allow, as_sent, may, may_edit
from handlers.digests.requests import ME, DigestForm, EditRequest, SubscribeRequest
from handlers.digests.results import Decided
from storage.records.digest import Digest, DigestDraft

NEW, EDIT = "New digest", "Edit the digest"
"""Titles."""


@dataclass(frozen=True, slots=True)
class DigestForms:
    """Makes the form, and takes what was filled in.

    Sent in, it is previewed with the figures of today, above the same form; sent in again
    unchanged, it is saved. Nothing is kept in between.

    Attributes:
        digests: what can be done with them.
        choices: knows the values that costs have had.
        channels: know whether costbot is in them.
    """

    digests: DigestHandlers
    choices: BudgetChoices
    channels: DigestChannels

    async def new(self, caller: Caller, channel: str) -> Payload:
        """The form of a new digest.

        Args:
            caller: who fills it in.
            channel: where it was asked for: where it goes, if they may write there.

        Raises:
            NotAllowed: the caller's role does not reach.
            Unavailable: the facts cannot be read.
        """
        allow(Act.SUBSCRIBE, caller)
        is_channel = channel.startswith(("C", "G")) and may(Act.SUBSCRIBE_CHANNEL, caller)
        values = DigestValues(channel=channel if is_channel else "", zone=caller.zone.key)
        choices = await self._choices(caller)
        # The id that it will have: however often it is sent in, there is one.
        return form_view(NEW, values, choices, {"key": uuid4(), "seen": ""})

    async def edit(self, which: str, caller: Caller) -> Payload:
        """The form of a digest that is, filled.

        Raises:
            NotAllowed: it is somebody else's.
            NotFound: there is none that the caller sees.
            Unavailable: the facts or the store cannot be read.
        """
        digest = await self.digests.manage.finder.find(which, caller)
        if not may_edit(caller, digest):
            sentence = "Only its owner and admins may change what a digest shows."
            raise NotAllowed(sentence, "You may pause or end it: `/cost digest list`.")
        choices = await self._choices(as_sent(digest, caller))
        metadata = {"digest": digest.id, "version": digest.version, "seen": ""}
        return form_view(EDIT, values_of(digest), choices, metadata)

    async def submitted(self, view: Json, caller: Caller) -> Submitted:
        """What follows from the form as it was sent in: a fault, a preview, or a saved digest.

        Raises:
            Refused: nothing can be done with it.
            Unavailable: the facts or the store cannot be read.
        """
        metadata, values = metadata_of(view), entered(view)
        title = EDIT if "digest" in metadata else NEW
        is_seen = metadata.get("seen") == values.digest
        choices = await self._choices(caller)
        try:
            if is_seen:
                return await self._saved(metadata, values, caller)
            draft = await self._draft(metadata, values, caller)
        except Refused as refusal:
            again = {**metadata, "seen": ""}
            notes = [f":warning: {escape(refusal.sentence)} {escape(refusal.hint)}".strip()]
            return Submitted(form_view(title, values, choices, again, notes=notes))
        figures = await self.digests.read.preview(draft, caller)
        notes = [
            f"*{covers_words(draft)}*, {schedule_words(draft.schedule)} to {place_words(draft)}. "
            "Today it would say:"
        ]
        if warning := await self.channels.warning(draft):
            notes.insert(0, f":warning: {warning}")
        seen = {**metadata, "seen": values.digest}
        preview = preview_lines(figures)
        return Submitted(form_view(title, values, choices, seen, preview=preview, notes=notes))

    async def _draft(
        self, metadata: Mapping[str, str], values: DigestValues, caller: Caller
    ) -> DigestDraft:
        if "digest" in metadata:
            _, draft = await self.digests.manage.edited(_edit(metadata, values), caller)
            return draft
        return await self.digests.manage.draft(_subscription(metadata, values), caller)

    async def _saved(
        self, metadata: Mapping[str, str], values: DigestValues, caller: Caller
    ) -> Submitted:
        manage = self.digests.manage
        if "digest" in metadata:
            decided = await manage.edit(_edit(metadata, values), caller)
        else:
            decided = await manage.subscribe(_subscription(metadata, values), caller)
        return Submitted(notice_view("Saved", [saved_words(decided)]))

    async def _choices(self, caller: Caller) -> DigestChoices:
        found = await self.choices.of(caller, None, is_new=True)
        filters = dict(found.scope)
        if found.organizations:
            filters = {"organization": list(found.organizations), **filters}
        return DigestChoices(may(Act.SUBSCRIBE_CHANNEL, caller), filters)


def saved_words(decided: Decided) -> str:
    """That it is kept, and when it comes; escaped."""
    digest = decided.digest
    when = slot_words(decided.following, digest.schedule.zone)
    return (
        f":white_check_mark: *{covers_words(digest)}*, {schedule_words(digest.schedule)} to "
        f"{place_words(digest)}. The next one comes {when}."
    )


def entered(view: Json) -> DigestValues:
    """What stands in the form; what is not there is empty."""
    fields = Fields(view)
    pairs = (chosen.partition("=") for chosen in fields.options("filters"))
    channels = fields.ids("channel")
    return DigestValues(
        channel=channels[0] if channels else "",
        frequency=fields.option("frequency") or "daily",
        weekdays=tuple(sorted(fields.options("weekdays"), key=list(WEEKDAYS).index)),
        day=fields.text("day"),
        time=_picked_time(view),
        zone=fields.text("zone"),
        filters=tuple((dimension, value) for dimension, _, value in pairs),
        options=fields.options("options"),
    )


def values_of(digest: Digest) -> DigestValues:
    """What stands in the form when a digest is edited."""
    schedule, names = digest.schedule, list(WEEKDAYS)
    options = {
        "quiet": digest.skip_quiet,
        "customers": digest.customers_only,
        "dark": digest.theme == "dark",
    }
    is_monthly = schedule.frequency is Frequency.MONTHLY
    return DigestValues(
        channel="" if digest.is_personal else digest.address,
        frequency=schedule.frequency.value,
        weekdays=() if is_monthly else tuple(names[day] for day in schedule.weekdays),
        day="last" if schedule.day == LAST_DAY else str(schedule.day),
        time=f"{schedule.at:%H:%M}",
        zone=schedule.zone.key,
        filters=tuple((name, one) for name, some in digest.filters.items() for one in some),
        options=tuple(name for name, is_on in options.items() if is_on),
    )


def form_of(values: DigestValues, *, is_new: bool) -> DigestForm:
    """What the handlers are asked for."""
    weekdays = values.weekdays or tuple(WEEKDAYS)
    filters: dict[str, tuple[str, ...]] = {}
    for name, value in values.filters:
        filters[name] = (*filters.get(name, ()), value)
    target = values.channel or ME
    return DigestForm(
        target=target if is_new or values.channel else None,
        frequency=values.frequency,
        time=values.time,
        # Of a weekly one the first counts that was chosen; the preview says which.
        weekdays=weekdays[:1] if values.frequency == "weekly" else weekdays,
        day=(values.day or "1") if values.frequency == "monthly" else None,
        zone=values.zone or None,
        filters=filters,
        customers_only="customers" in values.options,
        skip_quiet="quiet" in values.options,
        theme="dark" if "dark" in values.options else "light",
    )


def _subscription(metadata: Mapping[str, str], values: DigestValues) -> SubscribeRequest:
    return SubscribeRequest(form_of(values, is_new=True), _uuid(metadata.get("key")))


def _edit(metadata: Mapping[str, str], values: DigestValues) -> EditRequest:
    version = metadata.get("version", "")
    return EditRequest(
        _uuid(metadata.get("digest")).hex,
        replace(form_of(values, is_new=False)),
        int(version) if version.isdecimal() else None,
    )


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        sentence = "This form is not one of costbot's, or an older one."
        raise BadInput(sentence, "Open it again.") from None


def _picked_time(view: Json) -> str:
    state = cast("Json", view.get("state") or {})
    values = cast("Mapping[str, Mapping[str, Json]]", state.get("values") or {})
    return str(values.get("time", {}).get(VALUE, {}).get("selected_time") or "09:00")
