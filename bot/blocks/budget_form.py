"""The form of a budget, as a modal: to be filled in, and with its preview.

What was filled in stands in the form alone, so its preview stands above the same fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from bot.blocks.answer import Payload
from bot.blocks.fit import cut
from bot.blocks.modal import (
    Json,
    day,
    input_block,
    modal,
    number,
    plain,
    text_block,
    typed,
)
from bot.blocks.text import escape

FORM = "budget_form"
"""`callback_id` of the form."""

MOST_OPTIONS = 100
LONGEST_LABEL = 75
LONGEST_OPTION = 150

KINDS = {
    "monthly": "Every month",
    "quarterly": "Every quarter",
    "annual": "Every year",
    "custom": "Once, between two dates",
}
HARDNESS = {
    "soft": "Soft: tell about it, block nothing",
    "hard": "Hard: gateways deny what goes beyond the limit",
}
UNKNOWN = {
    "allow": "Allow it (fail open)",
    "deny": "Deny it (fail closed)",
}
DEPLOYMENT = "*"
"""Stands for no organization: the deployment's own budget."""


@dataclass(frozen=True, slots=True)
class FormValues:
    """What stands in the form: text as it was typed, ids and values as they were chosen.

    Attributes:
        name, limit, description, zone, rollover, emails: as typed.
        kind: a key of `KINDS`.
        start, end: `2026-11-20`, or empty.
        organization: whose budget it is; empty: not asked for; `DEPLOYMENT`: the deployment's own.
        scope: pairs of dimension and value.
        warning, critical, forecast: per cent, as typed.
        hardness: a key of `HARDNESS`.
        when_unknown: a key of `UNKNOWN`.
        channels, users: ids in Slack.
    """

    name: str = ""
    limit: str = ""
    kind: str = "monthly"
    start: str = ""
    end: str = ""
    zone: str = ""
    organization: str = ""
    scope: tuple[tuple[str, str], ...] = ()
    warning: str = "80"
    critical: str = "95"
    forecast: str = "110"
    hardness: str = "soft"
    when_unknown: str = "allow"
    rollover: str = ""
    channels: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    emails: str = ""
    description: str = ""

    @property
    def digest(self) -> str:
        """Alike for like values: by it a form is known that has not changed since its preview."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers.

    Attributes:
        organizations: those that the budget may be of; empty: it is not asked.
        scope: by dimension, the values that there are.
    """

    organizations: Sequence[str] = ()
    scope: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


def form_view(
    title: str,
    values: FormValues,
    choices: Choices,
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
        preview: paragraphs that stand above the fields; with them it is ready to be saved.
        notes: paragraphs that stand there too: why it is not.
    """
    blocks: list[Json] = [
        text_block(line, f"budget-preview-{at}") for at, line in enumerate((*notes, *preview))
    ]
    if blocks:
        blocks.append({"type": "divider", "block_id": "budget-line"})
    blocks += _what(values, choices)
    blocks += _when(values)
    blocks += _alerts(values)
    submit = "Save" if preview else "Preview"
    return modal(title, blocks, submit=submit, callback_id=FORM, metadata=metadata)


def _what(values: FormValues, choices: Choices) -> list[Json]:
    blocks = [
        input_block("name", "Name", typed(values.name, longest=80)),
        input_block("limit", "Amount in US dollars, for each period", number(values.limit)),
    ]
    if choices.organizations:
        blocks.append(_organization(values, choices))
    if groups := _groups(values, choices):
        blocks.append(_scope(values, groups))
    return blocks


def _organization(values: FormValues, choices: Choices) -> Json:
    names = {name: name for name in choices.organizations}
    if values.organization and values.organization != DEPLOYMENT:
        names = {values.organization: values.organization, **names}
    fitting = {name: label for name, label in names.items() if len(name) <= LONGEST_OPTION}
    offered = {DEPLOYMENT: "All of them: the deployment's own", **fitting}
    return input_block(
        "organization",
        "Organization",
        _select(dict(list(offered.items())[:MOST_OPTIONS]), values.organization or DEPLOYMENT),
    )


def _scope(values: FormValues, groups: list[Json]) -> Json:
    element: Json = {
        "type": "multi_static_select",
        "placeholder": plain("Everything"),
        "option_groups": groups,
    }
    chosen = [_pair(*pair) for pair in values.scope if fits_option(*pair)]
    if chosen:
        element["initial_options"] = chosen
    hint = "Of one dimension any value counts; of several dimensions all have to fit."
    return input_block("scope", "Counts only", element, hint=hint, optional=True)


def _groups(values: FormValues, choices: Choices) -> list[Json]:
    by_dimension: dict[str, dict[str, None]] = {}
    for dimension, value in values.scope:  # first, so that what is chosen is always offered
        by_dimension.setdefault(dimension, {})[value] = None
    for dimension, known in choices.scope.items():
        by_dimension.setdefault(dimension, {}).update(dict.fromkeys(known))
    groups: list[Json] = []
    for dimension, known in by_dimension.items():
        pairs = [_pair(dimension, value) for value in known if fits_option(dimension, value)]
        if pairs:
            label = plain(cut(escape(dimension.replace("_", " ")), LONGEST_LABEL))
            groups.append({"label": label, "options": pairs[:MOST_OPTIONS]})
    return groups[:MOST_OPTIONS]


def fits_option(dimension: str, value: str) -> bool:
    """Whether Slack can carry it as a choice; what is longer is given in a line of text."""
    return 0 < len(f"{dimension}={value}") <= LONGEST_OPTION


def _pair(dimension: str, value: str) -> Json:
    label = cut(escape(f"{dimension.replace('_', ' ')} {value}"), LONGEST_LABEL)
    return {"text": plain(label), "value": f"{dimension}={value}"}


def _when(values: FormValues) -> list[Json]:
    return [
        input_block("kind", "Begins anew", _select(KINDS, values.kind)),
        input_block(
            "start",
            "First day",
            day(values.start),
            hint="Left empty: that of the present month, quarter or year; today for two dates.",
            optional=True,
        ),
        input_block(
            "end",
            "Last day",
            day(values.end),
            hint="Counts too. Left empty: it goes on; between two dates it is needed.",
            optional=True,
        ),
        input_block(
            "zone",
            "Time zone",
            typed(values.zone, longest=60),
            hint="In which its days begin, such as Europe/Berlin.",
        ),
        input_block(
            "rollover",
            "Carry over what is left, up to (US dollars)",
            number(values.rollover),
            hint="Left empty: nothing is carried into the next period.",
            optional=True,
        ),
    ]


def _alerts(values: FormValues) -> list[Json]:
    return [
        input_block("warning", "Warning at (% of the limit)", number(values.warning)),
        input_block("critical", "Critical at (% of the limit)", number(values.critical)),
        input_block(
            "forecast",
            "Forecast alert at (% of the limit)",
            number(values.forecast),
            hint="Left empty: the forecast never alerts.",
            optional=True,
        ),
        input_block("hardness", "Beyond the limit", _radio(HARDNESS, values.hardness)),
        input_block(
            "when_unknown",
            "While the spend is not known, a gateway's request",
            _radio(UNKNOWN, values.when_unknown),
        ),
        input_block(
            "channels",
            "Channels that are told",
            _ids("multi_conversations_select", "initial_conversations", values.channels)
            | {"filter": {"include": ["public", "private"]}},
            hint="Invite costbot to each of them.",
            optional=True,
        ),
        input_block(
            "users",
            "People who are told",
            _ids("multi_users_select", "initial_users", values.users),
            optional=True,
        ),
        input_block(
            "emails",
            "E-mail addresses that are told",
            typed(values.emails, longest=1000),
            hint="Parted by commas.",
            optional=True,
        ),
        input_block(
            "description",
            "Description",
            typed(values.description, longest=2000, multiline=True),
            optional=True,
        ),
    ]


def _ids(kind: str, initial: str, ids: tuple[str, ...]) -> Json:
    element: Json = {"type": kind, "max_selected_items": 20}
    return {**element, initial: list(ids)} if ids else element


def _select(offered: Mapping[str, str], chosen: str) -> Json:
    options = {
        value: {"text": plain(cut(escape(label), LONGEST_LABEL)), "value": value}
        for value, label in offered.items()
    }
    element: Json = {"type": "static_select", "options": list(options.values())}
    return {**element, "initial_option": options[chosen]} if chosen in options else element


def _radio(offered: Mapping[str, str], chosen: str) -> Json:
    return {**_select(offered, chosen), "type": "radio_buttons"}
