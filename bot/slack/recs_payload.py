"""What Slack tells of a click under a recommendation, in plain values."""

from __future__ import annotations

from typing import cast

from analysis.errors import BadInput
from bot.blocks import recs_buttons as buttons
from bot.blocks.answer import Answer
from bot.recs_answers import Where
from bot.slack.api import Json
from bot.slack.permissions import action_name
from bot.slack.recs_forms import Asked


def read_click(value: str) -> buttons.Clicked:
    """What a button carries.

    Raises:
        BadInput: costbot makes none like this.
    """
    read = buttons.read_value(value)
    if read is None:
        raise stale_error()
    return read


async def stale() -> Answer:
    """Answers a button that costbot does not make like this."""
    raise stale_error()


def stale_error() -> BadInput:
    """What is said of such a button."""
    return BadInput("That button belongs to an older message.", "Ask again: `/recs`.")


def action_of(body: Json) -> str:
    """The name of what was clicked, without a number at its end."""
    return action_name(str(_first(body)["action_id"]))


def block_of(body: Json) -> str:
    """The id of the block in which it stands."""
    return str(_first(body).get("block_id") or "")


def chosen(body: Json) -> str:
    """What the chosen entry of a menu carries."""
    option = cast("Json", _first(body).get("selected_option") or {})
    return str(option.get("value") or "")


def is_ephemeral(body: Json) -> bool:
    """Whether nobody else sees the message."""
    return bool(cast("Json", body.get("container") or {}).get("is_ephemeral"))


def where_of(body: Json) -> Where:
    """Where it was clicked."""
    return Where(buttons.question_in(block_of(body)), is_public=not is_ephemeral(body))


def asked_from(body: Json) -> Asked:
    """The same, for a form to carry along."""
    return Asked(str(body.get("response_url", "")), replaces=True, where=where_of(body))


def _first(body: Json) -> Json:
    return cast("list[Json]", body["actions"])[0]
