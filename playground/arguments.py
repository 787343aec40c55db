"""A call's arguments, however they were sent: query, form, multipart or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from starlette.datastructures import UploadFile
from starlette.requests import Request

from playground.blockkit.rules import Json
from playground.slack_error import SlackError, missing


class Arguments:
    """Named values, read as the type that a method wants.

    Forms carry everything as text ("1", "true", JSON in a string), JSON bodies carry it as it is:
    both read the same here.
    """

    def __init__(self, values: Mapping[str, Json]) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """The value as text."""
        value = self.values.get(name, default)
        if isinstance(value, (bool, dict, list)):
            return json.dumps(value)
        return str(value)

    def required(self, name: str) -> str:
        """The value as text; it must be there.

        Raises:
            SlackError: `invalid_arguments`, naming the field.
        """
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """The value as true or false."""
        if name not in self.values:
            return default
        return self.text(name).lower() in ("1", "true", "yes", "on")

    def number(self, name: str, default: int) -> int:
        """The value as a whole number.

        Raises:
            SlackError: `invalid_arguments` if it is none.
        """
        try:
            return int(self.text(name, str(default)) or default)
        except ValueError:
            raise SlackError("invalid_arguments", [f"must be an integer: {name}"]) from None

    def data(self, name: str, error: str) -> Json:
        """The value as JSON, parsed if it came as text.

        Raises:
            SlackError: `error` if the text is no JSON.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return cast("Json", json.loads(value))
        except ValueError:
            raise SlackError(error) from None


@dataclass(frozen=True, slots=True)
class Received:
    """What came in: the arguments, the token, and what Slack would warn of."""

    arguments: Arguments
    token: str
    warnings: tuple[str, ...] = ()


async def receive(request: Request) -> Received:
    """Read a call as `slack_sdk` and other clients send it.

    Raises:
        SlackError: the body is not what its content type says.
    """
    values: dict[str, Json] = dict(request.query_params.items())
    warnings: tuple[str, ...] = ()
    content_type = request.headers.get("content-type", "").lower()
    from_json = "json" in content_type
    if from_json:
        if "charset" not in content_type:
            warnings = ("missing_charset",)
        values.update(_json_object(await request.body()))
    elif "form" in content_type:
        async with request.form() as form:
            values.update({n: v for n, v in form.items() if not isinstance(v, UploadFile)})
    elif await request.body():
        raise SlackError("invalid_post_type")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        # Slack takes no token from a JSON body.
        sent = request.query_params.get("token") if from_json else values.get("token")
        token = str(sent or "")
    values.pop("token", None)
    return Received(Arguments(values), token.strip(), warnings)


def _json_object(body: bytes) -> dict[str, Json]:
    if not body:
        return {}
    try:
        parsed = cast("Json", json.loads(body))
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise SlackError("json_not_object")
    return parsed
