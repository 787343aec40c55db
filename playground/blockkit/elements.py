"""Block elements: what can be clicked, chosen or typed into, and in which block each may stand.

Source of the limits: Slack's Block Kit reference, "block elements".
"""

from __future__ import annotations

from collections.abc import Mapping

from playground.blockkit.composition import (
    ACTION_ID,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    PLAIN_OPTION,
    SLACK_FILE,
    TEXT_OPTION,
    picture_url,
    plain_text,
    url,
)
from playground.blockkit.rules import (
    Json,
    Problems,
    Rule,
    any_string,
    any_type,
    array,
    boolean,
    integer,
    one_of,
    shape,
    string,
)

DATE = string(10, 10, r"\d{4}-\d{2}-\d{2}")
TIME = string(5, 5, r"\d{2}:\d{2}")
PLACEHOLDER = plain_text(150)

_FOCUS: Mapping[str, Rule] = {"action_id": ACTION_ID, "focus_on_load": boolean}
_CONFIRMED: Mapping[str, Rule] = {**_FOCUS, "confirm": CONFIRM}
_PICKED: Mapping[str, Rule] = {**_CONFIRMED, "placeholder": PLACEHOLDER}
_TYPED: Mapping[str, Rule] = {
    **_FOCUS,
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": DISPATCH_CONFIG,
}


def _element(
    required: Mapping[str, Rule], optional: Mapping[str, Rule], also: Rule | None = None
) -> Rule:
    return shape({"type": any_type, **required}, optional, also)


def _one_list_of_options(value: Json, pointer: str, problems: Problems) -> None:
    if isinstance(value, dict) and ("options" in value) == ("option_groups" in value):
        problems.note(pointer, "must define either `options` or `option_groups`, not both")


def _initial_is_offered(value: Json, pointer: str, problems: Problems) -> None:
    """An initial choice must equal one of the options, field by field."""
    if not isinstance(value, dict):
        return
    offered = list(_offered(value))
    for name in ("initial_option", "initial_options"):
        chosen = value.get(name)
        for option in chosen if isinstance(chosen, list) else [chosen]:
            if option is not None and option not in offered:
                problems.note(f"{pointer}/{name}", f"{name} must be one of the options")


def _offered(value: dict[str, Json]) -> list[Json]:
    options = value.get("options")
    offered: list[Json] = list(options) if isinstance(options, list) else []
    groups = value.get("option_groups")
    for group in groups if isinstance(groups, list) else []:
        within = group.get("options") if isinstance(group, dict) else None
        offered += within if isinstance(within, list) else []
    return offered


def _static(value: Json, pointer: str, problems: Problems) -> None:
    _one_list_of_options(value, pointer, problems)
    _initial_is_offered(value, pointer, problems)


def _one_picture(value: Json, pointer: str, problems: Problems) -> None:
    if isinstance(value, dict) and ("image_url" in value) == ("slack_file" in value):
        problems.note(pointer, "must define either `image_url` or `slack_file`")


_STATIC: Mapping[str, Rule] = {
    "options": array(PLAIN_OPTION, 1, 100),
    "option_groups": array(OPTION_GROUP, 1, 100),
}
_MULTI: Mapping[str, Rule] = {"max_selected_items": integer(1, 100)}
_IDS = array(any_string, 0, 100)
_CONVERSATIONS: Mapping[str, Rule] = {
    "default_to_current_conversation": boolean,
    "filter": CONVERSATION_FILTER,
}
_ANSWERABLE: Mapping[str, Rule] = {"response_url_enabled": boolean}

IMAGE = _element(
    {"alt_text": string(2000, 1)},
    {"image_url": picture_url, "slack_file": SLACK_FILE},
    _one_picture,
)

BUTTON = _element(
    {"text": plain_text(75)},
    {
        "action_id": ACTION_ID,
        "url": url(),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)

PICKERS: Mapping[str, Rule] = {
    "datepicker": _element({}, {**_PICKED, "initial_date": DATE}),
    "timepicker": _element({}, {**_PICKED, "initial_time": TIME, "timezone": any_string}),
}

DATETIMEPICKER = _element(
    {}, {**_CONFIRMED, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}
)

CHOICES: Mapping[str, Rule] = {
    "checkboxes": _element(
        {"options": array(TEXT_OPTION, 1, 10)},
        {**_CONFIRMED, "initial_options": array(TEXT_OPTION, 1, 10)},
        _initial_is_offered,
    ),
    "radio_buttons": _element(
        {"options": array(TEXT_OPTION, 1, 10)},
        {**_CONFIRMED, "initial_option": TEXT_OPTION},
        _initial_is_offered,
    ),
}

OVERFLOW = _element(
    {"options": array(OVERFLOW_OPTION, 2, 5)}, {"action_id": ACTION_ID, "confirm": CONFIRM}
)

SELECTS: Mapping[str, Rule] = {
    "static_select": _element({}, {**_PICKED, **_STATIC, "initial_option": PLAIN_OPTION}, _static),
    "external_select": _element(
        {}, {**_PICKED, "initial_option": PLAIN_OPTION, "min_query_length": integer(0, 1000)}
    ),
    "users_select": _element({}, {**_PICKED, "initial_user": any_string}),
    "conversations_select": _element(
        {}, {**_PICKED, **_CONVERSATIONS, **_ANSWERABLE, "initial_conversation": any_string}
    ),
    "channels_select": _element({}, {**_PICKED, **_ANSWERABLE, "initial_channel": any_string}),
}

MULTI_SELECTS: Mapping[str, Rule] = {
    "multi_static_select": _element(
        {},
        {**_PICKED, **_STATIC, **_MULTI, "initial_options": array(PLAIN_OPTION, 0, 100)},
        _static,
    ),
    "multi_external_select": _element(
        {},
        {
            **_PICKED,
            **_MULTI,
            "initial_options": array(PLAIN_OPTION, 0, 100),
            "min_query_length": integer(0, 1000),
        },
    ),
    "multi_users_select": _element({}, {**_PICKED, **_MULTI, "initial_users": _IDS}),
    "multi_conversations_select": _element(
        {}, {**_PICKED, **_MULTI, **_CONVERSATIONS, "initial_conversations": _IDS}
    ),
    "multi_channels_select": _element({}, {**_PICKED, **_MULTI, "initial_channels": _IDS}),
}

INPUTS: Mapping[str, Rule] = {
    "plain_text_input": _element(
        {},
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {
            **_TYPED,
            "initial_value": any_string,
            "min_value": any_string,
            "max_value": any_string,
        },
    ),
    "email_text_input": _element({}, {**_TYPED, "initial_value": any_string}),
    "url_text_input": _element({}, {**_TYPED, "initial_value": any_string}),
    "file_input": _element(
        {},
        {
            "action_id": ACTION_ID,
            "filetypes": array(any_string, 1, 100),
            "max_files": integer(1, 10),
        },
    ),
}

IN_SECTIONS: Mapping[str, Rule] = {
    "button": BUTTON,
    "image": IMAGE,
    "overflow": OVERFLOW,
    **PICKERS,
    **CHOICES,
    **SELECTS,
    **MULTI_SELECTS,
}
IN_ACTIONS: Mapping[str, Rule] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "datetimepicker": DATETIMEPICKER,
    **PICKERS,
    **CHOICES,
    **SELECTS,
}
IN_INPUTS: Mapping[str, Rule] = {
    "datetimepicker": DATETIMEPICKER,
    **PICKERS,
    **CHOICES,
    **SELECTS,
    **MULTI_SELECTS,
    **INPUTS,
}
