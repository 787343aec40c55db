"""API keys that a file holds by mistake: never stored, never written to a rejects file."""

from __future__ import annotations

import re

PATTERN = (
    r"(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}"
    r"|xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|gh[a-z]_[A-Za-z0-9]{30,}"
    r"|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{20,}"
    r"|(?:gsk|xai|pplx|nvapi|fw|r8|co)[-_][A-Za-z0-9_-]{24,}|ya29\.[A-Za-z0-9_.-]{20,}"
    r"|ABSK[A-Za-z0-9+/=]{20,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}"
)
"""What the keys of the well-known providers look like. A key that is masked (`sk-…abcd`, with dots
or stars) is a name, and so are a hash and what has no digit. RE2 and Python read it alike."""

SHORTEST = 14
"""No key of those is shorter: shorter cells need not be looked at."""

_DIGIT = re.compile(r"[0-9]")
_SECRET = re.compile(rf"(?<![A-Za-z0-9])(?:{PATTERN})")


def stored_name_sql(cell: str) -> str:
    """What is stored of a key's cell: itself, or of a real key the beginning of its SHA-256."""
    return (
        f"CASE WHEN {is_secret_sql(cell)} THEN 'sha256:' || left(sha256({cell}), 16) "
        f"ELSE {cell} END"
    )


def is_secret_sql(cell: str) -> str:
    """Whether a cell is a real key, alone or after "Bearer"."""
    return (
        f"CASE WHEN length({cell}) >= {SHORTEST} "
        f"THEN regexp_full_match({cell}, '(?:Bearer )?(?:{PATTERN})') "
        f"AND regexp_matches({cell}, '[0-9]') ELSE false END"
    )


def redacted(text: str) -> str:
    """`text` with the keys in it made unreadable."""
    return _SECRET.sub(
        lambda found: f"{found[0][:5]}[key removed]" if _DIGIT.search(found[0]) else found[0], text
    )
