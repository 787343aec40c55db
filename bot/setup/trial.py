"""The channel in which a new costbot is tried, and the message that shows that it can post."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.checks import failed, failed_with, passed
from analysis.errors import Refused, Unavailable
from bot.setup.asking import TRIES, Console, Wishes
from bot.setup.slack_calls import INVITE, Bot, Channel, SetupCalls

TEST = (
    "costbot is set up and can post here. Try `/cost today by model`; `/cost setup` tells an admin "
    "what is still to be done."
)


@dataclass(frozen=True, slots=True)
class Trial:
    """Tries costbot in a channel.

    Attributes:
        wishes: what was said by options.
        console: where it is run.
        calls: Slack.
        bot: that posts.
    """

    wishes: Wishes
    console: Console
    calls: SetupCalls
    bot: Bot

    async def run(self) -> bool:
        """Whether it went well, or was not wanted; what did not was told."""
        typed = self.wishes.channel
        if typed is None and self.console.is_answered:
            question = "The channel in which to try it, by name or id (empty: none)"
            typed = self.console.ask(question).strip() or None
        if typed is None:
            return True
        try:
            channel = await self._entered(await self.calls.channel(typed))
            if channel is None:
                return False
            if not self._wants_message(channel):
                return True
            link = await self.calls.post(channel, TEST)
        except (Refused, Unavailable) as error:
            self.console.tell(failed_with("channel", error, "Try it again in a minute."))
            return False
        self.console.tell(passed("test message", f"It stands in {channel.called}: {link}"))
        return True

    async def _entered(self, channel: Channel) -> Channel | None:
        """The channel with the bot in it; None: it is not in it, which was told."""
        if channel.is_member is False and "channels:join" in self.bot.scopes:
            channel = await self.calls.join(channel)
        for _ in range(TRIES):
            if channel.is_member is not False or not self.console.is_answered:
                break
            self.console.say(f"costbot is not in {channel.called}: type `/invite @costbot` there.")
            if not self.console.confirm("Done?", default=True):
                break
            channel = await self.calls.channel(channel.id)
        if channel.is_member is False:
            sentence = f"costbot is not in {channel.named}."
            self.console.tell(failed("channel", sentence, INVITE))
            return None
        is_in = "costbot is in it" if channel.is_member else "it is private"
        self.console.tell(passed("channel", f"{channel.named}: {is_in}."))
        return channel

    def _wants_message(self, channel: Channel) -> bool:
        if self.wishes.message is not None:
            return self.wishes.message
        if not self.console.is_answered:
            return True
        return self.console.confirm(f"Send a test message to {channel.called}?", default=True)
