"""Whether a person has gone on since they asked: what they left is not drawn anew."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from bot.slack.api import Json

REMEMBERED = 1000
"""Questions that are remembered: those of the last minutes, however many people ask."""


@dataclass(frozen=True, slots=True)
class Attention:
    """Counts what people click."""

    _clicks: Counter[str] = field(default_factory=Counter[str])
    _asked: OrderedDict[str, tuple[str, int]] = field(
        default_factory=OrderedDict[str, tuple[str, int]]
    )

    def heard(self, body: Json, user_id: str) -> None:
        """A person typed something, or clicked."""
        if body.get("type") == "block_actions":
            self._clicks[user_id] += 1
        if url := body.get("response_url"):
            self._asked[str(url)] = user_id, self._clicks[user_id]
            if len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)

    def has_gone_on(self, response_url: str) -> bool:
        """Whether who asked there has clicked something since."""
        user_id, clicks = self._asked.get(response_url, ("", 0))
        return self._clicks[user_id] != clicks
