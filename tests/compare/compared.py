"""What is asked for, and what the answer shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from analysis.roles import Role
from bot.blocks.compare import compare_answer
from handlers.caller import Caller
from handlers.compare import CompareRequest, CompareResult
from tests.compare.asked import ADMIN, asking
from tests.facts import Fact

NOW = "2026-11-20 13:37"
GLOBEX = replace(ADMIN, organization="globex", role=Role.USER)


async def answered(
    home: Path,
    facts: Iterable[Fact],
    request: CompareRequest | None = None,
    *,
    now: str = NOW,
    caller: Caller = ADMIN,
) -> CompareResult:
    async with asking(home, now, facts) as parts:
        return await parts.handlers.compare.compare(request or CompareRequest(), caller)


def members(result: CompareResult) -> list[tuple[str | None, Decimal, Decimal]]:
    return [(row.member, row.now.cost, row.before[0].cost) for row in result.rows]


def notes(result: CompareResult, caller: Caller = ADMIN) -> str:
    return str(compare_answer(result, caller).payload())
