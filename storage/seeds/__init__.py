"""What a new store begins with: data, read by the migration that enters it once.

A deployment's own changes stay. What becomes known later is a file and a migration of its own.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast
from uuid import UUID, uuid5

_FOLDER = Path(__file__).parent

_NAMESPACE = UUID("6f0a3c0e-3c0b-5f58-9d5a-6b8f3c1f7a21")

ENTERED = datetime(2026, 11, 21, tzinfo=UTC)
"""When the list was compiled."""

SEEDER = "costbot"
"""Who entered the first prices."""


def first_prices() -> list[dict[str, object]]:
    """The rows of `model_pricing.toml`, ready for the table: one for each model and date.

    Keys are the same in every store, so that the migration can be taken back.
    """
    return [
        _row(model, price)
        for model in _tables("model_pricing.toml", "model")
        for price in cast("list[dict[str, object]]", model["price"])
    ]


def newer_prices() -> list[dict[str, object]]:
    """The rows of `newer_models.toml`, ready for the table: one for each model, date and tier."""
    return [
        _row(model, price)
        | {
            "batch_cached_input": _decimal(price.get("batch_cached_input")),
            "batch_cache_write": _decimal(price.get("batch_cache_write")),
        }
        for model in _tables("newer_models.toml", "model")
        for price in cast("list[dict[str, object]]", model["price"])
    ]


@dataclass(frozen=True, slots=True)
class NewerFacts:
    """What `newer_models.toml` knows by now of a row of the first list.

    Attributes:
        key: of the row.
        before: what it said, by column.
        after: what it says now.
    """

    key: UUID
    before: dict[str, object]
    after: dict[str, object]


def newer_facts() -> list[NewerFacts]:
    """What is known by now of models of the first list, one for each of their rows."""
    known = {
        (table["provider"], table["model"]): table for table in _tables("newer_models.toml", "fact")
    }
    return [
        _facts(row, known[row["provider"], row["model"]])
        for row in first_prices()
        if (row["provider"], row["model"]) in known
    ]


def _facts(row: dict[str, object], known: dict[str, object]) -> NewerFacts:
    after: dict[str, object] = {}
    if "quality_source" in known:
        after["quality_source"] = f"{row['quality_source']}; {known['quality_source']}"
    if "deprecated_at" in known:
        after["deprecated_at"] = _midnight(cast("date", known["deprecated_at"]))
        after["replacement"] = known["replacement"]
    before = {name: row[name] for name in after}
    return NewerFacts(cast("UUID", row["id"]), before, after)


def _tables(file: str, name: str) -> list[dict[str, object]]:
    content = tomllib.loads((_FOLDER / file).read_text("utf-8"), parse_float=Decimal)
    return cast("list[dict[str, object]]", content[name])


def _row(model: dict[str, object], price: dict[str, object]) -> dict[str, object]:
    effective_from = _midnight(cast("date", price["effective_from"]))
    deprecated = cast("date | None", model.get("deprecated_at"))
    tier = cast("int", price.get("above_input_tokens", 0))
    name = f"{model['provider']}/{model['model']}/{effective_from:%Y-%m-%d}"
    name += f"/{tier}" if tier else ""
    return {
        "id": uuid5(_NAMESPACE, name),
        "provider": model["provider"],
        "model": model["model"],
        "organization": None,
        "above_input_tokens": tier,
        "input": _decimal(price["input"]),
        "output": _decimal(price["output"]),
        "cached_input": _decimal(price.get("cached_input")),
        "cache_write": _decimal(price.get("cache_write")),
        "reasoning": None,
        "batch_input": _decimal(price.get("batch_input")),
        "batch_output": _decimal(price.get("batch_output")),
        "context_window": price.get("context_window", model["context_window"]),
        "max_output": price.get("max_output", model["max_output"]),
        "capabilities": model["capabilities"],
        "quality_score": _decimal(model.get("quality_score")),
        "quality_source": model["quality_source"],
        "active": True,
        "deprecated_at": None if deprecated is None else _midnight(deprecated),
        "replacement": model.get("replacement"),
        "effective_from": effective_from,
        "source": price.get("source", model["source"]),
        "reference": price.get("reference", model["reference"]),
        "created_by": SEEDER,
        "created_at": ENTERED,
    }


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
