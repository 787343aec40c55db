"""What is asked of anomalies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

DEFAULT_DAYS = 7
MOST_DAYS = 30
"""Days that a list or a replay goes back at most."""

REPLAY_DAYS = 30


@dataclass(frozen=True, slots=True)
class ListAnomaliesRequest:
    """What was found lately.

    Attributes:
        days: the latest complete ones, 1 to `MOST_DAYS`.
        only_open: only what is open, however old it is.
        filters: dimension to the values that count, any of them; `organization` is one of them.
    """

    days: int = DEFAULT_DAYS
    only_open: bool = False
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """Settings of the detector that are tried; None: as they are.

    Attributes:
        bands: scores from which on a finding is a notice, a warning, critical.
        least_usd: USD that a finding has to move in a day.
        least_ratio: share of what was expected that it has to move.
        falls: whether days far below what was expected are findings too.
    """

    bands: tuple[float, float, float] | None = None
    least_usd: Decimal | None = None
    least_ratio: float | None = None
    falls: bool | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether the settings are tried as they are."""
        return self == TrialSettings()


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What would have been told with other settings, beside what was.

    Attributes:
        days: the latest complete ones, 1 to `MOST_DAYS`.
        settings: those that are tried.
        filters: see `ListAnomaliesRequest`.
    """

    days: int = REPLAY_DAYS
    settings: TrialSettings = field(default_factory=TrialSettings)
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
