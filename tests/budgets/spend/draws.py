"""Random requests and budgets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from tests.budgets.spend.reference import Watched
from tests.mart.rows import Row, request

ZONES = [
    "UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe",
]  # fmt: skip
ORGANIZATIONS = ["acme", "globex", "Ünïcode, Inc. '\"", "nobody"]
MODELS = ["a", "b", "c/~1", "unused"]


def some_requests(draw: Random, first: date, days: int, number: int, name: str) -> list[Row]:
    """Requests of `days` days from `first` on."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    rows: list[Row] = []
    for i in range(number):
        category = draw.choice(["inference", "inference", "inference", "idle"])
        inference = category == "inference"
        unpriced = draw.random() < 0.1
        rows.append(
            request(
                f"{name}-{i}",
                begin + timedelta(seconds=draw.randrange(days * 86_400)),
                None if unpriced else f"{draw.randrange(10**6)}.{draw.randrange(10**15):015}",
                requests=draw.randrange(1, 4),
                cost_category=category,
                organization=draw.choice([*ORGANIZATIONS[:3], None]),
                model=draw.choice([*MODELS[:3], None]),
                team=draw.choice(["x", "y", None]),
                user_id=draw.choice(["u1", "u2"]),
                is_internal=draw.choice([True, False, False, None]),
                attributed_idle_cost=Decimal(draw.randrange(9)) if inference else None,
                attributed_overhead_cost=Decimal("0.5") if inference else None,
            )
        )
    return rows


def budgets(first: date, last: date) -> st.SearchStrategy[Watched]:
    """Budgets whose periods lie around some days."""
    near = st.dates(first - timedelta(days=40), last + timedelta(days=40))
    periods = st.one_of(
        st.tuples(near, near).map(lambda both: (min(both), max(both))),
        near.map(_month),
    )
    scopes = st.fixed_dictionaries(
        {},
        optional={
            "organization": st.lists(st.sampled_from(ORGANIZATIONS), min_size=1, unique=True),
            "model": st.lists(st.sampled_from(MODELS), min_size=1, unique=True),
            "team": st.just(["x"]),
            "user": st.lists(st.sampled_from(["u1", "u2", "u3"]), min_size=1, unique=True),
        },
    )
    return st.builds(
        _watched,
        st.sampled_from(ZONES),
        periods,
        st.sampled_from([None, *ORGANIZATIONS]),
        scopes,
        st.booleans(),
    )


def _watched(
    zone: str,
    period: tuple[date, date],
    organization: str | None,
    scope: dict[str, list[str]],
    customers_only: bool,
) -> Watched:
    return Watched(zone, *period, organization, scope, customers_only)


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
