"""The one place where the parts are put together; everything else receives what it needs."""

from __future__ import annotations

import platform
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.clock import Clock, system_clock
from analysis.errors import BadInput
from bot.observation.observer import Observer, Unobserved
from bot.observation.queries import query_watch
from bot.pictures.painter import Painter
from bot.road import Road
from bot.routes import Handlers, routes_of
from bot.settings import Settings
from handlers.about import AboutHandler
from handlers.anomalies.finding import Finder, StoredIncidents
from handlers.anomalies.listing import AnomalyListHandler
from handlers.anomalies.replayed import used_of
from handlers.anomalies.replaying import ReplayHandler
from handlers.api_tokens.failures import LoginFailures
from handlers.breakeven import BreakEvenHandler
from handlers.budgets.handlers import BudgetHandlers, budget_handlers
from handlers.callers import Callers, PersonDefaults
from handlers.compare import CompareHandler
from handlers.cost import CostHandler
from handlers.efficiency import EfficiencyHandler
from handlers.failures import FailuresHandler
from handlers.forecasts.forecasting import ForecastHandler
from handlers.offers import OfferHandler
from handlers.outbox import OutboxHandler
from handlers.own_cost import OwnCostHandler
from handlers.own_usage import UsageReader
from handlers.pricing import PricingHandler
from handlers.pricing_compare import PricingCompareHandler
from handlers.queries import QueryHandler
from handlers.rates import RateHandler
from handlers.recommendations.pricing_of_cells import pricing_of
from handlers.reconcile import ReconcileHandler
from handlers.report import ReportHandler
from handlers.showback.handlers import showback_handlers
from handlers.trends import TrendsHandler
from handlers.utilization import UtilizationHandler
from handlers.whatif import WhatIfHandler
from handlers.whatif_recommendation import WhatIfRecommender
from handlers.why import WhyHandler
from queries.budget_spend import BudgetSpending
from queries.dimensions import Dimensions
from queries.engines.duckdb import DuckDbEngine, EngineLimits
from queries.mart import Mart, WriterLimits
from queries.recommendation_evidence.reading import EvidenceLimits, EvidenceReader
from storage import Store
from storage.records.audit import Surface

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.slack.app import SlackAccess
    from bot.slack.home_publisher import HomePublisher
    from bot.slack.nouns import MakeNoun
    from bot.slack.pace import Pace
    from bot.supervisor import Supervisor
    from handlers.recommendations.handlers import RecommendationHandlers


@dataclass(frozen=True, slots=True)
class Parts:
    """Costbot, assembled; without any surface."""

    settings: Settings
    clock: Clock
    dimensions: Dimensions
    store: Store
    mart: Mart
    engine: DuckDbEngine
    callers: Callers
    handlers: Handlers
    road: Road
    painter: Painter
    observer: Observer


def dimensions_of(settings: Settings) -> Dimensions:
    """The built-in dimensions and the deployment's own."""
    return Dimensions(custom.as_dimension() for custom in settings.dimensions)


def mart_of(settings: Settings, clock: Clock = system_clock) -> Mart:
    """The mart in the home folder."""
    return Mart(
        settings.home,
        dimensions_of(settings),
        clock,
        hourly_days=settings.hourly_days,
        limits=WriterLimits(threads=settings.mart_threads, memory=settings.mart_memory),
    )


@asynccontextmanager
async def opened_store(settings: Settings, clock: Clock = system_clock) -> AsyncGenerator[Store]:
    """The store, brought up to date, and closed afterwards."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sentence = f"The home folder {settings.home} cannot be made: {error.strerror}."
        raise BadInput(sentence, "Set COSTBOT_HOME to a folder that can be written.") from error
    store = Store(settings.store_address, clock)
    try:
        await store.migrate()
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def assembled(
    settings: Settings, clock: Clock = system_clock, observer: Observer | None = None
) -> AsyncGenerator[Parts]:
    """Everything that answers questions, ready; closed when the block ends.

    Args:
        settings: of the deployment.
        clock: the present.
        observer: is told of what happens; None: nobody is.
    """
    observer = observer or Unobserved()
    async with opened_store(settings, clock) as store:
        dimensions = dimensions_of(settings)
        mart = mart_of(settings, clock)
        limits = EngineLimits(threads=settings.mart_threads, memory=settings.mart_memory)
        engine = DuckDbEngine(mart, limits, query_watch(observer))
        painter = Painter(settings.picture_theme)
        try:
            yield _put_together(settings, clock, dimensions, store, mart, engine, painter, observer)
        finally:
            painter.close()
            await engine.close()


def own_cost_of(settings: Settings, store: Store, clock: Clock) -> OwnCostHandler:
    """What adds up what costbot itself costs."""
    return OwnCostHandler(
        store.warehouse_jobs,
        store.sync_runs,
        clock,
        machine=machine_name(),
        project=settings.bigquery_project,
        usd_per_tib=settings.bigquery_usd_per_tib,
        most_bytes=settings.bigquery_most_bytes,
    )


def machine_name() -> str:
    """The machine whose mart this is: each keeps its own."""
    return platform.node() or "this machine"


def _put_together(
    settings: Settings,
    clock: Clock,
    dimensions: Dimensions,
    store: Store,
    mart: Mart,
    engine: DuckDbEngine,
    painter: Painter,
    observer: Observer,
) -> Parts:
    stale = settings.stale_after_hours
    cost = CostHandler(engine, dimensions, clock, stale)
    queries = QueryHandler(engine, clock, stale)
    reconcile = ReconcileHandler(engine, clock, stale)
    why = WhyHandler(engine, dimensions, clock, stale)
    limits = EvidenceLimits(threads=settings.mart_threads, memory=settings.mart_memory)
    reader, prices_of = EvidenceReader(mart, limits), pricing_of(store.prices)
    usage = UsageReader(mart, reader, engine, dimensions, prices_of, clock)
    what_if = WhatIfHandler(usage)
    handlers = Handlers(
        about=AboutHandler(
            engine,
            clock,
            stale,
            store.kind,
            own_cost_of(settings, store, clock),
            OutboxHandler(store),
        ),
        anomalies=AnomalyListHandler(
            store,
            Finder(store, StoredIncidents(store), dimensions),
            mart,
            dimensions,
            clock,
            settings.zone_info,
            stale,
        ),
        breakeven=BreakEvenHandler(engine, dimensions, store.prices.unit_prices, clock, stale),
        cost=cost,
        compare=CompareHandler(engine, dimensions, clock, stale),
        trends=TrendsHandler(engine, dimensions, clock, stale),
        utilization=UtilizationHandler(engine, dimensions, clock, stale),
        efficiency=EfficiencyHandler(engine, dimensions, store.prices.unit_prices, clock, stale),
        failures=FailuresHandler(engine, dimensions, clock, stale),
        forecasts=ForecastHandler(engine, dimensions, clock, stale, store.forecasts),
        offers=OfferHandler(store, clock),
        pricing=PricingHandler(store.prices, clock),
        pricing_compare=PricingCompareHandler(usage),
        queries=queries,
        rates=RateHandler(store, usage, clock),
        reconcile=reconcile,
        replay=ReplayHandler(
            store,
            mart,
            reader,
            dimensions,
            clock,
            settings.zone_info,
            stale,
            used_of(
                settings.anomaly_bands,
                settings.anomaly_least_usd,
                settings.anomaly_least_ratio,
                falls=settings.anomaly_falls,
            ),
        ),
        showback=showback_handlers(store, engine, dimensions, clock, settings.zone_info, stale),
        report=ReportHandler(queries, cost, reconcile, why, clock),
        what_if=what_if,
        what_if_recommender=WhatIfRecommender(what_if, store, dimensions, clock),
        why=why,
    )
    defaults = PersonDefaults(
        zone=settings.zone_info,
        admins=frozenset(settings.admins),
        organization=settings.default_organization,
        role=settings.default_role,
        domains=settings.email_domains,
    )
    return Parts(
        settings=settings,
        clock=clock,
        dimensions=dimensions,
        store=store,
        mart=mart,
        engine=engine,
        callers=Callers(store, defaults),
        handlers=handlers,
        road=Road(dimensions, routes_of(handlers, dimensions), engine, clock),
        painter=painter,
        observer=observer,
    )


def budgets_of(
    parts: Parts, surface: Surface, wake: Callable[[], None] | None = None
) -> BudgetHandlers:
    """What can be done with budgets on one surface.

    Args:
        parts: on which it is done.
        surface: the audit trail names it.
        wake: tells the outbox of this process that there is something to send.
    """
    from bot.raise_messages import SlackRaiseMessages  # blocks: most commands have none of these

    spending = BudgetSpending(parts.mart)
    messages = SlackRaiseMessages()
    return budget_handlers(parts.store, parts.handlers.cost, spending, surface, messages, wake)


def recommendations_of(
    parts: Parts, surface: Surface, wake: Callable[[], None] | None = None
) -> RecommendationHandlers:
    """What can be done with recommendations on one surface.

    Args:
        parts: on which it is done.
        surface: the audit trail names it.
        wake: tells the outbox of this process that there is something to send.
    """
    # Many small modules: most commands need none of them.
    from bot.recommendation_cards import SlackCardMessages
    from handlers.recommendations.handlers import recommendation_handlers
    from handlers.recommendations.sources import deployment_sources

    settings, store = parts.settings, parts.store
    limits = EvidenceLimits(threads=settings.mart_threads, memory=settings.mart_memory)
    reader = EvidenceReader(parts.mart, limits)
    sources = deployment_sources(
        reader,
        parts.engine,
        parts.dimensions,
        store,
        settings.zone_info,
        pricing_of(store.prices),
    )
    return recommendation_handlers(
        store,
        parts.mart,
        sources,
        parts.dimensions,
        parts.clock,
        settings.zone_info,
        surface,
        SlackCardMessages(),
        wake,
        reader,
    )


def slack_app(
    parts: Parts,
    access: SlackAccess,
    supervisor: Supervisor,
    pace: Pace | None = None,
    wake: Callable[[], None] | None = None,
    home: HomePublisher | None = None,
) -> AsyncApp:
    """The Bolt app over the parts.

    Args:
        parts: that answer.
        access: to the workspace.
        supervisor: keeps the app's work.
        pace: of all else that posts in this process; None: nothing else does.
        wake: tells the outbox of this process that there is something to send.
        home: publishes Home tabs in this process; None: one of its own does.
    """
    from bot.assembly.home import home_of
    from bot.budget_watch import alerts_of
    from bot.slack.app import (
        create_bolt_app,
    )  # Bolt is slow to load, and the CLI rarely needs it
    from bot.slack.group_members import group_members
    from bot.slack.identity import Identities

    callers = replace(parts.callers, membership=group_members(access, parts.clock))
    return create_bolt_app(
        access,
        road=parts.road,
        report=parts.handlers.report,
        budgets=budgets_of(parts, "slack", wake),
        recommendations=recommendations_of(parts, "slack", wake),
        alerts=alerts_of(parts, "slack", wake),
        clock=parts.clock,
        identities=Identities(callers, parts.clock),
        inbound=parts.store.inbound,
        supervisor=supervisor,
        home=home or home_of(parts, access, supervisor),
        answer_within_seconds=parts.settings.answer_within_seconds,
        pace=pace,
        painter=parts.painter,
        failures=LoginFailures(parts.store.audit, parts.clock),
        nouns=_nouns(parts, wake),
        observer=parts.observer,
    )


def _nouns(parts: Parts, wake: Callable[[], None] | None) -> tuple[MakeNoun, ...]:
    """The nouns of `/cost` that have forms and buttons of their own."""
    from bot.assembly.alert_rules import alert_rule_noun_of
    from bot.assembly.anomalies import anomaly_noun
    from bot.assembly.api_tokens import api_token_noun_of
    from bot.assembly.digests import digest_noun, digests_of
    from bot.assembly.incidents import incident_desk_of, routes_of
    from bot.assembly.links import link_noun_of
    from bot.assembly.setup import setup_noun_of
    from bot.slack.incidents import make_incidents
    from bot.slack.routes import make_routes

    return (
        make_incidents(incident_desk_of(parts, "slack", wake), parts.settings.zone_info),
        make_routes(routes_of(parts, "slack", wake)),
        digest_noun(digests_of(parts, "slack", wake)),
        alert_rule_noun_of(parts, wake),
        anomaly_noun(parts, wake),
        api_token_noun_of(parts),
        setup_noun_of(parts, wake),
        link_noun_of(parts),
    )
