"""The routes of statements: how each kind of command about them is answered."""

from __future__ import annotations

from bot.blocks.answer import Answer
from bot.blocks.statement import statement_answer
from bot.blocks.statement_decisions import (
    close_preview_answer,
    closed_answer,
    closed_months_answer,
    rule_answer,
)
from bot.csv_file import CsvFile
from bot.grammar.statement import (
    StatementCloseCommand,
    StatementCommand,
    StatementListCommand,
    StatementRuleCommand,
)
from bot.route import Route, Routes
from bot.statement_csv import statement_csv
from handlers.caller import Caller
from handlers.showback.handlers import ShowbackHandlers


def add_statement_routes(routes: Routes, handlers: ShowbackHandlers) -> None:
    """Adds them."""
    routes.add(StatementCommand, _statement(handlers))
    routes.add(StatementRuleCommand, _statement_rule(handlers))
    routes.add(StatementCloseCommand, _statement_close(handlers))
    routes.add(StatementListCommand, _statement_list(handlers))


def _statement(handlers: ShowbackHandlers) -> Route[StatementCommand]:
    async def answer(command: StatementCommand, caller: Caller) -> Answer:
        found = await handlers.statements.statement(command.request, caller)
        return statement_answer(found, caller)

    async def csv(command: StatementCommand, caller: Caller) -> CsvFile:
        return statement_csv(await handlers.statements.statement(command.request, caller))

    return Route(answer, csv)  # never kept: a rule and a closing change it, and no new data


def _statement_rule(handlers: ShowbackHandlers) -> Route[StatementRuleCommand]:
    async def answer(command: StatementRuleCommand, caller: Caller) -> Answer:
        rules, rule, month = handlers.rules, command.rule, command.from_month
        if rule is None:
            return rule_answer(await rules.show(caller))
        return rule_answer(await rules.set(rule, month, caller, "slack"))

    return Route(answer)


def _statement_close(handlers: ShowbackHandlers) -> Route[StatementCloseCommand]:
    async def answer(command: StatementCloseCommand, caller: Caller) -> Answer:
        closing, month, digest = handlers.closing, command.month, command.digest
        if not digest:
            return close_preview_answer(await closing.preview(month, caller))
        return closed_answer(await closing.close(month, digest, caller, "slack"))

    return Route(answer)


def _statement_list(handlers: ShowbackHandlers) -> Route[StatementListCommand]:
    async def answer(command: StatementListCommand, caller: Caller) -> Answer:
        del command
        return closed_months_answer(await handlers.statements.list(caller), caller)

    return Route(answer)
