"""Fault switches as JSON, for the page and for whoever sets them over HTTP."""

from __future__ import annotations

from dataclasses import fields

from pydantic import TypeAdapter

from playground.faults import Fault
from playground.model import JsonObject


def fault_of(body: bytes) -> Fault:
    """The switch that a JSON body describes, with `Fault`'s own names and defaults.

    Raises:
        ValueError: it describes none.
    """
    return TypeAdapter(Fault).validate_json(body)


def fault_json(fault: Fault) -> JsonObject:
    """A switch as JSON."""
    body: JsonObject = {field.name: getattr(fault, field.name) for field in fields(fault)}
    if fault.kind != "refused":
        del body["error"]
    return body | {"methods": sorted(fault.methods)}
