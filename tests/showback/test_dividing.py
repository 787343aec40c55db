"""Dividing a month: the worked example, and what holds for every month."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import BadInput
from analysis.showback.cents import CENT, rounded, to_cents
from analysis.showback.dividing import NOBODY, Division, Line, Measure, Part, divide
from analysis.showback.facts import Capacity, Feed, MonthFacts, Use, UseLine
from analysis.showback.rules import Basis, Method, Rule
from tests.house.project import ROOT
from tests.showback.months import WORKED, capacity, use

D = Decimal
EVEN = Rule(Method.EVEN)
FIXED = Rule(Method.FIXED, shares={"acme": D(60), "globex": D(30)})


def totals(division: Division) -> dict[str, Decimal]:
    return {line.organization: line.total for line in (*division.statements, division.not_charged)}


@pytest.mark.parametrize(
    ("name", "rule", "expected"),
    [
        ("proportional", Rule(), ("1199.99", "500.00", "100.00", "0.00")),
        ("even", EVEN, ("1060.00", "500.00", "239.99", "0.00")),
        ("fixed", FIXED, ("1171.99", "486.00", "100.00", "42.00")),
    ],
)
def test_the_worked_example_of_the_page_comes_out_as_written(
    name: str, rule: Rule, expected: Sequence[str]
) -> None:
    division = divide(WORKED, rule)
    names = ("acme", "globex", "initech", NOBODY)
    assert totals(division) == {one: D(total) for one, total in zip(names, expected, strict=True)}
    assert division.infrastructure == D("1799.99")
    page = (ROOT / "docs" / "showback.md").read_text(encoding="utf-8")
    assert f"| {name} | {' | '.join(f'{D(one):,.2f}' for one in expected)} | 1,799.99 |" in page


def test_a_statement_says_what_is_direct_and_what_is_a_share() -> None:
    acme = divide(WORKED, Rule()).statements[0]
    assert dict(acme.amounts) == {
        Part.GPU: D(600),
        Part.LLM: D(200),
        Part.OTHER: D(0),
        Part.IDLE: D(90),
        Part.OVERHEAD: D(30),
        Part.UNATTRIBUTED: D("199.99"),
        Part.SHARED: D(80),
    }


def test_who_used_no_gpu_pays_for_no_idle_one() -> None:
    initech = divide(WORKED, Rule()).statements[2]
    assert (initech.organization, initech.total) == ("initech", D(100))


def test_a_basis_that_a_source_does_not_have_falls_back_to_its_direct_cost() -> None:
    facts = MonthFacts(
        (
            use("acme", "30", feed=Feed.USAGE),
            use("globex", "10", feed=Feed.USAGE),
            use(None, "8", feed=Feed.USAGE),
        ),
        (),
    )
    division = divide(facts, Rule(basis=Basis.GPU_SECONDS))
    assert totals(division) == {"acme": D(36), "globex": D(12), NOBODY: D(0)}
    measures = {pool.measure for pool in division.pools if pool.amount}
    assert measures == {Measure.COST_OF_SOURCE}


def test_without_any_direct_cost_heads_count_and_it_is_told() -> None:
    facts = MonthFacts((use("acme", "0"), use("globex", "0")), (capacity("unused", "10.01"),))
    division = divide(facts, Rule())
    assert totals(division) == {"acme": D("5.01"), "globex": D("5.00"), NOBODY: D(0)}
    assert [pool.measure for pool in division.pools if pool.amount] == [Measure.EVEN]


def test_without_any_organization_nothing_is_charged() -> None:
    facts = MonthFacts((use(None, "3"),), (capacity("unused", "10"),))
    division = divide(facts, EVEN)
    assert (division.statements, division.not_charged.total) == ((), D(13))
    assert {pool.measure for pool in division.pools if pool.amount} == {Measure.NOBODY}


def test_a_fixed_share_is_charged_without_any_use() -> None:
    division = divide(MonthFacts((), (capacity("idle", "10"),)), FIXED)
    assert totals(division) == {"acme": D(6), "globex": D(3), NOBODY: D(1)}


def test_unknown_traffic_is_the_owners_where_most_of_an_organization_is_internal() -> None:
    owners = (use("owner", "5", internal=True, requests=9), use("owner", "1", internal=None))
    others = (use("acme", "4", internal=None, requests=9), use("acme", "1", internal=True))
    division = divide(MonthFacts((*owners, *others), ()), Rule())
    assert totals(division) == {"acme": D(11), NOBODY: D(0)}
    assert division.statements[0].amounts[Part.GPU] == 4


def test_credits_lower_the_statement_of_who_was_credited() -> None:
    facts = MonthFacts(
        (
            use("acme", "-20", feed=Feed.USAGE, credits="-25"),
            use("globex", "50", feed=Feed.USAGE),
            use(None, "10", feed=Feed.USAGE),
        ),
        (),
    )
    division = divide(facts, Rule())
    assert totals(division) == {"acme": D(-20), "globex": D(60), NOBODY: D(0)}


def test_more_idle_attributed_than_there_was_is_given_back() -> None:
    facts = MonthFacts((use("acme", "10", idle="5"),), (capacity("idle", "3"),))
    assert totals(divide(facts, Rule()))["acme"] == 13


def test_the_teams_of_an_organization_add_up_to_its_statement() -> None:
    facts = MonthFacts(
        (
            use("acme", "10", feed=Feed.USAGE, team="data"),
            use("acme", "20", feed=Feed.USAGE, team="search"),
            use("acme", "7"),
            use("globex", "7"),
        ),
        (capacity("unused", "0.99"),),
    )
    division = divide(facts, Rule())
    acme = division.statements[0]
    teams = {line.team: line.total for line in division.teams}
    assert sum(teams.values()) == acme.total
    assert teams["data"] == 10
    assert set(teams) == {"", "data", "search"}
    assert {line.organization for line in division.teams} == {"acme"}


@pytest.mark.parametrize(
    "shares",
    [
        {},
        {"acme": D(0)},
        {"acme": D(-5)},
        {"acme": D(70), "globex": D("30.01")},
        {"acme": D("NaN")},
        {" ": D(5)},
        {f"o{number}": D("0.1") for number in range(501)},
    ],
    ids=["none", "nought", "negative", "too much", "no number", "no name", "too many"],
)
def test_shares_that_make_no_sense_are_refused(shares: dict[str, Decimal]) -> None:
    with pytest.raises(BadInput):
        Rule(Method.FIXED, shares=shares)


def test_shares_may_add_up_to_exactly_a_hundred() -> None:
    rule = Rule(Method.FIXED, shares={"b": D("33.4"), "a": D("66.6")})
    assert (rule.left, list(rule.shares)) == (D(0), ["a", "b"])


NAMES = st.sampled_from(["acme", "globex", "initech", "umbrella", "ümläut"])
AMOUNTS = st.decimals(D(0), D(10) ** 9, places=15, allow_nan=False)
SIGNED = st.decimals(-(D(10) ** 6), D(10) ** 9, places=15, allow_nan=False)


def uses(amounts: st.SearchStrategy[Decimal]) -> st.SearchStrategy[list[UseLine]]:
    one = st.builds(
        UseLine,
        st.one_of(st.none(), NAMES),
        st.sampled_from([None, "data", "search"]),
        st.sampled_from(list(Feed)),
        st.sampled_from([True, False, False, None]),
        st.builds(
            Use,
            direct=amounts,
            idle=amounts,
            overhead=amounts,
            requests=st.integers(0, 10**9),
            gpu_seconds=st.decimals(D(0), D(10) ** 6, places=9),
        ),
    )
    return st.lists(one, max_size=12)


def capacities(amounts: st.SearchStrategy[Decimal]) -> st.SearchStrategy[list[Capacity]]:
    kinds = st.sampled_from(["idle", "overhead", "unused", "?"])
    return st.lists(st.builds(Capacity, kinds, st.sampled_from(list(Feed)), amounts), max_size=5)


RULES = st.one_of(
    st.builds(Rule, st.just(Method.PROPORTIONAL), st.sampled_from(list(Basis))),
    st.just(EVEN),
    st.builds(
        Rule,
        st.just(Method.FIXED),
        shares=st.dictionaries(NAMES, st.decimals(D("0.01"), D(20), places=2), min_size=1),
    ),
)


@given(uses(SIGNED), capacities(SIGNED), RULES)
def test_statements_and_what_is_not_charged_add_up_to_infrastructure_to_the_cent(
    lines: list[UseLine], others: list[Capacity], rule: Rule
) -> None:
    facts = MonthFacts(tuple(lines), tuple(others))
    division = divide(facts, rule)
    assert sum(totals(division).values(), D(0)) == to_cents(facts.infrastructure)
    for line in division.lines:
        assert all(amount == to_cents(amount) for amount in line.amounts.values())
    for one in division.statements:
        teams = [line for line in division.teams if line.organization == one.organization]
        assert not teams or sum((line.total for line in teams), D(0)) == one.total


@given(uses(SIGNED), capacities(SIGNED), RULES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(
    lines: list[UseLine], others: list[Capacity], rule: Rule, random: Random
) -> None:
    mixed, also = [*lines], [*others]
    random.shuffle(mixed)
    random.shuffle(also)
    before = divide(MonthFacts(tuple(lines), tuple(others)), rule)
    after = divide(MonthFacts(tuple(mixed), tuple(also)), rule)
    assert [_figures(line) for line in before.lines] == [_figures(line) for line in after.lines]


def _figures(line: Line) -> tuple[object, ...]:
    return line.key, dict(line.amounts)


@given(uses(AMOUNTS), capacities(AMOUNTS), RULES)
def test_no_share_of_a_positive_pool_is_negative(
    lines: list[UseLine], others: list[Capacity], rule: Rule
) -> None:
    division = divide(MonthFacts(tuple(lines), tuple(others)), rule)
    pools = {part: D(0) for part in Part}
    for pool in division.pools:
        pools[pool.part] = min(pools[pool.part], pool.amount)
    for line in division.lines:
        for part in (Part.UNATTRIBUTED, Part.SHARED):
            assert line.amounts[part] >= 0 or pools[part] < 0


@given(uses(SIGNED), capacities(SIGNED), st.sampled_from(list(Basis)))
def test_one_organization_gets_all(
    lines: list[UseLine], others: list[Capacity], basis: Basis
) -> None:
    own = use("acme", "1")
    lines = [line for line in lines if line.organization is None]
    facts = MonthFacts((*lines, own), tuple(others))
    for rule in (Rule(basis=basis), EVEN):
        assert totals(divide(facts, rule)) == {
            "acme": to_cents(facts.infrastructure),
            NOBODY: D(0),
        }


@given(st.dictionaries(st.text(max_size=3), SIGNED, min_size=1, max_size=20))
def test_rounding_moves_nobody_by_a_cent_and_gives_nothing_to_who_has_nothing(
    amounts: dict[str, Decimal],
) -> None:
    amounts["nothing"] = D(0)
    whole = to_cents(sum(amounts.values(), D(0)))
    found = rounded(amounts, whole)
    assert sum(found.values(), D(0)) == whole
    assert found["nothing"] == 0
    assert all(abs(found[name] - amounts[name]) < CENT for name in amounts)
