"""The steps of a delivery, told to the log at debug level: a crash may come after each."""

from __future__ import annotations

import logging
from typing import Literal, get_args

from storage.records.delivery import Delivery

log = logging.getLogger(__name__)

Step = Literal[
    "claimed",  # the row is this worker's
    "looked",  # what may have been sent was looked for
    "sending",  # the next thing is the message itself
    "stored",  # the other side said that it has it
    "marked",  # the row says so too
]
STEPS: tuple[Step, ...] = get_args(Step)


def reached(step: Step, delivery: Delivery) -> None:
    """Tells that a delivery has got so far."""
    log.debug(step, extra={"delivery": delivery.id, "key": delivery.key})
