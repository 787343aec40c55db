"""What docs/ingest.md has to be copied works."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import cast

import yaml

from api.app import PREFIX
from api.usage.otlp import TRACES
from api.usage.routes import LITELLM, USAGE
from tests.house.project import ROOT
from tests.ingest.station import Station

PAGE = (ROOT / "docs" / "ingest.md").read_text("utf-8")


async def test_the_script_is_answered_as_the_page_says(station: Station) -> None:
    found = re.search(r'"\$COSTBOT/usage" -d \'(.+?)\'\n\n    (\{.+?\})\n', PAGE, re.DOTALL)
    assert found is not None
    answered = await station.post(found[1].encode())
    assert (answered.status, answered.content.decode()) == (202, found[2])


def test_the_configurations_lead_to_the_calls() -> None:
    assert {PREFIX + one for one in (USAGE, LITELLM, TRACES)} <= set(
        re.findall(r"`POST (\S+)`", PAGE)
    )
    blocks = re.findall(r"\n\n((?:    .+\n)+)", PAGE)
    read = [
        cast("dict[str, dict[str, dict[str, object]]]", yaml.safe_load(dedent(block)))
        for block in blocks
        if block.startswith(("    litellm_settings:", "    exporters:"))
    ]
    litellm, collector = read
    assert str(litellm["callback_settings"]["costbot"]["endpoint"]).endswith(PREFIX + LITELLM)
    traces = PREFIX + TRACES
    assert str(collector["exporters"]["otlphttp/costbot"]["traces_endpoint"]).endswith(traces)
    assert str(re.findall(r"OTLP_TRACES_ENDPOINT=(\S+?)`", PAGE)[0]).endswith(traces)
