"""What docs/api.md says is so."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.api.calls import calls_of
from tests.api.world import Api, opened
from tests.house.project import ROOT

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

LINES = re.findall(r"^    (curl .*)$", PAGE, re.MULTILINE)


async def test_each_line_of_the_page_is_answered(tmp_path: Path) -> None:
    assert len(LINES) > 20
    async with opened(tmp_path) as api:  # of its own: a month is closed once
        for line in LINES:
            await try_line(api, line)


async def try_line(api: Api, line: str) -> None:
    method, url, headers, data = read(line)
    is_change = "$" in url.removeprefix("$COSTBOT") and method != "GET"
    ids = await api.renewed("acme") if is_change else api.ids["acme"]
    for name, value in ids.items():
        url = url.replace(f"${name.removesuffix('_id').upper()}", value)
    token = "admin" if "$ADMIN_TOKEN" in headers.pop("Authorization") else "acme-admin"
    parts = urlsplit(url.removeprefix("$COSTBOT"))
    assert "$" not in parts.path, line
    query = parse_qsl(parts.query)
    found = await api.ask(method, parts.path, token, params=query, headers=headers, data=data)
    assert found.status in (200, 201, 204), f"{line}: {found.text}"


def read(line: str) -> tuple[str, str, dict[str, str], str | None]:
    """Method, address, headers and body of a line of curl."""
    method, url, headers, data = "GET", "", dict[str, str](), None
    words = iter(shlex.split(line)[1:])
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                data = next(words)
            case _:
                url = word
    return method, url, headers, data


async def test_the_page_lists_every_call_and_no_other(api: Api) -> None:
    listed = re.findall(r"^\| `(\w+) (/\S*)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted((method, one.path_format) for method, one in calls_of(api.app))


async def test_each_call_of_the_page_takes_the_parameters_that_it_names(api: Api) -> None:
    paths = api.app.openapi()["paths"]
    for method, path, parameters in re.findall(
        r"^\| `(\w+) (/\S*)` \| ([^|]*) \|", PAGE, re.MULTILINE
    ):
        operation = paths[path][method.lower()]
        known = {one["name"] for one in operation.get("parameters", [])}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            known |= set(content["schema"].get("properties", ()))
        assert set(re.findall(r"`(\w+)`", parameters)) <= known, path


async def test_the_refusal_of_the_page_is_the_one_that_is_sent(api: Api) -> None:
    written = re.search(r'^    (\{"type": "about:blank".*?\}\})', PAGE, re.MULTILINE | re.DOTALL)
    assert written is not None
    found = await api.get("/analysis", params={"modle": "gpt-4"})
    assert found.body == json.loads(written[1])
