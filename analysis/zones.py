"""The time zones that are known here: looking for them reads hundreds of files."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def known_zones() -> frozenset[str]:
    """The names of the IANA time zones that this machine and the package tzdata have."""
    return frozenset(available_timezones())


@cache
def zone_names() -> dict[str, str]:
    """The same names, by what they are called in small letters."""
    return {name.casefold(): name for name in known_zones()}
