"""The token mix of models, from LLM usage: what their requests would be billed by."""
# ruff: noqa: S608 - what is pasted are declared columns and parameter names of our own

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from analysis.periods import Window
from analysis.prices import TokenUsage
from queries.dimensions import Dimensions
from queries.engines.base import Engine
from queries.moments import Moments, utc_days

_INPUT = "fresh_input_tokens + cached_input_tokens + cache_write_tokens"
_TOKENS = (
    "fresh_input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the requests of one model used.

    Attributes:
        provider: as the requests name it; None: they name none.
        model: as they name it.
        tokens: of one tier, in a batch or not; its requests are all of them.
        served: of these requests, not failed.
    """

    provider: str | None
    model: str
    tokens: TokenUsage
    served: int

    @property
    def total_tokens(self) -> int:
        """Tokens of all classes."""
        return self.tokens.total


async def token_mix(
    engine: Engine,
    dimensions: Dimensions,
    window: Window,
    models: Sequence[str],
    pool: Mapping[str, tuple[str, ...]],
    tiers: Sequence[int] = (),
) -> list[Usage]:
    """What requests of `models` used in a window, where tokens are known.

    `costs` holds sums of an hour, so what decides a tier is the mean input of the hour's requests,
    and an hour counts as batch where most of its requests were.

    Args:
        engine: to ask.
        dimensions: of this deployment.
        window: what is added up.
        models: names, exactly as the rows have them.
        pool: conditions; a row that does not say fulfils them.
        tiers: input tokens above which another price holds.

    Raises:
        Unavailable: the engine cannot answer.
    """
    if not models:
        return []
    moments = Moments(window.zone)
    begins, over = moments.since(window.start, "start"), moments.since(window.end, "stop")
    parameters, conditions = moments.parameters, ["source = 'usage'", begins, f"NOT {over}"]
    wanted = {"model": tuple(models)} | {n: v for n, v in pool.items() if n != "model"}
    for number, (name, values) in enumerate(wanted.items()):
        column, marks = f"`{dimensions[name].column}`", list[str]()
        for position, value in enumerate(values):
            parameters[f"pool_{number}_{position}"] = value
            marks.append(f"@pool_{number}_{position}")
        unsaid = "" if name == "model" else f"{column} IS NULL OR "
        conditions.append(f"({unsaid}{column} IN ({', '.join(marks)}))")
    above = ["0"]
    for number, tier in enumerate(tiers):
        parameters[f"tier_{number}"] = tier
        above.append(f"IF({_INPUT} > @tier_{number} * requests, 1, 0)")
    first_day, last_day = utc_days(window)
    sums = ", ".join(f"SUM({column}) AS sum_{column}" for column in _TOKENS)
    table = await engine.query(
        f"SELECT provider, model, batch_requests * 2 > requests AS is_batch, "
        f"{' + '.join(above)} AS tier, {sums}, SUM(requests) AS all_requests, "
        f"SUM(requests - failed_requests) AS served FROM costs "
        f"WHERE {' AND '.join(conditions)} AND {' + '.join(_TOKENS)} > 0 "
        f"GROUP BY provider, model, is_batch, tier ORDER BY provider, model, is_batch, tier",
        parameters,
        first_day=first_day,
        last_day=last_day,
    )
    return [_usage(row) for row in table.rows]


def _usage(row: tuple[object, ...]) -> Usage:
    provider, model, is_batch, _, *counts = row
    fresh, cached, write, output, reasoning, requests, served = cast("list[int]", counts)
    return Usage(
        provider=cast("str | None", provider),
        model=cast("str", model),
        tokens=TokenUsage(
            fresh_input=fresh,
            cached_input=cached,
            cache_write=write,
            output=output,
            reasoning=reasoning,
            requests=requests,
            batch=cast("bool", is_batch),
        ),
        served=served,
    )
