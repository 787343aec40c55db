"""What may be typed after `/cost alert`, and what it is taken for."""

from __future__ import annotations

import pytest

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.alert_rule_words import ALERT_SUBCOMMANDS, CLAUSES, WHAT
from bot.grammar.alert_rules import (
    AlertCreateCommand,
    AlertEditCommand,
    AlertListCommand,
    AlertPauseCommand,
    parse_alert,
)
from bot.grammar.words import SUBCOMMANDS
from handlers.alert_rules.form import RuleForm
from queries.dimensions import Dimensions

EXAMPLES = [
    one.example
    for one in (*ALERT_SUBCOMMANDS, *WHAT, *CLAUSES, *SUBCOMMANDS)
    if one.example.startswith("/cost alert") and "…" not in one.example
]


def form_of(text: str, channel: str = "C0GENERAL") -> RuleForm:
    """The form that a line fills in."""
    command = parse_alert(f"alert create {text}", Dimensions(), Role.ADMIN, channel)
    assert isinstance(command, AlertCreateCommand)
    assert command.request is not None
    return command.request.form


def filled(text: str) -> dict[str, object]:
    """What a line says, without empty lists of targets."""
    form = form_of(text)
    return {name: value for name in form.filled if (value := getattr(form, name)) != ()}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_understood(example: str):
    parse_alert(example.removeprefix("/cost "), Dimensions(), Role.ADMIN, "C0GENERAL")


def test_a_whole_rule_in_a_line():
    text = (
        "api-spike relative cost above 30% of 7d product api each model critical 60% least $20 "
        "to <#C0API|api-team> <@U0ANN|ann> ann@example.com webhook:ops linear:ENG remind 1d"
    )
    assert filled(text) == {
        "name": "api-spike",
        "what": "cost",
        "direction": "above",
        "warning": "30%",
        "critical": "60%",
        "baseline": "7d",
        "filters": {"product": ("api",)},
        "each": "model",
        "least": "$20",
        "remind": "1d",
        "slack_channels": ("C0API",),
        "slack_users": ("U0ANN",),
        "emails": ("ann@example.com",),
        "webhooks": ("ops",),
        "linear": ("ENG",),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cost above $500 a day", {"what": "cost", "direction": "above", "warning": "$500"}),
        (
            "today above 500",
            {"what": "cost", "direction": "above", "warning": "500", "today": True},
        ),
        (
            "cost today above 500",
            {"what": "cost", "direction": "above", "warning": "500", "today": True},
        ),
        (
            "requests below 30 % of the same weekday",
            {"what": "requests", "direction": "below", "warning": "30%", "baseline": "weekday"},
        ),
        (
            "my cost alert cost per request over 20% of 28d",
            {
                "name": "my cost alert",
                "what": "request cost",
                "direction": "above",
                "warning": "20%",
                "baseline": "28d",
            },
        ),
        (
            "freshness above 6 hours",
            {"what": "freshness", "direction": "above", "warning": "6 hours"},
        ),
        (
            '"cost above all" utilization < 40%',
            {
                "name": "cost above all",
                "what": "utilization",
                "direction": "below",
                "warning": "40%",
            },
        ),
        (
            "cost above 5 to here me",
            {
                "what": "cost",
                "direction": "above",
                "warning": "5",
                "slack_channels": ("C0GENERAL",),
                "slack_users": ("me",),
            },
        ),
        (
            "cost above 5 org acme",
            {"what": "cost", "direction": "above", "warning": "5", "organization": "acme"},
        ),
    ],
)
def test_lines_of_many_shapes(text: str, expected: dict[str, object]):
    assert filled(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("alert creat cost above 5", "create"),
        ("alert create cost abov 5", "above"),
        ("alert create cots above 5", "cost"),
        ("alert create cost above 5 modle gpt-4", "model"),
        ("alert create cost above 5 critcal 6", "critical"),
        ("alert create cost above 30% of yesterday", "weekday"),
        ("alert create cost above 5 to", "to me"),
        ("alert create cost above", "above $500"),
        ("alert pause spike until tomorrow", "2026-12-01"),
        ("alert edit", "/cost alert list"),
    ],
)
def test_a_mistyped_word_gets_a_suggestion(text: str, hint: str):
    with pytest.raises(NotUnderstood) as refused:
        parse_alert(text, Dimensions(), Role.ADMIN)
    assert hint in refused.value.hint


def test_a_thing_that_is_said_twice_is_refused():
    with pytest.raises(NotUnderstood, match="there twice"):
        form_of("cost above 5 critical 6 critical 7")


def test_alone_it_lists_and_create_alone_asks_for_the_form():
    assert parse_alert("alerts", Dimensions(), Role.USER) == AlertListCommand()
    assert parse_alert("alert create", Dimensions(), Role.USER) == AlertCreateCommand(None)


def test_a_name_without_quotes_goes_on_to_the_first_clause():
    edited = parse_alert("alert edit my spike critical 80%", Dimensions(), Role.ADMIN)
    assert isinstance(edited, AlertEditCommand)
    assert (edited.request.which.name, edited.request.form.critical) == ("my spike", "80%")
    paused = parse_alert("alert pause my spike until 2026-12-01", Dimensions(), Role.ADMIN)
    assert isinstance(paused, AlertPauseCommand)
    assert paused.request.which.name == "my spike"
