"""Where the project is, and what it consists of."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@cache
def pyproject() -> dict[str, Any]:
    """The project's own declaration."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def packages() -> list[str]:
    """What is installed: the packages of the wheel."""
    return pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@dataclass(frozen=True)
class Source:
    """A Python file, read and parsed."""

    name: str
    text: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All that the tree consists of, found once: most rules look at all of it."""
        return tuple(ast.walk(self.tree))

    def at(self, node: ast.expr | ast.stmt | ast.excepthandler | ast.arg) -> str:
        """The place of a node, as an editor opens it."""
        return f"{self.name}:{node.lineno}"


@cache
def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text, path.name))


def sources(*folders: str) -> Iterator[Source]:
    """The Python files below some folders of the project that exist."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield _read(path)
