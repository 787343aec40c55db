"""The help tells of everything that may be typed, and nothing of it is cut."""

from __future__ import annotations

from typing import cast

import pytest

from analysis.roles import Role
from bot.blocks.fit import MOST_SECTION
from bot.blocks.help import QUESTIONS, help_answer, word_help_answer
from bot.grammar.words import GROUPS, NOUNS, SUBCOMMANDS
from queries.dimensions import Dimensions
from tests.grammar.test_reference import understood

WORDS = sorted({sub.word for sub in SUBCOMMANDS})


def text_of(part: object) -> str:
    """All text that stands anywhere in a part of a message."""
    if isinstance(part, dict):
        part = list(cast("dict[str, object]", part).values())
    if isinstance(part, list):
        return " ".join(text_of(one) for one in cast("list[object]", part))
    return str(part)


def test_every_word_has_a_line_and_no_section_is_cut() -> None:
    payload = help_answer(Dimensions(), Role.ADMIN).payload()
    text = text_of(payload["blocks"])
    assert [word for word in WORDS if f"`/cost {word}`" not in text] == []
    assert "…`" not in text
    blocks = cast("list[dict[str, object]]", payload["blocks"])
    assert max(len(text_of(block.get("text", ""))) for block in blocks) < MOST_SECTION


@pytest.mark.parametrize("word", WORDS)
def test_every_form_of_a_word_is_told(word: str) -> None:
    text = text_of(word_help_answer(word).payload()["blocks"])
    examples = [sub.example for sub in SUBCOMMANDS if sub.word == word]
    assert [example for example in examples if example not in text] == []


def test_groups_name_words_that_there_are() -> None:
    assert {word for _, words in GROUPS for word in words} <= set(WORDS)


def test_what_the_help_offers_is_understood() -> None:
    for text in QUESTIONS:
        assert understood(text) is not None
    assert set(WORDS) >= NOUNS
