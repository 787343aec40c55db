"""The commands of `costbot` that are listed at once and loaded one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, cast

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Listed:
    """A command, or a group of commands, as the list of them shows it.

    Attributes:
        name: as it is typed.
        module: in `bot.cli`; takes up to a second to load.
        attribute: what the command is called there: a function, or a `typer.Typer`.
        help: its first sentence, as `--help` of all commands shows it.
        context_settings: of a function.
    """

    name: str
    module: str
    attribute: str
    help: str
    context_settings: Mapping[str, Any] | None = None

    def load(self) -> Any:
        """The command itself."""
        found = cast("object", getattr(import_module(f"bot.cli.{self.module}"), self.attribute))
        holder = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=self.name)
        else:
            settings = dict(self.context_settings) if self.context_settings else None
            holder.command(self.name, context_settings=settings)(cast("Any", found))
        return typer.main.get_group(holder).commands[self.name]


class LazyGroup(TyperGroup):
    """A group whose commands are loaded when they are called; helping with it loads none.

    Attributes:
        listed: the commands, in the order in which they are shown after those that were registered.
    """

    listed: ClassVar[Sequence[Listed]] = ()

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for one in self.listed:
            self.commands[one.name] = TyperCommand(one.name, help=one.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Finds the command that is called, and loads it."""
        name, command, rest = super().resolve_command(ctx, args)
        for one in self.listed:
            if one.name == name:
                command = one.load()
                self.commands[one.name] = command
        return name, command, rest
