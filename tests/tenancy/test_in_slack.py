"""Organizations are kept apart in Slack: every command, button and form, every role.

What is tried is taken from what costbot declares and shows: a new command is tried without being
named here, and one that cannot be tried fails the first test, which says what it needs.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from bot.slack.permissions import ACTIONS, VIEWS, action_name
from tests.tenancy.showing import Click, Sheet, Shown, entered, prepared
from tests.tenancy.things import ALIKE, FOREIGN, MARK, Things
from tests.tenancy.words import examples, forms, lines
from tests.tenancy.world import STRANGER, Said, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_all_that_is_declared_is_tried_by_who_may(shown: Shown) -> None:
    """A form that nobody is answered to proves nothing where it is refused to others."""
    silent = {form.name: shown.refused.get(form.name) for form in forms()}
    silent = {name: said for name, said in silent.items() if name not in shown.answered}
    assert not silent, "say in tests/tenancy/words.py what fits in the places of these"
    names = {action_name(key.split()[0]) for key in shown.clicks}
    assert sorted(set(ACTIONS) - names) == [], (
        "no message shows these buttons: say in tests/tenancy/words.py how to come to one "
        "(before), or what it carries (made_up)"
    )
    assert sorted(set(VIEWS) - set(shown.sheets)) == [], (
        "nothing opens these forms: say in tests/tenancy/words.py how to come to one (before)"
    )
    idle = [name for name, done in shown.sent.items() if not done.written]
    assert not idle, "nothing came of these forms: say in tests/tenancy/showing.py what to enter"


async def test_all_that_is_decided_is_in_the_audit_trail(shown: Shown) -> None:
    untold = [(one.name, one.who, sorted(one.written)) for one in shown.done() if one.is_untold]
    assert not untold


async def test_nothing_of_others_is_learned_or_changed_by_a_command(world: World) -> None:
    faults: list[str] = []
    for at, form in enumerate(forms()):
        typed, unknown = lines(form, world.things), lines(form, world.unknown)
        wide = _some(at, names_something=typed != unknown)
        for number, (line, other) in enumerate(zip(typed, unknown, strict=True)):
            for who in wide if number == 0 else ("otto",):
                said = await _typed(world, faults, line, who)
                if line != other and who in ("otto", "cap"):
                    faults += _as_unknown(world, line, said, await world.say(other, who), who)
        for more in (f"org {FOREIGN}", f"organization {FOREIGN}"):
            await _typed(world, faults, f"{typed[0]} {more}", "ute")
    world.restore()
    assert not faults, "\n".join(faults)


async def test_nothing_of_others_stands_in_the_answers_to_the_examples(world: World) -> None:
    faults: list[str] = []
    for line in examples():
        await _typed(world, faults, line, "otto")
    world.restore()
    assert not faults, "\n".join(faults)


async def test_nothing_of_others_is_learned_or_changed_by_a_button(
    world: World, shown: Shown
) -> None:
    faults: list[str] = []
    for at, click in enumerate(shown.clicks.values()):
        steps = (*click.steps, click) if click.is_made else (click,)
        last = await prepared(world, steps, shown.clicked[click.name].who)
        assert isinstance(last, Click)
        names_something = MARK in str(last.action) or not world.names_nothing(str(last.action))
        for who in _some(at, names_something=names_something):
            await _clicked(world, faults, last, who)
    world.restore()
    assert not faults, "\n".join(faults)


async def test_nothing_of_others_is_learned_or_changed_by_a_form(
    world: World, shown: Shown
) -> None:
    faults: list[str] = []
    for at, sheet in enumerate(shown.sheets.values()):
        opener = await prepared(world, sheet.steps, sheet.who)
        await opener.by(world, sheet.who)
        for who in _some(at, names_something=True):
            await _kept_apart(world, faults, sheet.name, who, partial(_sent, world, sheet, who))
    world.restore()
    assert not faults, "\n".join(faults)


async def _kept_apart(
    world: World, faults: list[str], what: str, who: str, do: Callable[[], Awaitable[Said]]
) -> Said:
    """Has somebody do something, and says what they have learned or changed of globex's."""
    trace = world.trace()
    said = await do()
    learned = said.learned(_words(what))
    if learned:
        faults.append(f"{who}: {what}: learns {sorted(set(learned))[:5]}")
    if said.failure or '"block_id": "failure"' in said.text:
        faults.append(f"{who}: {what}: fails: {said.text[:300]}")
    if who == STRANGER and said.posted:
        faults.append(f"{who}: {what}: posts {said.posted}")
    written = world.written_since(trace)
    if written and world.foreign(world.trace()) != world.foreign(trace):
        faults.append(f"{who}: {what}: writes {sorted(written)}")
        world.restore()
    return said


def _some(at: int, *, names_something: bool) -> tuple[str, ...]:
    """Who tries: one of each role, and others of the same reach in turn.

    What names nothing of anybody's is answered alike to those of one reach, so fewer try it.
    """
    alike = [*ALIKE][at % len(ALIKE)]
    if names_something:
        return ("otto", "ute", "lea", "cap", *(() if alike == "cap" else (alike,)), STRANGER)
    return ("otto", ("ute", "lea")[at % 2], alike, STRANGER)


async def _sent(world: World, sheet: Sheet, who: str) -> Said:
    """The form, sent in as its opener left it, and once more where it was a preview."""
    said = await world.submit(copy.deepcopy(sheet.view), entered(sheet.view), who)
    if any(one.payload.get("callback_id") == sheet.name for one in said.views):
        said = await world.submit(said.views[-1], entered(said.views[-1]), who)
    return said


async def _clicked(world: World, faults: list[str], click: Click, who: str) -> None:
    name = f"{click.name} {click.action}"
    await _kept_apart(world, faults, name, who, lambda: click.by(world, who))


async def _typed(world: World, faults: list[str], line: str, who: str) -> Said:
    return await _kept_apart(world, faults, line, who, lambda: world.say(line, who))


def _as_unknown(world: World, line: str, said: Said, other: Said, who: str) -> list[str]:
    """What is foreign is answered as what nobody has; says where it is not."""
    one, two = _plain(said, world.things), _plain(other, world.unknown)
    return [] if one == two else [f"{who}: {line}: tells\n  {one}\nof what nobody has\n  {two}"]


def _words(line: str) -> list[str]:
    """What somebody has typed: an answer may say it back."""
    words = re.findall(r"[^\s\"':|]+", line)
    return [
        line,
        *(word for word in words if MARK in word.lower() or len(word) > 7),
        f"{MARK} budget",
    ]


def _plain(said: Said, things: Things) -> str:
    """What was said, with places in place of what was asked for."""
    text = " ".join(str(one.get("text") or one.get("view", {}).get("blocks")) for one in said.all)
    for name, value in vars(things).items():
        if not value.isdigit():
            text = text.replace(value, f"<{name}>")
    for name, value in vars(things).items():
        if value.count("-") == 4:
            text = text.replace(value[:8], f"<{name}>")
    return re.sub(r"route \d+", "<route>", text)
