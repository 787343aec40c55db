"""Questions over complete days: how they are asked, and how far the data answers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from analysis.complete_days import first_complete_day, last_complete_day, window_of
from analysis.errors import NotFound, NotUnderstood
from analysis.periods import Dates
from handlers.asking import Names
from handlers.caller import Caller
from handlers.freshness import Freshness
from queries.breakdown import TIMES, Basis, Breakdown
from queries.daily import sources_of
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question over complete days is about.

    Attributes:
        by: the dimension that divides it; None: by product where there are several.
        filters: dimension name to the values that count, any of them.
        top: how many rows to show before "others"; None: as many as fit.
        basis: fully loaded requests, or infrastructure; never both in one sum.
        customers_only: leave internal traffic and traffic of unknown origin out.
    """

    by: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    top: int | None = None
    basis: Basis = Basis.FULLY_LOADED
    customers_only: bool = False

    def question(self, days: Dates, caller: Caller, *, by: str | None = None) -> Breakdown:
        """This over some days, within what `caller` may see."""
        return Breakdown(
            window=window_of(days, caller.zone),
            by=() if by is None else (by,),
            filters=self.filters,
            organization=caller.organization,
            basis=self.basis,
            customers_only=self.customers_only,
        )


AskedT = TypeVar("AskedT", bound=Asked)


@dataclass(frozen=True, slots=True)
class Feed:
    """The complete days of a source.

    Attributes:
        source: which one.
        first: its first complete day, in the asker's zone.
        last: its last one; before `first` where no day is complete.
        newest: instant of its newest fact, UTC.
    """

    source: Source
    first: date
    last: date
    newest: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the data answers a question over complete days.

    Attributes:
        today: the asker's, which is never judged.
        last: the last day that is complete in every source that the question finds anything in.
        feeds: those sources.
    """

    today: date
    last: date
    feeds: tuple[Feed, ...]

    @property
    def sources(self) -> frozenset[Source]:
        """What the question finds anything in."""
        return frozenset(feed.source for feed in self.feeds)

    @property
    def first(self) -> date | None:
        """The first complete day of any of the sources; None where there is none."""
        return min((feed.first for feed in self.feeds), default=None)

    @property
    def holding_back(self) -> tuple[Feed, ...]:
        """The sources for whose sake the last day is earlier than yesterday."""
        if self.last >= self.today - DAY:
            return ()
        return tuple(feed for feed in self.feeds if feed.last == self.last)

    def beginning_after(self, day: date) -> tuple[Feed, ...]:
        """The sources of which a day, or what follows it, is not known."""
        return tuple(feed for feed in self.feeds if feed.first > day)


async def checked(request: AskedT, names: Names, caller: Caller) -> AskedT:
    """The request with every name allowed, every value known, and the one right basis.

    Raises:
        NotUnderstood: there is no such dimension, or it is one of time.
        NotAllowed: a dimension lies beyond the caller's role.
        NotFound: a filter names a value that the caller's data does not have.
    """
    divided = () if request.by is None else (request.by,)
    if any(name in TIMES for name in divided):
        sentence = f"Complete days are compared here, so there is nothing to see by {request.by}."
        raise NotUnderstood(sentence, f"Try `by model`, or `/cost 7d by {request.by}`.")
    names.allow(divided, caller)
    filters = await names.known(request.filters, caller)
    return replace(
        request,
        filters=filters,
        # Only infrastructure cost can be added up over categories (idle has no requests).
        basis=Basis.INFRASTRUCTURE if "category" in (*divided, *filters) else request.basis,
        # Who sees one organization is its customer: the owner's own traffic is not theirs.
        customers_only=request.customers_only or caller.organization is not None,
    )


async def reach_of(
    engine: Engine,
    dimensions: Dimensions,
    request: Asked,
    caller: Caller,
    freshness: Freshness,
    first_of: Callable[[date], date],
) -> Reach:
    """How far the data answers `request`.

    A source that ends early holds the others back: beside them its missing days would look like
    a saving. One in which the question finds nothing does not, nor one that ended before all the
    days that are asked for; unless the question finds something nowhere else, as when all data
    has ended.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        request: the question, checked.
        caller: who asks.
        freshness: how old each source is.
        first_of: the first day that is asked for, of the last.

    Raises:
        NotFound: there is no data, or none of its days is complete.
        Unavailable: the engine cannot answer.
    """
    feeds = _feeds(freshness, caller.zone)
    if not feeds:
        hint = "Load some with `costbot import` or `costbot sample`."
        raise NotFound("There is no data yet.", hint)
    today = freshness.now.astimezone(caller.zone).date()

    async def found(last: date) -> frozenset[Source]:
        question = request.question(Dates(first_of(last), last), caller)
        return await sources_of(engine, dimensions, question)

    ends = sorted({min(feed.last, today - DAY) for feed in feeds}, reverse=True)
    last, concerned = ends[0], frozenset[Source]()
    for end in ends:
        ended = {feed.source for feed in feeds if feed.last <= end or end == ends[0]}
        if (somewhere := await found(end)) & ended:
            last, concerned = end, somewhere
            break
    while (held := min((f.last for f in feeds if f.source in concerned), default=last)) < last:
        last = held
        concerned |= await found(last)
    known = tuple(feed for feed in feeds if feed.source in concerned)
    if known and all(feed.last < feed.first for feed in known):
        sentence = f"The data begins on {min(feed.first for feed in known) - DAY}: no day is whole."
        raise NotFound(sentence, "`/cost today` shows what there is so far.")
    return Reach(today, last, known)


def _feeds(freshness: Freshness, zone: ZoneInfo) -> list[Feed]:
    return [
        Feed(
            source.source,
            first_complete_day(source.data_from, zone),
            last_complete_day(source.data_until, zone),
            source.data_until,
        )
        for source in freshness.sources
    ]
