"""The journal: what was promised is there after every kind of end, once."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest

from analysis.errors import Unavailable
from queries.ingest.journal import CLOSED, FOLDER, OPEN, Journal
from tests.ingest.ends import append_and_die, append_in
from tests.road.forked import forking


def lines_in(home: Path) -> list[str]:
    """All lines that a merge would be given, in order."""
    journal = Journal(home)
    found = [line for path in journal.closed() for line in path.read_text().splitlines()]
    journal.close()
    return found


def test_a_segment_is_closed_when_it_is_large_and_when_it_is_merged(tmp_path: Path) -> None:
    journal = Journal(tmp_path, largest_segment=10)
    journal.append([])
    assert not (tmp_path / FOLDER).exists()
    journal.append(["1"])
    journal.append(["22", "4444444"])
    journal.append(["5"])
    assert journal.backlog == 15
    first, second = journal.closed()
    assert (first.read_text(), second.read_text()) == ("1\n22\n4444444\n", "5\n")
    assert journal.closed() == [first, second]
    assert journal.backlog == 15
    journal.remove(first)
    assert journal.backlog == 2
    journal.remove(second)
    assert (journal.closed(), journal.backlog) == ([], 0)
    journal.close()


def test_what_a_living_process_writes_is_left_to_it(tmp_path: Path) -> None:
    living, other = Journal(tmp_path), Journal(tmp_path)
    living.append(["1"])
    assert other.closed() == []
    with living.merging() as first, other.merging() as second:
        assert (first, second) == (True, False)
    living.close()
    assert [path.read_text() for path in other.closed()] == ["1\n"]


@pytest.mark.parametrize("step", ["lines written", "lines synced", "segment closed"])
def test_a_process_that_is_killed_leaves_what_it_promised(tmp_path: Path, step: str) -> None:
    process = forking().Process(target=append_and_die, args=(tmp_path, step))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    assert lines_in(tmp_path) == ["1", "2"]
    assert not [*(tmp_path / FOLDER).glob(f"*{OPEN}")]


@pytest.mark.parametrize("torn", [b'{"half', b"\0" * 5000, b'{"a":"' + b"x" * 3_000_000, b""])
def test_a_torn_line_goes_and_those_before_it_stay(tmp_path: Path, torn: bytes) -> None:
    process = forking().Process(target=append_in, args=(tmp_path, ["1", "2"]))
    process.start()
    process.join(30)
    [segment] = (tmp_path / FOLDER).glob(f"*{OPEN}")
    with segment.open("ab") as file:
        file.write(torn)
    assert lines_in(tmp_path) == ["1", "2"]


def test_a_segment_with_nothing_but_a_torn_line_goes(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / f"99-abc-000001{OPEN}").write_text("half")
    assert lines_in(tmp_path) == []
    assert not [*(tmp_path / FOLDER).glob(f"*{CLOSED}")]


def test_lines_that_cannot_be_written_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(["1" * 1000])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, hard))
    try:
        for _ in range(2):
            with pytest.raises(Unavailable, match="cannot be kept at the moment"):
                journal.append(["2" * 1000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    journal.append(["3"])
    [segment] = journal.closed()
    assert segment.read_text().splitlines() == ["1" * 1000, "3"]
    journal.close()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("no folder")
    with pytest.raises(Unavailable, match="cannot be kept"):
        Journal(tmp_path).append(["1"])


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(["1"])
    [segment] = (tmp_path / FOLDER).glob(f"*{OPEN}")
    assert segment.stat().st_mode & 0o077 == 0
    journal.close()
