"""What a typed `/recs …` can ask for; each kind of command is a class of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.kept.states import Move
from bot.grammar.command import Command
from handlers.recommendations.requests import (
    DEFAULT_DAYS,
    ListRequest,
    OpportunityListRequest,
)

ME = "me"
"""Whoever asks, in the place of a person's id."""

UNSAID = ""
"""No person was named: a form asks for one."""


@dataclass(frozen=True, slots=True)
class RecsHelpCommand(Command):
    """`help`: what may be typed."""


@dataclass(frozen=True, slots=True)
class RecsListCommand(Command):
    """`list …`, or nothing."""

    request: ListRequest = field(default_factory=ListRequest)


@dataclass(frozen=True, slots=True)
class RecsShowCommand(Command):
    """`show ID`, or the place in the list of what is pending."""

    which: str


@dataclass(frozen=True, slots=True)
class RecsGenerateCommand(Command):
    """`generate [30d] [org NAME | all]`.

    Attributes:
        days: complete days of the evidence.
        organization: only this one's; None: as far as the caller reaches.
        is_meant: all organizations were named: nobody has to be asked whether they are meant.
    """

    days: int = DEFAULT_DAYS
    organization: str | None = None
    is_meant: bool = False


@dataclass(frozen=True, slots=True)
class RecsDecideCommand(Command):
    """A move of a recommendation.

    A rejection without a reason, and a verification without an amount, ask for the form.

    Attributes:
        which: its id, or the first digits of it.
        move: what is decided.
        reason: why; empty: it is not said.
        until: the day on which a snoozed or rejected one may come back; None: see `days`.
        days: the same as days from today on; None: the usual time.
        savings: USD a month, as typed, of `verify`; None: it is not said.
    """

    which: str
    move: Move
    reason: str = ""
    until: date | None = None
    days: int | None = None
    savings: str | None = None


@dataclass(frozen=True, slots=True)
class RecsAssignCommand(Command):
    """`assign ID PERSON`; `user` is an id of Slack, `ME`, `UNSAID`, or None for nobody."""

    which: str
    user: str | None


@dataclass(frozen=True, slots=True)
class RecsTrackerCommand(Command):
    """`tracker [org NAME]`: what was promised against what was measured."""

    organization: str | None = None


@dataclass(frozen=True, slots=True)
class OpportunityListCommand(Command):
    """`opportunities …`."""

    request: OpportunityListRequest = field(default_factory=OpportunityListRequest)


@dataclass(frozen=True, slots=True)
class OpportunityShowCommand(Command):
    """`opportunities show ID`."""

    which: str


@dataclass(frozen=True, slots=True)
class OpportunityAssignCommand(Command):
    """`opportunities assign ID PERSON`; `user` as in `RecsAssignCommand`."""

    which: str
    user: str | None


@dataclass(frozen=True, slots=True)
class OpportunityStatusCommand(Command):
    """`opportunities status ID STATE …`.

    Attributes:
        which: its id, or the first digits of it.
        state: to which it moves.
        resolution: what was found; None: it stays as it is.
        savings: USD a month that were found to be saved, as typed; None: it stays.
    """

    which: str
    state: OpportunityState
    resolution: str | None = None
    savings: str | None = None
