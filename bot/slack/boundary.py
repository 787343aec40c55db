"""The edge at which errors become answers: nothing raised behind it ends the process or is lost."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from secrets import token_hex

from analysis.errors import Refused, Unavailable
from bot.blocks.answer import Answer
from bot.blocks.refusal import failure_answer, refusal_answer, unavailable_answer

log = logging.getLogger(__name__)


async def answered(work: Awaitable[Answer], what: str) -> Answer:
    """The answer that `work` gives, or the answer that tells why there is none.

    Args:
        work: makes the answer.
        what: names it in the log; no text that a person typed.
    """
    try:
        return await work
    except Refused as refusal:
        return refusal_answer(refusal)
    except Unavailable as error:
        log.warning("%s: %s", what, error)
        return unavailable_answer(str(error))
    except Exception:
        error_id = token_hex(4)
        log.exception("error %s in %s", error_id, what)
        return failure_answer(error_id)
