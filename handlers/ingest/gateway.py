"""A caller that sends usage, and does nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.caller import Caller


@dataclass(frozen=True, slots=True)
class Gateway(Caller):
    """A program whose token is of scope `ingest`.

    Only those who take usage in are handed one: everywhere else its token opens nothing.
    """
