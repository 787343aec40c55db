"""Nothing happens at import: no connection, no file written, no setting read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.house import watched_imports
from tests.house.project import ROOT, packages

# Whoever reads the settings at import trips over these.
UNUSABLE = {"COSTBOT_PORT": "unusable", "COSTBOT_ZONE": "unusable", "COSTBOT_LOG_LEVEL": "unusable"}


def imported(folder: Path, *names: str) -> tuple[str, str]:
    program = [sys.executable, str(Path(watched_imports.__file__)), str(folder), *names]
    environment = {**os.environ, **UNUSABLE}
    run = subprocess.run(program, capture_output=True, text=True, cwd=folder, env=environment)
    return run.stdout, run.stderr


def test_importing_every_module_opens_and_starts_nothing() -> None:
    output, errors = imported(ROOT, *packages())
    assert errors.splitlines()[-1:] == []
    assert output == ""


def test_work_at_import_would_be_seen(tmp_path: Path) -> None:
    package = tmp_path / "hasty"
    package.mkdir()
    (package / "__init__.py").write_text("import json")
    (package / "store.py").write_text("import sqlite3\nCONNECTION = sqlite3.connect(':memory:')")
    (package / "mart.py").write_text("import duckdb\nMART = duckdb.connect()")
    (package / "log.py").write_text("def begin():\n    open('log', 'w').close()\nbegin()")
    (package / "net.py").write_text("import socket\nS = socket.socket()\nS.close()")

    output, errors = imported(tmp_path, "hasty")

    assert errors == ""
    assert sorted(line.split(" ")[0] + line.split(" ")[1] for line in output.splitlines()) == [
        "hasty/log.py:open",
        "hasty/mart.py:duckdb.connect",
        "hasty/net.py:socket.__new__",
        "hasty/store.py:sqlite3.connect",
    ]
