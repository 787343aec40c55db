"""What an examination found: one check, whether it passed, and what to do where it did not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analysis.errors import Refused, Unavailable


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what was looked at, in a word or two.
        level: how it ended.
        sentence: what was found, a whole sentence.
        cure: the next step, a whole sentence; empty where nothing is to be done.
    """

    name: str
    level: Level
    sentence: str
    cure: str = ""


def passed(name: str, sentence: str) -> Check:
    """Nothing is to be done."""
    return Check(name, Level.OK, sentence)


def warned(name: str, sentence: str, cure: str) -> Check:
    """It works, but not as it should."""
    return Check(name, Level.WARNING, sentence, cure)


def failed(name: str, sentence: str, cure: str) -> Check:
    """It does not work."""
    return Check(name, Level.FAULT, sentence, cure)


def failed_with(name: str, error: Refused | Unavailable, cure: str = "") -> Check:
    """It does not work, and the error says why.

    Args:
        name: what was looked at.
        error: raised by what was tried.
        cure: for an error that has no hint of its own.
    """
    if isinstance(error, Refused):
        return failed(name, error.sentence, error.hint or cure)
    return failed(name, str(error), cure)
