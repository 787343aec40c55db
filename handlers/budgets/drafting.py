"""From a form to a budget: every field that cannot be used is told, all of them at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from analysis.budgets.terms import Kind, Terms, current_period
from analysis.clock import Clock
from analysis.errors import BadInput, Refused, Unfit
from analysis.periods import EARLIEST
from handlers.budgets import fields
from handlers.budgets.form import BudgetForm, Values
from handlers.budgets.outcomes import terms_of
from handlers.budgets.scoping import Scoped, Scoping
from handlers.caller import Caller
from handlers.workspaces.addresses import kept_all
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from storage.records.budget import BudgetDraft, BudgetKind

T = TypeVar("T")

_ANY_LIMIT = Decimal(1)


@dataclass(slots=True)
class _Reading:
    """A form that is being read."""

    faults: dict[str, str] = field(default_factory=dict[str, str])

    def read(self, name: str, text: str | None, reader: Callable[[str], T], otherwise: T) -> T:
        """A field by its reader; what is wrong with it is kept as its fault."""
        if text is None or name in self.faults:
            return otherwise
        try:
            return reader(text)
        except Refused as refusal:
            self.faults[name] = str(refusal)
            return otherwise

    async def scoped(self, scoping: Awaitable[Scoped]) -> Scoped:
        """The scope; what is wrong with it is kept as its fault, or as the organization's."""
        try:
            return await scoping
        except Unfit as unfit:
            self.faults |= unfit.faults
            return Scoped(None)

    def need(self, name: str, text: str | None, sentence: str) -> None:
        """Keeps a fault where a field says nothing."""
        if text is None or not text.strip():
            self.faults[name] = sentence


@dataclass(frozen=True, slots=True)
class Drafted:
    """A form that can be kept.

    Attributes:
        draft: what it says.
        unseen: values of its scope that no cost has had lately, as `dimension value`.
    """

    draft: BudgetDraft
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drafting:
    """Reads forms.

    Attributes:
        engine: knows the values that costs have had.
        dimensions: of the deployment.
        clock: the present.
    """

    engine: Engine
    dimensions: Dimensions
    clock: Clock

    async def new(self, form: BudgetForm, caller: Caller) -> Drafted:
        """A budget to be created.

        Raises:
            Unfit: with a sentence for every field that cannot be used.
            Unavailable: the engine cannot answer.
        """
        reading = _Reading(dict(form.unread))
        reading.need("name", form.name, "A budget needs a name.")
        reading.need("limit", form.limit, "A budget needs a limit in US dollars, such as `5000`.")
        reading.need("kind", form.kind, "Say `monthly`, `quarterly`, `annual` or `custom`.")
        scoped = await reading.scoped(self._scoping.new(form, caller))
        zone = reading.read("zone", form.zone, fields.zone, caller.zone)
        kind: BudgetKind = "monthly"
        kind = reading.read("kind", form.kind or None, fields.kind, kind)
        if form.kind is None and form.end is not None:
            reading.faults.pop("kind", None)  # two dates say it
            kind = "custom"
        base = BudgetDraft(
            name="a budget",
            limit=_ANY_LIMIT,
            kind=kind if kind != "custom" else "monthly",
            zone=zone,
            start=self._first_day(Kind(kind), zone),
            organization=scoped.organization,
        )
        return Drafted(_drafted(reading, base, form, kind, scoped.scope, caller), scoped.unseen)

    async def changed(self, before: BudgetDraft, form: BudgetForm, caller: Caller) -> Drafted:
        """A budget as it would be with a form's changes.

        Raises:
            Unfit: with a sentence for every field that cannot be used.
            Unavailable: the engine cannot answer.
        """
        reading = _Reading(dict(form.unread))
        if form.name is not None:
            reading.need("name", form.name, "A budget needs a name.")
        if form.limit is not None:
            reading.need("limit", form.limit, "A budget needs a limit in US dollars.")
        scoped = await reading.scoped(self._scoping.changed(before, form, caller))
        kind: BudgetKind = before.kind
        kind = reading.read("kind", form.kind, fields.kind, kind)
        drafted = _drafted(reading, before, form, kind, scoped.scope, caller)
        return Drafted(drafted, scoped.unseen)

    @property
    def _scoping(self) -> Scoping:
        return Scoping(self.engine, self.dimensions)

    def _first_day(self, kind: Kind, zone: ZoneInfo) -> date:
        """The first day of the calendar's present period: the first period is a whole one."""
        today = self.clock().astimezone(zone).date()
        if kind is Kind.CUSTOM:
            return today
        terms = Terms(_ANY_LIMIT, kind, zone, EARLIEST)
        return current_period(terms, today).first


def _drafted(
    reading: _Reading,
    base: BudgetDraft,
    form: BudgetForm,
    kind: BudgetKind,
    scope: Values,
    caller: Caller,
) -> BudgetDraft:
    """The base with everything that the form says.

    Raises:
        Unfit: something of it cannot be used.
    """
    read = reading.read
    end = read("end", form.end, fields.day_or_never, base.end)
    if kind == "custom" and end is None and "end" not in reading.faults:
        reading.faults["end"] = "A custom budget needs the day on which it ends: `2026-03-31`."
    values: dict[str, object] = {
        "kind": kind,
        "scope": scope,
        "limit": read("limit", form.limit or None, fields.amount, base.limit),
        "zone": read("zone", form.zone, fields.zone, base.zone),
        "start": read("start", form.start, fields.day, base.start),
        "end": end,
        "warning": read("warning", form.warning, fields.share, base.warning),
        "critical": read("critical", form.critical, fields.share, base.critical),
        "forecast": read("forecast", form.forecast, fields.share_or_off, base.forecast),
        "rollover": read("rollover", form.rollover, fields.amount_or_off, base.rollover),
        "when_unknown": read(
            "when_unknown", form.when_unknown, fields.when_unknown, base.when_unknown
        ),
    }
    for name in ("name", "description", "is_hard", "alerts_enabled"):
        given = getattr(form, name)
        if given is not None and name not in reading.faults:
            values[name] = given
    for name in ("emails", "slack_channels", "slack_users", "webhooks"):
        given = cast("tuple[str, ...] | None", getattr(form, name))
        if given is None:
            continue
        try:
            told = fields.contacts(name, given)
            is_slack = name in ("slack_channels", "slack_users")
            values[name] = kept_all(told, caller, getattr(base, name)) if is_slack else told
        except BadInput as refusal:
            reading.faults[name] = str(refusal)
    draft = _checked(reading, base, values)
    if reading.faults or draft is None:
        raise Unfit(reading.faults)
    return draft


_BLAMED = (
    ("name", ("name",)),
    ("limit", ("limit",)),
    ("critical", ("warning", "critical")),
    ("forecast", ("forecast",)),
    ("end", ("kind", "zone", "start", "end")),
    ("rollover", ("rollover",)),
    ("description", ("description",)),
    ("scope", ("scope",)),
)
"""Where the fault of fields is told that are checked together, in the order of checking."""


def _checked(reading: _Reading, base: BudgetDraft, values: dict[str, object]) -> BudgetDraft | None:
    """The draft; the fields are taken over group by group, and the first that breaks it is blamed.

    A custom budget's days are checked before its rollover, which it cannot have.
    """
    draft = replace(base, rollover=None, end=None, kind=_running(base.kind))
    remaining = {
        name: value
        for name, value in values.items()
        if name not in {one for _, group in _BLAMED for one in group}
    }
    draft = replace(draft, **remaining)
    for blamed, group in _BLAMED:
        given = {name: values[name] for name in group if name in values}
        try:
            tried = replace(draft, **given)
            terms_of(tried)
        except BadInput as refusal:
            reading.faults.setdefault(blamed, str(refusal))
        else:
            draft = tried
    return None if reading.faults else draft


def _running(kind: BudgetKind) -> BudgetKind:
    return "monthly" if kind == "custom" else kind
