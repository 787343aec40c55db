"""A serving costbot sends what is in its outbox, whoever has put it there."""

from __future__ import annotations

from pathlib import Path

from bot.assembly import opened_store
from bot.outbox.payloads import SlackMessage
from bot.settings import Settings
from bot.stage import installed_app, people
from playground.beginning import begin
from playground.clock import SystemClock
from playground.server import running
from storage.records.delivery import NewDelivery
from tests.road.serving import served
from tests.road.test_serve import deployment
from tests.road.test_socket_mode import until


async def test_what_is_in_the_outbox_is_sent_once_costbot_serves(tmp_path: Path) -> None:
    app = installed_app()
    app.socket_mode = True
    workspace = begin(SystemClock(), people(), app)
    channel = workspace.find_channel("costs")
    assert channel is not None
    home = tmp_path / "home"

    def said() -> list[str]:
        return [message.text for message in workspace.visible(channel.id, app.bot_user_id)]

    def message(text: str) -> NewDelivery:
        payload = SlackMessage(text=text).as_json()
        return NewDelivery(key=text, channel="slack", address=channel.id, payload=payload)

    async with running(workspace) as slack, opened_store(Settings(home=home)) as store:
        await store.deliveries.add(message("put there before it serves"))
        async with served(home, "--port", "0", **deployment(app, slack)) as costbot:
            await until(lambda: said() == ["put there before it serves"])
            await costbot.says("hears Slack at")
            await store.deliveries.add(message("put there by another process"))
            await until(lambda: len(said()) == 2)
            assert await costbot.terminated() == 0
        counts = await store.deliveries.counts()
    assert said() == ["put there before it serves", "put there by another process"]
    assert counts.sent == 2
    assert "Traceback" not in costbot.output
