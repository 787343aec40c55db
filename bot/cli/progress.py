"""A bar on standard error while something takes its time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

Tell = Callable[[str, float], None]
"""Is told what is being done, and how much of the whole is done, from 0 to 1."""


@contextmanager
def progress_bar(name: str) -> Generator[Tell]:
    """A bar where a person looks at it, and nothing where standard error is a file.

    Args:
        name: of the work, until it says what it does.
    """
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=1.0)

        def tell(step: str, done: float) -> None:
            bar.update(task, completed=done, description=step)

        yield tell
