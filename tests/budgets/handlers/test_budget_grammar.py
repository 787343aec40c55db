"""What may be typed after /budget: understood, written back, and suggested where it is mistyped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.budget import parse_budget
from bot.grammar.budget_commands import (
    BudgetCreateCommand,
    BudgetDecideCommand,
    BudgetEditCommand,
    BudgetHelpCommand,
    BudgetListCommand,
    BudgetRaiseCommand,
    BudgetShowCommand,
    BudgetStatusCommand,
)
from bot.grammar.budget_words import BUDGET_CLAUSES, BUDGET_SUBCOMMANDS
from bot.grammar.budget_write import write_budget
from bot.grammar.command import Command
from handlers.budgets.form import BudgetForm
from handlers.budgets.requests import (
    CreateRequest,
    DecideRaiseRequest,
    EditRequest,
    ListRequest,
    RaiseRequest,
    ShowRequest,
    Which,
)
from queries.dimensions import Dimensions

DIMENSIONS = Dimensions()
KEY = UUID("6f1c0000-0000-4000-8000-00000000c0de")


def parse(text: str) -> Command:
    return parse_budget(text, DIMENSIONS, Role.ADMIN)


def form(text: str) -> BudgetForm:
    command = parse(text)
    assert isinstance(command, BudgetCreateCommand)
    assert command.request is not None
    return command.request.form


PROD = BudgetForm(name="Prod LLM", limit="5000", kind="monthly")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ('"Prod LLM" 5000 monthly', PROD),
        ("Prod LLM 5000 monthly", PROD),
        ("“Prod LLM” 5000 MONTHLY", PROD),
        (
            '"Prod LLM" 5000 monthly org acme model gpt-4',
            replace(PROD, organization="acme", scope={"model": ("gpt-4",)}),
        ),
        (
            '"Prod LLM" 5000 monthly model=gpt-4 model="gpt 5" env production',
            replace(PROD, scope={"model": ("gpt-4", "gpt 5"), "environment": ("production",)}),
        ),
        (
            '"Prod LLM" 5000 monthly org acme org globex',
            replace(PROD, scope={"organization": ("acme", "globex")}),
        ),
        (
            '"Prod LLM" 5,000 USD from 2026-01-01 to 2026-03-31',
            replace(PROD, limit="5,000USD", kind=None, start="2026-01-01", end="2026-03-31"),
        ),
        (
            '"Prod LLM" $5k 2026-01-01..2026-03-31 custom',
            replace(PROD, limit="$5k", kind="custom", start="2026-01-01", end="2026-03-31"),
        ),
        (
            '"Prod LLM" 5000 monthly hard unknown deny rollover 500 warn 80% critical 95%'
            " forecast off zone Europe/Berlin alerts off anyway",
            replace(
                PROD,
                is_hard=True,
                when_unknown="deny",
                rollover="500",
                warning="80%",
                critical="95%",
                forecast="off",
                zone="Europe/Berlin",
                alerts_enabled=False,
                unseen=True,
            ),
        ),
        (
            '"Prod LLM" 5000 monthly to <#C0123|llm> <@U0123> <mailto:a@b.de|a@b.de> c@d.e'
            " webhook:finance hard",
            replace(
                PROD,
                slack_channels=("C0123",),
                slack_users=("U0123",),
                emails=("a@b.de", "c@d.e"),
                webhooks=("finance",),
                is_hard=True,
            ),
        ),
    ],
)
def test_a_budget_is_created_with_a_line(text: str, filled: BudgetForm) -> None:
    assert form(f"create {text}") == filled


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", BudgetListCommand()),
        ("status", BudgetListCommand()),
        ("list prod llm", BudgetListCommand(ListRequest("prod llm"))),
        ("create", BudgetCreateCommand()),
        ("help", BudgetHelpCommand()),
        ("show Prod LLM", BudgetShowCommand(ShowRequest(Which("Prod LLM")))),
        (
            "status Prod LLM as of 2026-03-16",
            BudgetStatusCommand(ShowRequest(Which("Prod LLM"), date(2026, 3, 16))),
        ),
        (
            'show "on" org acme on 2026-03-16',
            BudgetShowCommand(ShowRequest(Which("on", "acme"), date(2026, 3, 16))),
        ),
        (
            "edit Prod LLM org acme limit 6000",
            BudgetEditCommand(EditRequest(Which("Prod LLM", "acme"), BudgetForm(limit="6000"))),
        ),
        ('edit "Prod LLM"', BudgetEditCommand(EditRequest(Which("Prod LLM"), BudgetForm()))),
        (
            "edit Prod everything to nobody",
            BudgetEditCommand(
                EditRequest(
                    Which("Prod"),
                    BudgetForm(scope={}, emails=(), slack_channels=(), slack_users=(), webhooks=()),
                )
            ),
        ),
        (
            'raise Prod LLM 500 USD until 2026-03-31 because "we" don\'t know',
            BudgetRaiseCommand(
                Which("Prod LLM"),
                RaiseRequest(Which("Prod LLM"), "500USD", '"we" don\'t know', date(2026, 3, 31)),
            ),
        ),
        (
            'raise "just because of X" 500 because of X',
            BudgetRaiseCommand(
                Which("just because of X"), RaiseRequest(Which("just because of X"), "500", "of X")
            ),
        ),
        ("raise Prod LLM", BudgetRaiseCommand(Which("Prod LLM"))),
        (
            f"reject {KEY} because of the month",
            BudgetDecideCommand(DecideRaiseRequest(KEY, "rejected", "of the month")),
        ),
    ],
)
def test_a_line_is_understood_and_written_back(text: str, command: Command) -> None:
    assert parse(text) == command
    assert parse(write_budget(command)) == command


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("craete x", "Did you mean `create`"),
        ('create "X" 5000 mothly', "Did you mean `monthly`"),
        ('create "X" 5000 monthly modl gpt-4', "Did you mean `model`"),
        ('create "X" 5000 monthly hadr', "Did you mean `hard`"),
        ('create "X" 5000 monthly 6000', "one amount too many"),
        ('create "X" 5000 monthly annual', "is there twice"),
        ('create "X" 5000 model', "needs a value"),
        ('create "X 5000', "never closed"),
        ('edit "X" rollover', "needs a value"),
        ('edit "X" to', "whom to tell"),
        ('edit "X" alerts perhaps', "`on` or `off`"),
        ("edit", "needs the name"),
        ('show "X" Y', "does not go with"),
        ("show", "needs the name"),
        ('show "X" on yesterday', "is no day"),
        ('pause "X" until', "needs a day"),
        ('raise "X" because', "needs an amount"),
        ('raise "X" 5 until tomorrow', "is no day"),
        ("approve that", "needs an id"),
        ("undo", "needs an id"),
    ],
)
def test_what_is_mistyped_gets_a_sentence_and_a_way_on(text: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse(text)
    assert said in str(refused.value)
    assert refused.value.hint


def test_every_example_of_the_help_is_understood() -> None:
    examples = [one.example for one in (*BUDGET_SUBCOMMANDS, *BUDGET_CLAUSES)]
    for example in examples:
        assert parse(example.removeprefix("/budget").strip().replace("6f1c…", str(KEY)))


NAMES = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=30).filter(str.strip)
SCOPES = st.dictionaries(
    st.sampled_from(["model", "team", "user", "error_type"]),
    st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple),
    min_size=1,
)
CONTACTS = {
    "slack_channels": st.lists(st.sampled_from(["C0123", "G9"]), unique=True).map(tuple),
    "slack_users": st.lists(st.sampled_from(["U0123", "W9"]), unique=True).map(tuple),
    "emails": st.lists(st.sampled_from(["a@b.de", "x+y@z.org"]), unique=True).map(tuple),
    "webhooks": st.lists(st.sampled_from(["finance", "ops"]), unique=True).map(tuple),
}


@st.composite
def forms(draw: st.DrawFn, *, new: bool) -> BudgetForm:
    maybe = {
        "kind": st.sampled_from(["monthly", "quarterly", "annual", "custom"]),
        "description": NAMES,
        "organization": NAMES if new else st.none(),
        "scope": SCOPES,
        "zone": st.sampled_from(["UTC", "Europe/Berlin", "Etc/GMT+1"]),
        "start": st.dates().map(str),
        "end": st.dates().map(str),
        "warning": st.sampled_from(["80%", "0.5", "12.5 %"]),
        "critical": st.just("95%"),
        "forecast": st.sampled_from(["off", "110%"]),
        "is_hard": st.booleans(),
        "when_unknown": st.sampled_from(["allow", "deny"]),
        "rollover": st.sampled_from(["off", "500", "$5k", "1 000"]),
        "alerts_enabled": st.booleans(),
        "unseen": st.booleans(),
    }
    chosen: dict[str, object] = {
        name: draw(values) for name, values in maybe.items() if draw(st.booleans())
    }
    if draw(st.booleans()):
        chosen |= {name: draw(values) for name, values in CONTACTS.items()}
    if new:
        chosen |= {"name": draw(NAMES), "limit": draw(st.sampled_from(["5000", "$5k", "a lot"]))}
    return BudgetForm(**chosen)  # pyright: ignore[reportArgumentType] - values by field


@given(forms(new=True))
def test_every_new_budget_is_written_as_a_line_that_creates_it(filled: BudgetForm) -> None:
    command = BudgetCreateCommand(CreateRequest(replace(filled, limit=filled.limit)))
    read = form(write_budget(command))
    assert replace(read, limit=None) == replace(filled, limit=None)


@given(NAMES, forms(new=False))
def test_every_edit_is_written_as_a_line_that_edits(name: str, filled: BudgetForm) -> None:
    command = BudgetEditCommand(EditRequest(Which(name), filled))
    assert parse(write_budget(command)) == command


@given(st.text(), st.sampled_from(["", "create ", "edit ", "raise ", "show ", "list "]))
def test_any_line_is_understood_or_refused_in_words(text: str, word: str) -> None:
    try:
        command = parse(word + text)
    except NotUnderstood:
        return
    assert isinstance(write_budget(command), str)
