"""What may be typed after `/cost`, and what a mistyped word is answered with."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotUnderstood, Refused
from analysis.periods import Calendar, Dates, Last
from analysis.roles import Role
from bot.grammar.cost import CostCommand, write_cost
from bot.grammar.parse import AboutCommand, HelpCommand, PricingCommand, parse
from handlers.cost_results import CostRequest
from queries.breakdown import Basis
from queries.dimensions import Dimension, Dimensions, Source

DIMENSIONS = Dimensions()


def asked(text: str, role: Role = Role.ADMIN) -> CostRequest:
    command = parse(text, DIMENSIONS, role)
    assert isinstance(command, CostCommand)
    return command.request


def refused(text: str) -> NotUnderstood:
    with pytest.raises(NotUnderstood) as refusal:
        parse(text, DIMENSIONS, Role.ADMIN)
    return refusal.value


def test_nothing_typed_asks_for_today():
    assert asked("") == CostRequest(period=Calendar.TODAY)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("today by model", CostRequest(Calendar.TODAY, by=("model",))),
        ("by model by day 7d", CostRequest(Last(7, "d"), by=("model", "day"))),
        ("24h", CostRequest(Last(24, "h"))),
        (
            "2024-12-02..2024-12-06",
            CostRequest(Dates(date(2024, 12, 2), date(2024, 12, 6))),
        ),
        ("2024-02", CostRequest(Dates(date(2024, 2, 1), date(2024, 2, 29)))),
        ("9999-12", CostRequest(Dates(date(9999, 12, 1), date(9999, 12, 31)))),
        ("top 0000000007", CostRequest(Calendar.TODAY, top=7)),
        (
            "month product api model gpt-4 org acme",
            CostRequest(
                Calendar.MONTH,
                filters={"product": ("api",), "model": ("gpt-4",), "organization": ("acme",)},
            ),
        ),
        (
            'week team "Data Science" team=ml',
            CostRequest(Calendar.WEEK, filters={"team": ("Data Science", "ml")}),
        ),
        ("yesterday by user top 5", CostRequest(Calendar.YESTERDAY, by=("user",), top=5)),
        (
            "month infrastructure by category",
            CostRequest(Calendar.MONTH, by=("category",), basis=Basis.INFRASTRUCTURE),
        ),
        (
            "TODAY BY Models customers",
            CostRequest(Calendar.TODAY, by=("model",), customers_only=True),
        ),
        ('today model="gpt 4"', CostRequest(Calendar.TODAY, filters={"model": ("gpt 4",)})),
    ],
)
def test_a_question_is_understood(text: str, request_: CostRequest):
    assert asked(text) == request_


def test_a_file_can_be_asked_for():
    command = parse("today csv", DIMENSIONS, Role.USER)
    assert isinstance(command, CostCommand)
    assert command.csv


def test_the_subcommands_are_understood():
    assert parse("help", DIMENSIONS, Role.USER) == HelpCommand()
    assert parse("pricing OpenAI", DIMENSIONS, Role.USER) == PricingCommand("OpenAI")
    assert parse("about", DIMENSIONS, Role.USER) == AboutCommand()


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("today by modle", "`modle`", "`model`"),
        ("todya", "`todya`", "`today`"),
        ("pricng", "`pricng`", "`pricing`"),
        ("xyzzy", "`xyzzy`", "/cost help"),
        ("today 7d", "Two periods", "one"),
        ("by model by day by user", "2 dimensions", "by model by day"),
        ("by model by model", "twice", "Once"),
        ("by", "needs a dimension", "by model"),
        ("today model", "needs a value", "by model"),
        ("top ten", "`ten`", "top 10"),
        ("top 0", "`0`", "top 10"),
        ("top 00000000199999", "`00000000199999`", "top 10"),
        ("2024-02-30", "2024-02-30", "2024-12-02..2024-12-06"),
        ('team "Data', "never closed", "team"),
        ("about me", "`me`", "/cost help"),
    ],
)
def test_a_mistake_is_answered_with_what_would_work(text: str, says: str, hint: str):
    refusal = refused(text)
    assert says in refusal.sentence
    assert hint in refusal.hint


def test_a_dimension_of_the_deployment_works_like_any_other():
    own = Dimension(
        "resolution", "x_resolution", frozenset({Source.GPU}), "pixels", "resolutions", custom=True
    )
    command = parse("by resolution resolution 4k", Dimensions([own]), Role.USER)
    assert isinstance(command, CostCommand)
    assert command.request.by == ("resolution",)
    assert command.request.filters == {"resolution": ("4k",)}


requests = st.builds(
    CostRequest,
    period=st.one_of(
        st.sampled_from(list(Calendar)),
        st.builds(Last, st.integers(1, 90), st.sampled_from(["h", "d"])),
        st.builds(Dates, st.dates(date(2000, 1, 1)), st.dates(date(2000, 1, 1))),
    ),
    by=st.lists(st.sampled_from([*DIMENSIONS, "day", "hour"]), max_size=2, unique=True).map(tuple),
    filters=st.dictionaries(
        st.sampled_from(list(DIMENSIONS)),
        st.lists(st.text(max_size=30), min_size=1, max_size=3, unique=True).map(tuple),
        max_size=3,
    ),
    top=st.none() | st.integers(1, 1000),
    basis=st.sampled_from(list(Basis)),
    customers_only=st.booleans(),
)


@given(command=st.builds(CostCommand, requests, csv=st.booleans()))
def test_what_is_written_is_read_as_the_same(command: CostCommand):
    assert parse(write_cost(command), DIMENSIONS, Role.ADMIN) == command


@given(
    text=st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                "by",
                "model",
                "top",
                "csv",
                "today",
                '"',
                "=",
                "7d",
                "..",
                "2024-13",
                "org",
                "`",
                "\N{RIGHT-TO-LEFT OVERRIDE}",
                "’",
            ]
        )
    ).map(" ".join)
)
def test_any_text_is_understood_or_refused_with_a_sentence(text: str):
    refusal = refusal_of(text)
    if refusal is not None:
        assert refusal.sentence.endswith(".")
        assert len(refusal.sentence) < 400
        assert refusal.hint


def refusal_of(text: str) -> Refused | None:
    try:
        parse(text, DIMENSIONS, Role.USER)
    except Refused as refusal:
        return refusal
    return None
