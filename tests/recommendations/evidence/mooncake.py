"""The hour of chat published with Mooncake, imported, and walked through by plain Python.

The walk knows nothing of the project's SQL: it keeps a dictionary of when each block was last
seen, goes through the requests instant by instant, and stops at the first block that is not there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypedDict, cast

BLOCK = 512
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
MAPPING = {
    "time": "timestamp",
    "input_tokens": "input_length",
    "output_tokens": "output_length",
}


class Line(TypedDict):
    timestamp: int
    input_length: int
    output_length: int
    hash_ids: list[int]


@dataclass
class Walked:
    input: int = 0
    hit: int = 0
    missed_shared: int = 0
    missed: int = 0


def lines_of(path: Path) -> list[Line]:
    return [cast("Line", json.loads(line)) for line in path.read_text().splitlines()]


def leading(line: Line, there: Callable[[int], bool]) -> int:
    """The tokens of the blocks before the first one that is not there."""
    tokens = 0
    for one in line["hash_ids"]:
        if not there(one):
            break
        tokens += min(BLOCK, line["input_length"] - tokens)
    return tokens


def walk(lines: list[Line], lifetime: timedelta, shortest: int) -> Walked:
    milliseconds = lifetime / timedelta(milliseconds=1)
    asked_by = Counter(one for line in lines for one in set(line["hash_ids"]))
    lives_until: dict[int, float] = {}
    walked = Walked()
    ordered = sorted(lines, key=lambda line: line["timestamp"])
    for now, requests in groupby(ordered, key=lambda line: line["timestamp"]):
        together = list(requests)
        for line in together:
            hit = leading(line, partial(is_alive, lives_until, now))
            shared = leading(line, lambda one: asked_by[one] > 1)
            if hit < shortest:
                hit = 0
            walked.input += line["input_length"]
            walked.hit += hit
            if shared >= shortest:
                walked.missed_shared += max(0, shared - hit)
            if line["input_length"] >= shortest:
                walked.missed += line["input_length"] - hit
        # Only now: what arrives at the same instant cannot be served by one another.
        for line in together:
            lives_until.update(dict.fromkeys(line["hash_ids"], now + milliseconds))
    return walked


def is_alive(lives_until: dict[int, float], now: int, one: int) -> bool:
    return lives_until.get(one, -1.0) >= now
