"""Waste that a cache would spare, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace

from analysis.recommendations.proposal import Kind
from benchmarks.recommendation_truth.actions import Scope
from benchmarks.recommendation_truth.arrivals import ALWAYS
from benchmarks.recommendation_truth.asks import BLOCK, DAY, DAYS, HOUR, MINUTE, Ask
from benchmarks.recommendation_truth.organizations import (
    Maker,
    Making,
    Organization,
    Waste,
    nothing,
)

_ASSISTANT: Scope = ("anthropic", "omega", "/v1/chat", "assistant", "production")
_FAQ: Scope = ("openai", "alpha", "/v1/chat", "faq", "production")


def one_beginning_for_all(making: Making) -> Organization:
    """Instructions that every prompt begins with, and nobody has them kept."""
    making.background()
    _with_head(making, making.times(1_200, 3_000), making.rng.randint(3, 12))
    remedy = replace(nothing(), prefixes={_ASSISTANT: 300})
    waste = Waste(Kind.CACHING, {"feature": "assistant"}, remedy)
    return making.made(Kind.CACHING, "one beginning", waste)


def _with_head(making: Making, times: list[int], blocks: int) -> list[Ask]:
    route = making.route("anthropic", "omega", "assistant")
    head = tuple(making.new_hash() for _ in range(blocks))
    asks: list[Ask] = []
    for at in times:
        tail = making.tokens(500)
        rest = tuple(making.new_hash() for _ in range(-(-tail // BLOCK)))
        asks.append(
            Ask(
                at,
                route,
                making.person(),
                "app",
                blocks * BLOCK + tail,
                making.tokens(150),
                blocks=head + rest,
                shared=blocks * BLOCK,
            )
        )
    making.asks += asks
    return asks


def conversations(making: Making) -> Organization:
    """Turn upon turn, each with all that was said before; whole prompts would be marked."""
    rng = making.rng
    making.background()
    route = making.route("anthropic", "omega", "assistant")
    head = tuple(making.new_hash() for _ in range(rng.randint(2, 4)))
    for start in making.times(150, 350):
        who, at, blocks = making.person(), start, head
        for _ in range(rng.randint(3, 9)):
            blocks += tuple(making.new_hash() for _ in range(rng.randint(1, 3)))
            taken = len(blocks) * BLOCK - rng.randint(0, BLOCK - 1)
            if at < DAYS * DAY:
                making.asks.append(
                    Ask(
                        at,
                        route,
                        who,
                        "app",
                        taken,
                        making.tokens(200),
                        blocks=blocks,
                        shared=taken,
                    )
                )
            at += rng.randint(20, 400)
    remedy = replace(nothing(), prefixes={_ASSISTANT: 300})
    waste = Waste(Kind.CACHING, {"feature": "assistant"}, remedy)
    return making.made(Kind.CACHING, "conversations", waste)


def asked_again(making: Making) -> Organization:
    """The same questions over and over; a few have to be answered anew each time."""
    rng = making.rng
    making.background()
    prompts = [(making.new_hash(), making.tokens(1_500)) for _ in range(rng.randint(60, 400))]
    weights = [1 / place for place in range(1, len(prompts) + 1)]
    anew = rng.uniform(0, 0.15)
    for ask in _faq(making, 1_200, 3_000):
        ask.prompt, ask.fresh = rng.choices(prompts, weights)[0]
        ask.anew = rng.random() < anew
    remedy = replace(nothing(), answers={_FAQ: HOUR})
    return making.made(Kind.CACHING, "asked again", Waste(Kind.CACHING, {"feature": "faq"}, remedy))


def _faq(making: Making, least: int, most: int) -> list[Ask]:
    return making.people_ask(making.route("openai", "alpha", "faq"), least, most, 1_500, 200)


def a_cache_that_broke(making: Making) -> Organization:
    """A prompt was changed near its beginning some days ago: the cache serves little since."""
    rng = making.rng
    making.background()
    broken = rng.randint(16, 22)
    share, rest = rng.uniform(0.5, 0.8), rng.uniform(0, 0.1)
    for ask in _faq(making, 2_500, 3_500):
        ask.fresh += 1_500
        could = int(ask.fresh * min(0.95, share * rng.uniform(0.85, 1.15)))
        ask.cached = could if ask.at < broken * DAY else int(rest * could)
        ask.lost = could - ask.cached
        ask.fresh -= ask.cached
    remedy = replace(nothing(), restored={_FAQ})
    waste = Waste(Kind.CACHING, {"feature": "faq"}, remedy, since=broken)
    return making.made(Kind.CACHING, "broken", waste)


def too_rare(making: Making) -> Organization:
    """One beginning for all, and hours between requests: what is written is gone before it is
    read."""
    making.background()
    _with_head(making, making.times(220, 400, ALWAYS), making.rng.randint(3, 12))
    return making.made(Kind.CACHING, "too rare")


def too_short(making: Making) -> Organization:
    """A beginning that is shorter than anybody keeps."""
    making.background()
    _with_head(making, making.times(1_000, 2_000), 1)
    return making.made(Kind.CACHING, "too short")


def kept_already(making: Making) -> Organization:
    """One beginning for all that is kept, as the counters say."""
    making.background()
    last = -HOUR
    for ask in _with_head(making, making.times(1_200, 2_500), making.rng.randint(3, 8)):
        if ask.at - last <= 5 * MINUTE:
            ask.cached, ask.fresh = ask.shared, ask.fresh - ask.shared
        else:
            ask.written, ask.fresh = ask.shared, ask.fresh - ask.shared
        last = ask.at
    return making.made(Kind.CACHING, "kept already")


def weekly_questions(making: Making) -> Organization:
    """Prompts that come again, a week later."""
    rng = making.rng
    making.background()
    prompts = [making.new_hash() for _ in range(rng.randint(120, 300))]
    route = making.route("openai", "alpha", "faq")
    for number, prompt in enumerate(prompts):
        for week in range(4):
            at = (7 * week + 1) * DAY + 9 * HOUR + number * 60 + rng.randint(0, 50)
            taken, given = making.tokens(2_500), making.tokens(200)
            making.asks.append(Ask(at, route, making.person(), "app", taken, given, prompt=prompt))
    return making.made(Kind.CACHING, "a week apart")


def samples(making: Making) -> Organization:
    """Each prompt several times on purpose, to choose among the answers."""
    rng = making.rng
    making.background()
    route = making.route("openai", "alpha", "ideas")
    for at in making.times(250, 500):
        prompt, taken, who = making.new_hash(), making.tokens(1_500), making.person()
        for number in range(rng.randint(3, 6)):
            ask = Ask(at + 5 * number, route, who, "app", taken, making.tokens(200), prompt=prompt)
            ask.anew = True
            making.asks.append(ask)
    return making.made(Kind.CACHING, "samples on purpose")


CACHING: tuple[Maker, ...] = (
    one_beginning_for_all,
    conversations,
    asked_again,
    a_cache_that_broke,
)
NO_CACHING: tuple[Maker, ...] = (too_rare, too_short, kept_already, weekly_questions, samples)
