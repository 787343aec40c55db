"""The days of which a source has everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SourceDays:
    """The first and the last day of which a source has everything, in the deployment's zone."""

    first: date
    last: date
