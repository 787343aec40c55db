"""The part of Linear's schema that the stand-in knows; what is not in it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from playground.linear.document import Operation, Selected, Variable

Json = Mapping[str, object]

PLAIN = frozenset({"String", "ID", "Int", "Float", "Boolean", "DateTime"})

TYPES: Mapping[str, Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "Query": {
        "viewer": ("User", {}),
        "teams": ("TeamConnection", {"filter": "TeamFilter", "first": "Int"}),
        "workflowStates": (
            "WorkflowStateConnection",
            {"filter": "WorkflowStateFilter", "first": "Int"},
        ),
        "issue": ("Issue", {"id": "String!"}),
    },
    "Mutation": {
        "issueCreate": ("IssuePayload", {"input": "IssueCreateInput!"}),
        "issueUpdate": ("IssuePayload", {"id": "String!", "input": "IssueUpdateInput!"}),
        "commentCreate": ("CommentPayload", {"input": "CommentCreateInput!"}),
    },
    "User": {name: ("String", {}) for name in ("id", "name", "email")},
    "Team": {name: ("String", {}) for name in ("id", "key", "name")},
    "WorkflowState": {name: ("String", {}) for name in ("id", "name", "type", "position")},
    "Issue": {
        **{
            name: ("String", {})
            for name in ("id", "identifier", "title", "description", "priority", "url")
        },
        "state": ("WorkflowState", {}),
        "team": ("Team", {}),
        "comments": ("CommentConnection", {"first": "Int"}),
    },
    "Comment": {"id": ("ID", {}), "body": ("String", {})},
    "IssuePayload": {"success": ("Boolean", {}), "issue": ("Issue", {})},
    "CommentPayload": {"success": ("Boolean", {}), "comment": ("Comment", {})},
    **{f"{name}Connection": {"nodes": (name, {})} for name in ("Team", "WorkflowState", "Comment")},
}
"""By type: the fields, each with its own type and its arguments."""

INPUTS: Mapping[str, Mapping[str, str]] = {
    "IssueCreateInput": {
        "id": "String",
        "teamId": "String!",
        "title": "String",
        "description": "String",
        "priority": "Int",
        "stateId": "String",
        "assigneeId": "String",
        "labelIds": "[String!]",
    },
    "IssueUpdateInput": {
        "title": "String",
        "description": "String",
        "priority": "Int",
        "stateId": "String",
    },
    "CommentCreateInput": {"id": "String", "issueId": "String", "body": "String"},
    "TeamFilter": {"key": "StringComparator", "id": "IDComparator", "name": "StringComparator"},
    "WorkflowStateFilter": {"team": "TeamFilter", "type": "StringComparator"},
    "StringComparator": {"eq": "String", "eqIgnoreCase": "String", "in": "[String!]"},
    "IDComparator": {"eq": "ID", "in": "[ID!]"},
}
"""By input type: the fields with their types; `!`: it has to be there."""

_UUID4 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII
)


class Unfit(Exception):
    """The operation does not fit the schema."""


def is_uuid4(text: object) -> bool:
    """Whether a text is an id as Linear wants those that clients give."""
    return isinstance(text, str) and _UUID4.fullmatch(text) is not None


def check(operation: Operation, variables: Json) -> None:
    """Passes where an operation and its variables fit.

    Raises:
        Unfit: they do not; the message says what.
    """
    for name, kind in operation.variables.items():
        _fits(variables.get(name), kind, f'Variable "${name}"')
    root = "Query" if operation.kind == "query" else "Mutation"
    _check_fields(operation.fields, root, operation.variables)


def _check_fields(fields: Sequence[Selected], kind: str, variables: Mapping[str, str]) -> None:
    for selected in fields:
        known = TYPES[kind].get(selected.name)
        if known is None:
            message = f'Cannot query field "{selected.name}" on type "{kind}".'
            raise Unfit(message)
        inner, arguments = known
        for name, value in selected.arguments.items():
            if name not in arguments:
                message = f'Unknown argument "{name}" on field "{kind}.{selected.name}".'
                raise Unfit(message)
            _check_value(value, arguments[name], variables)
        for name, wanted in arguments.items():
            if wanted.endswith("!") and name not in selected.arguments:
                message = (
                    f'Field "{selected.name}" argument "{name}" of type "{wanted}" is required.'
                )
                raise Unfit(message)
        if (inner in PLAIN) == bool(selected.fields):
            message = f'Field "{selected.name}" of type "{inner}" has a wrong selection.'
            raise Unfit(message)
        if selected.fields:
            _check_fields(selected.fields, inner, variables)


def _check_value(value: object, wanted: str, variables: Mapping[str, str]) -> None:
    """Checks a value that is written in the document; variables by their declared types."""
    if isinstance(value, Variable):
        declared = variables.get(value.name)
        if declared is None:
            message = f'Variable "${value.name}" is not defined.'
            raise Unfit(message)
        if declared.rstrip("!") != wanted.rstrip("!") or (
            wanted.endswith("!") and not declared.endswith("!")
        ):
            message = (
                f'Variable "${value.name}" of type "{declared}" used in position expecting type '
                f'"{wanted}".'
            )
            raise Unfit(message)
        return
    bare = wanted.rstrip("!")
    if bare in INPUTS and isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            if name not in INPUTS[bare]:
                message = f'Field "{name}" is not defined by type "{bare}".'
                raise Unfit(message)
            _check_value(inner, INPUTS[bare][name], variables)
        return
    _fits(value, wanted, "A value")


def _fits(value: object, wanted: str, what: str) -> None:
    """Passes where a value is one of a type."""
    bare = wanted.rstrip("!")
    if value is None:
        if wanted.endswith("!"):
            message = f'{what} of required type "{wanted}" was not provided.'
            raise Unfit(message)
        return
    if bare.startswith("["):
        _fits_list(value, bare[1:-1], what)
    elif bare in INPUTS:
        _fits_input(value, bare, what)
    else:
        kinds: dict[str, tuple[type, ...]] = {
            "Int": (int,),
            "Float": (int, float),
            "Boolean": (bool,),
        }
        if not isinstance(value, kinds.get(bare, (str,))):
            message = f"{what} got an invalid value: {bare} cannot represent {value!r}."
            raise Unfit(message)


def _fits_list(value: object, inner: str, what: str) -> None:
    if not isinstance(value, list):
        message = f"{what} got an invalid value: it is no list."
        raise Unfit(message)
    for one in cast("list[object]", value):
        _fits(one, inner, what)


def _fits_input(value: object, kind: str, what: str) -> None:
    if not isinstance(value, dict):
        message = f'{what} got an invalid value: Expected type "{kind}" to be an object.'
        raise Unfit(message)
    given = cast("dict[str, object]", value)
    for name in given:
        if name not in INPUTS[kind]:
            message = (
                f'{what} got an invalid value: Field "{name}" is not defined by type "{kind}".'
            )
            raise Unfit(message)
    for name, inner in INPUTS[kind].items():
        _fits(given.get(name), inner, f"{what} at {name}")
