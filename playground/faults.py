"""Fault switches: how the fake misbehaves when it is told to.

A fault is set in code (`faults.set(Fault("server_error", times=2))`) or over HTTP (`POST /faults`
with the same fields as JSON; `DELETE /faults` mends everything).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Literal

Kind = Literal[
    "server_error",  # 500 in place of an answer; nothing is done
    "slow",  # the answer takes `seconds` longer, on the workspace's clock
    "ratelimited",  # 429 with Retry-After: `seconds`; nothing is done
    "dropped",  # the connection is closed before anything is done
    "reply_lost",  # everything is done, then the connection is closed in place of the answer
    "refused",  # the answer is `error`; nothing is done
    "unprocessed",  # done, but a completed upload can be shown in a message `seconds` later only
]
KINDS: tuple[Kind, ...] = (
    "server_error",
    "slow",
    "ratelimited",
    "dropped",
    "reply_lost",
    "refused",
    "unprocessed",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch.

    Args:
        kind: what goes wrong.
        times: how often, before it mends itself; None for ever.
        rate: the share of calls that it strikes, 0 to 1.
        methods: only these (`chat.postMessage`, …; `response_url` and `upload` too); empty for all.
        seconds: how slow, or the Retry-After, or how late.
        error: Slack's word for a refusal.
    """

    kind: Kind
    times: int | None = 1
    rate: float = 1.0
    methods: frozenset[str] = field(default_factory=frozenset[str])
    seconds: float = 1.0
    error: str = "not_allowed"


class Faults:
    """The switches that are on, in the order they were set."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable misfortune, no secret
        self._on: list[Fault] = []

    @property
    def on(self) -> list[Fault]:
        """The switches that are on, with the `times` that are left."""
        return list(self._on)

    def set(self, fault: Fault) -> None:
        """Turn a switch on, in place of an earlier one of its kind and methods."""
        self._on = [f for f in self._on if (f.kind, f.methods) != (fault.kind, fault.methods)]
        if fault.times != 0:
            self._on.append(fault)

    def clear(self) -> None:
        """Mend everything."""
        self._on = []

    def strike(self, method: str) -> Fault | None:
        """The fault that strikes this call, counted down; None if it is spared."""
        for index, fault in enumerate(self._on):
            if fault.methods and method not in fault.methods:
                continue
            if fault.rate < 1 and self._random.random() >= fault.rate:
                continue
            if fault.times is not None:
                left = fault.times - 1
                self._on[index : index + 1] = [replace(fault, times=left)] if left else []
            return fault
        return None
