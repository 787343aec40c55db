"""What was entered in a modal: from Slack's state to plain values, and back from its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from analysis.errors import BadInput
from bot.blocks.budget_form import FormValues
from bot.blocks.modal import VALUE
from bot.slack.api import Json


def entered(view: Json) -> FormValues:
    """What stands in the form of a budget; what is not there is empty."""
    fields = Fields(view)
    pairs = (chosen.partition("=") for chosen in fields.options("scope"))
    return FormValues(
        name=fields.text("name"),
        limit=fields.text("limit"),
        kind=fields.option("kind"),
        start=fields.text("start"),
        end=fields.text("end"),
        zone=fields.text("zone"),
        organization=fields.option("organization"),
        scope=tuple((dimension, value) for dimension, _, value in pairs),
        warning=fields.text("warning"),
        critical=fields.text("critical"),
        forecast=fields.text("forecast"),
        hardness=fields.option("hardness"),
        when_unknown=fields.option("when_unknown"),
        rollover=fields.text("rollover"),
        channels=fields.ids("channels"),
        users=fields.ids("users"),
        emails=fields.text("emails"),
        description=fields.text("description"),
    )


class Fields:
    """The fields of a submitted view, by their `block_id`."""

    def __init__(self, view: Json) -> None:
        state = cast("Json", view.get("state") or {})
        self._values = cast("Mapping[str, Mapping[str, Json]]", state.get("values") or {})

    def text(self, name: str) -> str:
        """What was typed, or the date that was picked."""
        field = self._field(name)
        return str(field.get("value") or field.get("selected_date") or "").strip()

    def option(self, name: str) -> str:
        """The value of the option that was chosen."""
        chosen = cast("Json", self._field(name).get("selected_option") or {})
        return str(chosen.get("value") or "")

    def options(self, name: str) -> tuple[str, ...]:
        """The values of the options that were chosen."""
        chosen = cast("list[Json]", self._field(name).get("selected_options") or [])
        return tuple(str(option.get("value") or "") for option in chosen)

    def ids(self, name: str) -> tuple[str, ...]:
        """The conversations or people that were picked."""
        field = self._field(name)
        picked = field.get("selected_conversations") or field.get("selected_users")
        return tuple(str(one) for one in cast("list[object]", picked or []))

    def _field(self, name: str) -> Json:
        return self._values.get(name, {}).get(VALUE, {})


def metadata_of(view: Json) -> dict[str, str]:
    """What the view was opened with.

    Raises:
        BadInput: it is not what costbot writes there.
    """
    try:
        read = json.loads(str(view.get("private_metadata") or ""))
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise BadInput("This form is not one of costbot's, or an older one.", "Open it again.")
    return {str(name): str(value) for name, value in cast("dict[object, object]", read).items()}
