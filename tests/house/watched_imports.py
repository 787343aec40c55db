"""A program: imports every module of some packages and reports what their import set in motion.

Called with a folder and the packages in it; prints one line per finding. Work counts when a module
of the folder does it at its top level; what a foreign library does as it is imported does not.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import sys
from pathlib import Path
from types import FrameType
from typing import Any

WATCHED = {
    "_thread.start_new_thread",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.system",
    "socket.__new__",
    "sqlite3.connect",
    "subprocess.Popen",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def importing_module(folder: Path) -> str | None:
    """The module of the folder whose top level is at work; None if a foreign one is."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return None
        if frame.f_code.co_name == "<module>":
            path = Path(name)
            inside = path.is_relative_to(folder) and ".venv" not in path.parts
            return str(path.relative_to(folder)) if inside and name != __file__ else None
        frame = frame.f_back
    return None


def report(module: str, work: str) -> None:
    """One line about one finding."""
    sys.stdout.write(f"{module}: {work}\n")


def watch(folder: Path) -> None:
    """Reports, from now on, work that a module's top level does."""

    def hook(event: str, args: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(args[2], int) and bool(args[2] & WRITING)
        if (event in WATCHED or writes) and (module := importing_module(folder)) is not None:
            report(module, f"{event} {args[0] if args else ''}")

    sys.addaudithook(hook)


def watch_duckdb(folder: Path) -> None:
    """DuckDB tells the interpreter's audit nothing: its connect reports by itself."""
    import duckdb

    connect = duckdb.connect

    def reporting(*args: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        if (module := importing_module(folder)) is not None:
            report(module, "duckdb.connect")
        return connect(*args, **options)

    duckdb.connect = reporting


def main(folder: Path, names: list[str]) -> None:
    """Imports all there is; an exception names the module that raised it."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))
    watch_duckdb(folder)
    watch(folder)
    for name in names:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            # Alembic alone runs what is in migrations, and Python alone a __main__.
            if ".migrations." not in module.name and not module.name.endswith(".__main__"):
                importlib.import_module(module.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
