"""What costbot says by itself: the messages that a made-up deployment leaves in its outbox."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from analysis.roles import Role
from bot.assembly import Parts
from bot.budget_watch import watching
from bot.gallery.answered import answered
from bot.gallery.entry import DataSet, Entry
from bot.gallery.made_up import HOSTILE, NOW, TEAM, MovedByHand
from bot.outbox.payloads import SlackMessage
from bot.price_alerts import price_alert_job
from bot.recommendation_jobs import recommendation_jobs
from storage.records.delivery import Delivery
from storage.records.person import Person

MOST = 200
LEASE = timedelta(minutes=1)

NAMES = {
    "budget.alert": "budget alert",
    "raise": "a raise that is asked for",
    "prices.deprecated": "models that end",
    "prices.unpriced": "a model without a price",
    "recommendations.weekly": "weekly summary of recommendations",
}
"""What messages are called, by how their keys begin."""


def entries() -> list[Entry]:
    """The messages."""
    return answered("told")


async def ask(parts: Parts, clock: MovedByHand) -> list[Entry]:
    """Has everything be told, and reads it where it waits to be sent."""
    for number, (organization, role) in enumerate(
        (("acme", Role.ORG_ADMIN), ("vacant", Role.ORG_ADMIN), (HOSTILE, Role.ORG_ADMIN))
    ):
        await parts.store.people.put(
            Person(
                team_id=TEAM,
                user_id=f"U0TOLD000{number}",
                name=organization[:40],
                organization=organization,
                role=role,
                zone=ZoneInfo("UTC"),
            )
        )
    async with watching(parts) as watch:
        await watch.keep_up()
    await price_alert_job(parts).tell()
    clock.now = NOW + timedelta(days=3)  # a Monday
    jobs = recommendation_jobs(parts)
    await jobs.tell()
    clock.now += timedelta(days=1)
    waiting = await parts.store.deliveries.claim(clock.now, "gallery", MOST, LEASE)
    found: dict[tuple[str, DataSet], Entry] = {}
    for one in waiting:
        entry = _entry(one)
        if entry is not None:
            # Of several that are alike, the longest is shown.
            place = entry.template, entry.data
            there = found.get(place)
            if there is None or len(str(there.payload)) < len(str(entry.payload)):
                found[place] = entry
    return [found[place] for place in sorted(found)]


def _entry(one: Delivery) -> Entry | None:
    if one.channel != "slack":
        return None
    message = SlackMessage.model_validate(one.payload)
    kind = one.key.partition("|")[0]
    below = ", below it" if message.do == "reply" else ""
    payload: dict[str, object] = {"text": message.text, "blocks": list(message.blocks)}
    data: DataSet = "typical"
    if "Konglomerat" in str(payload):
        data = "extreme"
    elif one.address == "U0TOLD0001":
        data = "empty"
    return Entry(f"{NAMES.get(kind, kind)}{below}", data, payload, message.picture)
