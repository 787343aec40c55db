"""The edge at which errors become answers: nothing raised behind it ends the process or is lost."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from secrets import token_hex

from aiohttp import ClientConnectionError

from analysis.errors import Refused, Unavailable
from bot.blocks.answer import Answer
from bot.blocks.refusal import failure_answer, refusal_answer, unavailable_answer
from bot.slack.observed import concluded

log = logging.getLogger(__name__)


async def answered(work: Awaitable[Answer], what: str) -> Answer:
    """The answer that `work` gives, or the answer that tells why there is none.

    Args:
        work: makes the answer.
        what: names it in the log; no text that a person typed.
    """
    try:
        answer = await work
    except Refused as refusal:
        concluded("refused")
        return refusal_answer(refusal)
    except Unavailable as error:
        concluded("unavailable")
        log.warning("%s: %s", what, error)
        return unavailable_answer(str(error))
    except ClientConnectionError as error:
        concluded("unavailable")
        return failure_answer(unreachable(error, what))
    except Exception:
        concluded("failed")
        error_id = token_hex(4)
        log.exception("error %s in %s", error_id, what)
        return failure_answer(error_id)
    concluded("answered")
    return answer


def unreachable(error: ClientConnectionError, what: str) -> str:
    """The id under which the log tells that Slack, or the way to it, is gone.

    The sentence says all that a traceback would.
    """
    error_id = token_hex(4)
    log.warning("error %s in %s: Slack cannot be reached: %s", error_id, what, error)
    return error_id
