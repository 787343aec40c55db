"""What is said of a period that is over while its last costs still come."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.budgets.evaluation.world import World


async def test_an_alert_for_a_period_that_is_over_says_so_and_foresees_nothing(
    world: World,
) -> None:
    await world.budget(emails=("ada@example.com",))
    world.clock.now = datetime(2026, 11, 28, 23, tzinfo=UTC)
    world.spend("40")
    await world.evaluate()
    world.clock.now = datetime(2026, 12, 1, 6, tzinfo=UTC)
    # Of the last day of November nothing has come yet.
    world.spend("45", time=datetime(2026, 11, 29, 1, tzinfo=UTC))
    await world.evaluate()
    told = [str(one.payload) for one in await world.outbox()]
    assert len(told) == 2
    for text in told:
        assert "85.0 % is spent" in text
        assert "That period is over: some of its costs came late." in text
        assert "No data has come for the last day of the period" in text
        assert [
            word for word in ("to go", "runs out", "expected", "is not over") if word in text
        ] == []
