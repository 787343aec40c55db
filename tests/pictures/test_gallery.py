"""Every message template: within Slack's limits whatever it is filled with, and in the gallery."""

from __future__ import annotations

import ast
import json
import pkgutil
from collections.abc import Mapping
from typing import cast

import pytest

import bot.gallery
from bot.blocks.answer_view import payload_view
from bot.gallery import NOUNS, entries_of
from bot.gallery.entry import Entry
from bot.gallery.showing import shown_of
from bot.pictures.painter import Painter
from bot.slack.places import CHANNELS_OWN
from playground.blockkit.rules import Json
from playground.blockkit.validation import problems_of_view
from playground.page.gallery import Exhibit, verdict
from tests.house.project import Source, sources

HELPERS = {"entry", "showing", "made_up", "answered"}
"""Modules of the gallery that make no entries."""

WITHOUT_ENTRY: Mapping[str, str] = {
    "answer": "what all messages are made of",
    "fit": "what keeps them within the limits",
}
"""Modules of bot/blocks that make messages and have no entry, with the reason."""


@pytest.mark.parametrize("noun", NOUNS)
def test_every_entry_is_taken_by_slack(noun: str) -> None:
    painter = Painter()
    wrong = {
        f"{shown.entry.template}, {shown.entry.data}": problems
        for shown in shown_of(noun, {"light": painter, "dark": painter})
        if (problems := verdict(_exhibit(shown.entry, shown.payload, list(shown.pictures))))
    }
    painter.close()
    assert wrong == {}


def _exhibit(entry: Entry, payload: dict[str, object], files: list[str]) -> Exhibit:
    async def paint(theme: str) -> bytes:
        return theme.encode()

    return Exhibit(entry.template, entry.data, payload, dict.fromkeys(files, paint))


@pytest.mark.parametrize("noun", NOUNS)
def test_every_entry_can_be_shown_in_a_modal_and_the_home_tab_as_a_home_tab(noun: str) -> None:
    wrong: list[tuple[str, list[str]]] = []
    for entry in entries_of(noun):
        modal = payload_view(entry.payload, left_out=CHANNELS_OWN)
        problems = problems_of_view(cast("Json", modal), lambda _: False, home=False)
        if entry.template.startswith("Home tab"):
            view = {"type": "home", "blocks": entry.payload["blocks"]}
            problems += problems_of_view(cast("Json", view), lambda _: False, home=True)
        wrong += [(entry.template, problems)] if problems else []
    assert wrong == []


@pytest.mark.parametrize("noun", NOUNS)
def test_no_entry_stands_there_twice(noun: str) -> None:
    names = [(entry.template, entry.data) for entry in entries_of(noun)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ({"text": "", "blocks": []}, "no text for notifications"),
        ({"text": "a <!channel>", "blocks": []}, "calls everybody"),
        ({"text": "a", "blocks": [{"type": "divider"}] * 51}, "no more than 50 items"),
        (
            {
                "text": "a",
                "blocks": [{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "b"}],
            },
            "invalid slack file",
        ),
    ],
)
def test_what_slack_would_refuse_is_said(payload: dict[str, object], problem: str) -> None:
    assert problem in " ".join(verdict(Exhibit("t", "typical", payload, {})))


def test_every_module_of_the_gallery_is_on_its_list() -> None:
    modules = {module.name for module in pkgutil.iter_modules(bot.gallery.__path__)}
    assert modules - HELPERS == set(NOUNS)


def test_every_module_that_makes_messages_has_an_entry() -> None:
    """Which of them do is seen from what they name their blocks: ids of blocks are theirs alone."""
    shown = json.dumps([entry.payload for noun in NOUNS for entry in entries_of(noun)])
    silent = [
        source.name.removeprefix("bot/blocks/").removesuffix(".py")
        for source in sources("bot")
        if source.name.startswith("bot/blocks/") and (ids := _block_ids(source))
        if not any(f'"block_id": "{one}' in shown for one in ids)
    ]
    assert {name for name in silent if name not in WITHOUT_ENTRY} == set()


def _block_ids(source: Source) -> set[str]:
    """What a module names its blocks, as far as it is written out."""
    found: set[str] = set()
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        named = [keyword.value for keyword in node.keywords if keyword.arg == "block_id"]
        if ast.unparse(node.func) in ("section", "context") and len(node.args) > 1:
            named.append(node.args[1])
        found |= {
            n.value for n in named if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
    return found
