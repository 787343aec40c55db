"""The locks: everything pinned and hashed, nothing said about where it comes from."""

from __future__ import annotations

import re

import pytest

from tests.house.project import ROOT, pyproject

REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)(\[[^]]+\])?==([^\s;\\]+)", re.MULTILINE)


def pins(text: str) -> dict[str, str]:
    """Name and version of each requirement that a text pins."""
    return {
        re.sub(r"[-_.]+", "-", name).lower(): version
        for name, _, version in REQUIREMENT.findall(text)
    }


def lock(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def asked_for(group: str) -> list[str]:
    """The requirements of a dependency group, with those of the groups that it includes."""
    entries: list[str | dict[str, str]] = pyproject()["dependency-groups"][group]
    found: list[str] = []
    for entry in entries:
        found += [entry] if isinstance(entry, str) else asked_for(entry["include-group"])
    return found


LOCKS = pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])


@LOCKS
def test_a_lock_names_no_index_and_no_host(name: str) -> None:
    assert not re.search(r"://|@ |^-|index|find-links|#", lock(name), re.MULTILINE | re.IGNORECASE)


@LOCKS
def test_every_requirement_of_a_lock_is_hashed(name: str) -> None:
    requirements = [line for line in re.split(r"\n(?=\S)", lock(name).strip()) if line]
    assert len(requirements) == len(pins(lock(name)))
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


@LOCKS
def test_a_lock_holds_what_the_project_asks_for(name: str) -> None:
    groups = ["build"] if name == "requirements.txt" else ["dev"]
    wanted: list[str] = pyproject()["project"]["dependencies"]
    wanted = [*wanted, *(entry for group in groups for entry in asked_for(group))]
    assert [entry for entry in wanted if not REQUIREMENT.match(entry)] == []
    locked = pins(lock(name))
    assert {name: locked.get(name) for name in pins("\n".join(wanted))} == pins("\n".join(wanted))


def test_development_happens_on_what_is_installed_in_production() -> None:
    assert pins(lock("requirements.txt")).items() <= pins(lock("requirements-dev.txt")).items()


def test_the_build_backend_is_the_locked_one() -> None:
    assert pyproject()["build-system"]["requires"] == asked_for("build")
