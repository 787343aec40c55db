"""What a new store begins with: data, read by the migration that enters it once.

A deployment's own changes stay. What becomes known later is a file and a migration of its own.
"""

from __future__ import annotations

import tomllib
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


def newer_scores() -> list[tuple[UUID, str, str]]:
    """What `newer_models.toml` knows of the quality of models of the first list.

    Returns:
        The row's key, where its score comes from so far, and all of where it comes from now.
    """
    added = {
        (table["provider"], table["model"]): table["quality_source"]
        for table in _tables("newer_models.toml", "score")
    }
    return [
        (
            cast("UUID", row["id"]),
            f"{row['quality_source']}",
            f"{row['quality_source']}; {added[row['provider'], row['model']]}",
        )
        for row in first_prices()
        if (row["provider"], row["model"]) in added
    ]


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
