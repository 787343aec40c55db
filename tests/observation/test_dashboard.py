"""The dashboard and the alerts ask for metrics that there are, by labels that they have."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest
import yaml

from storage.records.delivery import NewDelivery
from tests.house.project import ROOT
from tests.observation.world import World, outbox_at_work

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLDER = ROOT / "docs" / "grafana"
METRIC = re.compile(r"\b(?:costbot|process|python)_[a-z0-9_]+")
SELECTOR = re.compile(r"((?:costbot|process)_[a-z0-9_]+)\{([^}]*)\}")
GROUPING = re.compile(r"by \(([^)]*)\)")
PROMETHEUS_OWN = {"instance", "le"}
"""Labels that Prometheus adds, and that of buckets."""


def dashboard() -> Mapping[str, Any]:
    return json.loads((FOLDER / "costbot.json").read_text(encoding="utf-8"))


def rules() -> list[Mapping[str, Any]]:
    text = (FOLDER / "costbot.rules.yaml").read_text(encoding="utf-8")
    (group,) = yaml.safe_load(text)["groups"]
    return cast("list[Mapping[str, Any]]", group["rules"])


def panels() -> list[Mapping[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def expressions() -> dict[str, str]:
    """What is asked, by who asks."""
    asked = {rule["alert"]: rule["expr"] for rule in rules()}
    for panel in panels():
        for target in panel["targets"]:
            asked[f"{panel['title']} {target['refId']}"] = target["expr"]
    return asked


SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}


def written() -> dict[str, tuple[str, set[str]]]:
    """The kind and the labels of every metric, as the page of operations has them."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(costbot_\w+)` \| (\w+) \|([^|]*)\|", page, re.MULTILINE)
    return {name: (kind, set(re.findall(r"\w+", told))) for name, kind, told in rows}


async def told(world: World) -> dict[str, tuple[str, set[str]]]:
    """The same, as a serving costbot that was used tells them."""
    await used(world)
    found: dict[str, tuple[str, set[str]]] = {}
    for family in world.observed.metrics.registry.collect():
        suffix = {"counter": "_total", "info": "_info"}.get(family.type, "")
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        found[family.name + suffix] = family.type, labels
    return found


async def used(world: World) -> None:
    """Has a little of everything happen."""
    await world.say("/cost pricing openai")
    await world.watch.keep_up()
    await world.api("/budgets/check?model=gpt-4")
    await world.api("/analysis?time_range=7d")
    world.scheduler.look()
    await world.supervisor.idle()
    payload: dict[str, object] = {"text": "A message.", "blocks": []}
    added = [
        NewDelivery(key=f"used/{kind}", channel=kind, address="x", payload=payload)
        for kind in ("email", "webhook")
    ]
    await world.parts.store.deliveries.add_many(added)
    async with outbox_at_work(world) as sender:
        await sender.send_what_is_due()
    await world.parts.store.deliveries.add(replace(added[0], key="used/later"))
    await world.gathered()


def names_of(name: str, kind: str) -> set[str]:
    """What a metric is asked for by."""
    return {name + suffix for suffix in SUFFIXES["histogram"]} if kind == "histogram" else {name}


async def test_the_page_of_operations_has_every_metric_with_its_kind_and_its_labels(world: World):
    there = await told(world)
    own = {name: one for name, one in there.items() if name.startswith("costbot_")}
    assert own == written()


async def test_every_metric_that_is_asked_for_is_there(world: World):
    there = {one for name, (kind, _) in (await told(world)).items() for one in names_of(name, kind)}
    missing = {
        who: [name for name in METRIC.findall(asked) if name not in there]
        for who, asked in expressions().items()
    }
    assert {who: names for who, names in missing.items() if names} == {}


async def test_every_label_that_is_asked_for_is_there():
    there = {
        one: labels for name, (kind, labels) in written().items() for one in names_of(name, kind)
    }
    wrong: list[str] = []
    for who, asked in expressions().items():
        names = METRIC.findall(asked)
        known = PROMETHEUS_OWN.union(*(there.get(name, set()) for name in names))
        for name, selector in SELECTOR.findall(asked):
            labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
            wrong += [
                f"{who}: {name}.{one}" for one in labels - there.get(name, set()) - PROMETHEUS_OWN
            ]
        for grouped in GROUPING.findall(asked):
            labels = {label.strip() for label in grouped.split(",")}
            wrong += [f"{who}: by {one}" for one in labels - known]
    assert wrong == []


async def test_every_metric_of_costbots_own_is_shown(world: World):
    shown = {name for asked in expressions().values() for name in METRIC.findall(asked)}
    families = [
        family.name
        for family in world.observed.metrics.registry.collect()
        if family.name.startswith("costbot_")
    ]
    assert [one for one in families if not any(name.startswith(one) for name in shown)] == []


async def test_panels_say_what_they_show_and_do_not_lie_on_each_other():
    ids = [panel["id"] for panel in dashboard()["panels"]]
    assert len(set(ids)) == len(ids)
    assert [panel["title"] for panel in panels() if not panel["description"]] == []
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


async def test_brackets_of_expressions_are_closed():
    for who, asked in expressions().items():
        for opened, closed in ("()", "{}", "[]"):
            assert asked.count(opened) == asked.count(closed), who


async def test_an_alert_says_what_is_wrong_and_what_to_do():
    assert len({rule["alert"] for rule in rules()}) == len(rules())
    for rule in rules():
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith((".", ".'"))
        assert rule["annotations"]["next"]
