"""Which scores can be compared."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from analysis.recommendations.cheaper_models.quality import difference, impact_of, scores
from analysis.recommendations.cheaper_models.quality import test_of as common_test
from analysis.recommendations.proposal import QualityImpact
from tests.recommendations.usage_makers import model_of

MODEL = model_of("model")


@pytest.mark.parametrize(
    ("source", "tests"),
    [
        ("MMLU 80.0, zero-shot: OpenAI", ["mmlu"]),
        ("MMLU-Pro 80: somebody", ["mmlu-pro"]),
        ("GPQA Diamond 80.0: somebody", ["gpqa diamond"]),
        ("MMLU 80: A; whatmodel 54.2 of 100: B", ["mmlu", "whatmodel"]),
        ("our own trial", []),
        ("", []),
    ],
)
def test_the_test_is_named_where_the_score_comes_from(source: str, tests: list[str]) -> None:
    assert list(scores(replace(MODEL, quality_source=source))) == tests


def test_two_models_are_compared_on_the_first_test_that_both_took() -> None:
    old = replace(MODEL, quality_source="MMLU 80.0: A; whatmodel 54.2 of 100: B")
    new = model_of("new", quality="0.75", test="whatmodel")
    assert common_test(old, new) == "whatmodel"
    assert difference(old, new) == Decimal("0.208")
    assert difference(new, old) == Decimal("-0.208")
    assert difference(old, model_of("other", test="MMLU-Pro")) is None


def test_the_kept_score_counts_before_the_words() -> None:
    assert scores(replace(MODEL, quality=Decimal("0.805")))["mmlu"] == Decimal("0.805")


@pytest.mark.parametrize(
    ("change", "impact"),
    [
        ("0.1", QualityImpact.NONE),
        ("0", QualityImpact.NONE),
        ("-0.02", QualityImpact.LOW),
        ("-0.05", QualityImpact.MEDIUM),
        ("-0.051", QualityImpact.HIGH),
    ],
)
def test_the_impact_follows_the_difference(change: str, impact: QualityImpact) -> None:
    assert impact_of(Decimal(change)) is impact
