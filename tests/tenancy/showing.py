"""What costbot shows to who may see it: every button, menu and form, found by doing all there is.

What globex's own people are shown is what others could send back: a button of a message that was
forwarded, a form that somebody else had opened. So nothing of it has to be made up here.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.slack.permissions import ACTIONS, VIEWS, action_name
from playground.model import JsonObject, View
from tests.tenancy.words import Form, before, forms, lines, made_up
from tests.tenancy.world import OWNERS, Said, Trace, World, blocks_of

UNDECIDED = {
    "inbound_events": "what Slack has sent, so that it is heard once",
    "api_tokens": "when a token was used",
}
"""Tables whose rows are no decisions; of `api_tokens`, where nothing else is written."""


_WORDS = frozenset(word for form in forms() for word in form.usage.split()[:2]) | {"show", "undo"}


@dataclass(frozen=True)
class Click:
    """Something that can be pressed or chosen, and how to come to it.

    Attributes:
        name: in the table of permissions.
        action: as Slack sends it.
        blocks: of a message that has it.
        steps: what was done before, from the beginning on.
        is_made: whether it is of something that the steps have made.
    """

    name: str
    action: JsonObject
    blocks: list[JsonObject]
    steps: tuple[Step, ...]
    is_made: bool = False

    async def by(self, world: World, who: str) -> Said:
        """Presses it."""
        return await world.click(self.action, who, self.blocks)


@dataclass(frozen=True)
class Line:
    """A line that is typed."""

    text: str

    async def by(self, world: World, who: str) -> Said:
        """Types it."""
        return await world.say(self.text, who)


Step = Click | Line


@dataclass(frozen=True)
class Sheet:
    """A form as somebody who may has opened it.

    Attributes:
        name: its `callback_id`.
        view: as it came.
        steps: what was done to open it.
        who: by whom.
    """

    name: str
    view: View
    steps: tuple[Step, ...]
    who: str


@dataclass(frozen=True)
class Done:
    """Something that somebody did who may.

    Attributes:
        name: of the form of a command, or of the button.
        who: did it.
        said: what came of it.
        written: the tables in which something was written.
    """

    name: str
    who: str
    said: Said
    written: frozenset[str]

    @property
    def is_untold(self) -> bool:
        """Whether something was decided, and the audit trail says nothing of it."""
        decided = self.written - set(UNDECIDED)
        return bool(decided) and "audit_trail" not in decided


@dataclass
class Shown:
    """All that was found.

    Attributes:
        answered: by form of a command, what came of each line that was answered.
        refused: by form of a command, what was said to each line that was not.
        clicks: by name.
        clicked: by name, what came of it.
        sheets: by name.
        sent: by name, what came of it.
    """

    answered: dict[str, list[Done]] = field(default_factory=dict[str, list[Done]])
    refused: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    clicks: dict[str, Click] = field(default_factory=dict[str, Click])
    clicked: dict[str, Done] = field(default_factory=dict[str, Done])
    sheets: dict[str, Sheet] = field(default_factory=dict[str, Sheet])
    sent: dict[str, Done] = field(default_factory=dict[str, Done])

    def done(self) -> Iterator[Done]:
        """All that was done by who may."""
        for several in self.answered.values():
            yield from several
        yield from self.clicked.values()
        yield from self.sent.values()


async def all_shown(world: World) -> Shown:
    """Does all that can be done, each from the beginning on, and leaves nothing changed."""
    shown = Shown()
    for form in forms():
        first, *others = lines(form, world.things)
        for line in (first, *others[-1:], form.example):
            if line is not form.example or form.name not in shown.answered:
                await _try(world, shown, form, line)
    for line in ("/budget list", "/cost alert list", "/cost digest list", "/cost digest help"):
        _harvest(world, shown, (await world.say(line, "una")).all, ())  # there is nothing yet
    _harvest(world, shown, _of_the_outbox(world), ())
    for name, value in made_up(world.things).items():
        button = {"type": "button", "action_id": name, "value": value, "text": {"text": name}}
        blocks = [{"type": "actions", "block_id": "made-up", "elements": [button]}]
        _harvest(world, shown, [{"blocks": blocks}], ())
    while new := [name for name in shown.clicks if name not in shown.clicked]:
        for name in new:
            await _click(world, shown, shown.clicks[name])
    for sheet in list(shown.sheets.values()):
        await _send_in(world, shown, sheet)
    world.restore()
    return shown


async def _try(world: World, shown: Shown, form: Form, line: str) -> None:
    steps = (*(Line(one) for one in before(form, world.things)), Line(line))
    for who in OWNERS:
        done = await _done(world, form.name, steps, who)
        if not done.said.is_refused:
            shown.answered.setdefault(form.name, []).append(done)
            _harvest(world, shown, done.said.all, steps)
            _sheets(shown, done.said, steps, who)
            return
        shown.refused.setdefault(form.name, []).append(f"{who}: {line}: {done.said.text[:300]}")


async def _done(world: World, name: str, steps: Sequence[Step], who: str) -> Done:
    last = await prepared(world, steps, who)
    trace = world.trace()
    said = await last.by(world, who)
    written = world.written_since(trace)
    if "deliveries" in written:  # what is changed of a message that stands somewhere
        said = replace(said, posted=(*said.posted, *_of_the_outbox(world, trace)))
    return Done(name, who, said, written)


async def prepared(world: World, steps: Sequence[Step], who: str) -> Step:
    """Does all but the last of some steps, from the beginning on.

    Returns:
        The last one, about what the others have made now.
    """
    world.restore()
    *others, last = steps
    said = Said((), (), (), "")
    for step in others:
        said = await step.by(world, who)
    if isinstance(last, Click) and last.is_made:
        again = Shown()
        _harvest(world, again, said.all, tuple(others))
        last = again.clicks.get(last.name, last)
    return last


async def _click(world: World, shown: Shown, click: Click) -> None:
    steps = (*click.steps, click)
    done = await _done(world, click.name, steps, OWNERS[0])
    if done.said.is_refused:
        done = await _done(world, click.name, steps, OWNERS[1])
    shown.clicked[click.name] = done
    _harvest(world, shown, done.said.all, steps)
    _sheets(shown, done.said, steps, done.who)


async def _send_in(world: World, shown: Shown, sheet: Sheet) -> None:
    for who in OWNERS:
        last = await prepared(world, sheet.steps, who)
        await last.by(world, who)
        trace = world.trace()
        view = copy.deepcopy(sheet.view)
        said = await world.submit(view, entered(view), who)
        if any(one.payload.get("callback_id") == sheet.name for one in said.views):
            # It was a preview: sent in once more, it is done.
            said = await world.submit(said.views[-1], entered(said.views[-1]), who)
        shown.sent[sheet.name] = Done(sheet.name, who, said, world.written_since(trace))
        _harvest(world, shown, said.all, ())
        if shown.sent[sheet.name].written:
            return


def _harvest(
    world: World, shown: Shown, payloads: Iterable[JsonObject], steps: tuple[Step, ...]
) -> None:
    for block in blocks_of(payloads):
        for element in _elements(block):
            name = action_name(str(element.get("action_id", "")))
            if name not in ACTIONS:
                continue
            for at, action in enumerate(_pressed(element, block)):
                value = str(action.get("value", action.get("selected_option")))
                # What asks a question is another thing for each kind of question.
                kind = _kind(value) if name == "ask" else ""
                key = f"{name} {kind or at or ''}".strip()
                is_made = not world.knows(value)
                there = shown.clicks.get(key)
                if there is None or (there.is_made and not is_made and key not in shown.clicked):
                    alone = {"type": "actions", "block_id": block["block_id"]}
                    blocks = [alone | {"elements": [element]}]
                    shown.clicks[key] = Click(key, action, blocks, steps, is_made)


def _kind(question: str) -> str:
    """The words that a question begins with, where they are words of commands."""
    words = question.split()[:2]
    return " ".join(word for word in words if word in _WORDS)


def _sheets(shown: Shown, said: Said, steps: tuple[Step, ...], who: str) -> None:
    for view in said.views:
        name = str(view.payload.get("callback_id", ""))
        if name in VIEWS and view.payload.get("submit") and name not in shown.sheets:
            shown.sheets[name] = Sheet(name, copy.deepcopy(view), steps, who)


def _elements(block: JsonObject) -> Iterator[JsonObject]:
    yield from block.get("elements", [])
    if "accessory" in block:
        yield block["accessory"]


def _pressed(element: JsonObject, block: JsonObject) -> list[JsonObject]:
    """What Slack sends when it is pressed; of a menu, when each of its options is chosen."""
    sent = {
        "type": element.get("type"),
        "action_id": element.get("action_id"),
        "block_id": block.get("block_id"),
    }
    if element.get("type") == "button":
        return [sent | {"value": element.get("value", ""), "text": element["text"]}]
    return [sent | {"selected_option": option} for option in _options(element)]


def _options(element: JsonObject) -> list[JsonObject]:
    options = list(element.get("options", []))
    for group in element.get("option_groups", []):
        options += group["options"]
    return options


def _of_the_outbox(world: World, since: Trace | None = None) -> list[JsonObject]:
    before: set[str] = set() if since is None else {repr(row) for row in since.tables["deliveries"]}
    rows = [row for row in world.tables()["deliveries"] if repr(row) not in before]
    names = [one[1] for one in world.database.execute("PRAGMA table_info(deliveries)")]
    return [json.loads(str(dict(zip(names, row, strict=True))["payload"])) for row in rows]


def entered(view: View) -> JsonObject:
    """What a form holds as it stands; where nothing stands, something that fits."""
    values: dict[str, Any] = {}
    for block in view.payload["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            entry = _entered(element, may_stay_empty=block["block_id"] == "emails")
            values[block["block_id"]] = {element["action_id"]: entry}
    return values


KEYS = {
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_conversations_select": "selected_conversations",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "users_select": "selected_user",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}


def _entered(element: JsonObject, *, may_stay_empty: bool) -> JsonObject:
    kind = element["type"]
    key = KEYS.get(kind, "value")
    initial = [value for name, value in element.items() if name.startswith("initial_")]
    if initial:
        return {"type": kind, key: initial[0]}
    if may_stay_empty:
        return {"type": kind, key: [] if key.endswith("s") else None}
    options = _options(element)
    usual: dict[str, Any] = {
        "selected_option": options[0] if options else None,
        "selected_options": [],
        "selected_conversations": [],
        "selected_conversation": None,
        "selected_channel": None,
        "selected_users": [],
        "selected_user": "U0GIL00001",
        "selected_date": "2026-12-01",
        "selected_time": "09:00",
        "value": "5",
    }
    return {"type": kind, key: usual[key]}
