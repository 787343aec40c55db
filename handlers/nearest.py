"""What somebody may have meant: the nearest of the words or names that exist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process, utils

LIKENESS = 55.0
"""Below this, on rapidfuzz's scale of 0 to 100, a suggestion would only puzzle."""


LONGEST_SHOWN = 60


def shown(word: str) -> str:
    """A word from outside, fit to stand in a sentence: short, printable, marked as code."""
    printable = "".join(
        c if c.isprintable() and c != "`" else "\N{REPLACEMENT CHARACTER}" for c in word
    )
    if len(printable) > LONGEST_SHOWN:
        printable = f"{printable[:LONGEST_SHOWN]}…"
    return f"`{printable}`" if printable.strip() else "an empty word"


def nearest(word: str, candidates: Iterable[str], limit: int = 3) -> list[str]:
    """The candidates most like `word`, best first; empty where none is like it."""
    found = process.extract(
        word,
        list(candidates),
        scorer=fuzz.ratio,
        processor=utils.default_process,
        limit=limit,
        score_cutoff=LIKENESS,
    )
    return [candidate for candidate, _, _ in found]


def did_you_mean(word: str, candidates: Sequence[str], *, otherwise: str = "") -> str:
    """A hint that names the nearest candidates, or else the first few, or `otherwise`."""
    close = nearest(word, candidates)
    if close:
        return f"Did you mean {_either(close)}?"
    if candidates:
        more = " …" if len(candidates) > 5 else ""
        return f"There is {', '.join(shown(candidate) for candidate in candidates[:5])}{more}."
    return otherwise


def _either(words: Sequence[str]) -> str:
    quoted = [shown(word) for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
