"""Two organizations with something behind every command, on the stage of the playground.

`globex` has what nobody else may learn of: all that is its own is called zephyr, and costs
billions. `acme` costs a few dollars. Who tries is of acme, of an organization that is spelled
nearly as globex, or nobody.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from bot.assembly import Parts, assembled
from bot.settings import Settings
from bot.stage import Stage, staged
from playground.model import JsonObject, Message, View
from playground.outcome import Outcome
from playground.rendering import message_json
from tests.facts import fill
from tests.stores import lay_store
from tests.tenancy.things import (
    FACTS,
    FOREIGN,
    IDS,
    MARK,
    NOW,
    UUIDS,
    Things,
    admitted,
    made,
    vars_of,
)

OWNERS = ("gil", "ada")
"""Who may do everything with what is globex's, in the order in which they are asked to."""

STRANGER = "sam"

HUGE = re.compile(r"(?<![\w.:-])\d{1,3}(?:,\d{3}){3,}|(?<![\w.:-])\d{10,}(?![\w:-])")
"""A figure that only globex has: acme has nothing in billions."""


@dataclass(frozen=True)
class Said:
    """What came of something that somebody did.

    Attributes:
        shown: all that the person got to see: the ack, messages, modals, files.
        posted: what others see of it, outside of the person's own conversations.
        views: the modals that the person looks at now.
        failure: what Slack shows in place of an answer; empty where there is one.
    """

    shown: tuple[JsonObject, ...]
    posted: tuple[JsonObject, ...]
    views: tuple[View, ...]
    failure: str

    @property
    def all(self) -> tuple[JsonObject, ...]:
        """All payloads."""
        return (*self.shown, *self.posted)

    @property
    def text(self) -> str:
        """Everything in one text, as JSON without escapes."""
        return json.dumps(self.all, ensure_ascii=False, default=str)

    @property
    def is_refused(self) -> bool:
        """Whether a refusal, and no answer, was given."""
        if self.failure or any(block in self.text for block in _REFUSALS):
            return True
        return not self.shown

    def learned(self, known: Iterable[str] = ()) -> list[str]:
        """What it tells of globex that the person did not say themselves."""
        text = self.text
        for one in sorted(known, key=len, reverse=True):
            text = text.replace(one, "")
        found = re.findall(rf"\w*{MARK}\w*", text, re.IGNORECASE)
        return found + HUGE.findall(IDS.sub("", text))


_REFUSALS = ('"block_id": "refusal"', '"block_id": "stranger"', '"block_id": "failure"')


Tables = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Trace:
    """What lay in the store.

    Attributes:
        version: the database's own number of that state.
        tables: all rows of all tables.
    """

    version: int
    tables: Tables

    def naming(self, tokens: tuple[str, ...]) -> list[str]:
        """The rows in which one of some words stands."""
        if self._named is None:
            rows = (f"{name} {row!r}" for name, rows in self.tables.items() for row in rows)
            found = [row for row in rows if any(one in row for one in tokens)]
            object.__setattr__(self, "_named", found)
            return found
        return self._named

    _named: list[str] | None = None


@dataclass
class World:
    """A costbot on the stage, with its database in view.

    Attributes:
        parts: behind it.
        stage: on which it is.
        things: of globex's.
        unknown: the same of what nobody has.
    """

    parts: Parts
    stage: Stage
    database: sqlite3.Connection
    things: Things
    unknown: Things
    saved: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:"))
    begun: Trace = field(default_factory=lambda: Trace(-1, {}))
    _last: Trace | None = None
    _at: int = -2

    @property
    def slack(self):
        """The stand-in."""
        return self.stage.slack

    @property
    def costs(self) -> str:
        """The id of #costs."""
        channel = self.slack.workspace.find_channel("costs")
        assert channel is not None
        return channel.id

    async def say(self, line: str, who: str) -> Said:
        """Types a line into #costs."""
        with self._watched(who) as gather:
            user = self.stage.user_id(who)
            gather.outcome = await self.slack.delivery.command(user, self.costs, line)
            await self.stage.supervisor.idle()
        return gather.said

    async def click(self, action: JsonObject, who: str, blocks: list[JsonObject]) -> Said:
        """Does something to a message that was made for it, for the person alone."""
        workspace = self.slack.workspace
        (app,) = workspace.apps.values()
        user = self.stage.user_id(who)
        message = Message(
            channel=self.costs,
            ts=workspace.new_ts(self.costs),
            user=app.bot_user_id,
            text="A message.",
            blocks=blocks,
            bot_id=app.bot_id,
            app_id=app.id,
            ephemeral_to=user,
        )
        workspace.post(message)
        before = message_json(message, workspace)
        with self._watched(who) as gather:
            gather.outcome = await self.slack.delivery.click(user, message, action)
            await self.stage.supervisor.idle()
        after = message_json(message, workspace)
        said = gather.said
        changed = () if after == before or after in said.shown else (after,)
        return replace(said, shown=(*said.shown, *changed))

    async def submit(self, view: View, values: JsonObject, who: str) -> Said:
        """Sends a modal in, whoever it was opened for."""
        user = self.stage.user_id(who)
        with self._watched(who) as gather:
            self.slack.workspace.set_modals(user, [view])
            gather.outcome = await self.slack.delivery.submit(user, view, values)
            await self.stage.supervisor.idle()
        return gather.said

    @contextmanager
    def _watched(self, who: str) -> Generator[_Gather]:
        workspace, user = self.slack.workspace, self.stage.user_id(who)
        workspace.set_modals(user, [])
        there = {id(message) for message in self._messages()}
        gather = _Gather()
        yield gather
        outcome = gather.outcome
        assert outcome is not None
        shown: list[JsonObject] = [outcome.ack] if outcome.ack else []
        shown += [{"error": outcome.error}] if outcome.error else []
        replied = outcome.reply.posted if outcome.reply else []
        own = {one.id for one in workspace.channels_of(user) if one.is_im}
        posted: list[JsonObject] = []
        for message in [*replied, *(one for one in self._messages() if id(one) not in there)]:
            is_own = message.ephemeral_to == user or message.channel in own
            as_json = message_json(message, workspace) | {"files": self._files_of(message)}
            (shown if is_own else posted).append(as_json)
        views = tuple(workspace.modals_of(user))
        shown += [{"view": view.payload, "errors": view.errors} for view in views]
        gather.said = Said(tuple(shown), tuple(posted), views, outcome.error)

    def _messages(self) -> Iterator[Message]:
        for channel in self.slack.workspace.state.messages.values():
            yield from channel.values()

    def _files_of(self, message: Message) -> list[str]:
        files = [self.slack.workspace.files[one] for one in message.files]
        return [
            (one.content or b"").decode("utf-8", "replace")
            for one in files
            if one.mimetype.startswith("text/")
        ]

    def trace(self) -> Trace:
        """What lies in the store, to be held against what lies there later."""
        version = self._version()
        if self._last is None or self._last.version != version:
            self._last = Trace(version, self._tables())
        return self._last

    def written_since(self, trace: Trace) -> frozenset[str]:
        """The tables in which something was written."""
        if self._version() == trace.version:
            return frozenset()
        now = self.trace().tables
        return frozenset(one for one in now if now[one] != trace.tables[one])

    def tables(self) -> Tables:
        """All rows of all tables."""
        return self.trace().tables

    def _version(self) -> int:
        """Another number whenever anything was written by anybody else."""
        return int(self.database.execute("PRAGMA data_version").fetchone()[0])

    def _tables(self) -> Tables:
        names = self.database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return {
            name: self.database.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall()
            for (name,) in names.fetchall()
        }

    def knows(self, text: str) -> bool:
        """Whether all ids in a text are of what was there at the beginning."""
        there = self._ids
        return all(one.replace("-", "") in there for one in UUIDS.findall(text))

    def foreign(self, trace: Trace) -> list[str]:
        """All rows that were, or told of, globex's."""
        return trace.naming(self._tokens)

    @cached_property
    def _tokens(self) -> tuple[str, ...]:
        return (MARK, FOREIGN, *vars_of(self.things))

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(re.findall(r"[0-9a-f]{32}", repr(self.begun.tables)))

    def names_nothing(self, text: str) -> bool:
        """Whether no id stands in a text."""
        return not UUIDS.search(text)

    def restore(self) -> None:
        """Puts the database back to what it was at the beginning."""
        if self._version() == self._at:
            return
        self.saved.backup(self.database)
        self._at = self._version()
        self._last = replace(self.begun, version=self._at)

    def begin(self) -> None:
        """Remembers what lies in the store as the beginning."""
        self.database.backup(self.saved)
        self._at = self._version()
        self.begun = self._last = Trace(self._at, self._tables())


@dataclass
class _Gather:
    outcome: Outcome | None = None
    said: Said = field(default_factory=lambda: Said((), (), (), ""))


@asynccontextmanager
async def opened(home: Path) -> AsyncGenerator[World]:
    """The world, in a folder."""
    lay_store(home)
    settings = Settings(home=home, mart_threads=1)
    async with assembled(settings, lambda: NOW) as parts:
        fill(parts.mart, FACTS, NOW, settings.hourly_days)
        # Pictures show what the words beside them say, and take as long as a hundred answers.
        without = replace(parts, painter=cast("Any", None))
        async with staged(without) as stage:
            await admitted(parts, stage)
            database = sqlite3.connect(home / "store.sqlite3", isolation_level=None)
            try:
                things, unknown = await made(parts, stage)
                world = World(parts, stage, database, things, unknown)
                world.begin()
                yield world
                world.saved.close()
            finally:
                database.close()


def blocks_of(payloads: Iterable[Mapping[str, Any]]) -> Iterator[JsonObject]:
    """Every block of some messages and modals."""
    for payload in payloads:
        for where in (payload, cast("Mapping[str, Any]", payload.get("view") or {})):
            yield from cast("list[JsonObject]", where.get("blocks") or [])
