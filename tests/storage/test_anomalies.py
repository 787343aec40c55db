from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from storage import Store
from storage.records.actor import Actor
from storage.records.anomaly import KeptFinding, LabelDraft
from tests.stores import TestClock

DAY = date(2026, 11, 19)
OTTO = Actor(team_id="T1", user_id="U1", name="Otto")
ADA = Actor(team_id="T1", user_id="U2", name="Ada")


def draft(**values: object) -> LabelDraft:
    """Somebody says that acme's total was expected."""
    usual = LabelDraft(
        kind="expected",
        series=("=acme/cost", "=acme/model/gpt-4/cost"),
        organization="acme",
        subject="anomaly|=acme/cost",
        day=DAY,
        left_out_first=DAY,
        left_out_last=DAY,
        most_usd=Decimal("12.345678"),
        rises=True,
    )
    return replace(usual, **values)  # pyright: ignore[reportArgumentType]


def finding(series: str, clock: TestClock, **values: object) -> KeptFinding:
    """What was found of a series."""
    organization = series.split("/")[0].removeprefix("=")
    usual = KeptFinding(
        series=series,
        organization=None if organization == "*" else organization,
        dimension=None,
        member=None,
        measure="cost",
        day=DAY,
        since=DAY,
        shape="spike",
        level="critical",
        actual=10.5,
        expected=2.0,
        lower=1.0,
        upper=3.0,
        score=6.1,
        usd=Decimal("8.50"),
        history_days=60,
        outcome="told",
        found_at=clock(),
    )
    return replace(usual, **values)  # pyright: ignore[reportArgumentType]


async def test_a_label_comes_back_as_it_was_said(store: Store, clock: TestClock) -> None:
    kept = await store.anomaly_labels.add(draft(note="launch"), OTTO)
    assert kept is not None
    assert (kept.made_by, kept.made_by_name, kept.made_at) == ("T1/U1", "Otto", clock())
    assert await store.anomaly_labels.live() == [kept]
    assert await store.anomaly_labels.live_of(kept.subject, DAY) == kept
    assert await store.anomaly_labels.live_of(kept.subject, DAY + timedelta(days=1)) is None


async def test_of_all_who_say_something_at_once_one_is_heard(store: Store) -> None:
    said = await asyncio.gather(
        store.anomaly_labels.add(draft(), OTTO),
        store.anomaly_labels.add(draft(kind="real"), ADA),
    )
    assert sorted(one is None for one in said) == [False, True]


async def test_what_was_taken_back_can_be_said_again(store: Store) -> None:
    labels = store.anomaly_labels
    first, empty = await labels.add(draft(), OTTO), await labels.stamp()
    assert first is not None
    undone = await asyncio.gather(labels.undo(first.id, ADA), labels.undo(first.id, OTTO))
    assert sorted(one is None for one in undone) == [False, True]
    assert await labels.stamp() != empty
    assert await labels.live() == []
    assert await labels.add(draft(kind="real"), OTTO) is not None


async def test_findings_of_a_day_are_kept_once_and_what_is_gone_says_so(
    store: Store, clock: TestClock
) -> None:
    kept = store.anomaly_findings
    both = [finding("*/cost", clock), finding("=acme/cost", clock, usd=Decimal(3))]
    await kept.put(DAY, both)
    assert await kept.of_days(DAY, DAY) == both
    assert await kept.of_days(DAY, DAY, "acme") == both[1:]
    first = clock()
    clock.advance(timedelta(hours=1))
    changed = finding("*/cost", clock, usd=Decimal(9), outcome="silent")
    await kept.put(DAY, [changed])
    again = await kept.of_days(DAY, DAY)
    assert [one.gone_at for one in again] == [None, clock()]
    # What was told stays told, and was found when it was found first.
    assert (again[0].usd, again[0].outcome, again[0].found_at) == (Decimal(9), "told", first)
    await kept.put(DAY, [], ["=other/cost"])
    assert (await kept.of_days(DAY, DAY))[0].gone_at is None


async def test_findings_are_found_by_their_id_and_its_beginning(
    store: Store, clock: TestClock
) -> None:
    one = finding("=acme/cost", clock)
    await store.anomaly_findings.put(DAY, [one])
    kept = store.anomaly_findings
    assert await kept.find(one.id) == one
    assert await kept.find_beginning(one.id.hex[:8]) == [one]
    assert await kept.find_beginning(one.id.hex[:8], "globex") == []
    assert await kept.latest_of("=acme/cost") == one


async def test_a_state_is_looked_at_once(store: Store, clock: TestClock) -> None:
    looks = store.anomaly_looks
    begun = await asyncio.gather(looks.begin("a", DAY), looks.begin("a", DAY))
    (run,) = [one for one in begun if one is not None]
    assert not await looks.is_finished("a")
    assert await looks.last_day() is None
    await looks.finish(run, {"found": 2})
    assert await looks.is_finished("a")
    assert await looks.days(DAY, DAY) == {DAY: clock()}
    other = await looks.begin("b", DAY + timedelta(days=1))
    assert other is not None
    await looks.give_up(other)
    assert await looks.begin("b", DAY + timedelta(days=1)) is not None
    clock.advance(timedelta(hours=1))
    assert await looks.begin("b", DAY + timedelta(days=1)) is not None
