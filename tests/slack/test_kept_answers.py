"""An answer given again is the answer that would be made anew."""

import asyncio
from datetime import UTC, datetime, timedelta

from analysis.errors import NotFound
from bot.blocks.answer import Answer, section
from bot.kept_answers import MOST_KEPT, KeptAnswers
from tests.facts import add, request
from tests.slack.conftest import Play, at

NOON = datetime(2026, 11, 20, 12, 0, 5, tzinfo=UTC)


class Maker:
    """Makes answers and counts them."""

    def __init__(self) -> None:
        self.made = 0

    async def __call__(self) -> Answer:
        self.made += 1
        made = self.made
        await asyncio.sleep(0)
        return Answer(str(made), (section("x", "x"),))


async def test_an_answer_is_made_once_a_minute_and_snapshot():
    kept, make = KeptAnswers(), Maker()
    later = NOON + timedelta(seconds=50)
    asked = [
        await kept.get("a", 1, NOON, make),
        await kept.get("a", 1, later, make),
        await kept.get("b", 1, later, make),
        await kept.get("a", 2, later, make),
        await kept.get("a", 2, NOON + timedelta(minutes=1), make),
    ]
    assert [answer.text for answer in asked] == ["1", "1", "2", "3", "4"]


async def test_those_who_ask_at_once_wait_for_one_answer():
    kept, make = KeptAnswers(), Maker()
    answers = await asyncio.gather(*(kept.get("a", 1, NOON, make) for _ in range(20)))
    assert {answer.text for answer in answers} == {"1"}


async def test_a_refusal_is_told_to_all_who_wait_and_kept_for_nobody():
    kept, make = KeptAnswers(), Maker()

    async def refuse() -> Answer:
        await asyncio.sleep(0)
        raise NotFound("There is nothing.")

    refusals = await asyncio.gather(
        *(kept.get("a", 1, NOON, refuse) for _ in range(3)), return_exceptions=True
    )
    assert [type(refusal) for refusal in refusals] == [NotFound] * 3
    assert (await kept.get("a", 1, NOON, make)).text == "1"


async def test_who_stops_waiting_takes_the_answer_from_nobody():
    kept, make = KeptAnswers(), Maker()
    gone = asyncio.create_task(kept.get("a", 1, NOON, make))
    waiting = asyncio.create_task(kept.get("a", 1, NOON, make))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await waiting).text == "1"


async def test_no_more_are_kept_than_allowed():
    kept, make = KeptAnswers(), Maker()
    for number in range(MOST_KEPT + 1):
        await kept.get(number, 1, NOON, make)
    await kept.get(0, 1, NOON, make)
    assert make.made == MOST_KEPT + 2


async def test_new_data_is_seen_at_once(play: Play):
    async with play() as playing:
        before = await playing.stage.say("/cost today", "ada")
        add(playing.parts.mart, [request(at(20, 12), "100", organization="acme", model="gpt-4")])
        after = await playing.stage.say("/cost today", "ada")
    assert before.ack["text"].startswith("$4.90")
    assert after.ack["text"].startswith("$104.90")


async def test_what_one_has_asked_is_not_given_to_another(play: Play):
    async with play() as playing:
        answers = [
            (await playing.stage.say("/cost today by model", name)).ack["text"].split(" ")[0]
            for name in ("ada", "ute", "gil", "ada")
        ]
    assert answers == ["$4.90", "$3.90", "$1.00", "$4.90"]
