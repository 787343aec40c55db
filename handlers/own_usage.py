"""One's own LLM usage of complete days, priced as it would be now: what other prices are tried on.

The same cells and the same prices as recommendations are drawn from: customers' requests, days
that begin at UTC midnight.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.complete_days import DAY, first_complete_day, last_complete_day
from analysis.errors import NotFound, NotUnderstood
from analysis.periods import Calendar, Last, Period, resolve
from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route
from handlers.asking import Filters, Names
from handlers.caller import Caller
from handlers.nearest import nearest, shown
from handlers.recommendations.pricing_of_cells import PricingOfCells
from queries.dimensions import Dimensions, Source
from queries.engines.base import Engine
from queries.mart import Mart
from queries.prices.spellings import without_date
from queries.recommendation_evidence.daily_costs import daily_costs
from queries.recommendation_evidence.reading import EvidenceReader
from queries.recommendation_evidence.usage_cells import Zones, usage_cells

UTC_ZONE = ZoneInfo("UTC")

DEFAULT_DAYS = 30

MOST_DAYS = 90
"""Requests are read one by one: more days would take longer than anybody waits."""

MODEL, ORGANIZATION = "model", "organization"

_NO_CATEGORY = "category"
"""Usage is of one category alone."""


@dataclass(frozen=True, slots=True)
class OwnUsage:
    """One's own usage of some complete days.

    Attributes:
        days: which; UTC.
        asked: how many days were asked for; more than there are where the data begins later.
        filters: with their values as the data writes them, the model's aside.
        organization: whose alone; None: of several, or of none.
        cells: priced as their requests would be now.
        pricing: of all other models.
    """

    days: EvidencePeriod
    asked: int
    filters: Filters
    organization: str | None
    cells: tuple[PricedCell, ...]
    pricing: PricingOfCells

    @property
    def cost(self) -> Decimal:
        """USD of these days, of what is priced."""
        return cost_of(self.cells)

    def models(self) -> list[str]:
        """The models that were used, dearest first."""
        costs: dict[str, Decimal] = {}
        for priced in self.cells:
            name = priced.cell.route.model
            if name is not None:
                costs[name] = costs.get(name, Decimal(0)) + priced.cell.billed_cost
        return sorted(costs, key=lambda name: (-costs[name], name))

    def named(self, asked: str) -> tuple[str, ...]:
        """The models of the data that a name means: itself, or the same with a date behind it.

        Raises:
            NotFound: it was not used; which ones were is said.
        """
        used = self.models()
        exact = [name for name in used if name == asked]
        alike = exact or [name for name in used if name.casefold() == asked.casefold()]
        plain = asked.casefold().rpartition("/")[2]
        if found := alike or [name for name in used if without_date(name.casefold()) == plain]:
            return tuple(found)
        if not used:
            raise NotFound(f"Nothing of LLM usage names a model in {self.label}.")
        sentence = f"{shown(asked)} was not used in {self.label}."
        close = nearest(asked, used, limit=1)
        did_you = f"Did you mean {shown(close[0])}? " if close else ""
        more = f" and {len(used) - 5} more" if len(used) > 5 else ""
        listed = ", ".join(shown(name) for name in used[:5])
        raise NotFound(sentence, f"{did_you}Used were {listed}{more}.")

    @property
    def label(self) -> str:
        """How a sentence names the days: "the 30 days to 2026-11-20"."""
        number = self.days.days
        if number == 1:
            return f"{self.days.last_day}"
        return f"the {number} days to {self.days.last_day}"


@dataclass(frozen=True, slots=True)
class UsageReader:
    """Reads the usage that a caller sees.

    Attributes:
        mart: with the facts.
        reader: of single requests.
        engine: knows which values there are.
        dimensions: of the deployment.
        pricing: gives the prices of an instant.
        clock: the present.
    """

    mart: Mart
    reader: EvidenceReader
    engine: Engine
    dimensions: Dimensions
    pricing: Callable[[datetime], Awaitable[PricingOfCells]]
    clock: Clock

    async def read(self, period: Period | None, filters: Filters, caller: Caller) -> OwnUsage:
        """The usage of some complete days, of all models.

        Args:
            period: None: the last 30.
            filters: the model's is left to the caller, see `OwnUsage.named`.
            caller: who asks.

        Raises:
            NotUnderstood: the period has no complete day, or too many; or what is filtered by
                says nothing of LLM usage.
            NotAllowed: a dimension lies beyond the caller's role.
            NotFound: there is no usage, or a filter names a value that the caller's data does
                not have.
            Unavailable: the mart or the store cannot be read.
        """
        now = self.clock()
        days, asked = self._days(period, now)
        known = await self._known(filters, caller)
        organization = organization_of(known, caller)
        found = await usage_cells(self.reader, days, Zones({}), organization, self._only(known))
        pricing = await self.pricing(now)
        cells = [priced for whose, some in found.items() for priced in pricing.priced(whose, some)]
        return OwnUsage(days, asked, known, organization, tuple(cells), pricing)

    async def daily(
        self, usage: OwnUsage, models: Sequence[str]
    ) -> Mapping[Route, Sequence[Decimal]]:
        """USD of each route on each day, in order; of some models alone where any is given.

        Raises:
            Unavailable: the mart cannot be read.
        """
        only = self._only(usage.filters)
        if models:
            only[self.dimensions[MODEL].column] = tuple(models)
        return await daily_costs(self.reader, usage.days, usage.organization, only)

    async def whole_routes(self, usage: OwnUsage, models: Sequence[str]) -> Mapping[Route, Decimal]:
        """USD that the routes of some models cost in these days, whatever is filtered by besides.

        Raises:
            Unavailable: the mart cannot be read.
        """
        only = self._only({MODEL: tuple(models)} if models else {})
        daily = await daily_costs(self.reader, usage.days, usage.organization, only)
        return {route: sum(costs, Decimal(0)) for route, costs in daily.items()}

    def _only(self, filters: Filters) -> dict[str, tuple[str, ...]]:
        return {self.dimensions[name].column: values for name, values in filters.items()}

    async def _known(self, filters: Filters, caller: Caller) -> dict[str, tuple[str, ...]]:
        names = Names(self.engine, self.dimensions)
        wanted = {name: values for name, values in filters.items() if name != MODEL}
        names.allow(wanted, caller)
        for name in wanted:
            if Source.USAGE not in self.dimensions[name].sources or name == _NO_CATEGORY:
                sentence = f"`{name}` says nothing of requests to LLMs, and this is about them."
                raise NotUnderstood(sentence, "Leave it away, or name a feature, a team, a key.")
        return await names.known(wanted, caller)

    def _days(self, period: Period | None, now: datetime) -> tuple[EvidencePeriod, int]:
        state = self.mart.snapshot().sources.get(Source.USAGE)
        if state is None:
            hint = "`costbot import` brings some; `/cost about` shows what there is."
            raise NotFound("There is no LLM usage yet.", hint)
        last = min(last_complete_day(state.last_time, UTC_ZONE), now.date() - DAY)
        first = first_complete_day(state.first_time, UTC_ZONE)
        begin, end = _asked(period or Last(DEFAULT_DAYS, "d"), last, now)
        number = (end - begin).days + 1
        if number > MOST_DAYS:
            sentence = f"{number} days are too many to be reckoned anew request by request."
            raise NotUnderstood(sentence, f"Ask for {MOST_DAYS} at most, such as `30d`.")
        begin, end = max(begin, first), min(end, last)
        if end < begin:
            there = f"reach from {first} to {last}" if first <= last else "have no whole day yet"
            sentence = f"The complete days of LLM usage {there}: none of them was asked for."
            raise NotFound(sentence, "Leave the period away for the last 30 of them.")
        return EvidencePeriod(begin, end, now), number


def organization_of(filters: Filters, caller: Caller) -> str | None:
    """The one organization whose usage is meant; None: that of several, as far as one sees.

    Raises:
        NotFound: a filter names another one than the caller's.
    """
    named = filters.get(ORGANIZATION, ())
    if caller.organization is not None:
        return caller.organization
    return named[0] if len(named) == 1 else None


def cost_of(cells: Iterable[PricedCell]) -> Decimal:
    """USD that cells were billed."""
    return sum((priced.cell.billed_cost for priced in cells), Decimal(0))


def _asked(period: Period, last: date, now: datetime) -> tuple[date, date]:
    """The first and the last day that a period means, complete or not."""
    if isinstance(period, Last) and period.unit == "d" and period.amount >= 1:
        return last - timedelta(days=min(period.amount, 10 * MOST_DAYS) - 1), last
    if period is Calendar.TODAY or isinstance(period, Last):
        sentence = f"`{period}` is no whole day, and complete days are reckoned with here."
        raise NotUnderstood(sentence, "Try `7d` or `30d`: the last complete days.")
    window = resolve(period, now, UTC_ZONE).window
    return window.first_day, window.last_day
