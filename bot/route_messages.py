"""The test message of a route, for every way out: marked as one, and sent by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from bot.blocks.answer import Answer, section
from bot.blocks.routes import what_words
from bot.blocks.text import escape, short
from bot.incident_messages import escaped
from bot.outbox.payloads import (
    EmailMessagePayload,
    Json,
    LinearMessage,
    SlackMessage,
    WebhookEvent,
)
from handlers.caller import Caller
from storage.records.delivery import NewDelivery
from storage.records.route import Route


def compose_test(route: Route, caller: Caller, at: datetime) -> Sequence[NewDelivery]:
    """A message for each target, under keys of this moment: a test is sent as often as asked."""
    who = short(caller.name)
    text = f"This is a test of route {route.id}, sent by {who}. No incident stands behind it."
    rest = "Incidents will be told here when they match the route."
    found: list[NewDelivery] = []
    for channel, address in route.targets:
        payload: Json
        match channel:
            case "slack":
                words = f":test_tube: *Test:* {escape(text)} {rest}\n_{what_words(route)}_"
                answer = Answer(text=escape(text), blocks=(section(words, "route-test"),))
                rendered = answer.payload()
                blocks = tuple(cast("list[Json]", rendered["blocks"]))
                payload = SlackMessage(text=escape(text), blocks=blocks).as_json()
            case "email":
                subject = f"Test of costbot's route {route.id}"
                payload = EmailMessagePayload(subject=subject, text=f"{text}\n{rest}").as_json()
            case "webhook":
                data: Json = {"route_id": route.id, "text": text, "sent_by": who}
                payload = WebhookEvent(event="route.test", data=data).as_json()
            case "linear":
                title = f"Test of costbot's route {route.id}"
                body = f"{escaped(text)} {rest} This issue can be deleted."
                payload = LinearMessage(title=title, text=body).as_json()
        key = f"route.test|{route.id}|{at.isoformat()}|{channel}:{address}"
        found.append(NewDelivery(key=key, channel=channel, address=address, payload=payload))
    return found
