"""The form of a digest: what is filled in, and the preview above it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from bot.blocks.answer import Payload
from bot.blocks.budget_form import LONGEST_LABEL, MOST_OPTIONS, fits_option
from bot.blocks.fit import cut
from bot.blocks.modal import Json, input_block, modal, plain, text_block, typed
from bot.blocks.text import escape

FORM = "digest_form"

FREQUENCIES = {
    "daily": "Every day, or on some weekdays",
    "weekly": "Every week, on one weekday",
    "monthly": "Every month, on one day",
}
WEEKDAYS = {
    "monday": "Monday",
    "tuesday": "Tuesday",
    "wednesday": "Wednesday",
    "thursday": "Thursday",
    "friday": "Friday",
    "saturday": "Saturday",
    "sunday": "Sunday",
}
OPTIONS = {
    "quiet": "Leave it out where nothing moved and nothing is wrong",
    "customers": "Customers only: no internal traffic",
}


@dataclass(frozen=True, slots=True)
class DigestValues:
    """What stands in the form: text as it was typed, ids and values as they were chosen.

    Attributes:
        channel: id of a channel; empty: the direct messages of who fills it in.
        frequency: a key of `FREQUENCIES`.
        weekdays: keys of `WEEKDAYS`.
        day: of the month, as typed.
        time: `09:00`.
        zone: as typed.
        filters: pairs of dimension and value.
        options: keys of `OPTIONS`.
    """

    channel: str = ""
    frequency: str = "daily"
    weekdays: tuple[str, ...] = tuple(list(WEEKDAYS)[:5])
    day: str = "1"
    time: str = "09:00"
    zone: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    options: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Alike for like values: by it a form is known that has not changed since its preview."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class DigestChoices:
    """What the form offers.

    Attributes:
        channels: whether a channel can be chosen; else it goes to the person alone.
        filters: by dimension, the values that there are.
    """

    channels: bool
    filters: Mapping[str, Sequence[str]]


def form_view(
    title: str,
    values: DigestValues,
    choices: DigestChoices,
    metadata: Mapping[str, object],
    *,
    preview: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Payload:
    """The form.

    Args:
        title: at most 24 characters.
        values: what stands in it.
        choices: what it offers.
        metadata: comes back when it is sent in.
        preview: paragraphs of the digest as it would be; with them it is ready to be saved.
        notes: paragraphs above it: why it is not, or what keeps it from arriving.
    """
    blocks: list[Json] = [
        text_block(line, f"digest-form-{at}") for at, line in enumerate((*notes, *preview))
    ]
    if blocks:
        blocks.append({"type": "divider", "block_id": "digest-form-line"})
    if choices.channels:
        blocks.append(_channel(values))
    blocks += _when(values)
    if groups := _groups(values, choices):
        blocks.append(_filters(values, groups))
    blocks.append(_options(values))
    submit = "Save" if preview else "Preview"
    return modal(title, blocks, submit=submit, callback_id=FORM, metadata=metadata)


def _channel(values: DigestValues) -> Json:
    element: Json = {
        "type": "multi_conversations_select",
        "max_selected_items": 1,
        "filter": {"include": ["public", "private"]},
    }
    if values.channel:
        element["initial_conversations"] = [values.channel]
    hint = "Left empty: your direct messages. Invite costbot to the channel."
    return input_block("channel", "Channel", element, hint=hint, optional=True)


def _when(values: DigestValues) -> list[Json]:
    weekdays: Json = {"type": "multi_static_select", "options": _options_of(WEEKDAYS)}
    chosen = [one for one in WEEKDAYS if one in values.weekdays]
    if chosen:
        weekdays["initial_options"] = [_option(one, WEEKDAYS[one]) for one in chosen]
    frequency: Json = {"type": "static_select", "options": _options_of(FREQUENCIES)}
    frequency["initial_option"] = _option(values.frequency, FREQUENCIES[values.frequency])
    return [
        input_block("frequency", "How often", frequency),
        input_block(
            "time",
            "Time",
            {"type": "timepicker", "initial_time": values.time},
        ),
        input_block(
            "zone",
            "Time zone",
            typed(values.zone, longest=60),
            hint="In which its time and its days are, such as Europe/Berlin.",
        ),
        input_block(
            "weekdays",
            "Weekdays",
            weekdays,
            hint="Daily: on which; left empty on all. Weekly: on one.",
            optional=True,
        ),
        input_block(
            "day",
            "Day of the month",
            typed(values.day, longest=10),
            hint="Monthly: 1 to 31, or last.",
            optional=True,
        ),
    ]


def _filters(values: DigestValues, groups: list[Json]) -> Json:
    element: Json = {
        "type": "multi_static_select",
        "placeholder": plain("Everything"),
        "option_groups": groups,
    }
    chosen = [_pair(*pair) for pair in values.filters if fits_option(*pair)]
    if chosen:
        element["initial_options"] = chosen
    hint = "Of one dimension any value counts; of several dimensions all have to fit."
    return input_block("filters", "Tells only of", element, hint=hint, optional=True)


def _groups(values: DigestValues, choices: DigestChoices) -> list[Json]:
    by_dimension: dict[str, dict[str, None]] = {}
    for dimension, value in values.filters:  # first: what is chosen is always offered
        by_dimension.setdefault(dimension, {})[value] = None
    for dimension, known in choices.filters.items():
        by_dimension.setdefault(dimension, {}).update(dict.fromkeys(known))
    groups: list[Json] = []
    for dimension, known in by_dimension.items():
        pairs = [_pair(dimension, value) for value in known if fits_option(dimension, value)]
        if pairs:
            label = plain(cut(escape(dimension.replace("_", " ")), LONGEST_LABEL))
            groups.append({"label": label, "options": pairs[:MOST_OPTIONS]})
    return groups[:MOST_OPTIONS]


def _options(values: DigestValues) -> Json:
    element: Json = {"type": "checkboxes", "options": _options_of(OPTIONS)}
    chosen = [one for one in OPTIONS if one in values.options]
    if chosen:
        element["initial_options"] = [_option(one, OPTIONS[one]) for one in chosen]
    return input_block("options", "Options", element, optional=True)


def _options_of(offered: Mapping[str, str]) -> list[Json]:
    return [_option(value, label) for value, label in offered.items()]


def _option(value: str, label: str) -> Json:
    return {"text": plain(cut(escape(label), LONGEST_LABEL)), "value": value}


def _pair(dimension: str, value: str) -> Json:
    return _option(f"{dimension}={value}", f"{dimension.replace('_', ' ')} {value}")
