"""The routes: how each kind of command is answered, an entry each."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import NotUnderstood
from bot.anomaly_csv import anomalies_csv, replay_csv
from bot.blocks.about import about_answer
from bot.blocks.anomalies import anomalies_answer, anomaly_answer
from bot.blocks.answer import Answer
from bot.blocks.compare import compare_answer
from bot.blocks.cost import cost_answer
from bot.blocks.efficiency import efficiency_answer, efficiency_csv
from bot.blocks.failures import failures_answer, failures_csv
from bot.blocks.forecast import forecast_answer
from bot.blocks.help import help_answer, word_help_answer
from bot.blocks.offers import offers_answer
from bot.blocks.pools import break_even_answer
from bot.blocks.pricing import pricing_answer
from bot.blocks.pricing_compare import pricing_compare_answer
from bot.blocks.query import queries_answer, query_answer
from bot.blocks.rates import rate_preview_answer, rate_saved_answer, rate_undone_answer
from bot.blocks.reconcile import reconcile_answer
from bot.blocks.replay import replay_answer
from bot.blocks.report import preview_answer
from bot.blocks.trends import trends_answer
from bot.blocks.utilization import utilization_answer, utilization_csv
from bot.blocks.whatif import recommended_answer, what_if_answer
from bot.blocks.why import why_answer
from bot.breakeven_csv import break_even_csv
from bot.compare_csv import compare_csv, trends_csv
from bot.csv_file import CsvFile, cost_csv, pricing_csv
from bot.forecast_csv import forecast_csv
from bot.grammar.anomalies import AnomaliesCommand, AnomalyCommand, ReplayCommand
from bot.grammar.breakeven import BreakEvenCommand
from bot.grammar.compare import CompareCommand, write_compare
from bot.grammar.cost import CostCommand, write_cost
from bot.grammar.days import EfficiencyCommand, FailuresCommand, UtilizationCommand, write_days
from bot.grammar.forecast import ForecastCommand, write_forecast
from bot.grammar.parse import AboutCommand, HelpCommand, PricingCommand
from bot.grammar.pricing_compare import PricingCompareCommand
from bot.grammar.pricing_set import (
    PricingOffersCommand,
    PricingSetCommand,
    PricingUndoCommand,
)
from bot.grammar.query import QueryCommand, QueryListCommand, ReconcileCommand
from bot.grammar.report import ReportCommand
from bot.grammar.trends import TrendsCommand, write_trends
from bot.grammar.whatif import WhatIfCommand
from bot.grammar.why import WhyCommand, write_why
from bot.query_csv import query_csv
from bot.route import Route, Routes
from bot.statement_routes import add_statement_routes
from bot.whatif_csv import pricing_compare_csv, what_if_csv
from bot.why_csv import why_csv
from handlers.about import AboutHandler
from handlers.anomalies.listing import AnomalyListHandler
from handlers.anomalies.replaying import ReplayHandler
from handlers.breakeven import BreakEvenHandler
from handlers.caller import Caller
from handlers.compare import CompareHandler
from handlers.cost import CostHandler
from handlers.efficiency import EfficiencyHandler
from handlers.failures import FailuresHandler
from handlers.forecasts.forecasting import ForecastHandler
from handlers.offers import OfferHandler
from handlers.pricing import PricingHandler
from handlers.pricing_compare import PricingCompareHandler
from handlers.queries import QueryHandler
from handlers.rates import RateHandler
from handlers.reconcile import ReconcileHandler
from handlers.report import ReportHandler
from handlers.showback.handlers import ShowbackHandlers
from handlers.trends import TrendsHandler
from handlers.utilization import UtilizationHandler
from handlers.whatif import WhatIfHandler
from handlers.whatif_recommendation import WhatIfRecommender
from handlers.why import WhyHandler
from queries.dimensions import Dimensions


@dataclass(frozen=True, slots=True)
class Handlers:
    """What costbot can do, noun by noun."""

    about: AboutHandler
    anomalies: AnomalyListHandler
    breakeven: BreakEvenHandler
    compare: CompareHandler
    cost: CostHandler
    efficiency: EfficiencyHandler
    failures: FailuresHandler
    forecasts: ForecastHandler
    offers: OfferHandler
    pricing: PricingHandler
    pricing_compare: PricingCompareHandler
    queries: QueryHandler
    rates: RateHandler
    reconcile: ReconcileHandler
    replay: ReplayHandler
    report: ReportHandler
    showback: ShowbackHandlers
    trends: TrendsHandler
    utilization: UtilizationHandler
    what_if: WhatIfHandler
    what_if_recommender: WhatIfRecommender
    why: WhyHandler


def routes_of(handlers: Handlers, dimensions: Dimensions) -> Routes:
    """Every command's route."""
    routes = Routes()
    routes.add(CostCommand, _cost(handlers.cost, dimensions))
    routes.add(WhyCommand, _why(handlers.why))
    routes.add(CompareCommand, _compare(handlers.compare))
    routes.add(TrendsCommand, _trends(handlers.trends))
    routes.add(ForecastCommand, _forecast(handlers.forecasts))
    routes.add(AnomaliesCommand, _anomalies(handlers.anomalies))
    routes.add(AnomalyCommand, _anomaly(handlers.anomalies))
    routes.add(ReplayCommand, _replay(handlers.replay))
    routes.add(UtilizationCommand, _utilization(handlers.utilization))
    routes.add(EfficiencyCommand, _efficiency(handlers.efficiency))
    routes.add(FailuresCommand, _failures(handlers.failures))
    routes.add(PricingCommand, _pricing(handlers.pricing))
    routes.add(PricingCompareCommand, _pricing_compare(handlers.pricing_compare))
    routes.add(PricingSetCommand, _pricing_set(handlers.rates))
    routes.add(PricingUndoCommand, _pricing_undo(handlers.rates))
    routes.add(PricingOffersCommand, _pricing_offers(handlers.offers))
    routes.add(WhatIfCommand, _what_if(handlers))
    routes.add(QueryCommand, _query(handlers.queries))
    routes.add(QueryListCommand, _query_list(handlers.queries))
    routes.add(ReconcileCommand, _reconcile(handlers.reconcile))
    routes.add(BreakEvenCommand, _break_even(handlers.breakeven))
    add_statement_routes(routes, handlers.showback)
    routes.add(ReportCommand, _report(handlers.report))
    routes.add(AboutCommand, _about(handlers.about))
    routes.add(HelpCommand, _help(dimensions))
    return routes


def _cost(handler: CostHandler, dimensions: Dimensions) -> Route[CostCommand]:
    async def answer(command: CostCommand, caller: Caller) -> Answer:
        return cost_answer(await handler.cost(command.request, caller), caller, dimensions)

    async def csv(command: CostCommand, caller: Caller) -> CsvFile:
        return cost_csv(await handler.cost(command.request, caller), caller.zone)

    return Route(answer, csv, kept_as=write_cost)


def _why(handler: WhyHandler) -> Route[WhyCommand]:
    async def answer(command: WhyCommand, caller: Caller) -> Answer:
        return why_answer(await handler.why(command.request, caller), caller)

    async def csv(command: WhyCommand, caller: Caller) -> CsvFile:
        return why_csv(await handler.why(command.request, caller))

    return Route(answer, csv, kept_as=lambda command: write_why(command.request))


def _compare(handler: CompareHandler) -> Route[CompareCommand]:
    async def answer(command: CompareCommand, caller: Caller) -> Answer:
        return compare_answer(await handler.compare(command.request, caller), caller)

    async def csv(command: CompareCommand, caller: Caller) -> CsvFile:
        return compare_csv(await handler.compare(command.request, caller))

    return Route(answer, csv, kept_as=write_compare)


def _trends(handler: TrendsHandler) -> Route[TrendsCommand]:
    async def answer(command: TrendsCommand, caller: Caller) -> Answer:
        return trends_answer(await handler.trends(command.request, caller), caller)

    async def csv(command: TrendsCommand, caller: Caller) -> CsvFile:
        return trends_csv(await handler.trends(command.request, caller))

    return Route(answer, csv, kept_as=write_trends)


def _forecast(handler: ForecastHandler) -> Route[ForecastCommand]:
    async def answer(command: ForecastCommand, caller: Caller) -> Answer:
        return forecast_answer(await handler.forecast(command.request, caller), caller)

    async def csv(command: ForecastCommand, caller: Caller) -> CsvFile:
        return forecast_csv(await handler.forecast(command.request, caller))

    return Route(answer, csv, kept_as=write_forecast)


def _anomalies(handler: AnomalyListHandler) -> Route[AnomaliesCommand]:
    async def answer(command: AnomaliesCommand, caller: Caller) -> Answer:
        return anomalies_answer(await handler.list(command.request, caller), caller)

    async def csv(command: AnomaliesCommand, caller: Caller) -> CsvFile:
        return anomalies_csv(await handler.list(command.request, caller))

    return Route(answer, csv)  # never kept: what people say changes it, and no new data


def _anomaly(handler: AnomalyListHandler) -> Route[AnomalyCommand]:
    async def answer(command: AnomalyCommand, caller: Caller) -> Answer:
        return anomaly_answer(await handler.show(command.which, caller), caller)

    return Route(answer)


def _replay(handler: ReplayHandler) -> Route[ReplayCommand]:
    async def answer(command: ReplayCommand, caller: Caller) -> Answer:
        return replay_answer(await handler.replay(command.request, caller))

    async def csv(command: ReplayCommand, caller: Caller) -> CsvFile:
        return replay_csv(await handler.replay(command.request, caller))

    return Route(answer, csv)  # it keeps its results itself, until a label changes them


def _utilization(handler: UtilizationHandler) -> Route[UtilizationCommand]:
    async def answer(command: UtilizationCommand, caller: Caller) -> Answer:
        return utilization_answer(await handler.utilization(command.request, caller), caller)

    async def csv(command: UtilizationCommand, caller: Caller) -> CsvFile:
        return utilization_csv(await handler.utilization(command.request, caller))

    return Route(answer, csv, kept_as=write_days)


def _efficiency(handler: EfficiencyHandler) -> Route[EfficiencyCommand]:
    async def answer(command: EfficiencyCommand, caller: Caller) -> Answer:
        return efficiency_answer(await handler.efficiency(command.request, caller), caller)

    async def csv(command: EfficiencyCommand, caller: Caller) -> CsvFile:
        return efficiency_csv(await handler.efficiency(command.request, caller))

    return Route(answer, csv, kept_as=write_days)


def _failures(handler: FailuresHandler) -> Route[FailuresCommand]:
    async def answer(command: FailuresCommand, caller: Caller) -> Answer:
        return failures_answer(await handler.failures(command.request, caller), caller)

    async def csv(command: FailuresCommand, caller: Caller) -> CsvFile:
        return failures_csv(await handler.failures(command.request, caller))

    return Route(answer, csv, kept_as=write_days)


def _pricing(handler: PricingHandler) -> Route[PricingCommand]:
    async def answer(command: PricingCommand, caller: Caller) -> Answer:
        return pricing_answer(await handler.price_list(command.provider, caller), caller.zone)

    async def csv(command: PricingCommand, caller: Caller) -> CsvFile:
        return pricing_csv(await handler.price_list(command.provider, caller))

    return Route(answer, csv)


def _pricing_compare(handler: PricingCompareHandler) -> Route[PricingCompareCommand]:
    async def answer(command: PricingCompareCommand, caller: Caller) -> Answer:
        return pricing_compare_answer(await handler.compare(command.request, caller))

    async def csv(command: PricingCompareCommand, caller: Caller) -> CsvFile:
        return pricing_compare_csv(await handler.compare(command.request, caller))

    return Route(answer, csv)  # never kept: a new price changes it, and no new data


def _pricing_set(handler: RateHandler) -> Route[PricingSetCommand]:
    async def answer(command: PricingSetCommand, caller: Caller) -> Answer:
        if command.save:
            return rate_saved_answer(await handler.save(command.request, caller, "slack"))
        return rate_preview_answer(await handler.preview(command.request, caller))

    return Route(answer)


def _pricing_undo(handler: RateHandler) -> Route[PricingUndoCommand]:
    async def answer(command: PricingUndoCommand, caller: Caller) -> Answer:
        return rate_undone_answer(await handler.undo(command.key, caller, "slack"))

    return Route(answer)


def _pricing_offers(handler: OfferHandler) -> Route[PricingOffersCommand]:
    async def answer(command: PricingOffersCommand, caller: Caller) -> Answer:
        return offers_answer(await handler.offers(command.provider, caller))

    return Route(answer)


def _what_if(handlers: Handlers) -> Route[WhatIfCommand]:
    async def answer(command: WhatIfCommand, caller: Caller) -> Answer:
        if command.recommend:
            recommender = handlers.what_if_recommender
            kept = await recommender.recommend(command.request, caller, "slack")
            return recommended_answer(kept)
        return what_if_answer(await handlers.what_if.what_if(command.request, caller), caller)

    async def csv(command: WhatIfCommand, caller: Caller) -> CsvFile:
        if command.recommend:
            hint = "Ask for the file without `recommend`, or for the recommendation without `csv`."
            raise NotUnderstood("There is no file of a recommendation that is made.", hint)
        return what_if_csv(await handlers.what_if.what_if(command.request, caller))

    return Route(answer, csv)  # never kept: a new price changes it, and no new data


def _query(handler: QueryHandler) -> Route[QueryCommand]:
    async def answer(command: QueryCommand, caller: Caller) -> Answer:
        return query_answer(await handler.query(command.request, caller), command.request, caller)

    async def csv(command: QueryCommand, caller: Caller) -> CsvFile:
        return query_csv(await handler.query(command.request, caller))

    return Route(answer, csv)


def _query_list(handler: QueryHandler) -> Route[QueryListCommand]:
    async def answer(command: QueryListCommand, caller: Caller) -> Answer:
        del command
        return queries_answer(handler.listed(caller))

    return Route(answer)


def _reconcile(handler: ReconcileHandler) -> Route[ReconcileCommand]:
    async def answer(command: ReconcileCommand, caller: Caller) -> Answer:
        return reconcile_answer(await handler.reconcile(command.period, caller), caller)

    return Route(answer)


def _break_even(handler: BreakEvenHandler) -> Route[BreakEvenCommand]:
    async def answer(command: BreakEvenCommand, caller: Caller) -> Answer:
        return break_even_answer(await handler.break_even(command.request, caller), caller)

    async def csv(command: BreakEvenCommand, caller: Caller) -> CsvFile:
        return break_even_csv(await handler.break_even(command.request, caller))

    return Route(answer, csv)  # never kept: a new price changes it, and no new data


def _report(handler: ReportHandler) -> Route[ReportCommand]:
    async def answer(command: ReportCommand, caller: Caller) -> Answer:
        return preview_answer(await handler.report(command.request, caller))

    return Route(answer)


def _about(handler: AboutHandler) -> Route[AboutCommand]:
    async def answer(command: AboutCommand, caller: Caller) -> Answer:
        del command
        return about_answer(await handler.about(caller), caller.zone)

    return Route(answer)


def _help(dimensions: Dimensions) -> Route[HelpCommand]:
    async def answer(command: HelpCommand, caller: Caller) -> Answer:
        if command.word is not None:
            return word_help_answer(command.word)
        return help_answer(dimensions, caller.role)

    return Route(answer)
