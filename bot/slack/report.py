"""`/cost report` in Slack: one that is wanted, one that is under way, one that can go on."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex

import aiohttp

from analysis.clock import Clock
from bot.blocks.answer import Answer
from bot.blocks.report import (
    begun_answer,
    cut_off_answer,
    files_answer,
    forgotten_answer,
    posted_just_now_answer,
    preview_answer,
    under_way_answer,
)
from bot.grammar.report import ReportCommand
from bot.query_csv import query_csv
from bot.slack.boundary import answered
from bot.slack.files import send_files
from bot.slack.posting import ReportPosting, Run
from bot.slack.reply import send
from bot.supervisor import Supervisor
from handlers.caller import Caller
from handlers.report import ReportHandler, ReportRequest

log = logging.getLogger(__name__)

JUST_NOW = timedelta(minutes=1)
"""For so long the same person does not post the same report to the same channel again."""

GOES_ON = timedelta(minutes=30)
"""For so long a report that stopped can go on; as long as Slack keeps a response URL."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a report was asked for.

    Attributes:
        channel: its id.
        response_url: through which the asker is told more.
        acked: set once Slack has the first answer, so that none overtakes it.
    """

    channel: str
    response_url: str
    acked: asyncio.Event = field(default_factory=asyncio.Event)

    async def tell(self, answer: Answer) -> None:
        """Puts `answer` in the place of what the asker saw last; whether or not that works."""
        try:
            await send(self.response_url, answer, replaces=True)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("the asker of a report was not told: %s", error)


class Reports:
    """Makes reports for people in Slack, and posts them.

    What is under way is known to this process alone: after a restart nothing goes on by itself.

    Args:
        handler: makes them.
        posting: posts them.
        supervisor: keeps the work that is under way.
        clock: the present.
    """

    def __init__(
        self,
        handler: ReportHandler,
        posting: ReportPosting,
        supervisor: Supervisor,
        clock: Clock,
    ) -> None:
        self._handler = handler
        self._posting = posting
        self._supervisor = supervisor
        self._clock = clock
        self._runs: dict[str, Run] = {}

    async def answer(self, command: ReportCommand, caller: Caller, asked: Asked) -> Answer:
        """What the asker is told at once; a report to post is begun.

        Raises:
            Refused: it cannot be made.
            Unavailable: the engine, or Slack, does not answer.
        """
        if command.csv:
            return await self._files(command.request, caller)
        if command.preview:
            return preview_answer(await self._handler.report(command.request, caller))
        return self._begin(command.request, caller, asked)

    def go_on(self, key: str, caller: Caller, asked: Asked) -> Answer:
        """Posts what is missing of a report that stopped.

        It goes on for the same person with the same rights alone.
        """
        self._forget()
        run = self._runs.get(key)
        if run is None or run.caller != caller:
            return forgotten_answer()
        if run.is_under_way or run.is_done:
            return _again(run)
        return self._started(run, asked, again=True)

    def _begin(self, request: ReportRequest, caller: Caller, asked: Asked) -> Answer:
        day = self._handler.day(request)
        self._forget()
        now = self._clock()
        for run in self._runs.values():
            if run.caller != caller or run.channel != asked.channel or run.is_outside:
                continue
            if run.is_under_way:
                return _again(run)
            if run.day == day and now - run.began < JUST_NOW and run.root is not None:
                return _again(run) if run.is_done else self._started(run, asked, again=True)
        run = Run(token_hex(8), caller, asked.channel, day, now)
        self._runs[run.key] = run
        return self._started(run, asked, again=False)

    def _started(self, run: Run, asked: Asked, *, again: bool) -> Answer:
        run.is_under_way, run.began = True, self._clock()
        self._supervisor.spawn(self._work(run, asked, again=again), "posting a report")
        return begun_answer(run.day)

    async def _work(self, run: Run, asked: Asked, *, again: bool) -> None:
        await asked.acked.wait()
        try:
            answer = await answered(self._posted(run, asked, again=again), "a report")
        except asyncio.CancelledError:
            # The process ends: what is under way here is forgotten with it.
            await asked.tell(cut_off_answer(run.missing, run.where if run.root else None))
            raise
        await asked.tell(answer)

    async def _posted(self, run: Run, asked: Asked, *, again: bool) -> Answer:
        try:
            if run.report is None:
                run.report = await self._handler.report(ReportRequest(run.day), run.caller)
            return await self._posting.go_on(run, run.report, asked.tell, again=again)
        finally:
            run.is_under_way = False

    async def _files(self, request: ReportRequest, caller: Caller) -> Answer:
        report = await self._handler.report(request, caller)
        results = [part.result for part in report.parts if part.result is not None]
        files = [query_csv(result) for result in results if result.rows]
        silent = [result.template.name for result in results if not result.rows]
        await send_files(self._posting.client, caller.user_id, files, report.overview.title)
        return files_answer([file.name for file in files], silent)

    def _forget(self) -> None:
        oldest: datetime = self._clock() - GOES_ON
        self._runs = {
            key: run for key, run in self._runs.items() if run.is_under_way or run.began > oldest
        }


def _again(run: Run) -> Answer:
    if run.is_under_way:
        parts = run.report.parts if run.report is not None else ()
        return under_way_answer(len(run.finished), len(parts))
    return posted_just_now_answer(run.where)
