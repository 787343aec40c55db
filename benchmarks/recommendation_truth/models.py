"""The models of a list of their own, with prices like those that are asked today.

They fall into families that took one test each, so that a dear model has cheaper ones beside it in
some families and none in others. What a model really can do differs from its score: nobody knows
that but the generator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from uuid import UUID

from benchmarks.recommendation_truth.asks import Ask
from storage.records.price import StoredPrice

SINCE = datetime(2025, 1, 1, tzinfo=UTC)

ALL = ("chat", "json", "tools", "vision")
TEXT = ("chat", "json", "tools")


@dataclass(frozen=True, slots=True)
class Model:
    """A model on offer.

    Attributes:
        provider, name: as requests have them.
        input, output, cached, write: USD per million tokens.
        batch: what a batch costs, for each dollar outside of it; None: there is none.
        test, score: what it took, and how it did.
        able: what it can do.
        window: tokens.
    """

    provider: str
    name: str
    input: str
    output: str
    cached: str | None
    write: str | None
    batch: str | None
    test: str
    score: str
    able: tuple[str, ...] = ALL
    window: int = 200_000

    def micro(self, price: str | None) -> int:
        """1e-12 USD a token, of USD a million of them."""
        return int(Decimal(price or self.input) * 1_000_000)


MODELS = (
    # Alone in their tests but for one that is far below: nothing cheaper would do.
    Model("openai", "alpha", "10", "30", "2.5", None, "0.5", "MMLU", "0.930"),
    Model("openai", "alpha-mini", "0.4", "1.6", "0.1", None, "0.5", "MMLU", "0.800"),
    Model("anthropic", "omega", "12", "60", "1.2", "15", "0.5", "GPQA", "0.750"),
    Model("anthropic", "omega-mini", "1", "5", "0.1", "1.25", "0.5", "GPQA", "0.600"),
    Model("google", "rho", "8", "24", None, None, None, "MATH", "0.700"),
    # A family with something for every purse.
    Model("openai", "beta", "6", "18", "1.5", None, "0.5", "MMLU-Pro", "0.800"),
    Model("openai", "beta-mini", "0.6", "2.4", "0.15", None, "0.5", "MMLU-Pro", "0.785", TEXT),
    Model("openai", "beta-nano", "0.15", "0.6", "0.04", None, "0.5", "MMLU-Pro", "0.760", TEXT),
    Model("anthropic", "delta", "9", "45", "0.9", "11.25", "0.5", "MMLU-Pro", "0.815"),
    Model("openai", "beta-short", "0.3", "1", None, None, None, "MMLU-Pro", "0.805", TEXT, 2_048),
    Model("meta", "sigma", "0.5", "0.9", None, None, None, "ARC", "0.820", TEXT),
)

BY_NAME = {(model.provider, model.name): model for model in MODELS}


def cost(ask: Ask, model: Model | None = None, *, batch: bool | None = None) -> int:
    """What a request costs by the list, 1e-12 USD.

    Args:
        ask: the request.
        model: to which; None: the one that it went to.
        batch: by the batch interface; None: as it was sent.
    """
    which = model or model_of(ask)
    return amount(
        which,
        (ask.fresh, ask.cached, ask.written, ask.output),
        batch=ask.batch if batch is None else batch,
    )


def amount(model: Model, tokens: tuple[float, float, float, float], *, batch: bool) -> int:
    """What fresh, cached, written and output tokens cost, 1e-12 USD.

    In a batch what is cached or written costs what it costs outside of it, as the list says.
    """
    fresh, cached, written, output = tokens
    into, read, write, out = _rates(model.name, batch)
    return round(fresh * into + cached * read + written * write + output * out)


@cache
def _rates(name: str, batch: bool) -> tuple[int, int, int, int]:
    model = next(one for one in MODELS if one.name == name)
    factor = Decimal(model.batch or 1) if batch else Decimal(1)
    into, out = (int(model.micro(price) * factor) for price in (model.input, model.output))
    return (
        into,
        model.micro(model.cached) if model.cached else into,
        model.micro(model.write) if model.write else into,
        out,
    )


def model_of(ask: Ask) -> Model:
    """The model that it went to."""
    return BY_NAME[str(ask.route.provider), str(ask.route.model)]


def price_list() -> list[StoredPrice]:
    """The models as the store would hold them."""
    return [_stored(number, model) for number, model in enumerate(MODELS, 1)]


def _stored(number: int, model: Model) -> StoredPrice:
    def batched(price: str) -> Decimal | None:
        return None if model.batch is None else Decimal(price) * Decimal(model.batch)

    return StoredPrice(
        provider=model.provider,
        model=model.name,
        input=Decimal(model.input),
        output=Decimal(model.output),
        cached_input=None if model.cached is None else Decimal(model.cached),
        cache_write=None if model.write is None else Decimal(model.write),
        batch_input=batched(model.input),
        batch_output=batched(model.output),
        effective_from=SINCE,
        effective_until=None,
        source="made up",
        reference="benchmarks",
        created_by="benchmarks",
        context_window=model.window,
        max_output=16_384,
        capabilities=model.able,
        quality_score=Decimal(model.score),
        quality_source=f"{model.test} {Decimal(model.score) * 100:.1f}: made up",
        id=UUID(int=number),
        created_at=SINCE,
    )
