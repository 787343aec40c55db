"""The road of a question: text to request, request to result, result to message."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from bot.blocks.about import about_answer
from bot.blocks.answer import Answer, context
from bot.blocks.cost import cost_answer
from bot.blocks.help import help_answer
from bot.blocks.pricing import pricing_answer
from bot.blocks.query import queries_answer, query_answer
from bot.blocks.reconcile import reconcile_answer
from bot.blocks.text import escape
from bot.blocks.why import why_answer
from bot.csv_file import CsvFile, cost_csv, pricing_csv
from bot.grammar.cost import CostCommand, write_cost
from bot.grammar.parse import AboutCommand, Command, HelpCommand, PricingCommand, parse
from bot.grammar.query import QueryCommand, QueryListCommand, ReconcileCommand
from bot.grammar.why import WhyCommand, write_why
from bot.kept_answers import KeptAnswers
from bot.query_csv import query_csv
from handlers.about import AboutHandler
from handlers.caller import Caller
from handlers.cost import CostHandler
from handlers.pricing import PricingHandler
from handlers.queries import QueryHandler
from handlers.reconcile import ReconcileHandler
from handlers.why import WhyHandler, WhyRequest
from queries.dimensions import Dimensions


@dataclass(frozen=True, slots=True)
class Road:
    """Takes what a caller typed all the way to the answer."""

    dimensions: Dimensions
    cost: CostHandler
    pricing: PricingHandler
    about: AboutHandler
    queries: QueryHandler
    reconcile: ReconcileHandler
    why: WhyHandler
    kept: KeptAnswers = field(default_factory=KeptAnswers)

    def understand(self, text: str, caller: Caller) -> Command:
        """What `text` asks for.

        Raises:
            NotUnderstood: it asks for nothing that costbot knows.
        """
        return parse(text, self.dimensions, caller.role)

    async def answer(self, command: Command, caller: Caller) -> Answer:
        """The answer to `command`, within what `caller` may see."""
        match command:
            case CostCommand():
                return await self._kept(
                    write_cost(command), caller, lambda: self._cost(command, caller)
                )
            case WhyCommand(request):
                return await self._kept(
                    write_why(request), caller, lambda: self._why(request, caller)
                )
            case PricingCommand(provider=provider):
                return pricing_answer(await self.pricing.price_list(provider, caller), caller.zone)
            case QueryListCommand():
                return queries_answer(self.queries.listed(caller))
            case QueryCommand(request=request):
                return query_answer(await self.queries.query(request, caller), request, caller)
            case ReconcileCommand(period):
                return reconcile_answer(await self.reconcile.reconcile(period, caller), caller)
            case AboutCommand():
                return about_answer(await self.about.about(caller), caller.zone)
            case HelpCommand():
                return help_answer(self.dimensions, caller.role)

    async def _kept(
        self, question: str, caller: Caller, make: Callable[[], Coroutine[object, object, Answer]]
    ) -> Answer:
        # Of the caller, the answer depends on nothing but these three.
        key = (question, caller.organization, caller.role, caller.zone.key)
        return await self.kept.get(key, self.cost.engine.snapshot(), self.cost.clock(), make)

    async def _why(self, request: WhyRequest, caller: Caller) -> Answer:
        return why_answer(await self.why.why(request, caller), caller)

    async def _cost(self, command: CostCommand, caller: Caller) -> Answer:
        result = await self.cost.cost(command.request, caller)
        return cost_answer(result, caller, self.dimensions)

    async def csv(
        self, command: CostCommand | PricingCommand | QueryCommand, caller: Caller
    ) -> CsvFile:
        """All rows of the answer to `command`, as a file."""
        if isinstance(command, QueryCommand):
            return query_csv(await self.queries.query(command.request, caller))
        if isinstance(command, PricingCommand):
            return pricing_csv(await self.pricing.price_list(command.provider, caller))
        return cost_csv(await self.cost.cost(command.request, caller), caller.zone)

    async def shared(self, command: Command, caller: Caller) -> Answer:
        """The answer to `command` for everybody in the channel, its sharer named, not pinged."""
        answer = (await self.answer(command, caller)).without_buttons()
        signed = context([f"Shared by {escape(caller.name)}, as they see it"], "shared-by")
        return Answer(answer.text, (*answer.blocks, signed), in_channel=True)
