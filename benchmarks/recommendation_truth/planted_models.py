"""Waste of dear models and long prompts, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace

from analysis.recommendations.proposal import Kind
from benchmarks.recommendation_truth.actions import Move
from benchmarks.recommendation_truth.asks import DAY, Ask
from benchmarks.recommendation_truth.organizations import (
    Maker,
    Making,
    Organization,
    Waste,
    nothing,
)

_DEAR = (("openai", "beta"), ("openai", "beta"), ("anthropic", "delta"))


def easy_requests_on_a_dear_model(making: Making) -> Organization:
    """Short tasks that a small model does as well, with some large and hard ones among them."""
    rng = making.rng
    making.background()
    provider, name = rng.choice(_DEAR)
    _small_tasks(making, provider, name)
    remedy = replace(nothing(), moved={(provider, name): Move("openai", "beta-mini", 4_000, 1_024)})
    waste = Waste(Kind.MODEL_DOWNGRADE, {"model": name}, remedy)
    return making.made(Kind.MODEL_DOWNGRADE, "easy requests", waste)


def _small_tasks(making: Making, provider: str, name: str) -> list[Ask]:
    rng = making.rng
    asks = making.people_ask(making.route(provider, name, "tagging"), 1_500, 3_500, 1_500, 200)
    uses = rng.choice(("", "tools", "json"))
    hard = rng.uniform(0.01, 0.06)
    for ask in asks:
        ask.uses = uses
        ask.hard = 0.0 if rng.random() < hard else rng.uniform(0.06, 0.2)
        if rng.random() < 0.05:
            ask.fresh, ask.output, ask.hard = making.tokens(20_000), making.tokens(900), 0.0
    return asks


def requests_that_need_vision(making: Making) -> Organization:
    """Small ones, but they hold pictures, and no cheaper model sees."""
    making.background()
    for ask in making.people_ask(making.route("openai", "beta", "scans"), 1_000, 2_500, 1_500, 200):
        ask.uses, ask.hard = "tools vision", 0.1
    return making.made(Kind.MODEL_DOWNGRADE, "needs vision")


def long_answers(making: Making) -> Organization:
    """Large and hard ones, with a few small ones in between."""
    making.background()
    route = making.route("openai", "beta", "drafts")
    for ask in making.people_ask(route, 500, 1_200, 7_000, 2_600):
        if making.rng.random() < 0.04:
            ask.fresh, ask.output, ask.hard = making.tokens(800), making.tokens(150), 0.1
    return making.made(Kind.MODEL_DOWNGRADE, "long answers")


def the_cheapest_that_does(making: Making) -> Organization:
    """A dear model beside which everything cheaper is far worse."""
    making.background()
    route = making.route("anthropic", "omega", "tagging")
    for ask in making.people_ask(route, 1_000, 2_500, 1_200, 150):
        ask.hard = 0.05
    return making.made(Kind.MODEL_DOWNGRADE, "no equal")


def small_but_hard(making: Making) -> Organization:
    """Requests as small as those of a simple task, that only the dear model gets right."""
    making.background()
    for ask in making.people_ask(making.route("openai", "beta", "proofs"), 1_000, 2_500, 900, 200):
        ask.hard = 0.0
    return making.made(Kind.MODEL_DOWNGRADE, "small but hard")


def longer_prompts_than_others(making: Making) -> Organization:
    """Support like everybody's, with instructions and histories that change nothing."""
    rng = making.rng
    route = making.route("openai", "alpha", "support")
    factor = rng.uniform(3, 6)
    for ask in making.people_ask(route, 500, 1_500, 1_800, 250):
        ask.needless = int(ask.fresh * (factor - 1))
        ask.fresh += ask.needless
    return making.made(Kind.PROMPT_OPTIMIZATION, "longer than others", _shorter("support"))


def prompts_that_grew(making: Making) -> Organization:
    """A history that is sent along and gets longer from some day on."""
    rng = making.rng
    making.background()
    begun, factor = rng.randint(12, 17), rng.uniform(2.2, 4)
    for ask in making.people_ask(
        making.route("openai", "alpha", "coach"), 2_500, 3_500, 1_200, 150
    ):
        if ask.at >= begun * DAY:
            ask.needless = int(ask.fresh * (factor - 1))
            ask.fresh += ask.needless
    return making.made(Kind.PROMPT_OPTIMIZATION, "grew", _shorter("coach", begun))


def _shorter(feature: str, since: int = 0) -> Waste:
    scope = ("openai", "alpha", "/v1/chat", feature, "production")
    remedy = replace(nothing(), shortened={scope})
    return Waste(Kind.PROMPT_OPTIMIZATION, {"model": "alpha", "feature": feature}, remedy, since)


def more_work_than_others(making: Making) -> Organization:
    """Longer questions, and answers longer by as much."""
    factor = making.rng.uniform(2.5, 5)
    route = making.route("openai", "alpha", "support")
    making.people_ask(route, 400, 1_000, 1_800 * factor, 250 * factor)
    return making.made(Kind.PROMPT_OPTIMIZATION, "longer answers too")


def work_that_grew(making: Making) -> Organization:
    """Questions and answers that both got longer."""
    making.background()
    begun, factor = making.rng.randint(10, 18), making.rng.uniform(2, 3)
    for ask in making.people_ask(making.route("openai", "alpha", "coach"), 2_200, 3_000, 900, 120):
        if ask.at >= begun * DAY:
            ask.fresh, ask.output = int(ask.fresh * factor), int(ask.output * factor)
    return making.made(Kind.PROMPT_OPTIMIZATION, "answers grew too")


def reading_among_readers(making: Making) -> Organization:
    """Documents, long like everybody's."""
    making.background()
    making.people_ask(making.route("anthropic", "omega", "documents"), 400, 900, 7_500, 350)
    return making.made(Kind.PROMPT_OPTIMIZATION, "long like others")


def long_for_a_reason(making: Making) -> Organization:
    """Support with a handbook that the answers need: it looks like any long prompt."""
    factor = making.rng.uniform(2.5, 4)
    making.people_ask(making.route("openai", "alpha", "support"), 500, 1_200, 1_800 * factor, 250)
    return making.made(Kind.PROMPT_OPTIMIZATION, "long for a reason")


DOWNGRADE: tuple[Maker, ...] = (easy_requests_on_a_dear_model,)
NO_DOWNGRADE: tuple[Maker, ...] = (
    requests_that_need_vision,
    long_answers,
    the_cheapest_that_does,
    small_but_hard,
)
SHORTER: tuple[Maker, ...] = (longer_prompts_than_others, prompts_that_grew)
NOT_SHORTER: tuple[Maker, ...] = (
    more_work_than_others,
    work_that_grew,
    reading_among_readers,
    long_for_a_reason,
)
