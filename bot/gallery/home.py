"""Home tabs and previews of links, of organizations with much, with nothing, and too much."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import UUID

from analysis.schedules import Slot
from bot.assembly import Parts
from bot.assembly.home import home_handler_of
from bot.blocks.answer import Payload
from bot.blocks.home import home_view, refused_view, stranger_view
from bot.blocks.unfurl import unfurl_payload
from bot.gallery.answered import DATA_SETS, answered
from bot.gallery.digests import DUE, digest_of
from bot.gallery.entry import DataSet, Entry
from bot.gallery.incidents import sample_incident
from bot.gallery.made_up import HOSTILE, NOW, admin, caller_of
from handlers.caller import Caller
from handlers.digests.results import ListedDigest
from handlers.home.page import HomePage
from handlers.home.reading import HomeHandler
from handlers.linked import Kind

_MANY: dict[DataSet, int] = {"typical": 1, "empty": 0, "extreme": 40}
"""Incidents and digests of each set of data."""


def entries() -> list[Entry]:
    """The tabs."""
    return answered("home")


async def ask(parts: Parts) -> list[Entry]:
    """Has the tab of each set of data drawn."""
    handler = home_handler_of(parts)
    found = [
        _entry("Home tab", data, home_view(await _page(handler, data, caller_of(data)), NOW))
        for data in DATA_SETS
    ]
    for data in ("typical", "extreme"):
        found += _previews(data, await _page(handler, data, caller_of(data)))
    everything = await _page(handler, "typical", admin())
    return [
        *found,
        _entry("Home tab of who sees all", "typical", home_view(everything, NOW)),
        _entry("Home tab of a stranger", "typical", stranger_view("T0TEAM0001", "U0STRANGER")),
        _entry(
            "Home tab of somebody in doubt",
            "extreme",
            refused_view(f"You are of several organizations: {HOSTILE}.", "Ask an admin."),
        ),
    ]


async def _page(handler: HomeHandler, data: DataSet, caller: Caller) -> HomePage:
    """A tab, with incidents and digests that the deployment itself has not."""
    page = await handler.page(handler.mark_of(data, caller), caller)
    many = _MANY[data]
    incident = sample_incident(data)
    incidents = tuple(
        replace(incident, id=UUID(int=number), kind="anomaly" if number % 2 else "rule")
        for number in range(many)
    )
    around = replace(page.figures.around, incidents=incidents)
    digest = digest_of(caller)
    following = Slot(DUE.date() + timedelta(days=1), DUE + timedelta(days=1))
    digests = (ListedDigest(digest, following),) * many
    return replace(page, figures=replace(page.figures, around=around), digests=digests)


def _previews(data: DataSet, page: HomePage) -> list[Entry]:
    """What stands below links to the first of everything."""
    around = page.figures.around
    first = (around.budgets[:1], around.incidents[:1], around.recommendations[:1])
    kinds = (Kind.BUDGET, Kind.INCIDENT, Kind.RECOMMENDATION)
    return [
        _entry(f"preview of a link: {kind.value}", data, unfurl_payload(thing, page.caller))
        for kind, things in zip(kinds, first, strict=True)
        for thing in things
    ]


def _entry(template: str, data: DataSet, view: Payload) -> Entry:
    """A view, or a preview, as a message: it has the same blocks."""
    blocks = cast("list[Payload]", view["blocks"])
    return Entry(template, data, {"text": template, "blocks": blocks})
