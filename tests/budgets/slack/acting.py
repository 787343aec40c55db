"""What people do with budgets in Slack: they type, click, fill in modals and send them in."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analysis.roles import Role
from bot.outbox.outcome import Timing
from bot.outbox.sender import Sender
from bot.outbox.ways_out import WaysOut, channels_of
from bot.slack.pace import Pace
from bot.stage import Heard, access_to
from playground.model import JsonObject, Message, View
from playground.outcome import Outcome
from storage.records.budget import Budget
from storage.records.person import Person
from tests.slack.conftest import NOW, Playing, answered

PROD = 'create "Prod LLM" 16 monthly model gpt-4'


@dataclass(frozen=True)
class Acting:
    """A costbot on the stage."""

    playing: Playing

    @property
    def slack(self):
        """The stand-in."""
        return self.playing.stage.slack

    @property
    def store(self):
        """What was decided."""
        return self.playing.parts.store

    @property
    def costs(self) -> str:
        """The id of #costs."""
        channel = self.slack.workspace.find_channel("costs")
        assert channel is not None
        return channel.id

    async def say(self, text: str, name: str) -> Heard:
        """Types `/budget text`; the ack is the answer, even where that came later."""
        return answered(await self.playing.stage.say(f"/budget {text}", name))

    async def message(self, text: str, name: str) -> Message:
        """The message that answers `/budget text`."""
        user_id = self.playing.stage.user_id(name)
        outcome = await self.slack.delivery.command(user_id, self.costs, f"/budget {text}")
        await self.idle()
        assert outcome.reply is not None
        return outcome.reply.posted[0]

    async def idle(self) -> None:
        """Waits until nothing is under way."""
        await self.playing.stage.supervisor.idle()

    async def click(self, message: Message, label: str, name: str) -> list[str]:
        """Presses a button; what was said to it beside the message."""
        return await self.press(message, button(message, label), name)

    async def press(self, message: Message, action: JsonObject, name: str) -> list[str]:
        """Sends an action; what was said to it beside the message."""
        user_id = self.playing.stage.user_id(name)
        outcome = await self.slack.delivery.click(user_id, message, action)
        await self.idle()
        assert (outcome.status, outcome.error) == (200, "")
        assert outcome.reply is not None
        return [posted.text for posted in outcome.reply.posted if posted is not message]

    def modal(self, name: str) -> View:
        """The modal that somebody looks at."""
        return self.slack.workspace.modals_of(self.playing.stage.user_id(name))[-1]

    async def open_form(self, text: str, name: str) -> View:
        """The modal that `/budget text` opens."""
        heard = await self.say(text, name)
        assert (heard.status, heard.failure, heard.ack) == (200, "", {})
        return self.modal(name)

    async def submit(self, view: View, who: str, **changes: object) -> Outcome:
        """Sends a modal in as it stands, with some fields filled in anew."""
        user_id = self.playing.stage.user_id(who)
        outcome = await self.slack.delivery.submit(user_id, view, filled(view, **changes))
        await self.idle()
        return outcome

    async def budgets(self) -> list[Budget]:
        """All that there are."""
        return await self.store.budgets.page(limit=100)

    async def budget(self) -> Budget:
        """The only one."""
        (only,) = await self.budgets()
        return only

    async def create(self, text: str = PROD, name: str = "otto") -> Budget:
        """A budget, made by a line."""
        heard = await self.say(text, name)
        assert "Created" in heard.ack["text"], heard.ack["text"]
        return max(await self.budgets(), key=lambda budget: (budget.created_at, budget.name))

    async def promote(self, name: str, organization: str | None, role: Role) -> None:
        """Gives somebody another role; before costbot has heard of them."""
        team = self.slack.workspace.team.id
        user_id = self.playing.stage.user_id(name)
        person = Person(
            team_id=team,
            user_id=user_id,
            name=name.capitalize(),
            organization=organization,
            role=role,
            zone=ZoneInfo("UTC"),
        )
        await self.store.people.put(person)

    async def send_outbox(self) -> None:
        """Lets everything out that waits in the outbox."""
        (app,) = self.slack.workspace.apps.values()
        access = access_to(app, self.slack.api_url)
        ways = WaysOut(slack=(access.bot_token, access.api_url))
        pace = Pace(lambda: NOW, timedelta())
        deliveries, supervisor = self.store.deliveries, self.playing.stage.supervisor
        channels = channels_of(ways, deliveries, pace, lambda: NOW, Timing())
        await Sender(deliveries, channels, supervisor, lambda: NOW, "one").send_what_is_due()

    def posted(self, channel: str) -> list[Message]:
        """What stands in a channel for everybody to see, said by the bot."""
        there = self.slack.workspace.state.messages.get(channel, {})
        return [message for message in there.values() if message.app_id]


Act = Callable[..., AbstractAsyncContextManager[Acting]]


def elements(blocks: list[JsonObject]) -> Iterator[tuple[JsonObject, JsonObject]]:
    """Every button, with its block."""
    for block in blocks:
        for element in block.get("elements", []):
            if element.get("type") == "button":
                yield block, element


def button(message: Message, label: str) -> JsonObject:
    """The action that a click on a button sends."""
    for block, element in elements(message.blocks):
        if element["text"]["text"] == label:
            return action(element["action_id"], element["value"], block["block_id"])
    raise AssertionError(f"there is no button {label!r}: {labels(message)}")


def action(action_id: str, value: str, block_id: str = "budget-next") -> JsonObject:
    """What a click on some button sends."""
    return {
        "type": "button",
        "action_id": action_id,
        "block_id": block_id,
        "value": value,
        "text": {"type": "plain_text", "text": "a button"},
    }


def labels(message: Message) -> list[str]:
    """What stands on its buttons."""
    return [element["text"]["text"] for _, element in elements(message.blocks)]


def text_of(view: View) -> str:
    """Everything that a modal shows."""
    return str(view.payload["blocks"])


def fields_of(view: View) -> list[str]:
    """The names of its fields."""
    return [block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"]


def forged(view: View, metadata: str) -> View:
    """A modal whose metadata somebody has changed."""
    view.payload = copy.deepcopy(view.payload) | {"private_metadata": metadata}
    return view


def filled(view: View, **changes: object) -> JsonObject:
    """What a modal holds: as it stands, with some fields filled in anew."""
    values: dict[str, Any] = {}
    for block in view.payload["blocks"]:
        if block["type"] != "input":
            continue
        name, element = block["block_id"], block["element"]
        kind, key = _shape(element)
        before = view.state_values.get(name, {}).get("value", {}).get(key, _initial(element))
        given = changes.get(name, before)
        if name in changes and key in ("selected_option", "selected_options"):
            given = _options(element, given)
        values[name] = {"value": {"type": kind, key: given}}
    return values


def _shape(element: JsonObject) -> tuple[str, str]:
    kind = element["type"]
    keys = {
        "static_select": "selected_option",
        "radio_buttons": "selected_option",
        "multi_static_select": "selected_options",
        "multi_conversations_select": "selected_conversations",
        "multi_users_select": "selected_users",
        "users_select": "selected_user",
        "datepicker": "selected_date",
    }
    return kind, keys.get(kind, "value")


def _initial(element: JsonObject) -> Any:
    initial = [value for name, value in element.items() if name.startswith("initial_")]
    return initial[0] if initial else ([] if element["type"].startswith("multi_") else None)


def _options(element: JsonObject, chosen: Any) -> Any:
    offered = list(element.get("options", []))
    for group in element.get("option_groups", []):
        offered += group["options"]
    by_value = {option["value"]: option for option in offered}
    return by_value[chosen] if isinstance(chosen, str) else [by_value[one] for one in chosen]
