"""The page of commands is what the grammar declares, and every example on it works."""

from pathlib import Path

import pytest

from analysis.roles import Role
from bot.grammar.parse import parse
from bot.grammar.words import CLAUSES, SUBCOMMANDS
from bot.reference import commands_page
from queries.dimensions import Dimensions

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_page_of_commands_is_what_the_grammar_declares():
    # After a change of the grammar: costbot reference > docs/commands.md
    assert PAGE.read_text(encoding="utf-8") == commands_page()


@pytest.mark.parametrize("example", [part.example for part in (*CLAUSES, *SUBCOMMANDS)])
def test_every_example_is_understood(example: str):
    assert parse(example.removeprefix("/cost "), Dimensions(), Role.ADMIN)
