"""What is asked: parameters that are known, once each, and whose they are about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, cast

from fastapi import Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from analysis.errors import NotAllowed, NotFound, Unfit
from analysis.roles import Role
from api.identity import Identity
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimensions

LONGEST_VALUE = 500
"""Characters of one parameter."""

REPEATED = frozenset({"group_by", "status", "models"})
"""Parameters that may be sent several times, besides the dimensions."""

Filters = Mapping[str, tuple[str, ...]]


class Question(BaseModel):
    """The parameters of a call; an unknown one is refused, not overlooked."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Filtered(BaseModel):
    """The parameters of a call that takes filters too: each dimension is one, by its name."""

    model_config = ConfigDict(extra="allow", frozen=True)

    def filters(self, names: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The filters: dimension to the values that count, any of them.

        Args:
            names: of the dimensions that this call filters by.

        Raises:
            Unfit: a parameter is unknown, or empty.
        """
        found: dict[str, tuple[str, ...]] = {}
        faults: dict[str, str] = {}
        for name, given in (self.model_extra or {}).items():
            values = _several(given)
            if name not in names:
                known = (*type(self).model_fields, *names)
                hint = did_you_mean(name, known)
                faults[f"query.{name}"] = f"There is no parameter {shown(name)}. {hint}".strip()
            elif not all(values):
                faults[f"query.{name}"] = "An empty value filters nothing: leave it out."
            else:
                found[name] = values
        if faults:
            raise Unfit(faults)
        return found


def _several(given: object) -> tuple[str, ...]:
    if isinstance(given, list):
        return tuple(str(one) for one in cast("list[object]", given))
    return (str(given),)


def _day(given: object) -> object:
    """A day as ISO 8601 writes it, and no other way."""
    if isinstance(given, str):
        message = "Write a day as 2026-11-20."
        if len(given) != len("2026-11-20"):
            raise ValueError(message)
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise ValueError(message) from None
    return given


def _word(given: object) -> object:
    """`true` or `false`, and no other word."""
    words: Mapping[object, bool] = {"true": True, "false": False}
    if isinstance(given, str):
        if given not in words:
            message = "Write true or false."
            raise ValueError(message)
        return words[given]
    return given


NO_NUL = r"^[^\x00]*$"

Text = Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE, pattern=NO_NUL)]
"""A name, which is looked for as it is."""

Day = Annotated[date, BeforeValidator(_day)]

Flag = Annotated[bool, BeforeValidator(_word)]

Limit = Annotated[int, Field(ge=1, le=200, description="Entries of a page at most.", examples=[10])]

Cursor = Annotated[
    str | None,
    Field(
        max_length=LONGEST_VALUE,
        pattern=NO_NUL,
        description="`next_cursor` of the page before, with the same other parameters; without "
        "it: the first page.",
    ),
]

OneOrganization = Annotated[
    Text | None,
    Field(
        description="Only what is this organization's. Whoever is bound to an organization sees "
        "that one alone; any other is not there (404).",
        examples=["acme"],
    ),
]


def identified(identity: Identity) -> Callable[[Request], Coroutine[Any, Any, None]]:
    """A dependency of every call: without a caller there is no answer."""

    async def identify(request: Request) -> None:
        caller = await identity.caller(request)
        check_sees(caller)
        request.state.caller = caller

    return identify


def check_sees(caller: Caller) -> None:
    """Passes where there is something that a caller may see.

    Raises:
        NotAllowed: the caller is of no organization, and no admin of all of them.
    """
    if caller.organization is None and caller.role is not Role.ADMIN:
        raise NotAllowed("You are of no organization, so there is nothing of yours to see.")


def caller_of(request: Request) -> Caller:
    """Who calls, as `identified` found it."""
    return cast("Caller", request.state.caller)


def said_once(dimensions: Dimensions) -> Callable[[Request], Coroutine[Any, Any, None]]:
    """A dependency of every call: of two values for one parameter neither is overlooked."""

    async def check(request: Request) -> None:
        faults: dict[str, str] = {}
        seen: set[str] = set()
        for name, value in request.query_params.multi_items():
            if name in seen and name not in REPEATED and name not in dimensions:
                faults[f"query.{name}"] = "It is given twice: give it once."
            if len(value) > LONGEST_VALUE or "\0" in value:
                faults[f"query.{name}"] = f"Give at most {LONGEST_VALUE} characters of plain text."
            seen.add(name)
        if faults:
            raise Unfit(faults)

    return check


def of_own(caller: Caller, asked: Sequence[str | None]) -> None:
    """Passes where the organizations that are asked for are within the caller's reach.

    Raises:
        NotFound: one is not; said alike whether there is one of that name or not.
    """
    if caller.organization is None:
        return
    for name in asked:
        if name is not None and name != caller.organization:
            sentence = f"There is no organization {shown(name)} in your costs."
            raise NotFound(sentence, "Leave `organization` away: your own is what you see.")
