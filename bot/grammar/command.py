"""What every understood command is: something asked for, perhaps as a file."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Command:
    """What was asked for; each kind of command is a class of its own.

    Attributes:
        csv: the answer is wanted as a file, with every row.
    """

    csv: bool = field(default=False, kw_only=True)
