"""The form of an alert rule as Slack's JSON: empty, filled, with its preview above."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from bot.blocks.answer import Payload
from bot.blocks.budget_form import DEPLOYMENT, LONGEST_OPTION, MOST_OPTIONS, Choices, fits_option
from bot.blocks.fit import cut
from bot.blocks.modal import Json, input_block, modal, plain, text_block, typed
from bot.blocks.text import escape

FORM = "alert_rule_form"
"""`callback_id`."""

LONGEST_LABEL = 75

WHAT: Mapping[str, str] = {
    "cost": "Cost of a day (US dollars)",
    "cost today": "Cost of the day that is on (US dollars)",
    "cost %": "Cost of a day against its baseline (%)",
    "requests": "Requests of a day",
    "requests %": "Requests of a day against their baseline (%)",
    "request cost": "Cost per request (US dollars)",
    "request cost %": "Cost per request against its 28 days before (%)",
    "failure cost": "Cost of failed requests a day (US dollars)",
    "failure cost %": "Cost of failed requests (% of the cost)",
    "unpriced": "Requests without a price, a day",
    "unpriced %": "Requests without a price (% of the requests)",
    "freshness": "Age of the newest data (hours)",
    "utilization %": "Utilization of the GPUs (%)",
}
"""What can be watched, in the units in which its thresholds are given."""

SIDES: Mapping[str, str] = {"above": "above", "below": "below"}

BASELINES: Mapping[str, str] = {
    "7d": "the average of the 7 days before",
    "weekday": "the same weekday, median of 4 weeks",
    "week": "the average day of the week before",
    "month": "the average day of the month before",
}

TRAFFIC: Mapping[str, str] = {"all": "All traffic", "customers": "Customers only"}

REMIND: Mapping[str, str] = {
    "off": "never",
    "12h": "after 12 hours",
    "1d": "after a day",
    "3d": "after 3 days",
    "7d": "after a week",
}

NOBODY = "off"
"""Stands for no dimension, where one may be chosen."""


@dataclass(frozen=True, slots=True)
class RuleValues:
    """What stands in the form: text as it was typed, ids and values as they were chosen.

    Attributes:
        name, warning, critical, notice, least, margin, zone, emails: as typed.
        what, direction, baseline, traffic, remind: keys of the choices above.
        organization: whose it is; empty: not asked for; `DEPLOYMENT`: the deployment's own.
        filters: pairs of dimension and value.
        each: a dimension, or `NOBODY`.
        channels, users: ids in Slack.
    """

    name: str = ""
    what: str = "cost %"
    direction: str = "above"
    warning: str = "30"
    critical: str = "60"
    notice: str = ""
    baseline: str = "7d"
    organization: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    each: str = NOBODY
    traffic: str = "all"
    least: str = ""
    margin: str = "10"
    remind: str = "off"
    zone: str = ""
    channels: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    emails: str = ""

    @property
    def digest(self) -> str:
        """Alike for like values: by it a form is known that has not changed since its preview."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]


def rule_form_view(
    title: str,
    values: RuleValues,
    choices: Choices,
    dimensions: Sequence[str],
    metadata: Mapping[str, object],
    *,
    preview: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Payload:
    """The form.

    Args:
        title: at most 24 characters.
        values: what stands in it.
        choices: the organizations and values that it offers.
        dimensions: of which every member can be watched by itself.
        metadata: comes back when it is sent in.
        preview: paragraphs that stand above the fields; with them it is ready to be saved.
        notes: paragraphs that stand there too: why it is not.
    """
    blocks: list[Json] = [
        text_block(line, f"alert-preview-{at}") for at, line in enumerate((*notes, *preview))
    ]
    if blocks:
        blocks.append({"type": "divider", "block_id": "alert-line"})
    blocks += _what(values)
    blocks += _which(values, choices, dimensions)
    blocks += _how(values)
    submit = "Save" if preview else "Preview"
    return modal(title, blocks, submit=submit, callback_id=FORM, metadata=metadata)


def _what(values: RuleValues) -> list[Json]:
    return [
        input_block(
            "name",
            "Name",
            typed(values.name, longest=80),
            hint="Left empty: it is called what it watches.",
            optional=True,
        ),
        input_block("what", "Watch", _select(WHAT, values.what)),
        input_block("direction", "Tell when it is", _select(SIDES, values.direction)),
        input_block(
            "warning",
            "Warning at",
            typed(values.warning, longest=30),
            hint="In the unit above: dollars, requests, hours, or per cent.",
        ),
        input_block(
            "critical",
            "Critical at",
            typed(values.critical, longest=30),
            hint="Left empty: warning is the worst.",
            optional=True,
        ),
        input_block(
            "notice",
            "Notice at",
            typed(values.notice, longest=30),
            hint="Left empty: nothing is told before the warning.",
            optional=True,
        ),
        input_block(
            "baseline",
            "Baseline",
            _select(BASELINES, values.baseline),
            hint="Counts only for what is watched against its baseline.",
        ),
    ]


def _which(values: RuleValues, choices: Choices, dimensions: Sequence[str]) -> list[Json]:
    blocks: list[Json] = []
    if choices.organizations:
        names = {name: name for name in choices.organizations if len(name) <= LONGEST_OPTION}
        offered = {DEPLOYMENT: "All of them: the deployment's own", **names}
        kept = dict(list(offered.items())[:MOST_OPTIONS])
        chosen = values.organization or DEPLOYMENT
        blocks.append(input_block("organization", "Organization", _select(kept, chosen)))
    if groups := _groups(values, choices):
        element: Json = {
            "type": "multi_static_select",
            "placeholder": plain("Everything"),
            "option_groups": groups,
        }
        chosen_pairs = [_pair(*pair) for pair in values.filters if fits_option(*pair)]
        if chosen_pairs:
            element["initial_options"] = chosen_pairs
        hint = "Of one dimension any value counts; of several dimensions all have to fit."
        blocks.append(input_block("filters", "Only", element, hint=hint, optional=True))
    each = {NOBODY: "No: one series", **{name: name.replace("_", " ") for name in dimensions}}
    blocks.append(
        input_block(
            "each",
            "Each by itself",
            _select(dict(list(each.items())[:MOST_OPTIONS]), values.each),
            hint="Every member has its own incident: the 50 largest of the last 7 days.",
        )
    )
    blocks.append(input_block("traffic", "Traffic", _select(TRAFFIC, values.traffic)))
    return blocks


def _how(values: RuleValues) -> list[Json]:
    return [
        input_block(
            "least",
            "Only where at least so many dollars a day are at stake",
            typed(values.least, longest=30),
            hint="Left empty: $10 against a baseline, otherwise none.",
            optional=True,
        ),
        input_block(
            "margin",
            "Over once it is back by (% of the threshold)",
            typed(values.margin, longest=10),
        ),
        input_block("remind", "Tell again of what lasts", _select(REMIND, values.remind)),
        input_block(
            "zone",
            "Time zone",
            typed(values.zone, longest=60),
            hint="In which its days begin, such as Europe/Berlin.",
        ),
        input_block(
            "channels",
            "Channels that are told",
            _ids("multi_conversations_select", "initial_conversations", values.channels)
            | {"filter": {"include": ["public", "private"]}},
            hint="With nobody named here, the routes decide. Invite costbot to each channel.",
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
    ]


def _groups(values: RuleValues, choices: Choices) -> list[Json]:
    by_dimension: dict[str, dict[str, None]] = {}
    for dimension, value in values.filters:  # first, so that what is chosen is always offered
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


def _pair(dimension: str, value: str) -> Json:
    label = cut(escape(f"{dimension.replace('_', ' ')} {value}"), LONGEST_LABEL)
    return {"text": plain(label), "value": f"{dimension}={value}"}


def _select(offered: Mapping[str, str], chosen: str) -> Json:
    options = {
        value: {"text": plain(cut(escape(label), LONGEST_LABEL)), "value": value}
        for value, label in offered.items()
    }
    if chosen and chosen not in options:
        label = plain(cut(escape(chosen), LONGEST_LABEL))
        options[chosen] = {"text": label, "value": chosen}
    element: Json = {"type": "static_select", "options": list(options.values())}
    return {**element, "initial_option": options[chosen]} if chosen in options else element


def _ids(kind: str, initial: str, ids: tuple[str, ...]) -> Json:
    element: Json = {"type": kind, "max_selected_items": 20}
    return {**element, initial: list(ids)} if ids else element
