"""Months for tests: what organizations used, and what capacity cost."""

from __future__ import annotations

from decimal import Decimal

from analysis.showback.facts import Capacity, Feed, MonthFacts, Use, UseLine


def use(
    organization: str | None,
    direct: str,
    *,
    feed: Feed = Feed.GPU,
    team: str | None = None,
    internal: bool | None = False,
    **fields: object,
) -> UseLine:
    """What one organization used."""
    amounts: dict[str, object] = {
        name: Decimal(value) if isinstance(value, str) else value for name, value in fields.items()
    }
    counted = {"requests": 1, **amounts}
    return UseLine(
        organization,
        team,
        feed,
        internal,
        Use(direct=Decimal(direct), **counted),  # pyright: ignore[reportArgumentType]
    )


def capacity(category: str, spent: str) -> Capacity:
    """What GPUs cost besides requests."""
    return Capacity(category, Feed.GPU, Decimal(spent))


WORKED = MonthFacts(
    (
        use("acme", "600", idle="90", overhead="30"),
        use("acme", "200", feed=Feed.USAGE),
        use("globex", "300", idle="45", overhead="15"),
        use("initech", "100", feed=Feed.USAGE),
        use("owner", "100", idle="15", overhead="5", internal=True),
    ),
    (capacity("idle", "250"), capacity("overhead", "80"), capacity("unused", "169.99")),
)
"""The example of docs/showback.md: $1,799.99, of which $299.99 unattributed and $120 shared."""
