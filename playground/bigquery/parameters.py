"""Named query parameters, as they come over the wire: a type, and the value as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from playground.bigquery.refusal import Refusal
from playground.bigquery.values import DUCKDB_TYPES, GOOGLESQL_TYPES, Value, decode, type_name
from playground.model import JsonObject


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's value, with its name as it was sent and its type as each dialect writes it."""

    name: str
    value: Value | list[Value]
    duckdb_type: str
    googlesql_type: str


def read_parameters(bodies: Sequence[JsonObject]) -> Mapping[str, Parameter]:
    """The parameters of a request by name, in lower case as names have no case.

    Raises:
        Refusal: without a name, of a type that is not imitated, or not of the type it claims.
    """
    found: dict[str, Parameter] = {}
    for body in bodies:
        name = str(body.get("name", ""))
        if not name:
            raise Refusal("notImplemented", "Positional parameters are not imitated.")
        kind = cast("JsonObject", body["parameterType"])
        value = cast("JsonObject", body.get("parameterValue", {}))
        found[name.lower()] = _read(name, kind, value)
    return found


def _read(name: str, kind: JsonObject, value: JsonObject) -> Parameter:
    if kind["type"] == "ARRAY":
        element = str(cast("JsonObject", kind["arrayType"])["type"])
        of = _known(name, element)
        bodies = cast("list[JsonObject]", value.get("arrayValues", []))
        return Parameter(
            name,
            [_scalar(name, of, one.get("value")) for one in bodies],
            f"{DUCKDB_TYPES[of]}[]",
            f"ARRAY<{GOOGLESQL_TYPES[of]}>",
        )
    of = _known(name, str(kind["type"]))
    return Parameter(
        name, _scalar(name, of, value.get("value")), DUCKDB_TYPES[of], GOOGLESQL_TYPES[of]
    )


def _known(name: str, kind: str) -> str:
    try:
        return type_name(kind)
    except ValueError as error:
        raise Refusal("invalid", f"Invalid type of the parameter {name}: {error}") from error


def _scalar(name: str, kind: str, text: object) -> Value:
    if text is None:
        return None
    try:
        return decode(str(text), kind)
    except ValueError as error:
        message = f"Invalid query parameter value for {name}: could not parse '{text}' as {kind}"
        raise Refusal("invalidQuery", message, location="query") from error
