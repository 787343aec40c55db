"""Digests, sent while costbot serves."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot.assembly import Parts
from bot.assembly.digests import digests_of
from handlers.callers import Membership
from handlers.digests.sending import DigestSender

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DigestJob:
    """Sends digests.

    Attributes:
        sender: what does it.
    """

    sender: DigestSender

    async def send(self) -> None:
        """Puts what is due into the outbox.

        Raises:
            Unavailable: the store does not answer.
        """
        done = await self.sender.send_due()
        if done.due:
            skipped = ", ".join(f"{number} {name}" for name, number in done.skipped.items())
            log.info(
                "digests: %d due, %d sent, %s left out, %d stopped, %d wait, %.1f s",
                done.due,
                done.sent,
                skipped or "none",
                done.refused,
                len(done.failed),
                done.seconds,
            )


def digest_job(
    parts: Parts,
    wake: Callable[[], None] | None = None,
    membership: Membership | None = None,
) -> DigestJob:
    """The job of a serving costbot.

    Args:
        parts: on which it works.
        wake: tells the outbox of this process that there is something to send.
        membership: who is in Slack's user groups; None: nobody is asked.
    """
    return DigestJob(digests_of(parts, "system", wake, membership).sender)
