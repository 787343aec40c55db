"""views.*: modals and the Home tab."""

from __future__ import annotations

from playground.blockkit.rules import Json
from playground.model import JsonObject, View
from playground.rate_limits import TIER_4
from playground.rendering import view_json
from playground.slack_error import SlackError, missing
from playground.web_api.call import Call, Method


def _sent_view(call: Call) -> Json:
    if "view" not in call.args:
        raise missing("view")
    return call.args.data("view", "invalid_arguments")


def _shown(call: Call, view: View) -> JsonObject:
    return {"view": view_json(view, call.app, call.workspace.team)}


def _redeem(call: Call) -> str:
    trigger_id = call.args.text("trigger_id") or call.args.text("interactivity_pointer")
    if not trigger_id:
        raise missing("trigger_id")
    return call.services.triggers.redeem(trigger_id, call.app.id)


async def open_(call: Call) -> JsonObject:
    """views.open: within three seconds of what the user did."""
    view = _sent_view(call)
    return _shown(call, call.services.views.open(call.app, _redeem(call), view))


async def push(call: Call) -> JsonObject:
    """views.push: on top of the modal that is open."""
    view = _sent_view(call)
    return _shown(call, call.services.views.push(call.app, _redeem(call), view))


async def update(call: Call) -> JsonObject:
    """views.update: by `view_id` or the app's own `external_id`."""
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external_id:
        raise missing("view_id")
    view = call.workspace.find_view(view_id, external_id)
    if view is None or view.app_id != call.app.id:
        raise SlackError("not_found")
    updated = call.services.views.update(view, _sent_view(call), call.args.text("hash"))
    return _shown(call, updated)


async def publish(call: Call) -> JsonObject:
    """views.publish: the Home tab of one user."""
    user = call.user("user_id")
    view = _sent_view(call)
    published = call.services.views.publish(call.app, user.id, view, call.args.text("hash"))
    return _shown(call, published)


METHODS = {
    "views.open": Method(open_, (), TIER_4),
    "views.push": Method(push, (), TIER_4),
    "views.update": Method(update, (), TIER_4),
    "views.publish": Method(publish, (), TIER_4),
}
