"""A picture: a chart that was painted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, ready to be shown.

    Attributes:
        png: the file.
        alt: what it shows, for who cannot see it.
        width: in pixels.
        height: the same.
    """

    png: bytes
    alt: str
    width: int
    height: int
