"""An app that can be installed, and what was given out for it: codes, tokens, refresh tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from playground.model import SlackApp

CODE_LASTS = timedelta(minutes=10)
TOKEN_LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Listing:
    """An app as its developers have set it up.

    Args:
        app: what is installed; its tokens and its bot are each installation's own.
        client_id: public.
        client_secret: exchanges codes.
        redirect_urls: where browsers may be sent back to, with whatever stands behind.
        rotates: whether tokens end, and are exchanged for new ones.
    """

    app: SlackApp
    client_id: str
    client_secret: str
    redirect_urls: tuple[str, ...]
    rotates: bool = False


@dataclass(slots=True)
class Code:
    """What a browser brings back once somebody has allowed the installation.

    Args:
        place: the workspace or the grid, by its id.
        user: who allowed it.
        scopes: that were asked for.
        redirect_uri: that the browser was sent back to; empty: none was asked for.
        expires: when it counts no more.
        used: it was exchanged.
    """

    place: str
    user: str
    scopes: frozenset[str]
    redirect_uri: str
    expires: datetime
    used: bool = False


@dataclass(slots=True)
class Token:
    """A bot's token.

    Args:
        place: the workspace or the grid in which it counts, by its id.
        expires: when it ends; None: never.
        revoked: it was taken away.
    """

    place: str
    expires: datetime | None = None
    revoked: bool = False


@dataclass(slots=True)
class Given:
    """All that was given out."""

    codes: dict[str, Code] = field(default_factory=dict[str, Code])
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])
    refreshing: dict[str, str] = field(default_factory=dict[str, str])
