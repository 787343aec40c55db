"""Digests on the Home tab: what somebody has subscribed to, and the way to more."""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import ActionsBlock, Block

from bot.blocks.answer import button, section
from bot.blocks.digest_buttons import EDIT, LIST, NEW, PAUSE, PREVIEW, RESUME
from bot.blocks.digest_list import covers_words, standing_words
from bot.blocks.digest_words import place_words, schedule_words
from bot.blocks.fit import cut
from bot.blocks.text import count
from handlers.digests.results import ListedDigest

MOST_DIGESTS = 3
LONGEST_LINE = 400


def digest_blocks(own: Sequence[ListedDigest]) -> list[Block]:
    """The subscriptions of one person, each with what can be done with it."""
    new = button("New digest", NEW, "new", hint="Subscribe to a digest")
    if not own:
        words = "*Your digests*\nNone yet: what moved, and why, each morning in your messages."
        return [
            section(words, "home-digests"),
            ActionsBlock([new], block_id="home-digests-next"),
        ]
    blocks: list[Block] = []
    for place, one in enumerate(own[:MOST_DIGESTS]):
        digest, key = one.digest, str(one.digest.id)
        head = f"*Your digests* ({count(len(own))})\n" if not place else ""
        line = (
            f"{head}{covers_words(digest)}, {schedule_words(digest.schedule)} to "
            f"{place_words(digest)} · {standing_words(one)}"
        )
        blocks.append(section(cut(line, LONGEST_LINE), f"home-digest-{place}"))
        is_off = digest.paused or bool(digest.stopped)
        pause = button("Resume", RESUME, key) if is_off else button("Pause", PAUSE, key)
        buttons = [button("Change", EDIT, key), pause, button("Preview", PREVIEW, key)]
        blocks.append(ActionsBlock(list(buttons), block_id=f"home-digest-next-{place}"))
    more = [button(f"All {count(len(own))}", LIST, "list")] if len(own) > MOST_DIGESTS else []
    blocks.append(ActionsBlock([*more, new], block_id="home-digests-next"))
    return blocks
