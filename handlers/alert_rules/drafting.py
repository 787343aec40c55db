"""From a form to a rule: every field that cannot be used is told, all of them at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, TypeVar, cast

from analysis.alert_rules.terms import (
    DEFAULT_FLOOR,
    DEFAULT_MARGIN,
    FITS,
    Baseline,
    Direction,
    Kind,
    Terms,
    Unit,
)
from analysis.errors import BadInput, Refused, Unfit
from analysis.series import Measure
from handlers.alert_rules import fields
from handlers.alert_rules.form import RuleForm
from handlers.alert_rules.scoping import Scoped, Scoping
from handlers.alert_rules.wording import condition, scope_names
from handlers.asking import Names
from handlers.budgets.fields import OFF, amount_or_off, contacts, zone
from handlers.caller import Caller
from handlers.nearest import shown
from handlers.workspaces.addresses import kept_all
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from storage.records.alert_rule import LONGEST_NAME, AlertRuleDraft, RuleTarget

T = TypeVar("T")

CATEGORY = "category"

ME = "me"
"""Stands for who fills in the form, among people that are told."""

_TARGETS: tuple[
    tuple[Literal["slack_channels", "slack_users", "emails", "webhooks", "linear"], str], ...
] = (
    ("slack_channels", "slack"),
    ("slack_users", "slack"),
    ("emails", "email"),
    ("webhooks", "webhook"),
    ("linear", "linear"),
)
"""Fields with where it is told, and what each leaves through."""


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
        """What is watched; what is wrong with it is kept as a fault."""
        try:
            return await scoping
        except Unfit as unfit:
            self.faults |= unfit.faults
            return Scoped(None)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A form that can be kept.

    Attributes:
        draft: what it says.
        unseen: values of its filters that no cost has had lately, as `dimension value`.
    """

    draft: AlertRuleDraft
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drafting:
    """Reads forms.

    Attributes:
        engine: knows the values that costs have had.
        dimensions: of the deployment.
    """

    engine: Engine
    dimensions: Dimensions

    async def new(self, form: RuleForm, caller: Caller) -> Drafted:
        """A rule to be created.

        Raises:
            Unfit: with a sentence for every field that cannot be used.
            Unavailable: the engine cannot answer.
        """
        reading = _Reading(dict(form.unread))
        if not (form.what or "").strip():
            reading.faults.setdefault("what", f"Say what to watch: {', '.join(fields.WHAT)}.")
        if not (form.warning or "").strip():
            hint = "A rule needs a threshold, such as `above $500` or `above 30%`."
            reading.faults.setdefault("warning", hint)
        scoped = await reading.scoped(Scoping(self.engine, self.dimensions).new(form, caller))
        return self._drafted(reading, None, form, scoped, caller)

    async def changed(self, before: AlertRuleDraft, form: RuleForm, caller: Caller) -> Drafted:
        """A rule as it would be with a form's changes.

        Raises:
            Unfit: with a sentence for every field that cannot be used.
            Unavailable: the engine cannot answer.
        """
        reading = _Reading(dict(form.unread))
        scoping = Scoping(self.engine, self.dimensions)
        scoped = await reading.scoped(scoping.changed(before, form, caller))
        return self._drafted(reading, before, form, scoped, caller)

    def _drafted(
        self,
        reading: _Reading,
        before: AlertRuleDraft | None,
        form: RuleForm,
        scoped: Scoped,
        caller: Caller,
    ) -> Drafted:
        read = reading.read
        old = None if before is None else before.terms
        terms = _terms(reading, old, form)
        if terms is not None and terms.kind is Kind.UTILIZATION and scoped.organization is not None:
            reading.faults["what"] = (
                "Utilization is of machines that all organizations share: only a rule of the "
                "deployment's own watches it. Ask an admin."
            )
        each = self._each(reading, before, form, caller)
        terms = _by_category(reading, terms, each, scoped)
        targets = _targets(reading, before, form, caller)
        days = read("zone", form.zone, zone, before.zone if before else caller.zone)
        source = read("source", form.source, fields.source, before.source if before else None)
        remind = read("remind", form.remind, fields.remind, before.remind_after if before else None)
        draft: AlertRuleDraft | None = None
        if terms is not None and not reading.faults:
            values: dict[str, object] = {
                "name": "a rule",
                "terms": terms,
                "zone": days,
                "organization": scoped.organization,
                "filters": scoped.filters,
                "each": each,
                "source": source,
                "customers_only": _flag(form.customers, bool(_of(before, "customers_only"))),
                "targets": targets,
                "remind_after": remind,
                "paused": bool(_of(before, "paused")),
                "paused_until": _of(before, "paused_until"),
            }
            draft = _checked(reading, values)
        if draft is not None:
            draft = self._named(reading, draft, before, form)
        if reading.faults or draft is None:
            raise Unfit(reading.faults)
        return Drafted(draft, scoped.unseen)

    def _each(
        self, reading: _Reading, before: AlertRuleDraft | None, form: RuleForm, caller: Caller
    ) -> str | None:
        if form.each is None:
            return None if before is None else before.each
        name = form.each.strip()
        if name.casefold() in OFF:
            return None
        try:
            Names(self.engine, self.dimensions).allow((name,), caller)
        except Refused as refusal:
            reading.faults["each"] = str(refusal)
            return None
        if name not in self.dimensions:
            reading.faults["each"] = f"{shown(name)} is time, and no dimension with members."
            return None
        return name

    def _named(
        self,
        reading: _Reading,
        draft: AlertRuleDraft,
        before: AlertRuleDraft | None,
        form: RuleForm,
    ) -> AlertRuleDraft | None:
        name = before.name if before is not None and form.name is None else (form.name or "")
        try:
            return replace(draft, name=name if name.strip() else _own_name(draft))
        except BadInput as refusal:
            reading.faults["name"] = str(refusal)
            return None


def _terms(reading: _Reading, old: Terms | None, form: RuleForm) -> Terms | None:
    """The terms; what is wrong with them is kept as a fault."""
    nothing = fields.Threshold(Decimal(0), None)
    first = reading.read("warning", form.warning or None, fields.threshold, nothing)
    what = (form.what or "").strip() or (_what(old) if old is not None else "cost")
    share = Unit.SHARE if old is not None and old.unit is Unit.SHARE else None
    guess = first.unit if form.warning else (old.unit if old is not None else None)
    if form.baseline is not None and first.unit is None and what in ("cost", "requests"):
        guess = guess or Unit.SHARE  # `above 30 of 7d`
    kind, measure = reading.read(
        "what", what, lambda text: fields.kind_of(text, guess or share), (Kind.ABSOLUTE, None)
    )
    if reading.faults.keys() & {"what", "warning"}:
        return None
    counted = measure or Measure.COST
    is_same_kind = old is not None and old.kind is kind
    unit = fields.unit_of(kind, counted, guess if form.warning or is_same_kind else None)
    warning = first.value
    if first.unit is None and unit is Unit.SHARE:
        warning = warning.scaleb(-2)
    if not form.warning and old is not None:
        warning = old.warning
    kept = old if is_same_kind and old is not None and old.unit is unit else None
    values: dict[str, object] = {
        "kind": kind,
        "unit": unit,
        "measure": counted,
        "warning": warning,
        "direction": reading.read(
            "direction", form.direction, fields.direction, _direction(kind, kept)
        ),
        "baseline": reading.read(
            "baseline", form.baseline or None, fields.baseline, _baseline(kind, unit, kept)
        ),
        "critical": _further(reading, "critical", form.critical, unit, kept),
        "notice": _further(reading, "notice", form.notice, unit, kept),
        "floor": _floor(reading, form, kind, unit, kept),
        "margin": reading.read(
            "margin", form.margin, fields.margin, kept.margin if kept else DEFAULT_MARGIN
        ),
        "is_today": _flag(form.today, bool(kept and kept.is_today)),
        "is_infrastructure": _flag(form.infrastructure, bool(kept and kept.is_infrastructure)),
    }
    try:
        return Terms(**values)  # pyright: ignore[reportArgumentType] - read field by field
    except BadInput as refusal:
        reading.faults.setdefault("warning", str(refusal))
        return None


def _by_category(
    reading: _Reading, terms: Terms | None, each: str | None, scoped: Scoped
) -> Terms | None:
    """Only infrastructure cost can be told apart by category: idle capacity has no requests."""
    if terms is None or CATEGORY not in (each, *scoped.filters):
        return terms
    if terms.kind in (Kind.ABSOLUTE, Kind.RELATIVE) and terms.measure is Measure.COST:
        return replace(terms, is_infrastructure=True)
    reading.faults["filters"] = "Only a rule on the cost of a day goes with a category."
    return None


def _what(terms: Terms) -> str:
    if terms.kind in (Kind.ABSOLUTE, Kind.RELATIVE):
        return terms.measure.value
    return terms.kind.value


def _direction(kind: Kind, kept: Terms | None) -> Direction:
    if kept is not None:
        return kept.direction
    fitting = FITS[kind].directions
    return Direction.ABOVE if Direction.ABOVE in fitting else Direction.BELOW


def _baseline(kind: Kind, unit: Unit, kept: Terms | None) -> Baseline | None:
    if unit is not Unit.SHARE:
        return None
    if kept is not None:
        return kept.baseline
    return {Kind.RELATIVE: Baseline.WEEK_BEFORE, Kind.REQUEST_COST: Baseline.FOUR_WEEKS}.get(kind)


def _further(
    reading: _Reading, name: str, text: str | None, unit: Unit, kept: Terms | None
) -> Decimal | None:
    before = None if kept is None else cast("Decimal | None", getattr(kept, name))
    return reading.read(name, text or None, lambda one: fields.further(one, unit), before)


def _floor(
    reading: _Reading, form: RuleForm, kind: Kind, unit: Unit, kept: Terms | None
) -> Decimal:
    is_relative = unit is Unit.SHARE and bool(FITS[kind].baselines)
    usual = DEFAULT_FLOOR if is_relative else Decimal(0)
    before: Decimal | None = kept.floor if kept is not None else usual
    found = reading.read("least", form.least or None, amount_or_off, before)
    if found and kind in (Kind.UNPRICED, Kind.FRESHNESS):
        reading.faults["least"] = "Of what has no price or no cost, no dollars are at stake."
    return found or Decimal(0)


def _targets(
    reading: _Reading, before: AlertRuleDraft | None, form: RuleForm, caller: Caller
) -> tuple[RuleTarget, ...]:
    if all(getattr(form, name) is None for name, _ in _TARGETS):
        return () if before is None else before.targets
    found: list[RuleTarget] = []
    for name, channel in _TARGETS:
        given = cast("tuple[str, ...] | None", getattr(form, name)) or ()
        if name == "slack_users":
            given = tuple(caller.user_id if one == ME else one for one in given)
        try:
            kept = given if name == "linear" else contacts(name, given)
        except BadInput as refusal:
            reading.faults[name] = str(refusal)
            continue
        if channel == "slack":
            there = () if before is None else before.targets
            kept = kept_all(kept, caller, (one for way, one in there if way == channel))
        found += [(channel, address) for address in kept]
    return tuple(dict.fromkeys(found))


_BLAMED = {"each": "each", "source": "source", "remind_after": "remind"}


def _checked(reading: _Reading, values: dict[str, object]) -> AlertRuleDraft | None:
    """The draft; what does not go together is told where it was said last."""
    if reading.faults:
        return None
    try:
        return AlertRuleDraft(**values)  # pyright: ignore[reportArgumentType] - field by field
    except BadInput as refusal:
        given = [blamed for name, blamed in _BLAMED.items() if values.get(name) is not None]
        reading.faults[given[0] if given else "filters"] = str(refusal)
        return None


def _own_name(draft: AlertRuleDraft) -> str:
    """What a rule is called that was given no name."""
    scope = ", ".join(scope_names(draft))
    each = f" each {draft.each}" if draft.each else ""
    name = condition(draft) + (f" of {scope}" if scope else "") + each
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _flag(given: bool | None, otherwise: bool) -> bool:
    return otherwise if given is None else given


def _of(rule: AlertRuleDraft | None, name: str) -> object:
    return None if rule is None else getattr(rule, name)
