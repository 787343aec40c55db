"""Whether Linear can be written to: a part of `costbot doctor`. Nothing is filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from pydantic import SecretStr

from analysis.checks import Check, failed, passed, warned
from analysis.clock import Clock
from bot.outbox.linear import AUTHENTICATION
from bot.outbox.linear_calls import Busy, CallFailed, Json, LinearCalls, NotReached, Refusal

LINEAR = "Linear"

WHO = """
query CostbotWho {
  viewer { id name }
  teams(first: 50) { nodes { id key name } }
}
"""

MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class LinearInspection:
    """Looks at what a key of Linear's API reaches.

    Attributes:
        token: of the API; None: it is not set.
        url: of the API.
        clock: the present.
        seconds: how long it may take to answer.
    """

    token: SecretStr | None
    url: str
    clock: Clock
    seconds: float = 10.0

    async def inspect(self) -> list[Check]:
        """Whose key it is, and which teams it sees."""
        if self.token is None:
            return []
        calls = LinearCalls(self.token, self.url, timedelta(seconds=self.seconds), self.clock)
        try:
            data = await calls.call(WHO, {})
        except Refusal as refusal:
            if refusal.code.upper() in AUTHENTICATION:
                cure = "Set a key that is valid: COSTBOT_LINEAR_TOKEN."
                return [failed(LINEAR, "It does not take the API key.", cure)]
            cure = "See that COSTBOT_LINEAR_TOKEN may read teams."
            return [failed(LINEAR, f"It says: {refusal.said} ({refusal.code}).", cure)]
        except Busy:
            sentence = "It takes no more calls for now: the key's calls of this hour are used up."
            return [warned(LINEAR, sentence, "Give costbot a key of its own user.")]
        except NotReached:
            cure = "See that this machine reaches it, and COSTBOT_LINEAR_API_URL."
            return [failed(LINEAR, "It cannot be reached.", cure)]
        except CallFailed as failure:
            return [failed(LINEAR, str(failure), "Try again; then see COSTBOT_LINEAR_API_URL.")]
        return [_reach(data)]


def _reach(data: Json) -> Check:
    viewer = cast("Json", data.get("viewer") or {})
    nodes = cast("Sequence[Json]", cast("Json", data.get("teams") or {}).get("nodes") or ())
    name = str(viewer.get("name") or "somebody")
    if not nodes:
        sentence = f"It takes the key of {name}, who sees no team."
        return failed(LINEAR, sentence, "Let that account see the teams that are to be told.")
    keys = [str(node.get("key")) for node in nodes]
    more = f" and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
    named = ", ".join(keys[:MOST_NAMED])
    return passed(LINEAR, f"It takes the key of {name}, who sees {named}{more}; nothing was filed.")
