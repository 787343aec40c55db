"""What is kept of the spend, held against all facts: a difference is told, and mended."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.budget_watch import BudgetWatch
from handlers.budget_watch.check import Checks, Decision, Question
from tests.budgets.evaluation.world import World


def watch(world: World) -> BudgetWatch:
    return BudgetWatch(world.evaluator, Checks(world.evaluator, world.clock))


@contextmanager
def lost(world: World) -> Generator[None]:
    """A day of the mart whose figures are, for a while, those of its state before."""
    rollups = world.mart.snapshot().rollups()
    path = Path(max(rollups.items(), key=lambda item: item[0][1])[1].path)
    whole = path.read_bytes()
    world.spend("30")
    now = Path(max(world.mart.snapshot().rollups().items(), key=lambda i: i[0][1])[1].path)
    real = now.read_bytes()
    now.write_bytes(whole)
    yield
    now.write_bytes(real)


async def test_what_was_kept_wrongly_is_logged_with_figures_and_taken_from_the_facts(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    budget = await world.budget()
    world.spend("60")
    await world.evaluate()
    with lost(world):
        assert (await world.evaluate()).alerts == 0
    with caplog.at_level(logging.ERROR):
        await watch(world).recount()
    (message,) = [record.getMessage() for record in caplog.records]
    assert f"budget {budget.id}: kept 60.0" in message
    assert "by the facts 90.0" in message
    assert "of 1 requests" in message
    assert "of 2 requests" in message
    await world.evaluate()
    (told,) = await world.told()
    assert "90" in told
    caplog.clear()
    await watch(world).recount()
    assert not caplog.records


async def test_a_recount_that_finds_what_was_kept_says_nothing_and_concerns_nobody(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.budget()
    world.spend("60")
    with caplog.at_level(logging.ERROR):
        await watch(world).recount()  # before anything was evaluated
        await world.evaluate()
        world.spend("5")
        await watch(world).recount()
    assert not caplog.records
    report = await world.evaluate()
    assert report.screened == 1  # what was spent since, and nothing else
    assert (await world.evaluate()).screened == 0


async def test_a_period_that_has_just_begun_is_not_unknown_to_gateways_while_it_is_added_up(
    world: World,
) -> None:
    await world.budget(is_hard=True, when_unknown="deny")
    world.spend("99")
    await world.evaluate()
    checks, asked = watch(world).checks, Question("acme", {}, Decimal(5))
    assert checks.check(asked).decision is Decision.DENY
    world.clock.now = world.clock.now.replace(day=30, hour=23, minute=59)
    world.spend("1")
    await world.evaluate()
    world.clock.advance(timedelta(minutes=2))
    assert checks.check(asked).decision is Decision.ALLOW
    await world.evaluator.keeper.watch.advance(world.clock.now)
    verdict = checks.check(asked)
    assert (verdict.decision, verdict.spend) == (Decision.ALLOW, 0)
