"""What is wrong with the options of `costbot budget`: all of it at once, each by its name."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from analysis.errors import BadInput, Unfit
from handlers.budgets.scoping import ANYWAY
from handlers.nearest import shown

T = TypeVar("T")

OPTIONS: Mapping[str, str] = {
    "name": "--name",
    "limit": "--limit",
    "kind": "--period",
    "organization": "--organization",
    "scope": "--scope",
    "zone": "--zone",
    "start": "--start",
    "end": "--end",
    "warning": "--warning",
    "critical": "--critical",
    "forecast": "--forecast",
    "is_hard": "--hard",
    "when_unknown": "--when-unknown",
    "rollover": "--rollover",
    "emails": "--email",
    "slack_channels": "--channel",
    "slack_users": "--user",
    "webhooks": "--webhook",
    "description": "--description",
    "alerts_enabled": "--alerts",
}
"""The option of each field of a form."""

ARGUMENTS: Mapping[str, str] = {**OPTIONS, "name": "NAME", "limit": "LIMIT", "kind": "PERIOD"}
"""The same, where a budget is created."""


@contextmanager
def named(names: Mapping[str, str]) -> Generator[None]:
    """Tells the faults of a form by the names of its options.

    Raises:
        Unfit: what the form's handler says, by other names.
    """
    try:
        yield
    except Unfit as unfit:
        anyway = ANYWAY.replace("`anyway`", "`--anyway`")
        faults = {names[one]: told.replace(ANYWAY, anyway) for one, told in unfit.faults.items()}
        raise Unfit(faults) from unfit


def scope_of(pairs: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """What DIMENSION=VALUE pairs mean, and what is wrong with them, by the field's name."""
    scope: dict[str, tuple[str, ...]] = {}
    faults: list[str] = []
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name.strip() and value.strip():
            scope[name] = (*scope.get(name, ()), value)
        else:
            faults.append(f"{shown(pair)} names no dimension and value.")
    if not faults:
        return scope, {}
    return {}, {"scope": f"{' '.join(faults)} Write it as `--scope model=gpt-4`."}


@dataclass(slots=True)
class Reading:
    """Options that are read one after the other.

    Attributes:
        faults: by the names of the options.
    """

    faults: dict[str, str] = field(default_factory=dict[str, str])

    def read(self, name: str, text: str | None, reader: Callable[[str], T]) -> T | None:
        """An option by its reader; None: it was not given, or is kept as a fault."""
        if text is None:
            return None
        try:
            return reader(text)
        except BadInput as fault:
            self.faults[name] = str(fault)
            return None

    def check(self) -> None:
        """Ends the reading.

        Raises:
            Unfit: with every fault.
        """
        if self.faults:
            raise Unfit(self.faults)


def day(text: str) -> date:
    """A day of the calendar.

    Raises:
        BadInput: it is none.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{shown(text)} is no day.", "Write it as `2026-03-31`.") from None


def reason_in(text: str) -> str:
    """Why something is wanted, or is not.

    Raises:
        BadInput: it says nothing.
    """
    if not text.strip():
        raise BadInput("A reason is needed.", "Say in a line why.")
    return text
