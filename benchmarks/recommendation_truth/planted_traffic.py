"""Requests that can wait, or that nobody wants, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace

from analysis.recommendations.cells import Route
from analysis.recommendations.proposal import Kind
from benchmarks.recommendation_truth.actions import Move
from benchmarks.recommendation_truth.arrivals import ALWAYS, NIGHT, OFFICE, WORLD, arrivals
from benchmarks.recommendation_truth.asks import DAY, DAYS, HOUR, MINUTE, Ask
from benchmarks.recommendation_truth.organizations import (
    Maker,
    Making,
    Organization,
    Waste,
    nothing,
)


def _batched(*models: tuple[str, str], scope: dict[str, str] | None = None) -> Waste:
    remedy = replace(nothing(), batched=set(models or (("anthropic", "omega"),)))
    return Waste(Kind.BATCH_PROCESSING, scope or {"model": "omega"}, remedy)


def _machine(making: Making, route: Route, times: list[int], *, patient: bool) -> list[Ask]:
    taken = 2_000 * making.rng.lognormvariate(0, 0.3)
    asks = [
        Ask(at, route, None, "jobs", making.tokens(taken), making.tokens(250), patient=patient)
        for at in times
    ]
    making.asks += asks
    return asks


def flagged(making: Making) -> Organization:
    """Requests that say that nobody waits for them."""
    making.background()
    route = making.route("anthropic", "omega", "reviews")
    for ask in _machine(making, route, making.times(800, 2_500, ALWAYS), patient=True):
        ask.flag = True
    return making.made(Kind.BATCH_PROCESSING, "flagged", _batched())


def nightly(making: Making) -> Organization:
    """A job at night."""
    making.background()
    route = making.route("anthropic", "omega", "reviews")
    _machine(making, route, making.times(800, 2_500, NIGHT), patient=True)
    return making.made(Kind.BATCH_PROCESSING, "nightly", _batched())


def never_sleeping(making: Making) -> Organization:
    """A job that works through a queue, day and night."""
    making.background()
    if making.rng.random() < 0.5:
        for ask in making.asks:
            ask.user = None
    route = making.route("anthropic", "omega", "reviews")
    _machine(making, route, making.times(1_000, 2_500, ALWAYS), patient=True)
    return making.made(Kind.BATCH_PROCESSING, "never sleeping", _batched())


def pipelines(making: Making) -> Organization:
    """Bursts in the daytime, each a file of records that somebody looks at tomorrow."""
    making.background()
    route = making.route("anthropic", "omega", "reviews")
    _machine(making, route, _bursts(making, making.rng.randint(15, 40), 40, 90), patient=True)
    return making.made(Kind.BATCH_PROCESSING, "bursts", _batched())


def _bursts(making: Making, number: int, least: int, most: int) -> list[int]:
    rng = making.rng
    times: list[int] = []
    for start in arrivals(rng, number, OFFICE, weekend=0.1):
        minute = start // MINUTE * MINUTE
        times += sorted(minute + rng.randint(0, 55) for _ in range(rng.randint(least, most)))
    return times


def around_the_clock(making: Making) -> Organization:
    """People around the world, by name."""
    making.background()
    route = making.route("anthropic", "omega", "chat")
    for ask in _machine(making, route, making.times(1_000, 2_500, WORLD), patient=False):
        ask.user, ask.key = making.person(), "app"
    return making.made(Kind.BATCH_PROCESSING, "people, all hours")


def around_the_clock_unnamed(making: Making) -> Organization:
    """The same, behind a server that does not say who asks; others of it mostly do not either."""
    making.background()
    if making.rng.random() < 0.75:
        for ask in making.asks:
            ask.user = None
    route = making.route("anthropic", "omega", "chat")
    _machine(making, route, making.times(1_000, 2_500, WORLD), patient=False)
    return making.made(Kind.BATCH_PROCESSING, "people, all hours, unnamed")


def agents(making: Making) -> Organization:
    """Bursts that an agent makes for somebody who waits, in that person's name."""
    making.background()
    route = making.route("anthropic", "omega", "agent")
    who = ""
    for number, ask in enumerate(
        _machine(making, route, _bursts(making, 20, 40, 70), patient=False)
    ):
        if number % 40 == 0 or not who:
            who = making.person()
        ask.user, ask.key = who, "app"
    return making.made(Kind.BATCH_PROCESSING, "agents")


def no_interface(making: Making) -> Organization:
    """A job at night at a provider without batches."""
    making.background()
    route = making.route("google", "rho", "reviews")
    _machine(making, route, making.times(800, 2_000, NIGHT), patient=True)
    return making.made(Kind.BATCH_PROCESSING, "no interface")


def fan_out(making: Making) -> Organization:
    """A click that makes forty requests under a server's key, and somebody waits for them."""
    making.background()
    route = making.route("anthropic", "omega", "reports")
    _machine(making, route, _bursts(making, making.rng.randint(15, 30), 40, 60), patient=False)
    return making.made(Kind.BATCH_PROCESSING, "a click's requests")


def _key_with_habits(making: Making) -> Route:
    """A service that asks all day, some ten times an hour."""
    rng, route = making.rng, making.route("anthropic", "omega", "service")
    taken = 400 * rng.lognormvariate(0, 0.25)
    for at in arrivals(rng, rng.randint(2_000, 3_500), OFFICE, weekend=0.5):
        making.asks.append(Ask(at, route, None, "service", making.tokens(taken), making.tokens(60)))
    return route


def _runs_away(
    making: Making,
    route: Route,
    start: int,
    hours: int,
    *,
    failed: bool,
    wanted: bool = False,
    hashed: bool = False,
) -> None:
    rng = making.rng
    prompt = making.new_hash() if hashed else 0
    taken = making.tokens(1_500)
    for hour in range(hours):
        for _ in range(rng.randint(300, 800)):
            at = start + hour * HOUR + rng.randint(0, HOUR - 1)
            if at >= DAYS * DAY:
                continue
            making.asks.append(
                Ask(
                    at,
                    route,
                    None,
                    "service",
                    making.tokens(1_500) if wanted else taken,
                    making.tokens(120) if wanted else 0 if failed else making.tokens(120),
                    failed=failed,
                    prompt=prompt,
                    runaway=not wanted,
                )
            )


def _limits() -> Waste:
    remedy = replace(nothing(), limits={("key", "service"): (60, 5.0)})
    return Waste(Kind.RATE_LIMITING, {"key": "service"}, remedy)


def _recurring(
    making: Making, variant: str, *, failed: bool = False, hashed: bool = False
) -> Organization:
    rng = making.rng
    making.background()
    route = _key_with_habits(making)
    days = sorted(rng.sample(range(1, DAYS - 1, 3), rng.randint(2, 6)))
    for day in days:
        start = day * DAY + rng.randint(7, 17) * HOUR
        _runs_away(making, route, start, rng.randint(1, 3), failed=failed, hashed=hashed)
    again = _poisson(making, len(days)) / len(days)
    wastes = [replace(_limits(), again=again)]
    if hashed:
        # Kept answers are another remedy for the same.
        scope = ("anthropic", "omega", "/v1/chat", "service", "production")
        remedy = replace(nothing(), answers={scope: HOUR})
        wastes.append(Waste(Kind.CACHING, {"feature": "service"}, remedy, again=again))
    return making.made(Kind.RATE_LIMITING, variant, *wastes)


def _poisson(making: Making, mean: float) -> int:
    """How often next month, where it comes by chance at the same rate."""
    count, passed = 0, making.rng.expovariate(mean)
    while passed < 1:
        count, passed = count + 1, passed + making.rng.expovariate(mean)
    return count


def loops(making: Making) -> Organization:
    """A service that now and then asks the same for hours, as its prompts' hashes tell."""
    return _recurring(making, "loops", hashed=True)


def loops_untold(making: Making) -> Organization:
    """The same, without hashes."""
    return _recurring(making, "loops without hashes")


def retries(making: Making) -> Organization:
    """A service that now and then sends again what failed, without end."""
    return _recurring(making, "retries", failed=True)


def once(making: Making) -> Organization:
    """A day of a launch, long over: wanted, and not to be again."""
    making.background()
    route = _key_with_habits(making)
    _runs_away(making, route, 9 * DAY + 9 * HOUR, 6, failed=False, wanted=True)
    return making.made(Kind.RATE_LIMITING, "a launch")


def nightly_loads(making: Making) -> Organization:
    """A large job of the service's own, every night at the same hour."""
    making.background()
    _key_with_habits(making)
    route = making.route("anthropic", "omega", "index")
    for day in range(DAYS):
        start = day * DAY + 2 * HOUR
        for _ in range(making.rng.randint(80, 140)):
            at = start + making.rng.randint(0, HOUR - 1)
            making.asks.append(
                Ask(at, route, None, "service", making.tokens(900), making.tokens(90), patient=True)
            )
    # It is no runaway, but it could go as batches.
    return making.made(Kind.RATE_LIMITING, "every night", _batched())


def grown(making: Making) -> Organization:
    """A service that has four times as much to do since some days."""
    rng = making.rng
    making.background()
    route = _key_with_habits(making)
    more = arrivals(rng, rng.randint(2_500, 4_000), OFFICE, days=range(20, DAYS))
    for at in more:
        making.asks.append(Ask(at, route, None, "service", making.tokens(400), making.tokens(60)))
    return making.made(Kind.RATE_LIMITING, "grown")


def backfills(making: Making) -> Organization:
    """Work that somebody wanted, several times, as large as any loop."""
    making.background()
    route = _key_with_habits(making)
    for day in sorted(making.rng.sample(range(1, DAYS - 1, 3), 3)):
        start = day * DAY + making.rng.randint(7, 17) * HOUR
        _runs_away(making, route, start, 2, failed=False, wanted=True)
    return making.made(Kind.RATE_LIMITING, "backfills")


def several_wastes(making: Making) -> Organization:
    """Small tasks on a dear model, half of which can wait, and many of them asked before."""
    rng = making.rng
    making.background()
    route = making.route("openai", "beta", "tagging")
    asks = making.people_ask(route, 2_000, 3_500, 1_800, 250)
    prompts = [making.new_hash() for _ in range(rng.randint(100, 400))]
    weights = [1 / place for place in range(1, len(prompts) + 1)]
    for ask in asks:
        ask.hard, ask.uses, ask.key = 0.15, "json", "jobs"
        ask.patient = rng.random() < 0.5
        ask.flag = True if ask.patient else None
        ask.prompt = rng.choices(prompts, weights)[0]
        ask.fresh, ask.output = min(ask.fresh, 4_000), min(ask.output, 1_000)
    scope = ("openai", "beta", "/v1/chat", "tagging", "production")
    moved = {("openai", "beta"): Move("openai", "beta-mini", 4_000, 1_024)}
    return making.made(
        "several",
        "three at once",
        Waste(Kind.MODEL_DOWNGRADE, {"model": "beta"}, replace(nothing(), moved=moved)),
        _batched(("openai", "beta"), scope={"model": "beta"}),
        Waste(Kind.CACHING, {"feature": "tagging"}, replace(nothing(), answers={scope: HOUR})),
    )


def clean(making: Making) -> Organization:
    """Nothing but what everybody does."""
    rng = making.rng
    making.background()
    making.people_ask(making.route("openai", "alpha", "support"), 200, 1_500, 1_800, 250)
    if rng.random() < 0.5:
        making.people_ask(making.route("openai", "alpha", "search"), 300, 1_500, 700, 60)
    if rng.random() < 0.3:
        _key_with_habits(making)
    if rng.random() < 0.3:
        route = making.route("google", "rho", "chat")
        for at in making.times(300, 1_200, WORLD):
            making.asks.append(
                Ask(at, route, making.person(), "app", making.tokens(1_000), making.tokens(200))
            )
    return making.made("clean", "clean")


BATCH: tuple[Maker, ...] = (flagged, nightly, pipelines, never_sleeping)
NO_BATCH: tuple[Maker, ...] = (
    around_the_clock,
    around_the_clock_unnamed,
    agents,
    no_interface,
    fan_out,
)
LIMITS: tuple[Maker, ...] = (loops, retries, loops_untold)
NO_LIMITS: tuple[Maker, ...] = (once, nightly_loads, grown, backfills)
