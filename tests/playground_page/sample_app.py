"""A small Slack app on Bolt to try the page with: a command, buttons, a modal, a Home tab."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from playground.model import Command, SlackApp, User

SIGNING_SECRET = "of the sample app"
BOT_TOKEN = "xoxb-sample"
PEOPLE = (
    User(
        "U0ADA00001",
        "ada",
        "Ada Lovelace",
        email="ada@example.com",
        tz="Europe/Berlin",
        title="admin of all organizations",
    ),
    User("U0GRACE001", "grace", "Grace Hopper", title="org admin of acme"),
    User("U0LINUS001", "linus", "Linus Pauling", title="user of acme"),
)
Json = dict[str, Any]


def installed() -> SlackApp:
    """The app as the workspace knows it; its request URL is filled in once it is served."""
    return SlackApp(
        id="A0COSTBOT1",
        name="Costbot",
        bot_user_id="U0COSTBOT1",
        bot_id="B0COSTBOT1",
        signing_secret=SIGNING_SECRET,
        bot_token=BOT_TOKEN,
        commands=(
            Command("/cost", "today by model | week by organization | help", "What compute costs"),
            Command("/budget", "create | list", "Budgets and how they stand"),
        ),
    )


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": text, **more}


ROWS = (
    ("ltxv-13b-distilled", "$1,204.18", "41.2 %", "18,204", "$0.0661"),
    ("gpt-4-turbo", "$812.40", "27.8 %", "40,911", "$0.0199"),
    ("claude-3-opus", "$503.77", "17.2 %", "6,120", "$0.0823"),
    ("ltxv-2b", "$288.02", "9.9 %", "21,870", "$0.0132"),
    ("claude-3-haiku", "$74.51", "2.6 %", "98,432", "$0.0008"),
    ("4 others", "$37.12", "1.3 %", "11,006", "$0.0034"),
)


def answer_blocks(by: str = "model") -> list[Json]:
    """What a cost command answers."""
    header = [by.capitalize(), "Cost", "Share", "Requests", "Cost/request"]
    cells = [[{"type": "raw_text", "text": text} for text in row] for row in (header, *ROWS)]
    right = {"align": "right"}
    return [
        {"type": "header", "text": plain(f"Cost today by {by}")},
        {
            "type": "section",
            "text": mrkdwn(
                "*$2,920.00* so far  :small_red_triangle: *+12.4 %* against yesterday until 14:05 "
                "($2,597.86)"
            ),
        },
        {
            "type": "table",
            "column_settings": [{"is_wrapped": True}, right, right, right, right],
            "rows": cells,
        },
        {
            "type": "context",
            "elements": [
                mrkdwn(":warning: 1,204 requests are *unpriced* (model `mystery-1`)"),
                mrkdwn("Fresh as of 14:05 · Europe/Berlin · today is provisional"),
            ],
        },
        {
            "type": "actions",
            "block_id": "next",
            "elements": [
                button("By model", "by_model", style="primary"),
                button("By organization", "by_organization"),
                button("CSV", "csv"),
                {
                    "type": "static_select",
                    "action_id": "period",
                    "placeholder": plain("Another period"),
                    "options": [
                        {"text": plain(name), "value": name} for name in ("yesterday", "week")
                    ],
                },
                button(
                    "Forget",
                    "forget",
                    style="danger",
                    confirm={
                        "title": plain("Forget this answer?"),
                        "text": plain("It is taken away for you."),
                        "confirm": plain("Forget it"),
                        "deny": plain("Keep it"),
                        "style": "danger",
                    },
                ),
            ],
        },
    ]


def modal() -> Json:
    """A budget's form."""
    scopes = [{"text": plain(name), "value": name} for name in ("organization", "team", "model")]
    return {
        "type": "modal",
        "callback_id": "budget",
        "title": plain("New budget"),
        "submit": plain("Create"),
        "close": plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": "name",
                "label": plain("Name"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "value",
                    "placeholder": plain("Video team, spring"),
                },
            },
            {
                "type": "input",
                "block_id": "limit",
                "label": plain("Limit in USD a month"),
                "hint": plain("Alerts come at 80 % and 95 % of it."),
                "element": {
                    "type": "number_input",
                    "action_id": "value",
                    "is_decimal_allowed": True,
                },
            },
            {
                "type": "input",
                "block_id": "scope",
                "optional": True,
                "label": plain("Scope"),
                "element": {
                    "type": "multi_static_select",
                    "action_id": "value",
                    "options": scopes,
                },
            },
            {
                "type": "input",
                "block_id": "since",
                "optional": True,
                "label": plain("From"),
                "element": {"type": "datepicker", "action_id": "value"},
            },
            {
                "type": "input",
                "block_id": "alerts",
                "optional": True,
                "label": plain("Alerts"),
                "element": {
                    "type": "checkboxes",
                    "action_id": "value",
                    "options": [{"text": mrkdwn("*Tell the channel*"), "value": "channel"}],
                },
            },
        ],
    }


def home() -> Json:
    """The Home tab."""
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Your month so far")},
            {"type": "section", "text": mrkdwn("*$41,220.10* of $60,000.00 budgeted")},
            {"type": "actions", "block_id": "do", "elements": [button("Refresh", "refresh")]},
        ],
    }


@dataclass
class SampleApp:
    """The app, and what it was told."""

    api_url: str
    client: Any = None
    actions: list[Json] = field(default_factory=list[Json])
    submitted: list[Json] = field(default_factory=list[Json])
    messages: list[str] = field(default_factory=list[str])

    def asgi(self) -> FastAPI:
        """The app as it is served; its requests go to `/slack/events`."""
        self.client = AsyncWebClient(BOT_TOKEN, base_url=self.api_url)
        # Bolt's listeners are typed in part only.
        bolt: Any = AsyncApp(client=self.client, signing_secret=SIGNING_SECRET)
        bolt.command("/cost")(self._cost)
        bolt.command("/budget")(self._budget)
        bolt.block_action({"block_id": "next"})(self._following)
        bolt.block_action({"block_id": "do"})(self._refresh)
        bolt.view("budget")(self._created)
        bolt.event("app_home_opened")(self._opened)
        bolt.event("app_mention")(self._mentioned)
        bolt.event("message")(self._heard)
        handler = AsyncSlackRequestHandler(bolt)
        app = FastAPI()
        app.add_route("/slack/events", handler.handle, methods=["POST"])
        return app

    async def _cost(self, ack: AsyncAck) -> None:
        await ack(text="Cost today: $2,920.00", blocks=answer_blocks())

    async def _budget(self, ack: AsyncAck, body: Json) -> None:
        await ack()
        await self.client.views_open(trigger_id=body["trigger_id"], view=modal())

    async def _following(self, ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        self.actions.append(body["actions"][0] | {"state": body["state"]["values"]})
        await ack()
        name = body["actions"][0]["action_id"]
        if name == "by_organization":
            blocks = answer_blocks("organization")
            await respond(text="By organization", blocks=blocks, replace_original=False)
        if name == "forget":
            await respond(delete_original=True)

    async def _refresh(self, ack: AsyncAck, body: Json) -> None:
        self.actions.append(body["actions"][0])
        await ack()

    async def _created(self, ack: AsyncAck, body: Json) -> None:
        values = body["view"]["state"]["values"]
        if values["limit"]["value"]["value"] == "0":
            await ack(response_action="errors", errors={"limit": "A limit is above 0."})
            return
        self.submitted.append(values)
        await ack()

    async def _opened(self, event: Json) -> None:
        await self.client.views_publish(user_id=event["user"], view=home())

    async def _mentioned(self, event: Json) -> None:
        self.messages.append(event["text"])
        where = {"channel": event["channel"], "thread_ts": event["ts"]}
        await self.client.chat_postMessage(**where, text="Try `/cost today`.")

    async def _heard(self, event: Json) -> None:
        self.messages.append(event["text"])
