"""The Home tab: today at a glance, and where to go from there."""

from __future__ import annotations

from typing import cast

from slackblocks import Block, DividerBlock, HeaderBlock, HomeTabView

from bot.blocks.answer import Answer, Payload, section


def home_view(today: Answer) -> Payload:
    """The Home tab around the answer to "today by model".

    Its buttons would have nowhere to answer to, so the commands stand there to be typed.
    """
    blocks: list[Block] = [
        HeaderBlock("What our AI compute costs", block_id="home-title"),
        *today.without_buttons().blocks,
        DividerBlock(block_id="home-line"),
        section(
            "Ask anywhere in Slack:\n"
            "• `/cost 7d by organization`\n"
            "• `/cost month by model by day`\n"
            "• `/cost pricing`\n"
            "• `/cost help` for the rest",
            "home-hints",
        ),
    ]
    return cast("Payload", HomeTabView(blocks=blocks).to_dict())
