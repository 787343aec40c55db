"""The list of commands, and that none is loaded before it is called."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from bot.cli.commands import Commands, app
from bot.cli.listing import Listed

HEAVY = {"bot.assembly", "bot.settings", "duckdb", "pydantic_settings", "sqlalchemy", "sqlglot"}

ALONE = """
import json, sys
from bot.cli import main
sys.argv = ["costbot", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code
print(json.dumps(sorted(sys.modules)))
"""


def said_and_loaded(*arguments: str) -> tuple[str, set[str]]:
    """What `costbot` writes, and the modules that it has loaded then."""
    command = [sys.executable, "-c", ALONE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    said, _, loaded = done.stdout.rstrip("\n").rpartition("\n")
    return said, set(json.loads(loaded))


@pytest.mark.parametrize("one", Commands.listed, ids=lambda one: one.name)
def test_the_list_says_of_a_command_what_the_command_says_of_itself(one: Listed) -> None:
    command = one.load()
    assert (command.name, command.help) == (one.name, one.help)
    assert command.context_settings == (one.context_settings or {})


def test_the_list_of_commands_is_complete_and_loads_none_of_them() -> None:
    said, loaded = said_and_loaded("--help")
    shown = [line.split()[1] for line in said.splitlines() if line.startswith("│ ")]
    assert [name for name in shown if name in {one.name for one in Commands.listed}] == [
        one.name for one in Commands.listed
    ]
    assert not loaded & (HEAVY | {f"bot.cli.{one.module}" for one in Commands.listed})


def test_a_command_that_is_called_is_loaded_and_the_others_are_not() -> None:
    said, loaded = said_and_loaded("serve", "--help")
    assert "--playground" in said
    ours = {f"bot.cli.{one.module}" for one in Commands.listed} & loaded
    assert ours == {"bot.cli.serve"}


def test_a_command_of_a_group_is_found_through_the_list() -> None:
    said = CliRunner().invoke(app, ["import", "usage", "--help"])
    assert said.exit_code == 0
    assert "--map" in said.stdout


def test_what_is_no_command_is_refused_with_the_nearest_one() -> None:
    said = CliRunner().invoke(app, ["whatt"])
    assert said.exit_code == 2
    assert "Did you mean 'whatif'?" in said.output
