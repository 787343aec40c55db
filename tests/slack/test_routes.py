"""Every word leads somewhere: what can be understood can be answered."""

from __future__ import annotations

from pathlib import Path

from analysis.roles import Role
from bot.assembly import assembled
from bot.grammar.command import Command
from bot.grammar.parse import PARSERS, parse
from bot.grammar.words import NOUNS, SUBCOMMANDS
from bot.settings import Settings
from queries.dimensions import Dimensions


def test_every_declared_subcommand_has_a_parser():
    assert {subcommand.word for subcommand in SUBCOMMANDS} <= set(PARSERS) | NOUNS


def test_the_example_of_every_subcommand_is_no_question_about_cost():
    question = parse("today", Dimensions(), Role.ADMIN)
    for subcommand in SUBCOMMANDS:
        if subcommand.word in NOUNS:
            continue
        text = subcommand.example.removeprefix("/cost ")
        assert type(parse(text, Dimensions(), Role.ADMIN)) is not type(question)


async def test_every_kind_of_command_has_a_route(tmp_path: Path):
    async with assembled(Settings(home=tmp_path)) as parts:
        routed = {kind.__name__ for kind in parts.road.routes.kinds}
    # By name: with slots a dataclass is made twice.
    kinds = {kind.__name__: kind.__module__ for kind in Command.__subclasses__()}
    # What is typed after /budget and /recs, and what nouns hear, has roads of its own.
    roads = ("budget", "recs", "alert", "digest", "incident", ".route")
    own = {name for name, module in kinds.items() if any(road in module for road in roads)}
    assert routed == kinds.keys() - own
