"""What of `costs` a query may see: the relation itself is restricted, whatever the query says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that there are, for one query.

    Attributes:
        organization: only this one's; None: those of all, and of none.
        customers_only: neither internal traffic nor traffic of unknown origin.
    """

    organization: str | None = None
    customers_only: bool = False


EVERYTHING = Scope()
"""All rows."""
