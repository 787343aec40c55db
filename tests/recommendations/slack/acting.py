"""What people do with recommendations in Slack: they type, click, and send modals in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta

from analysis.recommendations.kept.states import State
from analysis.recommendations.proposal import Proposal
from bot.stage import Heard
from playground.model import JsonObject, Message
from storage.records.recommendation import Drawn, Recommendation
from storage.repositories.recommendations import Wanted
from tests.budgets.slack.acting import Acting as Base
from tests.recommendations.proposals import proposal
from tests.slack.conftest import NOW

ACME = proposal("gpt-4", "40")
"""Saves $40 of $100 a month on gpt-4, for acme."""


@dataclass(frozen=True)
class Acting(Base):
    """A costbot on the stage, with recommendations."""

    async def say(self, text: str, name: str) -> Heard:
        """Types `/recs text`."""
        return await self.playing.stage.say(f"/recs {text}", name)

    async def message(self, text: str, name: str) -> Message:
        """The message that answers `/recs text`."""
        user_id = self.playing.stage.user_id(name)
        outcome = await self.slack.delivery.command(user_id, self.costs, f"/recs {text}")
        await self.idle()
        assert outcome.reply is not None
        return outcome.reply.posted[0]

    async def drawn(self, *proposals: Proposal) -> list[Recommendation]:
        """Recommendations that are there, as if they had been drawn."""
        rows: list[Recommendation] = []
        last = NOW.date() - timedelta(days=1)
        for one in proposals or (ACME,):
            drawn = Drawn.of(one, last - timedelta(days=29), last)
            row = await self.store.recommendations.add(drawn)
            assert row is not None
            rows.append(row)
        return rows

    async def rows(self) -> list[Recommendation]:
        """All that are kept, the most important first."""
        return await self.store.recommendations.page(Wanted())

    async def row(self) -> Recommendation:
        """The only one."""
        (only,) = await self.rows()
        return only

    async def state(self) -> State:
        """Where the only one is."""
        return (await self.row()).state

    async def choose(self, message: Message, value: str, name: str) -> list[str]:
        """Picks an entry of the menu by the end of its value; what was said beside the message."""
        for block in message.blocks:
            for element in block.get("elements", []):
                for option in element.get("options", []):
                    if option["value"].endswith(value):
                        return await self.press(message, _picking(block, element, option), name)
        raise AssertionError(f"there is no {value!r} to choose")


def _picking(block: JsonObject, element: JsonObject, option: JsonObject) -> JsonObject:
    return {
        "type": "static_select",
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "selected_option": option,
    }


def whole(message: Message) -> str:
    """Everything that a message shows."""
    return str(message.blocks)


Act = Callable[..., AbstractAsyncContextManager[Acting]]
