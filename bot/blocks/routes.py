"""Routes in Slack: what leads where, what was made or removed, and who would hear of something."""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import ActionsBlock, Block

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.text import enumerate_names, escape, plural, short
from handlers.incidents.routing import RouteResult, targets_of
from handlers.incidents.signal import Target
from handlers.workspaces.addresses import bare, is_person
from storage.records.route import Route, RouteDraft

REMOVE = "route_remove"
RESTORE = "route_restore"
TEST = "route_test"

MOST_SHOWN = 12
"""Routes that are listed with buttons; each takes two blocks."""

ADD = "`/cost route add product api at warning to #api-team`"

QUIET = (
    "Where no route leads, nothing is sent: incidents are shown in `/cost incidents` and in digests"
)


def routes_answer(routes: Sequence[Route]) -> Answer:
    """Which there are."""
    if not routes:
        text = f"There is no route yet. {QUIET}. Make one: {ADD}"
        return Answer(text=text, blocks=(section(text, "routes"),))
    head = f"*{plural(len(routes), 'route')}*: an incident is told wherever one of them leads."
    blocks: list[Block] = [section(head, "routes")]
    for route in routes[:MOST_SHOWN]:
        key = str(route.id)
        blocks.append(section(route_words(route), f"route-{key}"))
        row = [button("Test", f"{TEST}_{key}", key), button("Remove", f"{REMOVE}_{key}", key)]
        blocks.append(ActionsBlock(list(row), block_id=f"route-next-{key}"))
    rest = routes[MOST_SHOWN:]
    if rest:
        lines = "\n".join(route_words(route) for route in rest[:MOST_SHOWN])
        blocks.append(section(lines, "routes-more"))
    if len(rest) > MOST_SHOWN:
        more = f"And {plural(len(rest) - MOST_SHOWN, 'more route')}"
        blocks.append(context([f"{more}: `costbot routes list` has all."], "routes-rest"))
    blocks.append(context([f"{QUIET}.", f"Another one: {ADD}"], "routes-quiet"))
    text = f"{plural(len(routes), 'route')}. {route_words(routes[0])}"
    return Answer(text=text, blocks=tuple(blocks))


def added_answer(result: RouteResult) -> Answer:
    """A route was made."""
    route, key = result.route, str(result.route.id)
    text = f":white_check_mark: {route_words(route)}"
    blocks: list[Block] = [section(text, "route-added")]
    if result.doubts:
        lines = [f":warning: {escape(doubt)}" for doubt in result.doubts]
        blocks.append(context(lines, "route-doubts"))
    row = [button("Send a test", TEST, key), button("Remove", REMOVE, key)]
    blocks.append(ActionsBlock(list(row), block_id="route-next"))
    return Answer(text=text, blocks=tuple(blocks))


def removed_answer(route: Route) -> Answer:
    """A route leads nowhere any more."""
    text = f"Removed: {route_words(route)}"
    row = ActionsBlock([button("Undo", RESTORE, str(route.id))], block_id="route-next")
    return Answer(text=text, blocks=(section(text, "route-removed"), row))


def restored_answer(route: Route) -> Answer:
    """A route is in force again."""
    text = f"In force again: {route_words(route)}"
    return Answer(text=text, blocks=(section(text, "route-restored"),))


def tested_answer(route: Route) -> Answer:
    """A test is on its way."""
    where = targets_words(targets_of(route))
    text = f"A test message is on its way to {where}: look whether it arrives."
    note = "What does not arrive, and why: `costbot outbox` on the machine that runs costbot."
    return Answer(text=text, blocks=(section(text, "route-tested"), context([note], "route-note")))


def hearing_answer(found: Sequence[tuple[Route, tuple[Target, ...]]], *, is_all: bool) -> Answer:
    """Who would hear of an incident."""
    if not found:
        text = f"Nobody would hear of it by a route. {QUIET}."
        return Answer(text=text, blocks=(section(text, "route-who"),))
    places = tuple(dict.fromkeys(target for _, targets in found for target in targets))
    text = f"*Of this would hear:* {targets_words(places)}"
    lines = [f"by {route_words(route)}" for route, _ in found[:MOST_SHOWN]]
    if not is_all:
        lines.append("Admins may have routes of their own beside these.")
    blocks = (section(text, "route-who"), context(lines, "route-by"))
    return Answer(text=text, blocks=blocks)


def route_words(route: Route) -> str:
    """A route in a line: "Route 3: anomalies of product api, from warning on, to #api-team"."""
    where = targets_words(targets_of(route))
    whose = "" if route.organization is None else f" ({escape(short(route.organization))})"
    return f"*Route {route.id}*{whose}: {what_words(route)} → {where}"


def what_words(route: RouteDraft) -> str:
    """What a route wants to hear of."""
    kinds = {"anomaly": "anomalies", "rule": "what alert rules find"}
    parts = [kinds.get(route.kind or "", "everything")]
    if route.product is not None:
        parts.append(f"of product {escape(short(route.product))}")
    if route.about_organization is not None:
        parts.append(f"about {escape(short(route.about_organization))}")
    if route.least != "notice":
        parts.append(f"from {route.least} on" if route.least == "warning" else "if critical")
    return " ".join(parts)


def targets_words(targets: Sequence[Target]) -> str:
    """Places in a list; persons are shown and not pinged, for only who asked sees it."""
    named = [_place(target) for target in targets[:6]]
    rest = len(targets) - len(named)
    return ", ".join([*named, *([f"{rest} more"] if rest else [])])


def _place(target: Target) -> str:
    address = enumerate_names([target.address])
    match target.channel:
        case "slack":
            sign = "@" if is_person(target.address) else "#"
            return f"<{sign}{bare(address)}>"
        case "linear":
            return f"Linear team {address}"
        case "webhook":
            return f"webhook {address}"
        case "email":
            return address
