"""Posting a report: the summary into a channel, each part with its file into the thread."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

import aiohttp
from slack_sdk.errors import SlackApiError

from analysis.errors import Unavailable
from bot.blocks.answer import Answer
from bot.blocks.report import (
    done_answer,
    part_answer,
    progress_answer,
    stopped_answer,
    summary_answer,
)
from bot.query_csv import query_csv
from bot.slack.api import Json, SlackApi
from bot.slack.thread import NotReachable, Posted, Threads, reason
from handlers.caller import Caller
from handlers.report import Part, Report

log = logging.getLogger(__name__)

TOLD_EVERY = 4
"""Parts between two words to the asker: a response URL can be used five times."""

Tell = Callable[[Answer], Awaitable[None]]
"""Says to the asker how far it has got, in the place of what was said before."""


@dataclass(slots=True)
class Run:
    """A report on its way into a channel.

    Attributes:
        key: of this run, in the metadata of its messages and on its button.
        caller: who asked for it, and whose rows are posted.
        channel: in which it was asked for.
        day: of the report.
        began: when it was last begun.
        is_under_way: it is being made or posted.
        is_done: all of it is there.
        report: once it is made.
        root: where the summary stands.
        is_outside: it went to the asker's direct messages instead.
        done: the steps that are behind it: the name of a part, with `.csv` for its file.
        where: a link to it, mrkdwn.
    """

    key: str
    caller: Caller
    channel: str
    day: date
    began: datetime
    is_under_way: bool = True
    is_done: bool = False
    report: Report | None = None
    root: Posted | None = None
    is_outside: bool = False
    done: set[str] = field(default_factory=set[str])
    where: str = "in the thread"

    @property
    def finished(self) -> list[str]:
        """Names of the parts that are there with their files."""
        parts = self.report.parts if self.report is not None else ()
        return [part.template.name for part in parts if steps_of(part) <= self.done]

    @property
    def missing(self) -> list[str]:
        """Names of the parts that are not, or not wholly, there."""
        parts = self.report.parts if self.report is not None else ()
        return [part.template.name for part in parts if not steps_of(part) <= self.done]


def steps_of(part: Part) -> set[str]:
    """What there is to post of a part."""
    name = part.template.name
    return {name, f"{name}.csv"} if part.result is not None and part.result.rows else {name}


@dataclass(frozen=True, slots=True)
class ReportPosting:
    """Posts reports; each message of one is posted once, however often it has to go on."""

    client: SlackApi
    threads: Threads

    async def go_on(self, run: Run, report: Report, tell: Tell, *, again: bool) -> Answer:
        """Posts what is not there yet.

        Args:
            run: what has been done, which is kept up as more is.
            report: that is posted.
            tell: hears how far it has got.
            again: it stopped before, perhaps on something that arrived all the same.

        Returns:
            The last word to the asker: where it is, or what is missing and how to go on.
        """
        look, of = again, len(report.parts)
        try:
            root = await self._root(run, report, look=look)
            for place, part in enumerate(report.parts, start=1):
                missing = steps_of(part) - run.done
                await self._part(run, root, part, (place, of), look=look)
                # Only the first thing that was missing can have arrived unnoticed.
                look = look and not missing
                if missing and place % TOLD_EVERY == 0 and place < of:
                    await tell(progress_answer(place, of))
        except Unavailable as error:
            where = run.where if run.root is not None else None
            return stopped_answer(run.missing, of, str(error), run.key, where)
        run.is_done = True
        return done_answer(run.day, run.where, run.is_outside)

    async def _root(self, run: Run, report: Report, *, look: bool) -> Posted:
        if run.root is not None:
            return run.root
        summary = summary_answer(report, run.caller)
        key = f"{run.key} summary"
        try:
            root = await self.threads.post(run.channel, summary, key, thread=None, look=look)
        except NotReachable:
            direct = await self._direct_messages(run.caller.user_id)
            root = await self.threads.post(direct, summary, key, thread=None, look=look)
            run.is_outside = True
        run.root = root
        if link := await self.threads.link(root):
            run.where = f"<{link}|the report>"
        return root

    async def _direct_messages(self, user_id: str) -> str:
        try:
            opened = await self.client.conversations_open(users=[user_id])
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            word = reason(error) if isinstance(error, SlackApiError) else "no answer"
            message = f"Slack did not open your direct messages with me ({word})."
            raise Unavailable(message) from error
        return str(cast("Json", opened["channel"])["id"])

    async def _part(
        self, run: Run, root: Posted, part: Part, place: tuple[int, int], *, look: bool
    ) -> None:
        name, file = part.template.name, f"{part.template.name}.csv"
        if name not in run.done:
            answer = part_answer(part, *place, run.caller)
            key = f"{run.key} {name}"
            await self.threads.post(root.channel, answer, key, thread=root.ts, look=look)
            run.done.add(name)
        if file in steps_of(part) - run.done and part.result is not None:
            await self.threads.upload(root, query_csv(part.result), look=look)
            run.done.add(file)
