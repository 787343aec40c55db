"""`costbot alerts`: alert rules in the terminal, in the words of `/cost alert`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.assembly import assembled, dimensions_of
from bot.assembly.alert_rules import alert_rules_of
from bot.blocks.alert_rule import (
    created_answer,
    deleted_answer,
    list_answer,
    paused_answer,
    previewed_answer,
    restored_answer,
    resumed_answer,
    shown_answer,
)
from bot.blocks.answer import Answer
from bot.cli.alerts_json import draft_json, outlook_json, rule_json
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.cli.typed import tokens_of
from bot.grammar.alert_rule_form import RuleFormParser
from bot.grammar.alert_rules import AlertPauseCommand, parse_alert_tokens
from bot.grammar.tokens import Token
from bot.settings import Settings
from handlers.alert_rules.form import RuleForm
from handlers.alert_rules.handlers import AlertRuleHandlers
from handlers.alert_rules.requests import CreateRequest, DeleteRequest, ListRequest, Which
from handlers.budgets.finding import id_of
from handlers.caller import Caller
from handlers.nearest import shown

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Alert rules: create, look at, pause, delete.")

Words = Annotated[
    list[str],
    typer.Argument(help="[NAME] cost above 30% of 7d product api critical 60% to linear:OPS …"),
]
Name = Annotated[str, typer.Argument(help="Its name, or its id.")]
Organization = Annotated[str | None, typer.Option(help="Whose it is, where several have it.")]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]


@app.command()
def create(words: Words, as_json: AsJson = False) -> None:
    """Create a rule, in the words of `/cost alert create`."""
    request = CreateRequest(_form(words))
    made = _ask(lambda rules, caller: rules.create.create(request, caller))
    result = {**rule_json(made.rule), "outlook": outlook_json(made.outlook)}
    _tell(result, created_answer(made, ()), as_json=as_json)


@app.command()
def preview(words: Words, as_json: AsJson = False) -> None:
    """On which of the last 30 days a rule would have fired; nothing is kept."""
    request = CreateRequest(_form(words))
    found = _ask(lambda rules, caller: rules.create.preview(request, caller))
    result: dict[str, object] = {
        "rule": draft_json(found.outlook.rule),
        "outlook": outlook_json(found.outlook),
        "unseen": list(found.unseen),
    }
    _tell(result, previewed_answer(found), as_json=as_json)


@app.command("list")
def list_rules(
    containing: Annotated[str, typer.Argument(help="Only names with this in them.")] = "",
    organization: Organization = None,
    after: Annotated[str | None, typer.Option(help="Id of the last one before.")] = None,
    as_json: AsJson = False,
) -> None:
    """All rules, with what is open of them."""
    key = None if after is None else id_of(after)
    request = ListRequest(containing, organization, key)
    found = _ask(lambda rules, caller: rules.read.list(request, caller))
    result: dict[str, object] = {
        "rules": [
            {**rule_json(one.rule), "open_incidents": one.open, "worst": one.worst or None}
            for one in found.rules
        ],
        "total": found.total,
        "after": None if found.after is None else str(found.after),
    }
    _tell(result, list_answer(found), as_json=as_json)


@app.command()
def show(name: Name, organization: Organization = None, as_json: AsJson = False) -> None:
    """One rule with what it says now, and would have said in the last 14 days."""
    which = Which(name, organization)
    found = _ask(lambda rules, caller: rules.read.show(which, caller))
    result = {**rule_json(found.rule), "outlook": outlook_json(found.outlook)}
    _tell(result, shown_answer(found), as_json=as_json)


@app.command()
def pause(
    name: Name,
    organization: Organization = None,
    until: Annotated[
        str | None, typer.Option(help="The day on which it is looked at again, YYYY-MM-DD.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Have a rule looked at no more for now."""
    words = [Token("pause"), Token(name, quoted=True)]
    words += [Token("org"), Token(organization, quoted=True)] if organization else []
    words += [Token("until"), Token(until)] if until else []
    command = parse_alert_tokens(words, dimensions_of(Settings()), Role.ADMIN)
    if not isinstance(command, AlertPauseCommand):
        message = "a pause is a pause"
        raise AssertionError(message)
    after = _ask(lambda rules, caller: rules.change.pause(command.request, caller)).after
    _tell(rule_json(after), paused_answer(after, ()), as_json=as_json)


@app.command()
def resume(name: Name, organization: Organization = None, as_json: AsJson = False) -> None:
    """End a pause."""
    which = Which(name, organization)
    after = _ask(lambda rules, caller: rules.change.resume(which, caller)).after
    _tell(rule_json(after), resumed_answer(after, ()), as_json=as_json)


@app.command()
def delete(name: Name, organization: Organization = None, as_json: AsJson = False) -> None:
    """Delete a rule; within a day, `costbot alerts undo` takes that back."""
    request = DeleteRequest(Which(name, organization))
    deleted = _ask(lambda rules, caller: rules.change.delete(request, caller))
    answer = deleted_answer(deleted, Settings().zone_info)
    _tell(rule_json(deleted.rule), answer, as_json=as_json)


@app.command()
def undo(
    key: Annotated[str, typer.Argument(help="The rule's id.")], as_json: AsJson = False
) -> None:
    """Take a deletion back, within a day."""
    found = id_of(key)
    if found is None:
        raise NotUnderstood(f"{shown(key)} is no id.", "`costbot alerts delete` has printed it.")
    rule = _ask(lambda rules, caller: rules.change.undo(found, caller))
    _tell(rule_json(rule), restored_answer(rule, ()), as_json=as_json)


def _form(words: list[str]) -> RuleForm:
    parser = RuleFormParser(dimensions_of(Settings()), Role.ADMIN)
    return parser.create(tokens_of(words))


def _ask(question: Callable[[AlertRuleHandlers, Caller], Awaitable[T]]) -> T:
    """What the handlers answer the operator."""

    async def asked() -> T:
        settings = Settings()
        async with assembled(settings) as parts:
            return await question(alert_rules_of(parts, "cli"), operator(settings.zone_info))

    return asyncio.run(asked())


def _tell(result: dict[str, object], answer: Answer, *, as_json: bool) -> None:
    """Prints an answer: for programs, or as people read it."""
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    print_message(answer.without_buttons().payload(), Console())
