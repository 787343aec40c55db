"""The question behind `/cost`: what was spent in a window, divided, beside the window before.

Written in GoogleSQL over `costs`. Local days are made of the hours that begin in them: where a
zone is not whole hours from UTC, midnight falls inside an hour, and that hour counts for the
day in which it begins (`Breakdown.cuts_hours`). Days that are kept without their hours count
as the local day of the same date.
"""
# ruff: noqa: S608 - what is pasted are declared columns and parameter names of our own

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import cast

from analysis.periods import Window
from analysis.prices import PriceSource
from queries.dimensions import Dimension, Dimensions
from queries.engines.base import Engine
from queries.measures import Measures, added_up, totals
from queries.moments import Moments, same_date, start_of, utc_days

DAY = "day"
HOUR = "hour"
TIMES = (DAY, HOUR)
"""What a breakdown can be `by` besides the dimensions."""

BEFORE, COMPARED, GROWING = 0, 1, 2
"""The parts of an answer: the window before, what is compared with it, and what is not."""

KNOWN_DAYS = 90
"""How far back a value counts as known."""

NOTHING = Measures()


Key = tuple[str | date | datetime | None, ...]


class Basis(StrEnum):
    """What a row's cost is; the two are never mixed."""

    FULLY_LOADED = "fully loaded"
    """Direct cost and the idle and overhead pushed onto it, of inference rows alone."""
    INFRASTRUCTURE = "infrastructure"
    """Direct cost of every category; what was pushed elsewhere is not added a second time."""


@dataclass(frozen=True)
class Breakdown:
    """A question.

    Attributes:
        window: what is added up.
        before: what it is compared with, entirely before it; None: nothing.
        by: at most two names of dimensions, or "day" or "hour".
        filters: accepted values by name of dimension; matched exactly, any of them will do.
        organization: the asker's scope, on top of every filter; None: all organizations.
        basis: what a cost is.
        customers_only: leaves internal and unknown traffic out of everything but their own
            measures.
        cost_only: every figure but cost and requests stays zero; planned and run in half the time.
        compared_until: where the part of `window` ends that is compared with `before`: what is
            not over yet is compared over its complete hours. None: all of it is compared.

    Raises:
        ValueError: more than two names, one name twice, or `before` reaches into `window`.
    """

    window: Window
    before: Window | None = None
    by: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    organization: str | None = None
    basis: Basis = Basis.FULLY_LOADED
    customers_only: bool = False
    cost_only: bool = False
    compared_until: datetime | None = None

    def __post_init__(self) -> None:
        if len(self.by) > 2 or len(set(self.by)) < len(self.by):
            message = f"a breakdown is by two different things at most, not by {self.by}"
            raise ValueError(message)
        if self.before is not None and self.before.end > self.window.start:
            message = "the window before must end where the window begins, or earlier"
            raise ValueError(message)

    @property
    def compared(self) -> Window:
        """The part of the window that is compared with the one before; all where none is."""
        if self.before is None or self.compared_until is None:
            return self.window
        end = min(self.compared_until, self.window.end)
        return Window(self.window.start, end, self.window.zone)

    @property
    def first_day(self) -> date:
        """The first UTC day of `costs` that can hold something of either window."""
        return utc_days(self.before or self.window)[0]

    @property
    def last_day(self) -> date:
        """The last UTC day of `costs` that can hold something of the window."""
        return utc_days(self.window)[1]

    @property
    def cuts_hours(self) -> bool:
        """Whether local midnight falls inside an hour, so that days are exact to the hour only."""
        offset = self.window.start.astimezone(self.window.zone).utcoffset()
        return bool(offset is not None and offset % timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the answer.

    Attributes:
        key: a value for each name of `by`: text, a local date for "day", the UTC start for
            "hour". None: the rows have no value; for a time, the hours are not kept any more,
            or the window before is longer and has no counterpart in the window.
        now: the window.
        before: the window before; its days and hours are found at the same distance from the
            start, so that a week's Monday is beside the Monday before.
        compared: what of `now` is compared with `before`, see `Breakdown.compared_until`.
    """

    key: Key
    now: Measures
    before: Measures
    compared: Measures


async def break_down(engine: Engine, dimensions: Dimensions, question: Breakdown) -> list[Group]:
    """Answers a question, in one pass over both windows.

    Returns:
        The groups, dearest first, or in order of time where `by` begins with day or hour.
        Without `by` there is exactly one group, whatever there is.

    Raises:
        KeyError: a name is not that of a dimension.
        Unavailable: the engine cannot answer.
    """
    query = _Query(dimensions, question)
    table = await engine.query(
        query.sql, query.parameters, first_day=question.first_day, last_day=question.last_day
    )
    wide = len(question.by)
    now: dict[Key, Measures] = {}
    before: dict[Key, Measures] = {}
    compared: dict[Key, Measures] = {}
    for row in table.rows:
        key, part, found = cast("Key", row[:wide]), row[wide], Measures.of(row[wide + 1 :])
        if part == BEFORE:
            key = _counterpart(question, key)
            before[key] = before[key] + found if key in before else found
            continue
        if part == COMPARED:
            compared[key] = found
        now[key] = now[key] + found if key in now else found
    keys: dict[Key, None] = dict.fromkeys((*now, *before) if question.by else ((),))
    groups = [
        Group(key, *(some.get(key, NOTHING) for some in (now, before, compared))) for key in keys
    ]
    return sorted(groups, key=_by_time if question.by[:1] in ((DAY,), (HOUR,)) else _by_cost)


async def known_values(
    engine: Engine, dimension: Dimension, organization: str | None = None
) -> list[str]:
    """The values that a dimension has had lately, in order; for suggestions.

    Args:
        engine: to ask.
        dimension: whose values.
        organization: only what this one may see; None: all of them.
    """
    last_day = engine.snapshot().last_day
    if last_day is None:
        return []
    scope = "" if organization is None else "AND organization = @organization"
    table = await engine.query(
        f"SELECT {_name(dimension)} AS known FROM costs "
        f"WHERE {_name(dimension)} IS NOT NULL {scope} GROUP BY known ORDER BY known",
        {} if organization is None else {"organization": organization},
        first_day=last_day - timedelta(days=KNOWN_DAYS - 1),
        last_day=last_day,
    )
    return [str(row[0]) for row in table.rows]


class _Query:
    """The question in GoogleSQL, and the values of its parameters."""

    def __init__(self, dimensions: Dimensions, question: Breakdown) -> None:
        self.parameters: dict[str, object] = {}
        self._moments = Moments(question.window.zone, self.parameters)
        self._dimensions = dimensions
        self._question = question
        self.sql = self._write()

    def _write(self) -> str:
        """Adds up by columns first, then turns few rows into days and conditions."""
        question = self._question
        keys = [_name(self._dimensions[name]) for name in question.by if name not in TIMES]
        is_timed = len(keys) < len(question.by)
        if is_timed:
            keys += ["charge_period_start", "grain", "dt"]
        groups, added = [*keys, "part"], [*keys, f"{self._part()} AS part"]
        if not question.cost_only:
            fallback = self._parameter("fallback", PriceSource.FALLBACK.value)
            groups += ["is_internal", "is_estimated"]
            added += ["is_internal", f"price_source = {fallback} AS is_estimated"]
        added += added_up(
            fully_loaded=question.basis is Basis.FULLY_LOADED, cost_only=question.cost_only
        )
        query = (
            f"SELECT {', '.join(added)} FROM costs WHERE {self._where()} "
            f"GROUP BY {', '.join(groups)}"
        )
        if question.cost_only and not is_timed:
            return query
        divided = {f"key_{i}": self._key(name) for i, name in enumerate(question.by)}
        answer = [f"{value} AS {key}" for key, value in divided.items()]
        figures = totals(customers_only=question.customers_only, cost_only=question.cost_only)
        return (
            f"WITH added AS ({query}) SELECT {', '.join((*answer, 'part', *figures))} "
            f"FROM added GROUP BY {', '.join((*divided, 'part'))}"
        )

    def _parameter(self, name: str, value: object) -> str:
        self.parameters[name] = value
        return f"@{name}"

    def _part(self) -> str:
        """GoogleSQL for the part of the answer that a row belongs to."""
        window, compared = self._question.window, self._question.compared
        if self._question.before is None:
            return str(COMPARED)
        part = f"IF({self._moments.since(window.start, 'window_start')}, {COMPARED}, {BEFORE})"
        if compared.end < window.end:
            part = f"IF({self._moments.since(compared.end, 'compared_end')}, {GROWING}, {part})"
        return part

    def _when(self) -> list[str]:
        """The conditions on time, without those that the days that are read fulfil anyway."""
        window, before = self._question.window, self._question.before
        conditions: list[str] = []
        if before is not None and before.end < window.start:
            conditions.append(
                f"({self._moments.since(window.start, 'window_start')} "
                f"OR ({self._moments.since(before.start, 'first_start')} "
                f"AND NOT {self._moments.since(before.end, 'before_end')}))"
            )
        else:
            first = (before or window).start
            midnight = same_date(first, window.zone)
            if not first == midnight == start_of(self._question.first_day):
                conditions.append(self._moments.since(first, "first_start"))
        after = start_of(self._question.last_day) + timedelta(days=1)
        if not window.end == same_date(window.end, window.zone) == after:
            conditions.append(f"NOT {self._moments.since(window.end, 'window_end')}")
        return conditions

    def _where(self) -> str:
        conditions = self._when()
        if self._question.basis is Basis.FULLY_LOADED:
            conditions.append("cost_category = 'inference'")
        if self._question.customers_only and self._question.cost_only:
            conditions.append("is_internal IS FALSE")
        if self._question.organization is not None:
            scope = self._parameter("organization", self._question.organization)
            conditions.append(f"organization = {scope}")
        for place, (name, values) in enumerate(self._question.filters.items()):
            given = ", ".join(
                self._parameter(f"filter_{place}_{i}", value) for i, value in enumerate(values)
            )
            column = _name(self._dimensions[name])
            conditions.append(f"{column} IN ({given})" if values else "FALSE")
        return " AND ".join(conditions) or "TRUE"

    def _key(self, name: str) -> str:
        if name == HOUR:
            return "IF(grain = 'hour', charge_period_start, NULL)"
        if name == DAY:
            zone = self._parameter("zone", self._question.window.zone.key)
            return f"IF(grain = 'hour', DATE(charge_period_start, {zone}), dt)"
        return _name(self._dimensions[name])


def _name(dimension: Dimension) -> str:
    return f"`{dimension.column}`"


def _counterpart(question: Breakdown, key: Key) -> Key:
    """The key in the window of what is at the same distance from the start of the one before."""
    window, before = question.compared, question.before
    if before is None:
        return key
    moved = list(key)
    for place, name in enumerate(question.by):
        value = key[place]
        if name == HOUR and isinstance(value, datetime):
            hour = value + (window.start - before.start)
            moved[place] = hour if hour < window.end else None
        elif name == DAY and isinstance(value, date):
            day = value + (window.first_day - before.first_day)
            moved[place] = day if day <= window.last_day else None
    return tuple(moved)


def _by_cost(group: Group) -> tuple[Decimal, Decimal, str]:
    return -group.now.cost, -group.before.cost, str(group.key)


def _by_time(group: Group) -> tuple[bool, str, Decimal, str]:
    first = group.key[0]
    return first is None, "" if first is None else str(first), -group.now.cost, str(group.key)
