"""What an organization's very requests would have cost, had it done what is recommended.

A walk through them in the order of time, one by one, with dictionaries of what is kept and of
what was spent in the hour. Each request is first refused or let through, then answered from what
is kept, shortened, served from the provider's cache, sent to another model, or as a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.recommendation_truth.actions import Actions, Move, Scope
from benchmarks.recommendation_truth.asks import HOUR, PICO, Ask
from benchmarks.recommendation_truth.models import BY_NAME, Model, amount, model_of

SHORTEST = 1_024
"""Tokens of a beginning that providers keep at least."""

EXPIRED = 33
"""Each so many-th request of a batch comes back expired and is sent again by itself."""

WRITE_FOR_AN_HOUR = 2
"""Times fresh input, of Anthropic, where something is kept for longer than five minutes."""


@dataclass(frozen=True, slots=True)
class Abroad:
    """How an organization's requests fare at other models than its own.

    Attributes:
        tokens: of the same text there, for each one here.
        output: how long answers are there, for each token of one here.
        skill: by model, what it can do beyond its score.
    """

    tokens: float = 1.0
    output: float = 1.0
    skill: dict[str, float] = field(default_factory=dict[str, float])


class Otherwise:
    """The walk through an organization's requests.

    Args:
        asks: in the order of time.
        abroad: see there.
    """

    def __init__(self, asks: Sequence[Ask], abroad: Abroad) -> None:
        self._asks = asks
        self._abroad = abroad

    def saved(self, actions: Actions, volume: float = 1.0) -> float:
        """USD of the evidence's days; negative: it costs.

        Args:
            actions: what is done.
            volume: of a month like these days that asks for so much more or less.
        """
        walk = _Walk(actions, self._abroad)
        pays = [(ask, walk.pays(ask)) for ask in self._asks]
        saved = volume * sum(ask.pico - paid for ask, paid in pays) / PICO
        for one in actions.committed:
            listed = sum(paid for ask, paid in pays if ask.route.provider == one.provider) / PICO
            saved += one.saves(volume * listed)
        return saved


@dataclass
class _Walk:
    actions: Actions
    abroad: Abroad
    spent: dict[tuple[str, str, int], tuple[int, float]] = field(default_factory=dict)
    answers: dict[tuple[str | None, str | None, int], int] = field(default_factory=dict)
    kept: dict[tuple[str | None, str | None, int], int] = field(default_factory=dict)
    batched: int = 0

    def pays(self, ask: Ask) -> int:
        """What a request costs, 1e-12 USD."""
        usual = ask.pico
        route = ask.route
        names = {
            ("feature", route.feature),
            ("key", ask.key),
            ("model", route.model),
            ("endpoint", route.endpoint),
        }
        if self.actions.dropped and names & self.actions.dropped:
            return 0
        if self.actions.limits and self._is_refused(ask, usual):
            # Whoever wants the answer asks again later.
            return 0 if ask.runaway else usual
        scope: Scope = (
            ask.route.provider,
            ask.route.model,
            ask.route.endpoint,
            ask.route.feature,
            ask.route.environment,
        )
        if self.actions.answers and self._is_known(ask, scope):
            return 0
        tokens = [ask.fresh, ask.cached, ask.written, ask.output]
        if scope in self.actions.restored:
            tokens[0] -= ask.lost
            tokens[1] += ask.lost
        if scope in self.actions.shortened:
            tokens[0] -= min(ask.needless, tokens[0])
        model = model_of(ask)
        premium = 0
        if scope in self.actions.prefixes and ask.blocks and not ask.batch:
            premium = self._from_cache(ask, scope, tokens, model)
        batch = self._is_batched(ask)
        move = self.actions.moved.get((model.provider, model.name))
        if move is not None and ask.input <= move.input and ask.output <= move.output:
            return self._moved(ask, tokens, model, move, batch=batch)
        return amount(model, _four(tokens), batch=batch) + premium

    def _is_refused(self, ask: Ask, usual: int) -> bool:
        limits = [
            (kind, name, *self.actions.limits[kind, name])
            for kind, name in (("user", ask.user), ("key", ask.key))
            if name is not None and (kind, name) in self.actions.limits
        ]
        hour = ask.at // HOUR
        for kind, name, requests, dollars in limits:
            made, paid = self.spent.get((kind, name, hour), (0, 0.0))
            if made >= requests or paid >= dollars:
                return True
        for kind, name, *_ in limits:
            made, paid = self.spent.get((kind, name, hour), (0, 0.0))
            self.spent[kind, name, hour] = made + 1, paid + usual / PICO
        return False

    def _is_known(self, ask: Ask, scope: Scope) -> bool:
        if not ask.prompt or ask.failed:
            return False
        key = ask.route.provider, ask.route.model, ask.prompt
        before = self.answers.get(key)
        self.answers[key] = ask.at
        lifetime = self.actions.answers.get(scope)
        return (
            lifetime is not None
            and before is not None
            and before < ask.at <= before + lifetime
            and not ask.anew
        )

    def _from_cache(self, ask: Ask, scope: Scope, tokens: list[int], model: Model) -> int:
        """Serves what is kept and keeps what is marked; what writing costs beyond the list."""
        lifetime = self.actions.prefixes[scope]
        held, marked = 0, ask.shared
        known = ask.route.provider, ask.route.model
        for place, block in enumerate(ask.blocks):
            since = self.kept.get((*known, block))
            if since is None or not since < ask.at <= since + lifetime:
                break
            held = min(ask.input, 512 * (place + 1))
        held = held if held >= SHORTEST else 0
        written = max(0, marked - held) if marked >= SHORTEST else 0
        # What is marked is kept, and what was used is kept for longer.
        for block in ask.blocks[: -(-max(marked, held) // 512)]:
            self.kept[*known, block] = ask.at
        held, written = min(held, tokens[0]), min(written, max(0, tokens[0] - held))
        tokens[0] -= held + written
        tokens[1] += held
        tokens[2] += written
        if model.provider != "anthropic" or lifetime <= 300 or model.write is None:
            return 0
        each = WRITE_FOR_AN_HOUR * model.micro(model.input) - model.micro(model.write)
        return written * each

    def _is_batched(self, ask: Ask) -> bool:
        if (
            ask.batch
            or not ask.patient
            or (ask.route.provider, ask.route.model) not in (self.actions.batched)
        ):
            return ask.batch
        self.batched += 1
        return self.batched % EXPIRED != 0

    def _moved(self, ask: Ask, tokens: list[int], model: Model, move: Move, *, batch: bool) -> int:
        other = BY_NAME[move.provider, move.model]
        fresh, cached, written, output = tokens
        factor = 1.0 if other.provider == model.provider else self.abroad.tokens
        there = amount(
            other,
            (
                fresh * factor,
                cached * factor,
                written * factor,
                output * factor * self.abroad.output,
            ),
            batch=batch,
        )
        lower = float(model.score) - float(other.score) - self.abroad.skill.get(other.name, 0.0)
        lacks = not set(ask.uses.split()) <= {*other.able}
        too_long = ask.input + ask.output > other.window
        if lacks or too_long or lower > ask.hard:
            # The answer is of no use: the present model is asked after all.
            return there + amount(model, _four(tokens), batch=batch)
        return there


def _four(tokens: list[int]) -> tuple[int, int, int, int]:
    fresh, cached, written, output = tokens
    return fresh, cached, written, output
