"""What is sent: JSON objects, read strictly. What is not understood is refused, not overlooked."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any, ClassVar, TypeVar, cast

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator
from starlette.exceptions import HTTPException

from analysis.errors import Unfit
from analysis.roles import Role
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown

MOST_BYTES = 64 * 1024
"""Of a body: a budget with all that it may have is a fifth of it."""

MEDIA_TYPE = "application/json"

_NO_JSON = "It is no JSON object of UTF-8 text."


class Body(BaseModel):
    """The body of a request; an unknown field is refused, and nothing is converted.

    Attributes:
        EMPTIED: the fields that `null` empties; no other one may be null.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, protected_namespaces=())

    EMPTIED: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _not_null(cls, given: object, info: ValidationInfo) -> object:
        if given is None and info.field_name not in cls.EMPTIED:
            message = "It cannot be null: leave it away."
            raise ValueError(message)
        return given

    @classmethod
    def described(cls) -> dict[str, Any]:
        """Its schema, without a null where none may be."""
        schema = cls.model_json_schema()
        for name, field in schema.get("properties", {}).items():
            if field.get("default", 0) is None:
                del field["default"]
            field.pop("title", None)
            choices = field.get("anyOf", ())
            kept = [one for one in choices if one.get("type") != "null" or name in cls.EMPTIED]
            if len(kept) == 1:
                del field["anyOf"]
                field |= {**kept[0], **field}
            elif choices:
                field["anyOf"] = kept
        return schema


class NoFields(Body):
    """The body of a request that has nothing to say besides its address."""


class OfOrganization(Body):
    """The body of a request that says whose something is, as only who sees all of them may."""

    organization_id: str | None = None

    def organization_of(self, caller: Caller) -> str | None:
        """The organization that is named; None: none is.

        Raises:
            Unfit: the caller is bound to one, so that not even that one can be named.
        """
        is_bound = caller.role is not Role.ADMIN or caller.organization is not None
        if is_bound and "organization_id" in self.model_fields_set:
            fault = "The organization comes from your token: leave it away."
            raise Unfit({"body.organization_id": fault})
        return self.organization_id


BodyT = TypeVar("BodyT", bound=Body)


def sent(model: type[BodyT]) -> Callable[[Request], Coroutine[Any, Any, BodyT]]:
    """A dependency that reads a body.

    It is read here and not by FastAPI, which reads bodies before it asks who calls, and takes for
    JSON what is not said to be JSON.

    Args:
        model: of the body. Without a field that has to be there, the body may be left away.
    """

    async def read(request: Request) -> BodyT:
        """The body.

        Raises:
            HTTPException: 413: it is too large; 415: it is no JSON.
            Unfit: with a sentence for each field that cannot be used.
        """
        raw = await raw_body(request)
        if raw:
            _check_kind(request)
        try:
            return model.model_validate(_parsed(raw) if raw else {})
        except ValidationError as error:
            raise Unfit(_faults(error, model)) from None

    return read


async def raw_body(request: Request) -> bytes:
    """The body as it came; read once, and asked for as often as one likes.

    Raises:
        HTTPException: 413: it is larger than `MOST_BYTES`.
    """
    known = cast("bytes | None", getattr(request.state, "body", None))
    if known is not None:
        return known
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > MOST_BYTES:
        raise _too_large()
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > MOST_BYTES:
            raise _too_large()
    request.state.body = bytes(found)
    return bytes(found)


def _too_large() -> HTTPException:
    return HTTPException(413, f"A body has {MOST_BYTES:,} bytes at most.")


def _check_kind(request: Request) -> None:
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    charset = rest.strip().casefold().replace('"', "")
    is_json = kind.strip().casefold() == MEDIA_TYPE and charset in ("", "charset=utf-8")
    if not is_json or request.headers.get("content-encoding", "identity") != "identity":
        sentence = f"Send JSON as UTF-8, uncompressed, with `Content-Type: {MEDIA_TYPE}`."
        raise HTTPException(415, sentence, headers={"Accept": MEDIA_TYPE})


def _parsed(raw: bytes) -> object:
    """The object that is sent.

    Raises:
        Unfit: it is none, or something in it could be read in two ways.
    """
    try:
        found = cast(
            "object",
            json.loads(
                raw.decode("utf-8"),
                parse_float=Decimal,
                parse_constant=_no_number,
                object_pairs_hook=_once,
            ),
        )
    except (ValueError, RecursionError, ArithmeticError) as error:
        reason = error.args[0] if isinstance(error, _Refusal) else _NO_JSON
        raise Unfit({"body": str(reason)}) from None
    if not isinstance(found, dict):
        raise Unfit({"body": _NO_JSON})
    _check_texts(cast("object", found), "body")
    return cast("object", found)


class _Refusal(ValueError):
    """JSON that could be read in two ways."""


def _no_number(text: str) -> object:
    message = f"{text} is no number of JSON."
    raise _Refusal(message)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = f"The field {shown(twice)} is given twice."
        raise _Refusal(message)
    return found


def _check_texts(value: object, place: str) -> None:
    """Passes where every text can be kept: no NUL, and no half of a surrogate pair."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
            raise Unfit({place: "It has a character that no text may have."})
    elif isinstance(value, dict):
        for name, one in cast("dict[str, object]", value).items():
            _check_texts(name, place)
            _check_texts(one, f"{place}.{name}")
    elif isinstance(value, list):
        for one in cast("list[object]", value):
            _check_texts(one, place)


def _faults(error: ValidationError, model: type[Body]) -> dict[str, str]:
    faults: dict[str, str] = {}
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        names = [str(one) for one in fault["loc"]]
        place = ".".join(("body", *names)) or "body"
        message = str(fault["msg"]).removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            hint = did_you_mean(names[-1], tuple(model.model_fields))
            message = f"There is no field {shown(names[-1])}. {hint}".strip()
        elif fault["type"] == "missing":
            message = "It has to be there."
        faults.setdefault(place, message)
    return faults
