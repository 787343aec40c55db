"""Which scopes share spend, held against requests counted one by one."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.budgets.overlaps import Overlap, Scope, overlap, overlaps

ORGANIZATIONS = ("acme", "bolt")
VALUES = {"model": ("gpt", "opus", "haiku"), "team": ("red", "blue")}
REQUESTS = [
    {"organization": organization, "model": model, "team": team}
    for organization, model, team in product(
        (*ORGANIZATIONS, "other"), (*VALUES["model"], "other"), (*VALUES["team"], "other")
    )
]


def scope(own: str | None = None, /, **values: str) -> Scope:
    return Scope(own, {name: tuple(value.split("|")) for name, value in values.items()})


def counted(in_scope: Scope) -> set[int]:
    """The requests that a scope counts, one by one."""
    return {
        number
        for number, request in enumerate(REQUESTS)
        if in_scope.organization in (None, request["organization"])
        and all(request[name] in values for name, values in in_scope.values.items())
    }


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    named = draw(st.sets(st.sampled_from(["organization", *VALUES])))
    choices = {"organization": ORGANIZATIONS, **VALUES}
    values = {
        name: tuple(draw(st.lists(st.sampled_from(choices[name]), min_size=1, max_size=3)))
        for name in named
    }
    return Scope(draw(st.sampled_from([None, *ORGANIZATIONS])), values)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (scope("acme"), scope("acme"), Overlap.EQUAL),
        (scope("acme"), scope("bolt"), Overlap.NONE),
        (scope("acme"), scope(), Overlap.INSIDE),
        (scope(), scope("acme"), Overlap.AROUND),
        (scope(organization="acme"), scope("acme"), Overlap.EQUAL),
        (scope("acme", model="gpt"), scope("acme"), Overlap.INSIDE),
        (scope("acme", model="gpt"), scope("acme", model="opus"), Overlap.NONE),
        (scope("acme", model="gpt|opus"), scope("acme", model="opus|gpt"), Overlap.EQUAL),
        (scope("acme", model="gpt|opus"), scope("acme", model="opus|haiku"), Overlap.PARTLY),
        (scope("acme", model="gpt"), scope("acme", team="red"), Overlap.PARTLY),
        (scope("acme", model="gpt"), scope(model="gpt"), Overlap.INSIDE),
        (scope("acme", model="gpt"), scope(model="gpt", team="red"), Overlap.PARTLY),
        (scope("acme", organization="bolt"), scope("bolt"), Overlap.NONE),
    ],
)
def test_how_two_scopes_lie_to_each_other(one: Scope, other: Scope, kind: Overlap) -> None:
    assert overlap(one, other) is kind


@given(scopes(), scopes())
def test_an_overlap_is_what_counting_request_by_request_finds(one: Scope, other: Scope) -> None:
    mine, theirs = counted(one), counted(other)
    if not mine & theirs:
        expected = Overlap.NONE
    elif mine == theirs:
        expected = Overlap.EQUAL
    elif mine <= theirs:
        expected = Overlap.INSIDE
    else:
        expected = Overlap.AROUND if theirs <= mine else Overlap.PARTLY
    assert overlap(one, other) is expected


def test_scopes_that_share_nothing_are_left_out() -> None:
    others = [("all", scope("acme")), ("theirs", scope("bolt")), ("red", scope("acme", team="red"))]
    assert overlaps(scope("acme", model="gpt"), others) == {
        "all": Overlap.INSIDE,
        "red": Overlap.PARTLY,
    }


def test_a_dimension_without_values_is_refused() -> None:
    with pytest.raises(ValueError, match="counts nothing: model"):
        Scope("acme", {"model": ()})
