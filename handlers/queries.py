"""The templates: which there are, and running one by name within what the caller may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import cast

from analysis.clock import Clock
from analysis.errors import NotAllowed, NotFound, NotUnderstood
from analysis.periods import EARLIEST, LONGEST_DAYS
from handlers.caller import Caller
from handlers.freshness import Freshness, freshness_of
from handlers.nearest import did_you_mean, shown
from queries.engines.base import Engine
from queries.scope import Scope
from queries.template_list import Parameter, ResultColumn, Template, Value, templates

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})

# Each of these days lies behind the one beside it, or on it.
_IN_ORDER = (
    ("first_day", "last_day", 0),
    ("before_first_day", "before_last_day", 0),
    ("before_last_day", "first_day", 1),
    ("baseline_first_day", "first_day", 1),
)

_UNKNOWN = """
SELECT
  COALESCE(SUM(requests), 0) AS unknown_requests,
  COALESCE(SUM(fully_loaded_cost), 0) AS unknown_cost
FROM costs
WHERE dt BETWEEN @first_read AND @last_read AND is_internal IS NULL
"""


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A template to run.

    Attributes:
        name: of the template.
        parameters: the ones that are not to have their defaults, as text.
    """

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Traffic of a caller's organization of which nobody knows whether it is internal.

    Attributes:
        requests: how many.
        cost: USD, fully loaded.
    """

    requests: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer of a template.

    Attributes:
        template: that was run.
        values: of its parameters.
        columns: that the caller gets, in order.
        rows: a value for each column, in the template's order.
        first_read: the first UTC day of `costs` that was read.
        last_read: the last one.
        organization: whose rows these are; None: of all.
        left_out: traffic of unknown origin that a caller of one organization does not get in any
            figure; None where there is none, or the caller sees all.
        freshness: how old each source is.
    """

    template: Template
    values: Mapping[str, Value]
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[object, ...], ...]
    first_read: date
    last_read: date
    organization: str | None
    left_out: LeftOut | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A template with everything that running it takes."""

    template: Template
    values: Mapping[str, Value]
    first_read: date
    last_read: date


@dataclass(frozen=True, slots=True)
class QueryHandler:
    """Runs templates; knows no Slack and no HTTP."""

    engine: Engine
    clock: Clock
    stale_after_hours: float

    def listed(self, caller: Caller) -> tuple[Template, ...]:
        """The templates that `caller` may run, in the order of a report."""
        return tuple(
            template
            for template in templates().values()
            if caller.organization is None or not template.for_all_only
        )

    def prepared(self, request: QueryRequest, caller: Caller) -> PreparedQuery:
        """The template that is asked for, its parameters read and checked.

        Raises:
            NotFound: there is no such template.
            NotAllowed: it is for callers who see all organizations.
            NotUnderstood: a parameter that it does not have, or a value that makes no sense.
        """
        template = templates().get(request.name)
        if template is None:
            names = [one.name for one in self.listed(caller)]
            hint = did_you_mean(request.name, names)
            raise NotFound(f"There is no query {shown(request.name)}.", hint)
        if template.for_all_only and caller.organization is not None:
            sentence = f"`{template.name}` is about machines that all organizations share."
            raise NotAllowed(sentence, "It is for people who see all organizations: ask an admin.")
        today = self.clock().astimezone(UTC).date()
        declared = {parameter.name: parameter for parameter in template.parameters}
        given: dict[str, Value] = {}
        for name, text in request.parameters.items():
            if name not in declared:
                sentence = f"`{template.name}` has no parameter {shown(name)}."
                raise NotUnderstood(sentence, did_you_mean(name, list(declared)))
            given[name] = _read(declared[name], text, today)
        values = template.values(given, today)
        _check_order(values)
        first, last = template.days_read(values, today)
        return PreparedQuery(template, values, first, last)

    async def query(self, request: QueryRequest, caller: Caller) -> QueryResult:
        """Runs a template over the rows of `costs` that `caller` may see.

        A caller of one organization is its customer: its rows alone, internal traffic and traffic
        of unknown origin left out (`QueryResult.left_out` counts the latter).

        Raises:
            NotFound: there is no such template.
            NotAllowed: it is for callers who see all organizations.
            NotUnderstood: a parameter that it does not have, or a value that makes no sense.
            Unavailable: the engine cannot answer.
        """
        prepared = self.prepared(request, caller)
        template, organization = prepared.template, caller.organization
        table = await self.engine.query(
            template.sql,
            prepared.values,
            first_day=prepared.first_read,
            last_day=prepared.last_read,
            scope=Scope(organization, customers_only=organization is not None),
        )
        kept = [
            (place, column)
            for place, column in enumerate(template.columns)
            if organization is None or not column.for_all_only
        ]
        return QueryResult(
            template=template,
            values=prepared.values,
            columns=tuple(column for _, column in kept),
            rows=tuple(tuple(row[place] for place, _ in kept) for row in table.rows),
            first_read=prepared.first_read,
            last_read=prepared.last_read,
            organization=organization,
            left_out=await self._left_out(prepared, organization),
            freshness=freshness_of(self.engine.snapshot(), self.clock(), self.stale_after_hours),
        )

    async def _left_out(self, prepared: PreparedQuery, organization: str | None) -> LeftOut | None:
        if organization is None:
            return None
        days = {"first_read": prepared.first_read, "last_read": prepared.last_read}
        table = await self.engine.query(
            _UNKNOWN,
            days,
            first_day=prepared.first_read,
            last_day=prepared.last_read,
            scope=Scope(organization),
        )
        requests, cost = cast("tuple[int, Decimal]", table.rows[0])
        return LeftOut(requests, cost) if requests or cost else None


def _read(parameter: Parameter, text: str, today: date) -> Value:
    match parameter.type:
        case "DATE":
            return _day(parameter.name, text, today)
        case "BOOL":
            if text.casefold() in _TRUE | _FALSE:
                return text.casefold() in _TRUE
            sentence = f"`{parameter.name}` is true or false, not {shown(text)}."
            raise NotUnderstood(sentence, f"Try `{parameter.name}=true`.")
        case "FLOAT64":
            return _number(parameter, text)


def _day(name: str, text: str, today: date) -> date:
    yesterday = today - timedelta(days=1)
    if text.casefold() == "yesterday":
        return yesterday
    try:
        day = date.fromisoformat(text)
    except ValueError:
        sentence = f"`{name}` is a day, not {shown(text)}."
        raise NotUnderstood(sentence, f"Write it as `{name}={yesterday}`.") from None
    if day > yesterday:
        sentence = f"{day} is not over yet: today is {today}, in UTC."
        hint = f"Queries speak of complete days: try `{name}={yesterday}`."
        raise NotUnderstood(sentence, hint)
    if day < EARLIEST:
        sentence = f"{day} lies before everything that can have cost anything here."
        raise NotUnderstood(sentence, f"Try a day from {EARLIEST} on.")
    return day


def _number(parameter: Parameter, text: str) -> float:
    try:
        number = Decimal(text.removesuffix("%").strip())
    except ArithmeticError:
        number = Decimal("NaN")
    if not (number.is_finite() and 0 <= number <= 1_000_000):
        sentence = f"`{parameter.name}` is a number from 0 to 1,000,000, not {shown(text)}."
        raise NotUnderstood(sentence, f"Try `{parameter.name}={parameter.default}`.")
    return float(number / 100 if text.endswith("%") else number)


def _check_order(values: Mapping[str, Value]) -> None:
    for earlier, later, apart in _IN_ORDER:
        first, last = values.get(earlier), values.get(later)
        if not (isinstance(first, date) and isinstance(last, date)):
            continue
        if (last - first).days < apart:
            sentence = f"`{earlier}` {first} has to lie before `{later}` {last}."
            example = last - timedelta(days=max(apart, 6))
            raise NotUnderstood(sentence, f"Try `{earlier}={example}`.")
        if (last - first).days > LONGEST_DAYS:
            sentence = f"{first} to {last} is longer than ten years."
            raise NotUnderstood(sentence, f"Try `{earlier}={last - timedelta(days=30)}`.")
