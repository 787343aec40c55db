"""The page of commands is what the grammar declares, and every example on it works."""

import re
from pathlib import Path

import pytest

from analysis.roles import Role
from bot.grammar.alert_rules import parse_alert
from bot.grammar.api_tokens import parse_token
from bot.grammar.digest import parse_digest
from bot.grammar.incidents import parse_incidents
from bot.grammar.parse import parse
from bot.grammar.route import parse_route
from bot.grammar.setup import parse_setup
from bot.grammar.tokens import tokenize
from bot.grammar.words import CLAUSES, SUBCOMMANDS
from bot.reference import commands_page
from queries.dimensions import Dimensions

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_page_of_commands_is_what_the_grammar_declares():
    # After a change of the grammar: costbot reference > docs/commands.md
    assert PAGE.read_text(encoding="utf-8") == commands_page()


def understood(text: str) -> object:
    """What a text means to whoever hears its first word."""
    dimensions = Dimensions()
    match text.split(maxsplit=1)[0]:
        case "alert":
            return parse_alert(text, dimensions, Role.ADMIN, "C024BE91L")
        case "digest":
            return parse_digest(tokenize(text)[1:], dimensions, Role.ADMIN)
        case "incidents":
            return parse_incidents(text)
        case "route":
            return parse_route(text)
        case "setup":
            return parse_setup(text)
        case "token":
            return parse_token(text)
        case _:
            return parse(text, dimensions, Role.ADMIN)


@pytest.mark.parametrize("example", [part.example for part in (*CLAUSES, *SUBCOMMANDS)])
def test_every_example_is_understood(example: str):
    # Slack puts the id of a channel in the place of its name.
    text = re.sub(r"#([a-z-]+)", r"<#C024BE91L|\1>", example.removeprefix("/cost "))
    assert understood(text)
