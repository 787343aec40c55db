from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from analysis.errors import BadInput, NotFound
from bot.cli.pricing import app

NEW = ("add", "NewAI", "big", "--input", "2.50", "--output", "10", "--reference", "contract 17")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def listed(*words: str) -> dict[str, Any]:
    return json.loads(run(*words, "--json").stdout)


def test_the_list_is_made_in_an_empty_home(home: Path) -> None:
    result = run()
    assert result.exit_code == 0
    assert "gpt-4-turbo" in result.stdout
    assert (home / "store.sqlite3").exists()


def test_a_provider_needs_no_further_word() -> None:
    models = {price["model"] for price in listed("meta")["current"]}
    assert models == {"llama-2-70b", "llama-2-13b"}
    assert listed("list", "meta")["current"] == listed("meta")["current"]


def test_json_gives_prices_as_decimal_strings_with_source_and_date() -> None:
    (sonnet,) = [
        price for price in listed("anthropic")["current"] if price["model"] == "claude-3-sonnet"
    ]
    assert sonnet["input"] == "3"
    assert sonnet["output"] == "15"
    assert sonnet["cached_input"] is None
    assert sonnet["effective_from"] == "2024-03-04T00:00:00+00:00"
    assert sonnet["source"] == "published by Anthropic"
    assert sonnet["deprecated"] is True
    assert sonnet["replacement"] == "claude-sonnet-4-6"


def test_a_price_is_added_and_listed() -> None:
    result = run(*NEW, "--from", "2024-12-02", "--organization", "[bold]acme[/]")
    assert result.exit_code == 0
    assert "newai big for [bold]acme[/]: 2.5 in, 10 out" in result.stdout
    (price,) = listed("newai")["current"]
    assert (price["input"], price["organization"]) == ("2.5", "[bold]acme[/]")
    assert price["effective_from"] == "2024-12-02T00:00:00+00:00"
    assert "[bold]acme[/]" in run("newai").stdout


def test_an_instant_with_an_offset_is_understood() -> None:
    run(*NEW, "--from", "2024-12-02T09:00:00+09:00")
    (price,) = listed("newai")["current"]
    assert price["effective_from"] == "2024-12-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*NEW, "--from", "yesterday"), "'yesterday' is no date"),
        ((*NEW, "--from", "2024-12-02", "--batch-input", "cheap"), "'cheap' is no price"),
        ((*NEW, "--from", "2024-12-02", "--batch-input", "-1"), "does not exist"),
    ],
)
def test_what_cannot_be_added_is_said(words: tuple[str, ...], sentence: str) -> None:
    refused = run(*words).exception
    assert isinstance(refused, BadInput)
    assert sentence in str(refused)


def test_an_unknown_provider_is_refused_with_a_suggestion() -> None:
    refused = run("antropic").exception
    assert isinstance(refused, NotFound)
    assert "Did you mean `anthropic`?" in refused.hint
