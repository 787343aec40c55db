"""apps.manifest.create: an app is made of a manifest with a configuration token; no more."""

from __future__ import annotations

import json
from secrets import token_hex
from typing import cast

from playground.arguments import Arguments
from playground.model import JsonObject, MadeApp
from playground.slack_error import SlackError
from playground.workspace import Workspace

METHOD = "apps.manifest.create"

LONGEST_NAME, LONGEST_DESCRIPTION = 35, 140


def create(workspace: Workspace, arguments: Arguments, token: str) -> JsonObject:
    """Makes the app; its credentials are told once.

    Raises:
        SlackError: the token is none of this workspace's configuration tokens, or the manifest
            has faults.
    """
    if not token:
        raise SlackError("not_authed")
    if token not in workspace.config_tokens:
        is_other = not token.startswith("xoxe.xoxp-")
        raise SlackError("not_allowed_token_type" if is_other else "invalid_auth")
    try:
        manifest = cast("object", json.loads(arguments.required("manifest")))
    except ValueError:
        raise SlackError("invalid_manifest", details={"errors": [_fault("", "no JSON")]}) from None
    faults = _faults(cast("JsonObject", manifest if isinstance(manifest, dict) else {}))
    if faults:
        raise SlackError("invalid_manifest", details={"errors": faults})
    made = MadeApp(workspace.new_id("A"), cast("JsonObject", manifest))
    workspace.made_apps[made.id] = made
    authorize = f"{workspace.public_url}/oauth/v2/authorize?client_id={made.client_id}"
    return {
        "app_id": made.id,
        "credentials": {
            "client_id": made.client_id,
            "client_secret": made.client_secret,
            "verification_token": token_hex(12),
            "signing_secret": made.signing_secret,
        },
        "oauth_authorize_url": authorize,
    }


def _faults(manifest: JsonObject) -> list[JsonObject]:
    faults: list[JsonObject] = []
    display = cast("JsonObject", manifest.get("display_information") or {})
    name = str(display.get("name", ""))
    if not name or len(name) > LONGEST_NAME:
        faults.append(_fault("/display_information/name", f"1 to {LONGEST_NAME} characters"))
    if len(str(display.get("description", ""))) > LONGEST_DESCRIPTION:
        told = f"at most {LONGEST_DESCRIPTION} characters"
        faults.append(_fault("/display_information/description", told))
    settings = cast("JsonObject", manifest.get("settings") or {})
    is_socket = bool(settings.get("socket_mode_enabled"))
    features = cast("JsonObject", manifest.get("features") or {})
    for at, command in enumerate(cast("list[JsonObject]", features.get("slash_commands") or [])):
        where = f"/features/slash_commands/{at}"
        if not str(command.get("command", "")).startswith("/"):
            faults.append(_fault(f"{where}/command", "begins with /"))
        if not is_socket and not str(command.get("url", "")).startswith("https://"):
            faults.append(_fault(f"{where}/url", "must be an https:// URL"))
    for name in ("interactivity", "event_subscriptions"):
        part = cast("JsonObject", settings.get(name) or {})
        if part and not is_socket and not str(part.get("request_url", "")).startswith("https://"):
            faults.append(_fault(f"/settings/{name}/request_url", "must be an https:// URL"))
    return faults


def _fault(pointer: str, message: str) -> JsonObject:
    return {"message": message, "pointer": pointer}
