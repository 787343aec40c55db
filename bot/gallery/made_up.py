"""A deployment with made-up facts, for the messages that only a whole answer shows as they are.

Three organizations: one as most are, one without a single fact, one whose names are too long and
hostile and whose figures are too large. It lives in a folder that is gone afterwards, and reads
none of the deployment's own settings.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo

from analysis.roles import Role
from bot.assembly import Parts, assembled
from bot.gallery.entry import DataSet
from bot.settings import Settings
from handlers.caller import Caller
from queries.dimensions import Source
from queries.mart import Mart
from queries.schema import Column, quoted, requests_columns

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)
"""A Friday."""

DAYS = 75
HOSTILE = "<!channel> & *Konglomerat* 日本語 🚀 `x` $1 <https://evil.example|here> " + "n" * 90
"""A name that would ping everybody, break the writing and the table."""

_TYPICAL = (
    # model, provider, product, endpoint, requests a day, cents each
    ("gpt-4", "openai", "api", "/v1/chat", 420, "2.9"),
    ("gpt-4o-mini", "openai", "api", "/v1/chat", 5200, "0.06"),
    ("claude-3-haiku", "anthropic", "support", "/v1/messages", 1900, "0.21"),
    ("text-embedding-3-small", "openai", "search", "/v1/embeddings", 8800, "0.002"),
)
TEAM = "T0GALLERY1"
_MANY = 24
"""Models of the organization with too many."""


class MovedByHand:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The present."""
        return self.now


@asynccontextmanager
async def made_up(clock: MovedByHand) -> AsyncGenerator[Parts]:
    """The deployment, put together."""
    with TemporaryDirectory(prefix="costbot-gallery-") as folder:
        # Whatever the real one has set stays out of it.
        settings = Settings(
            _env_file=None,  # pyright: ignore[reportCallIssue]
            home=Path(folder),
            store_url=None,
            dimensions=(),
            admins=(),
            default_organization=None,
            zone="UTC",
            bigquery_project=None,
        )
        async with assembled(settings, clock) as parts:
            _fill(parts.mart)
            yield parts


def caller_of(data: DataSet) -> Caller:
    """Who asks for the messages of a set of data: the organization's admin."""
    organization = {"typical": "acme", "empty": "vacant", "extreme": HOSTILE}[data]
    return Caller(TEAM, "U0GALLERY1", "Otto", organization, Role.ORG_ADMIN, ZoneInfo("UTC"))


def admin() -> Caller:
    """Somebody who sees all organizations."""
    return replace(caller_of("typical"), organization=None, role=Role.ADMIN)


def _fill(mart: Mart) -> None:
    columns = requests_columns(mart.dimensions)
    rows = [{**_nothing(columns), **row} for row in (*_of_acme(), *_of_the_hostile())]
    declared = ", ".join(f"{quoted(column.name)} {column.type}" for column in columns)
    read = ", ".join(f"unnest(?::VARCHAR[])::{column.type}" for column in columns)
    with mart.writer() as writer:
        for source in (Source.GPU, Source.USAGE):
            table, own = f"made_up_{source.value}", [r for r in rows if r["source"] == source.value]
            values = [[_written(row[column.name]) for row in own] for column in columns]
            writer.connection.execute(f"CREATE TEMP TABLE {table} ({declared})")
            writer.connection.execute(f"INSERT INTO {table} SELECT {read}", values)
            writer.add(source, table)
        writer.commit()


def _of_acme() -> Iterator[dict[str, object]]:
    """Working days and weekends, growth, a spike, failures, a model without a price."""
    for ago in range(DAYS):
        day = NOW - timedelta(days=ago)
        share = Decimal("0.4") if day.weekday() > 4 else Decimal(1)
        share *= 1 + Decimal(DAYS - ago) / 150
        for model, provider, product, endpoint, requests, cents in _TYPICAL:
            number = int(requests * share * (4 if ago == 1 and model == "gpt-4" else 1))
            failed = number // 60
            good = _usage(
                "acme", day, model, provider, product, endpoint, number - failed, Decimal(cents)
            )
            yield good
            bad = _usage("acme", day, model, provider, product, "failed", failed, Decimal(cents))
            yield {**bad, "endpoint": endpoint, "failed_requests": failed}
        yield _usage("acme", day, "aurora-next", "acme", "api", "/v1/chat", 12, None)
        yield from _gpu("acme", day, share)


def _of_the_hostile() -> Iterator[dict[str, object]]:
    for ago in range(DAYS):
        day = NOW - timedelta(days=ago)
        for number in range(_MANY):
            name = f"{number:02} {HOSTILE}"
            cents = Decimal(10) ** (number % 9) * (2 if ago == 1 and number % 2 else 1)
            requests = 10 ** (number % 7) * (3 if ago < 8 and number % 3 else 1)
            row = _usage(HOSTILE, day, name, name, name, name, requests, cents)
            yield {**row, "failed_requests": requests if number % 5 == 0 else 0}
        yield _usage(HOSTILE, day, f"free {HOSTILE}", HOSTILE, HOSTILE, HOSTILE, 10**6, None)
        yield _usage(HOSTILE, day, "gpt-4", "openai", HOSTILE, HOSTILE, 10**8, Decimal(4))


def _usage(
    organization: str,
    day: datetime,
    model: str,
    provider: str,
    product: str,
    endpoint: str,
    requests: int,
    cents: Decimal | None,
) -> dict[str, object]:
    time = day.replace(hour=9, minute=30)
    return {
        "dt": time.date(),
        "time": time,
        "request_key": _key(organization, day, model, product, endpoint),
        "source": Source.USAGE.value,
        "is_internal": False,
        "price_source": "unpriced" if cents is None else "list",
        "organization": organization,
        "model": model,
        "provider": provider,
        "product": product,
        "endpoint": endpoint,
        "cost_category": "inference",
        "requests": requests,
        "unpriced_requests": requests if cents is None else 0,
        "billed_cost": None if cents is None else cents * requests / 100,
        "fresh_input_tokens": 900 * requests,
        "output_tokens": 120 * requests,
        "tags": json.dumps({}),
    }


def _gpu(organization: str, day: datetime, share: Decimal) -> Iterator[dict[str, object]]:
    base = _usage(organization, day, "ltxv-13b", "own", "studio", "/v1/video", 90, Decimal(18))
    yield {
        **base,
        "source": Source.GPU.value,
        "price_source": "billed",
        "billed_cost": 31 * share,
        "attributed_idle_cost": 6 * share,
        "attributed_overhead_cost": 2 * share,
        "gpu_seconds": 41_000 * share,
    }
    yield {
        **base,
        "request_key": _key(organization, day, "idle"),
        "source": Source.GPU.value,
        "price_source": "billed",
        "cost_category": "idle",
        "requests": 0,
        "failed_requests": 0,
        "billed_cost": 6 * share,
        "gpu_seconds": 9_000 * share,
        "fresh_input_tokens": 0,
        "output_tokens": 0,
    }


def _key(organization: str, day: datetime, *words: str) -> str:
    return str(uuid5(NAMESPACE_OID, "|".join((organization, f"{day:%F}", *words))))


def _nothing(columns: tuple[Column, ...]) -> dict[str, object]:
    """Measures count from zero; all else is unknown."""
    return {
        column.name: 0 if column.type == "BIGINT" or column.type.startswith("DECIMAL") else None
        for column in columns
    }


def _written(value: object) -> str | None:
    return None if value is None else str(value)
