from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from queries.dimensions import Dimensions
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from tests.facts import Fact, add
from tests.recommendations.evidence.requests import NOW

Read = Callable[[Iterable[Fact]], EvidenceReader]


@pytest.fixture
def reader_of(tmp_path: Path) -> Read:
    """Writes facts into a mart, and gives what reads it."""

    def made(facts: Iterable[Fact]) -> EvidenceReader:
        mart = Mart(tmp_path / "home", Dimensions(), lambda: NOW)
        add(mart, facts)
        return EvidenceReader(mart)

    return made
