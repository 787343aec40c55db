"""Whether costbot can write where a digest is to go: told when somebody subscribes, not at nine."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol, cast

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.api import Json
from bot.slack.thread import reason
from storage.records.digest import DigestDraft

log = logging.getLogger(__name__)

NOT_THERE = frozenset({"channel_not_found", "not_in_channel"})
"""What Slack says of a channel that it does not show to costbot."""


class ChannelApi(Protocol):
    """What is used of Slack's Web API."""

    async def conversations_info(self, *, channel: str) -> Json:
        """Tells of a channel."""
        ...


@dataclass(frozen=True, slots=True)
class DigestChannels:
    """Asks Slack about channels.

    Attributes:
        client: Slack.
    """

    client: ChannelApi

    async def warning(self, digest: DigestDraft) -> str:
        """What keeps a digest from arriving, with the next step; empty: nothing that is known."""
        if digest.is_personal:
            return ""
        name = f"<#{digest.address}>"
        try:
            told = await self.client.conversations_info(channel=digest.address)
        except SlackApiError as error:
            if reason(error) in NOT_THERE:
                return (
                    f"I do not see {name}: if it is private, type `/invite @costbot` in it, "
                    "or nothing will arrive."
                )
            log.info("Slack does not tell of a channel: %s", reason(error))
            return ""
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("Slack does not tell of a channel: %s", error)
            return ""
        channel = cast("Json", told.get("channel") or {})
        if channel.get("is_archived"):
            return f"{name} is archived: nothing arrives there. Pick another channel."
        if channel.get("is_member") is False:
            return f"I am no member of {name} yet: type `/invite @costbot` in it."
        return ""
