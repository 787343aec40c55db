"""How bad it is: the levels of an incident."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How a watched series stands; the last look decides."""

    UNKNOWN = "unknown"
    """It was never looked at, or there is too little history."""
    OK = "ok"
    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"
    NO_DATA = "no data"
    """Its data is stale or missing: nothing can be said, which is not the same as ok."""

    @property
    def rank(self) -> int:
        """0 for what is no trouble, 1 to 3 from notice to critical."""
        return {"notice": 1, "warning": 2, "critical": 3}.get(self.value, 0)

    @property
    def is_trouble(self) -> bool:
        """Whether something is wrong with the series itself."""
        return self.rank > 0
