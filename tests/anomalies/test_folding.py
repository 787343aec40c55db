"""Findings of one event, told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.anomalies.folding import APART, EXPLAINS, LEVEL_FOLLOWS, MOST, Folded, fold
from analysis.anomalies.found import Finding, Shape
from analysis.incidents.levels import Level
from analysis.series import Measure, SeriesKey

DAY = date(2026, 11, 20)
TOTAL = SeriesKey(None, None, None, Measure.COST)


def key(dimension: str, member: str, organization: str | None = None) -> SeriesKey:
    return SeriesKey(organization, dimension, member, Measure.COST)


def requests(of: SeriesKey) -> SeriesKey:
    return replace(of, measure=Measure.REQUESTS)


def finding(of: SeriesKey, usd: int, *, since: date = DAY, shape: Shape | None = None) -> Finding:
    default = Shape.SPIKE if since == DAY else Shape.SHIFT
    return Finding(
        key=of,
        day=DAY,
        shape=shape or default,
        level=Level.WARNING,
        actual=1000.0 + usd,
        expected=1000.0,
        lower=900.0,
        upper=1100.0,
        score=4.0 if usd > 0 else -4.0,
        since=since,
        usd=Decimal(usd),
        history_days=84,
    )


def told(folded: list[Folded]) -> list[SeriesKey]:
    return [one.finding.key for one in folded]


def test_a_part_that_explains_its_whole_is_folded_and_named() -> None:
    whole = finding(TOTAL, 1000)
    part = finding(key("model", "gpt-4o"), 900)
    (one,) = fold([part, whole])
    assert one == Folded(whole, (part,), part, None)


def test_the_narrowest_part_that_explains_it_is_the_one_that_is_named() -> None:
    product, model = finding(key("product", "api"), 950), finding(key("model", "gpt-4o"), 900)
    theirs = finding(key("model", "gpt-4o", "acme"), 800)
    (one,) = fold([finding(TOTAL, 1000), product, model, theirs])
    assert one.children == (product, model, theirs)
    assert one.explained_by == theirs


def test_what_is_wholly_within_a_product_is_a_part_of_it() -> None:
    llm, model = key("product", "llm"), key("model", "gpt-4o")
    findings = [finding(model, 400), finding(llm, 1000), finding(requests(model), 150)]
    products = {model: "llm", requests(model): "llm"}
    assert told(fold(findings)) == [llm, model]
    assert told(fold(findings, products)) == [llm]


def test_a_part_of_one_product_says_nothing_of_another() -> None:
    api, model = key("product", "api"), key("model", "gpt-4o")
    assert told(fold([finding(model, 400), finding(api, 1000)], {model: "llm"})) == [api, model]


def test_small_parts_are_folded_without_being_the_explanation() -> None:
    (one,) = fold([finding(TOTAL, 1000), finding(key("model", "a"), 400)])
    assert one.explained_by is None
    assert len(one.children) == 1


def test_a_part_that_moves_against_its_whole_stands_for_itself() -> None:
    falling = key("model", "old")
    assert told(fold([finding(TOTAL, 1000), finding(falling, -300)])) == [TOTAL, falling]


def test_a_part_that_moves_more_than_its_whole_stands_for_itself() -> None:
    hidden = key("model", "new")
    assert told(fold([finding(TOTAL, 300), finding(hidden, 900)])) == [hidden, TOTAL]


def test_a_part_that_began_at_another_time_stands_for_itself() -> None:
    shifted = key("model", "new")
    long_ago = finding(shifted, 500, since=DAY - timedelta(days=9))
    assert set(told(fold([finding(TOTAL, 1000), long_ago]))) == {TOTAL, shifted}


def test_cost_leads_and_its_volume_is_told_with_it() -> None:
    model = key("model", "gpt-4o")
    cost, volume = finding(model, 500), finding(requests(model), 480)
    (one,) = fold([volume, cost])
    assert (one.finding, one.volume, one.children) == (cost, volume, (volume,))
    assert one.explained_by is None


def test_volume_that_fell_while_cost_rose_is_another_story() -> None:
    model = key("model", "gpt-4o")
    assert len(fold([finding(model, 500), finding(requests(model), -200)])) == 2


def test_requests_of_a_part_go_with_the_cost_of_the_whole() -> None:
    model = key("model", "gpt-4o")
    (one,) = fold([finding(TOTAL, 500), finding(requests(model), 450)])
    assert one.finding.key == TOTAL
    assert one.volume is None


def test_views_of_the_same_dollars_by_other_dimensions_are_told_once() -> None:
    model, endpoint = finding(key("model", "gpt-4o"), 500), finding(key("endpoint", "/chat"), 480)
    other = finding(key("model", "sonnet"), 450)
    small = finding(key("user", "eve"), 100)
    folded = fold([small, endpoint, other, model])
    assert told(folded) == [model.key, other.key, small.key]
    assert folded[0].children == (endpoint,)


def test_nothing_found_is_nothing_told() -> None:
    assert fold([]) == []


KEYS = st.builds(
    SeriesKey,
    st.sampled_from([None, "acme", "globex"]),
    st.just(None),
    st.just(None),
    st.sampled_from(Measure),
) | st.builds(
    SeriesKey,
    st.sampled_from([None, "acme", "globex"]),
    st.sampled_from(["product", "model", "user"]),
    st.sampled_from(["a", "b"]),
    st.sampled_from(Measure),
)
FINDINGS = st.lists(
    st.builds(
        finding,
        KEYS,
        st.integers(5, 2000) | st.integers(-2000, -5),
        since=st.sampled_from([DAY, DAY, DAY, *(DAY - timedelta(days=n) for n in (2, 5, 12))]),
    ),
    unique_by=lambda one: one.key,
    max_size=14,
)


def same_story(one: Finding, other: Finding) -> bool:
    apart = abs(one.since - other.since)
    together = apart <= (APART if one.shape is other.shape else LEVEL_FOLLOWS)
    return together and (one.usd > 0) == (other.usd > 0)


@given(FINDINGS)
@settings(max_examples=100, deadline=None)
def test_every_finding_is_told_or_folded_into_one_that_is(findings: list[Finding]) -> None:
    folded = fold(findings)
    placed = [f.key for one in folded for f in (one.finding, *one.children)]
    assert sorted(map(str, placed)) == sorted(str(f.key) for f in findings)


@given(FINDINGS)
@settings(max_examples=100, deadline=None)
def test_no_dollars_are_told_twice(findings: list[Finding]) -> None:
    leads = [one.finding for one in fold(findings)]
    for part in leads:
        for whole in leads:
            if whole.key in part.key.parents and same_story(part, whole):
                assert abs(part.usd) > MOST * abs(whole.usd)


@given(FINDINGS)
@settings(max_examples=100, deadline=None)
def test_what_explains_a_finding_is_one_of_its_parts_and_most_of_its_dollars(
    findings: list[Finding],
) -> None:
    for one in fold(findings):
        if one.explained_by is not None:
            assert one.explained_by in one.children
            assert abs(one.explained_by.usd) >= EXPLAINS * abs(one.finding.usd)


@given(FINDINGS)
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_findings_come_changes_nothing(findings: list[Finding]) -> None:
    assert fold(findings) == fold(findings[::-1]) == fold(sorted(findings, key=lambda f: f.usd))
