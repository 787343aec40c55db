"""The log of a process, set up once: everything that writes in it writes alike."""

from __future__ import annotations

import logging
from typing import TextIO

from bot.logs.lines import LogFormat, formatter_of
from bot.logs.masking import Mask

QUOTING = {
    "slack_bolt": logging.WARNING,  # at INFO it writes the body of whatever Slack has not signed
    "bot.slack.bolt": logging.WARNING,
    "slack_sdk": logging.INFO,
    "aiosqlite": logging.INFO,
    "asyncio": logging.INFO,
    "urllib3": logging.INFO,
}
"""Libraries, and the least level at which they write no answers, tickets and statements whole."""

BUSY = ("alembic", "apscheduler")
"""Those that at INFO tell of every look; what a job does, the job says itself."""


def log_begun(
    level: str, form: LogFormat, mask: Mask, stream: TextIO | None = None
) -> logging.Handler:
    """Has everything logged to standard error, in one form, through one mask.

    Args:
        level: from which on, such as `INFO`.
        form: of the lines.
        mask: takes secrets out of them.
        stream: where they go; None: standard error.

    Returns:
        What writes them; `log_ended` takes it away again.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter_of(form, mask))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    # Without a handler of their own, uvicorn's loggers write through the root's.
    logging.captureWarnings(True)
    for name, least in QUOTING.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    for name in BUSY:
        quiet = logging.WARNING if root.level == logging.INFO else logging.NOTSET
        logging.getLogger(name).setLevel(quiet)
    return handler


def log_ended(handler: logging.Handler) -> None:
    """Takes back what `log_begun` has set up."""
    root = logging.getLogger()
    root.removeHandler(handler)
    root.setLevel(logging.WARNING)
    logging.captureWarnings(False)
    for name in (*QUOTING, *BUSY):
        logging.getLogger(name).setLevel(logging.NOTSET)
