"""The Slack app's manifest, for one deployment: with its own address, or for Socket Mode."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast
from urllib.parse import quote, urlsplit

from analysis.errors import Unavailable

Json = dict[str, object]

EXAMPLE = "costs.example.com"
"""The host that stands in `manifest.yaml` for a deployment's own."""

APPS = "https://api.slack.com/apps"

_PLACES = (Path(__file__).parents[2] / "manifest.yaml", Path(__file__).parents[1] / "manifest.yaml")
"""In a checkout, and in an installed package."""


def manifest_for(url: str | None) -> Json:
    """The manifest.

    Args:
        url: where Slack reaches costbot, without a slash at its end; None: nowhere, costbot opens
            a socket.

    Raises:
        Unavailable: the file is not where it was put.
    """
    import yaml  # loaded by this command alone

    path = next((place for place in _PLACES if place.exists()), None)
    if path is None:
        message = "manifest.yaml is missing from this installation of costbot."
        raise Unavailable(message)
    read = cast("Json", yaml.safe_load(path.read_text(encoding="utf-8")))
    if url is not None:
        text = json.dumps(read).replace(f"https://{EXAMPLE}", url)
        return json.loads(text.replace(EXAMPLE, urlsplit(url).hostname or EXAMPLE))
    made = cast("Json", _without_addresses(read))
    cast("Json", made["settings"])["socket_mode_enabled"] = True
    return made


def as_yaml(manifest: Mapping[str, object]) -> str:
    """The manifest as it is pasted."""
    import yaml

    return yaml.safe_dump(dict(manifest), sort_keys=False, allow_unicode=True, width=100)


def link_to_create(manifest: Mapping[str, object]) -> str:
    """Where a browser creates the app of it, every field filled in."""
    return f"{APPS}?new_app=1&manifest_yaml={quote(as_yaml(manifest), safe='')}"


def scopes_in(manifest: Mapping[str, object]) -> frozenset[str]:
    """The bot scopes that it asks for."""
    oauth = cast("Mapping[str, Mapping[str, list[str]]]", manifest["oauth_config"])
    return frozenset(oauth["scopes"]["bot"])


def _without_addresses(part: object) -> object:
    """The same without what names the example's host, and without what is empty then."""
    if isinstance(part, dict):
        kept = {key: _without_addresses(value) for key, value in cast("Json", part).items()}
        return {key: value for key, value in kept.items() if value is not None} or None
    if isinstance(part, list):
        members = [_without_addresses(one) for one in cast("list[object]", part)]
        return [one for one in members if one is not None] or None
    return None if isinstance(part, str) and EXAMPLE in part else part
