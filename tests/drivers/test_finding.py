"""A finding reads as plain sentences, with figures and a next step."""

from decimal import Decimal

import pytest

from analysis.drivers.cells import Cell, Cells
from analysis.drivers.explain import explain
from analysis.drivers.finding import Finding, finding
from analysis.drivers.wording import Compared
from tests.drivers.planted import CAUSES, planted

COMPARED = Compared("Cost", "yesterday", "the day before", Decimal(1))
DIMENSIONS = ("endpoint", "model", "organization", "result")


def found(*rows: tuple[str, int, str, int, str], compared: Compared = COMPARED) -> Finding:
    cells = [
        Cell(tuple(key.split()), before, Decimal(was), now, Decimal(is_))
        for key, before, was, now, is_ in rows
    ]
    return finding(explain(Cells(DIMENSIONS, cells)), compared)


def test_an_endpoint_with_more_requests():
    told = found(
        ("/v1/a m acme success", 1000, "100", 2200, "220"),
        ("/v1/b m acme success", 1000, "100", 1000, "100"),
        ("/v1/b n globex success", 500, "50", 500, "50"),
    )
    assert told.summary == "Cost rose 48.0 % (+$120.00): $370.00 yesterday, $250.00 the day before."
    assert told.root_cause == (
        "Endpoint /v1/a: requests +120.0 % (1,000 → 2,200), +$120.00 of the +$120.00."
    )
    assert told.breakdown == (
        "Volume +$120.00, mix $0.00, rate $0.00 (together +$120.00). Top contributors: "
        "endpoint /v1/a +$120.00; model m +$120.00; organization acme +$120.00."
    )
    assert told.recommendation == (
        "Ask the owners of endpoint /v1/a what its 1,200 more requests are for, and limit them "
        "if they are not planned; if it stays, it adds about $3,600.00 in 30 days."
    )


def test_a_model_that_got_dearer():
    told = found(
        ("/v1/a m acme success", 100, "100", 100, "130"),
        ("/v1/b m globex success", 100, "100", 100, "130"),
        ("/v1/a n acme success", 100, "50", 100, "50"),
        ("/v1/b n globex success", 100, "50", 100, "50"),
    )
    assert told.root_cause == (
        "Model m: a request costs +30.0 % ($1.00 → $1.30), +$60.00 of the +$60.00."
    )
    assert "$60.00 would be saved" in told.recommendation


def test_growth_of_everything_is_said_to_be_that():
    told = found(
        ("/v1/a m acme success", 100, "100", 150, "150"),
        ("/v1/b n globex success", 100, "50", 150, "75"),
    )
    assert told.root_cause == (
        "No single cause stands out: requests rose from 200 to 300, nearly everywhere alike "
        "(+$75.00)."
    )


def test_a_cost_that_stands_still():
    told = found(("/v1/a m acme success", 100, "100", 100, "100"))
    assert told.summary == "Cost did not change: $100.00 yesterday, as the day before."
    assert told.root_cause == "Nothing moved enough to be a cause."
    assert told.recommendation == "Nothing needs to be done."


def test_a_cost_that_is_wholly_new():
    told = found(("/v1/a m acme success", 0, "0", 10, "5"))
    assert told.summary == "Cost moved by +$5.00: $5.00 yesterday, $0.00 the day before."


def test_what_fell_is_to_be_checked_and_not_stopped():
    told = found(
        ("/v1/a m acme success", 1000, "100", 10, "1"),
        ("/v1/b m acme success", 1000, "100", 1000, "100"),
        ("/v1/b n globex success", 500, "50", 500, "50"),
    )
    assert told.recommendation.startswith("Check that endpoint /v1/a has fewer requests on purpose")


@pytest.mark.parametrize("name", list(CAUSES))
def test_every_finding_names_its_cause_and_ends_its_sentences(name: str):
    change = planted(3, name)
    told = finding(explain(change.cells), COMPARED)
    member = change.truth[0][1]
    for part in (told.summary, told.root_cause, told.breakdown, told.recommendation):
        assert part.endswith(".")
        assert "None" not in part
    assert member in told.root_cause
    assert member in told.recommendation


def test_what_only_stands_out_of_a_growth_of_everything_is_not_said_to_be_its_cause():
    organizations = [f"o{number}" for number in range(9)]
    told = found(
        *((f"/v1/a m {name} success", 100, "100", 140, "140") for name in organizations),
        *((f"/v1/b n {name} success", 100, "50", 140, "70") for name in organizations),
        ("/v1/a m arrived success", 0, "0", 100, "100"),
    )
    assert told.root_cause == (
        "No single cause makes most of it: requests rose from 1,800 to 2,620 (+$615.00). "
        "What stands out: Organization arrived is new, with 100 requests, +$100.00 of the "
        "+$640.00."
    )
    assert told.recommendation == (
        "Nothing is out of order in itself: check the budget against this growth; if it stays, it "
        "adds about $19,200.00 in 30 days. Then look at organization arrived (+$100.00)."
    )
