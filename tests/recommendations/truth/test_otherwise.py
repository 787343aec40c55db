"""The truth that recommendations are held against, on requests that can be reckoned by hand."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import benchmarks.recommendation_truth as truth
from analysis.recommendations.cells import Route
from benchmarks.recommendation_truth.actions import Actions, Move
from benchmarks.recommendation_truth.asks import Ask
from benchmarks.recommendation_truth.models import cost
from benchmarks.recommendation_truth.organizations import nothing
from benchmarks.recommendation_truth.otherwise import EXPIRED, Abroad, Otherwise

OMEGA = Route("acme", "anthropic", "omega", "/v1/chat", "reviews", "production")
BETA = Route("acme", "openai", "beta", "/v1/chat", "tagging", "production")
SCOPE = ("anthropic", "omega", "/v1/chat", "reviews", "production")
MILLION = 1_000_000


def saved(asks: Sequence[Ask], actions: Actions, abroad: Abroad | None = None) -> float:
    for ask in asks:
        ask.pico = cost(ask)
    return Otherwise(asks, abroad or Abroad()).saved(actions)


def ask(at: int, route: Route = OMEGA, fresh: int = MILLION, output: int = 0) -> Ask:
    return Ask(at, route, None, "jobs", fresh, output)


def test_what_nobody_waits_for_costs_half_as_a_batch_and_what_somebody_does_as_much() -> None:
    patient, waited_for = ask(0), ask(1)
    patient.patient = True
    batched = replace(nothing(), batched={("anthropic", "omega")})
    assert saved([patient, waited_for], batched) == 6


def test_one_request_of_a_batch_in_so_many_comes_back() -> None:
    asks = [ask(at) for at in range(EXPIRED)]
    for one in asks:
        one.patient = True
    batched = replace(nothing(), batched={("anthropic", "omega")})
    assert saved(asks, batched) == 6 * (EXPIRED - 1)


def test_an_answer_is_kept_for_its_lifetime_after_each_use() -> None:
    asks = [ask(0), ask(50), ask(100), ask(300)]
    for one in asks:
        one.prompt = 7
    asks[2].anew = True
    # The second is answered; the third is asked on purpose; the fourth comes too late.
    assert saved(asks, replace(nothing(), answers={SCOPE: 60})) == 12


def test_a_beginning_that_is_written_costs_more_and_less_once_it_is_read() -> None:
    asks = [ask(at, fresh=2_048) for at in (0, 100, 1_000)]
    for number, one in enumerate(asks):
        one.blocks, one.shared = (1, 2, 3, 10 + number), 1_536
    kept = replace(nothing(), prefixes={SCOPE: 300})
    # Two writes at $15 in place of $12 a million, and one read at $1.20.
    assert saved(asks, kept) == pytest.approx((-2 * 3 + 10.8) * 1_536 / MILLION)
    asks = [ask(at, fresh=2_048) for at in (0, 100)]
    for one in asks:
        one.blocks, one.shared = (1,), 512
    assert saved(asks, kept) == 0  # shorter than anybody keeps


def test_who_moves_pays_twice_for_what_the_other_model_gets_wrong() -> None:
    easy, hard, large = (ask(at, BETA, 1_000) for at in range(3))
    easy.hard, hard.hard = 0.05, 0.0
    large.fresh, large.hard = 5_000, 0.05
    moved = replace(
        nothing(), moved={("openai", "beta"): Move("openai", "beta-mini", 4_000, 1_024)}
    )
    assert saved([easy, hard, large], moved) == pytest.approx(0.0054 - 0.0006)
    seeing = ask(0, BETA, 1_000)
    seeing.hard, seeing.uses = 0.05, "vision"
    assert saved([seeing], moved) == pytest.approx(-0.0006)


def test_a_limit_saves_what_nobody_wanted_and_nothing_else() -> None:
    asks = [ask(at) for at in range(4)]
    asks[2].runaway = True
    limited = replace(nothing(), limits={("key", "jobs"): (2, 1_000.0)})
    assert saved(asks, limited) == 12
    assert saved(asks, replace(nothing(), limits={("key", "jobs"): (100, 12.0)})) == 12


def test_needless_tokens_and_lost_hits_are_what_their_maker_says() -> None:
    one = ask(0)
    one.needless, one.lost = 250_000, 500_000
    assert saved([one], replace(nothing(), shortened={SCOPE})) == 3
    assert saved([one], replace(nothing(), restored={SCOPE})) == pytest.approx(0.5 * 10.8)


def test_the_truth_is_reckoned_by_nothing_that_it_judges() -> None:
    (folder,) = truth.__path__
    names: set[str] = set()
    for module in ("asks", "models", "otherwise", "arrivals", "runs", "planted_gpus"):
        tree = ast.parse((Path(folder) / f"{module}.py").read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {f"{node.module}.{name.name}" for name in node.names}
    ours = {
        ".".join(name.split(".")[-2:])
        for name in names
        if name.startswith(("analysis.", "handlers.", "queries."))
    }
    # Names of things alone: what is recommended, and about what.
    assert ours <= {
        "cells.EvidencePeriod",
        "cells.Route",
        "gpu.Pool",
        "gpu.Service",
        "proposal.Kind",
        "proposal.Proposal",
    }
