"""The Home tab through the real app: opened, clicked on, brought up to date."""

from __future__ import annotations

from playground.model import View
from tests.slack.conftest import Play, Playing


async def opened(playing: Playing, name: str) -> View:
    """A person's Home tab, once what their opening began is done."""
    stage = playing.stage
    user_id, [app] = stage.user_id(name), stage.slack.workspace.apps.values()
    stage.slack.delivery.open_home(user_id, app)
    await stage.slack.delivery.events.settle()
    await stage.supervisor.idle()
    home = stage.slack.workspace.home_of(user_id, app.id)
    assert home is not None
    return home


def texts(view: View) -> str:
    return str(view.payload["blocks"])


async def test_the_tab_shows_what_somebody_may_see(play: Play) -> None:
    async with play() as playing:
        ada = await opened(playing, "ada")
        gil = await opened(playing, "gil")
    assert "all organizations" in texts(ada)
    assert "$4.90" in texts(ada)
    assert "globex" in texts(gil)
    assert "$1.00" in texts(gil)
    assert "acme" not in texts(gil)
