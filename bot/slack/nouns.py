"""Nouns of `/cost` that have forms and buttons, and ask where they were typed: digests, alerts."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Protocol

from analysis.errors import NotUnderstood
from bot.blocks.answer import Answer, Payload
from bot.slack.api import BoltApp, SlackApi
from bot.slack.modals import Modals
from bot.slack.reply import Replies
from handlers.caller import Caller


class Noun(Protocol):
    """What hears `/cost WORD …` for one or several words, and the buttons and modals of it."""

    @property
    def words(self) -> tuple[str, ...]:
        """The first words after `/cost` that it hears."""
        ...

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listeners of its buttons and modals."""
        ...

    def form_for(
        self, text: str, caller: Caller, channel: str
    ) -> tuple[str, Coroutine[object, object, Payload]] | None:
        """The title and the view of the form that a text opens; None: it is answered instead.

        Args:
            text: all that was typed after `/cost`, the noun's word first.
            caller: who typed it.
            channel: id of the one in which it was typed.
        """
        ...

    def answer(self, text: str, caller: Caller, channel: str) -> Coroutine[object, object, Answer]:
        """The answer to a text; see `form_for`. What is refused is raised."""
        ...


class Wordless:
    """A `Noun` without words: its commands, if any, are ordinary questions."""

    __slots__ = ()

    @property
    def words(self) -> tuple[str, ...]:
        """See `Noun.words`: it hears no commands."""
        return ()

    def form_for(
        self, text: str, caller: Caller, channel: str
    ) -> tuple[str, Coroutine[object, object, Payload]] | None:
        """See `Noun.form_for`: no text opens one."""
        del text, caller, channel
        return None

    async def answer(self, text: str, caller: Caller, channel: str) -> Answer:
        """See `Noun.answer`: it hears no words."""
        del caller, channel
        raise NotUnderstood(f"I don't know {text!r}.", "`/cost help` has all commands.")


MakeNoun = Callable[[SlackApi, Replies, Modals], Noun]
"""Makes a noun of what every one needs."""


def by_word(nouns: tuple[Noun, ...]) -> dict[str, Noun]:
    """The nouns by the words that they hear."""
    return {word: noun for noun in nouns for word in noun.words}


def noun_in(nouns: Mapping[str, Noun], text: str) -> Noun | None:
    """The noun that the first word of a text names; None: it names none."""
    word = text.split(maxsplit=1)[0].lower() if text.strip() else ""
    return nouns.get(word)
