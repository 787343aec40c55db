"""A cursor is opened by whoever wrote it, and by nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotFound
from api.cursors import key_of, written
from tests.api.world import CALLERS


def asked(path: str = "/x", query: bytes = b"", caller: str = "acme-user") -> Request:
    scope: dict[str, object] = {"type": "http", "path": path, "query_string": query, "headers": []}
    request = Request({**scope, "server": ("x", 80), "scheme": "http", "root_path": ""})
    request.state.caller = CALLERS[caller]
    return request


@given(cursor=st.text(max_size=60))
def test_whatever_is_made_up_is_no_cursor(cursor: str) -> None:
    with pytest.raises(NotFound):
        key_of(cursor, asked())


@given(key=st.uuids())
def test_a_cursor_comes_back_as_it_was_written(key: UUID) -> None:
    cursor = written((str(key),), asked(query=b"limit=3&status=a"))
    assert key_of(cursor, asked(query=b"status=a&limit=9&cursor=x")) == key


@pytest.mark.parametrize(
    "other",
    [asked("/y"), asked(query=b"status=a"), asked(caller="acme-admin"), asked(caller="admin")],
    ids=["path", "question", "role", "reach"],
)
def test_a_cursor_is_of_its_question_and_reach(other: Request) -> None:
    cursor = written((str(UUID(int=1)),), asked())
    with pytest.raises(NotFound):
        key_of(cursor, other)
