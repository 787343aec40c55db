"""What docs/api.md says is so."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.api.world import Api, calls_of
from tests.house.project import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

ASKED = re.findall(r'^    curl .*"\$COSTBOT(/[^"]*)"$', PAGE, re.MULTILINE)


@pytest.mark.parametrize("call", ASKED)
async def test_each_example_of_the_page_is_answered(api: Api, call: str) -> None:
    parts = urlsplit(call)
    found = await api.get(parts.path, "acme-admin", params=parse_qsl(parts.query))
    assert found.status == 200, found.text


async def test_the_page_lists_every_call_and_no_other(api: Api) -> None:
    listed = re.findall(r"^\| `(\w+) (/\S*)` \|", PAGE, re.MULTILINE)
    assert len(ASKED) > 5
    assert sorted(listed) == sorted((method, one.path_format) for method, one in calls_of(api.app))


async def test_each_call_of_the_page_takes_the_parameters_that_it_names(api: Api) -> None:
    paths = api.app.openapi()["paths"]
    for method, path, parameters in re.findall(
        r"^\| `(\w+) (/\S*)` \| ([^|]*) \|", PAGE, re.MULTILINE
    ):
        known = {one["name"] for one in paths[path][method.lower()].get("parameters", [])}
        assert set(re.findall(r"`(\w+)`", parameters)) <= known, path


async def test_the_refusal_of_the_page_is_the_one_that_is_sent(api: Api) -> None:
    written = re.search(r'^    (\{"type": "about:blank".*?\}\})', PAGE, re.MULTILINE | re.DOTALL)
    assert written is not None
    found = await api.get("/analysis", params={"modle": "gpt-4"})
    assert found.body == json.loads(written[1])
