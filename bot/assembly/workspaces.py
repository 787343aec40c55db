"""Several Slack workspaces, put together; most deployments have one, and need nothing of this."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import SecretStr

from analysis.clock import Clock
from analysis.errors import BadInput
from bot.assembly import Parts
from bot.settings import Settings
from handlers.workspaces.managing import WorkspaceHandler
from handlers.workspaces.places import ManyPlaces
from handlers.workspaces.sealing import Sealing
from storage import Store
from storage.records.audit import Surface

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bot.slack.app import SlackAccess
    from bot.slack.many_workspaces import ManyWorkspaces, OAuthApp


def workspaces_of(
    store: Store, settings: Settings, clock: Clock, surface: Surface
) -> WorkspaceHandler:
    """What can be done with workspaces on one surface.

    Args:
        store: that holds them.
        settings: with the keys.
        clock: the present.
        surface: the audit trail names it.

    Raises:
        BadInput: one of the keys is none.
    """
    sealing = Sealing(settings.encryption_keys) if settings.encryption_keys else None
    return WorkspaceHandler(store, clock, surface, sealing)


def oauth_app_of(settings: Settings) -> OAuthApp | None:
    """The Slack app that workspaces install; None: there is one workspace alone.

    Raises:
        BadInput: a setting that it needs is missing.
    """
    from bot.slack.many_workspaces import OAuthApp

    client_id, client_secret = settings.slack_client_id, settings.slack_client_secret
    if client_id is None and client_secret is None:
        return None
    if client_id is None or client_secret is None:
        sentence = "COSTBOT_SLACK_CLIENT_ID and COSTBOT_SLACK_CLIENT_SECRET go together."
        raise BadInput(sentence, "Both stand in the app's settings, under Basic Information.")
    if settings.slack_signing_secret is None and settings.slack_app_token is None:
        sentence = "Costbot does not hear Slack: there is no signing secret."
        raise BadInput(sentence, "Set COSTBOT_SLACK_SIGNING_SECRET: installing goes over HTTP.")
    Sealing(settings.encryption_keys)
    bare = [one for one in settings.admins if "/" not in one]
    if bare and settings.slack_bot_token is None:
        sentence = f"COSTBOT_ADMINS names {bare[0]} without a workspace, and there are several."
        raise BadInput(sentence, f"Write it behind its workspace's id: T024BE7LD/{bare[0]}.")
    return OAuthApp(client_id, client_secret, settings.slack_api_url)


def slack_access_of(parts: Parts) -> tuple[Parts, SlackAccess]:
    """How Slack is reached, and the parts for whoever asks from there.

    Raises:
        BadInput: a setting that Slack needs is missing.
    """
    from bot.slack.app import SlackAccess

    settings = parts.settings
    bot_token, secret, url = (
        settings.slack_bot_token,
        settings.slack_signing_secret,
        settings.slack_api_url,
    )
    app = oauth_app_of(settings)
    if app is not None:
        many = many_of(parts, app)
        token = bot_token or SecretStr("")
        return among_many(parts, many), SlackAccess(token, secret, url, workspaces=many)
    if bot_token is None or (secret is None and settings.slack_app_token is None):
        raise BadInput(
            "Slack's tokens are not set.",
            "Set COSTBOT_SLACK_BOT_TOKEN, and COSTBOT_SLACK_SIGNING_SECRET (HTTP) or "
            "COSTBOT_SLACK_APP_TOKEN (Socket Mode); or try `costbot serve --playground`.",
        )
    return parts, SlackAccess(bot_token, secret, url)


def many_of(parts: Parts, app: OAuthApp) -> ManyWorkspaces:
    """The workspaces that have installed an app.

    Raises:
        BadInput: there is no key, or one is none.
    """
    from bot.slack.many_workspaces import ManyWorkspaces

    handler = workspaces_of(parts.store, parts.settings, parts.clock, "slack")
    settings = parts.settings
    return ManyWorkspaces(handler, app, settings.slack_bot_token, settings.admins)


def among_many(parts: Parts, many: ManyWorkspaces) -> Parts:
    """The parts, where people ask from several workspaces."""
    own_team = None if many.own_token is None else many.own_team
    places = ManyPlaces(parts.store, own_team)
    return replace(parts, callers=replace(parts.callers, places=places))


def install_pages_of(settings: Settings, many: ManyWorkspaces) -> APIRouter:
    """The pages on which workspaces install costbot."""
    from bot.install_routes import REDIRECT_PATH, install_router
    from bot.slack.installing import Installing
    from bot.slack.permissions import SCOPES

    url = settings.public_url
    redirect_uri = None if url is None else f"{url}{REDIRECT_PATH}"
    installing = Installing(
        many.handler, many.app, tuple(SCOPES), redirect_uri, own_team=many.own_team
    )
    is_encrypted = url is None or url.startswith("https:")
    return install_router(installing, is_encrypted=is_encrypted)
