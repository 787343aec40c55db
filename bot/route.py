"""What a route is: how one kind of command is answered, and the table of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from bot.blocks.answer import Answer
from bot.csv_file import CsvFile
from bot.grammar.command import Command
from handlers.caller import Caller

C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True)
class Route(Generic[C]):
    """How one kind of command is answered.

    Attributes:
        answer: the message, within what the caller may see.
        csv: the same as a file with every row; None: there is none.
        kept_as: the text that asks exactly this; the answer is given again to whoever asks it
            while nothing has changed. None: it is made anew each time.
    """

    answer: Callable[[C, Caller], Awaitable[Answer]]
    csv: Callable[[C, Caller], Awaitable[CsvFile]] | None = None
    kept_as: Callable[[C], str] | None = None


class Routes:
    """The routes by the kind of command."""

    def __init__(self) -> None:
        self._routes: dict[type[Command], Route[Command]] = {}

    def add(self, kind: type[C], route: Route[C]) -> None:
        """Answers commands of `kind` by `route`."""
        self._routes[kind] = cast("Route[Command]", route)

    def of(self, command: Command) -> Route[Command]:
        """The route of `command`.

        Raises:
            KeyError: there is none, a bug.
        """
        return self._routes[type(command)]

    @property
    def kinds(self) -> frozenset[type[Command]]:
        """The kinds of commands that there is a route for."""
        return frozenset(self._routes)
