"""What is built holds all that the packages consist of: templates, migrations, pages."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.house.project import ROOT, packages


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(program, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        built = {name for name in archive.namelist() if ".dist-info/" not in name}
    there = {
        path.relative_to(ROOT).as_posix()
        for package in packages()
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert built == there | {"bot/manifest.yaml"}  # of which `costbot setup` makes the app
