"""An answer: blocks, and the text that notifications and screen readers use in their place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from slackblocks import (
    ActionsBlock,
    Block,
    Button,
    ContextBlock,
    SectionBlock,
    Text,
    WebhookMessage,
)

from bot.blocks.fit import MOST_SECTION, cut, fit_message
from bot.pictures.chart import Chart

Payload = dict[str, object]
"""A message as Slack's JSON."""


@dataclass(frozen=True)
class Answer:
    """What costbot says to one person or to a channel.

    Attributes:
        text: the whole answer in a sentence or two, already escaped.
        blocks: the answer as people see it.
        in_channel: everybody in the channel sees it; else only the person who asked.
        chart: a picture of it, drawn and shown below the text where Slack takes it; None: none.
    """

    text: str
    blocks: tuple[Block, ...]
    in_channel: bool = False
    chart: Chart | None = None

    def without_buttons(self) -> Answer:
        """The same, with nothing to click."""
        kept = tuple(block for block in self.blocks if not isinstance(block, ActionsBlock))
        return replace(self, blocks=kept)

    def payload(self, *, replaces: bool = False) -> Payload:
        """The answer as Slack's JSON, within Slack's limits.

        Args:
            replaces: it takes the place of the message that it answers to.
        """
        payload = {**self._fitted}
        if replaces:
            payload["replace_original"] = True
        return payload

    @cached_property
    def _fitted(self) -> Payload:
        response_type = "in_channel" if self.in_channel else "ephemeral"
        message = WebhookMessage(
            text=self.text, blocks=list(self.blocks), response_type=response_type
        )
        fitted = fit_message(cast("Payload", message.to_dict()))
        return {**fitted, "response_type": response_type}


def section(mrkdwn: str, block_id: str) -> SectionBlock:
    """A paragraph of mrkdwn."""
    return SectionBlock(Text(cut(mrkdwn, MOST_SECTION)), block_id=block_id)


def context(lines: list[str], block_id: str) -> ContextBlock:
    """Small print, a line each."""
    return ContextBlock([Text(cut("\n".join(lines), MOST_SECTION))], block_id=block_id)


def button(label: str, action_id: str, value: str, *, hint: str | None = None) -> Button:
    """A button that carries `value` and nothing else.

    Args:
        label: what stands on it.
        action_id: which listener hears it.
        value: at most 2,000 characters.
        hint: what a screen reader says in place of the label.
    """
    return Button(label, action_id=action_id, value=value, accessibility_label=hint)
