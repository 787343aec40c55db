"""The store: what people decide, and what costbot itself did, behind one address."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy import select

from analysis.clock import Clock
from storage.addresses import parse_address
from storage.database import Database, OneTransaction
from storage.migrate import migrate, revisions
from storage.repositories.alert_rules import AlertRuleRepository
from storage.repositories.alert_states import AlertStateRepository
from storage.repositories.anomaly_findings import AnomalyFindingRepository
from storage.repositories.anomaly_labels import AnomalyLabelRepository
from storage.repositories.anomaly_looks import AnomalyLookRepository
from storage.repositories.api_tokens import ApiTokenRepository
from storage.repositories.audit import AuditRepository
from storage.repositories.budgets import BudgetRepository
from storage.repositories.deliveries import DeliveryRepository
from storage.repositories.digests import DigestRepository
from storage.repositories.drawn_opportunities import DrawnOpportunityRepository
from storage.repositories.drawn_recommendations import DrawnRecommendationRepository
from storage.repositories.forecasts import ForecastRepository
from storage.repositories.home_views import HomeViewRepository
from storage.repositories.inbound import InboundEventRepository
from storage.repositories.incidents import IncidentRepository
from storage.repositories.jobs import JobRepository
from storage.repositories.kept_answers import KeptAnswerRepository
from storage.repositories.offers import OfferRepository
from storage.repositories.opportunities import OpportunityRepository
from storage.repositories.people import PersonRepository
from storage.repositories.prices import PriceRepository
from storage.repositories.raises import RaiseRepository
from storage.repositories.recommendation_runs import RecommendationRunRepository
from storage.repositories.recommendations import RecommendationRepository
from storage.repositories.routes import RouteRepository
from storage.repositories.savings_measurements import SavingsMeasurementRepository
from storage.repositories.statements import StatementRepository
from storage.repositories.sync_runs import SyncRunRepository
from storage.repositories.user_groups import UserGroupRepository
from storage.repositories.warehouse_jobs import WarehouseJobRepository
from storage.repositories.workspaces import WorkspaceRepository


@dataclass(frozen=True, slots=True)
class Transaction:
    """Repositories that write together: all of it appears, or none.

    Attributes:
        prices, offers, people, user_groups, budgets, raises, alert_states, alert_rules, incidents,
            routes, recommendations, measurements, opportunities, deliveries, audit, anomaly_labels,
            api_tokens, workspaces: see `Store`.
        drawn_recommendations, drawn_opportunities: those of many organizations at once.
    """

    prices: PriceRepository
    offers: OfferRepository
    people: PersonRepository
    user_groups: UserGroupRepository
    budgets: BudgetRepository
    raises: RaiseRepository
    alert_states: AlertStateRepository
    alert_rules: AlertRuleRepository
    incidents: IncidentRepository
    routes: RouteRepository
    recommendations: RecommendationRepository
    drawn_recommendations: DrawnRecommendationRepository
    drawn_opportunities: DrawnOpportunityRepository
    measurements: SavingsMeasurementRepository
    opportunities: OpportunityRepository
    digests: DigestRepository
    deliveries: DeliveryRepository
    statements: StatementRepository
    audit: AuditRepository
    anomaly_labels: AnomalyLabelRepository
    api_tokens: ApiTokenRepository
    workspaces: WorkspaceRepository


class Store:
    """The SQL store and its repositories. Nothing is opened before it is used.

    Args:
        address: of a SQLite file or a PostgreSQL database, as SQLAlchemy writes it.
        clock: dates what is kept.

    Attributes:
        prices: the dated price list.
        offers: what providers offer beside their lists, and who has taken it.
        people: who is who.
        user_groups: who the members of Slack's user groups are.
        inbound: which of Slack's events were heard already.
        warehouse_jobs: what costbot itself asked of the warehouse.
        sync_runs: how the refreshes of the mart went.
        jobs: which slots of jobs were claimed, and how the work went.
        budgets: what people mean to spend at most.
        raises: limits raised for some days.
        alert_states: what was told about budgets.
        alert_rules: what people want to hear of.
        incidents: what is, or was, in trouble, and what was told of it.
        routes: where incidents are told.
        recommendations: what could be saved, and what was decided about it.
        measurements: what recommendations have saved so far.
        opportunities: where money could be saved.
        recommendation_runs: when recommendations were drawn.
        digests: what is sent to whom by the clock, and which slots are claimed.
        deliveries: the outbox.
        forecasts: what was foreseen, and what came.
        statements: how cost is divided, and the months that were closed.
        audit: who decided what.
        anomaly_labels: what people said about anomalies.
        anomaly_findings: what was found, day by day.
        anomaly_looks: when all series were looked at.
        api_tokens: who may call the REST API.
        workspaces: the Slack workspaces that costbot is installed in.
        kept_answers: what was answered to requests with a key.
        home_views: who looks at App Home, and what was published there.

    Raises:
        BadInput: the address cannot be used.
    """

    def __init__(self, address: str | SecretStr, clock: Clock) -> None:
        self._database = Database(parse_address(address))
        self.prices = PriceRepository(self._database, clock)
        self.offers = OfferRepository(self._database, clock)
        self.people = PersonRepository(self._database, clock)
        self.user_groups = UserGroupRepository(self._database, clock)
        self.inbound = InboundEventRepository(self._database, clock)
        self.warehouse_jobs = WarehouseJobRepository(self._database)
        self.sync_runs = SyncRunRepository(self._database, clock)
        self.jobs = JobRepository(self._database)
        self._clock = clock
        self.budgets = BudgetRepository(self._database, clock)
        self.raises = RaiseRepository(self._database, clock)
        self.alert_states = AlertStateRepository(self._database)
        self.alert_rules = AlertRuleRepository(self._database, clock)
        self.incidents = IncidentRepository(self._database)
        self.routes = RouteRepository(self._database, clock)
        self.recommendations = RecommendationRepository(self._database, clock)
        self.measurements = SavingsMeasurementRepository(self._database)
        self.opportunities = OpportunityRepository(self._database, clock)
        self.recommendation_runs = RecommendationRunRepository(self._database, clock)
        self.digests = DigestRepository(self._database, clock)
        self.deliveries = DeliveryRepository(self._database, clock)
        self.forecasts = ForecastRepository(self._database, clock)
        self.statements = StatementRepository(self._database, clock)
        self.audit = AuditRepository(self._database, clock)
        self.anomaly_labels = AnomalyLabelRepository(self._database, clock)
        self.anomaly_findings = AnomalyFindingRepository(self._database, clock)
        self.anomaly_looks = AnomalyLookRepository(self._database, clock)
        self.api_tokens = ApiTokenRepository(self._database, clock)
        self.workspaces = WorkspaceRepository(self._database)
        self.kept_answers = KeptAnswerRepository(self._database, clock)
        self.home_views = HomeViewRepository(self._database, clock)

    def __repr__(self) -> str:
        return f"Store({self._database})"

    @property
    def kind(self) -> str:
        """What it is kept in: `sqlite` or `postgresql`."""
        return self._database.url.get_backend_name()

    async def migrate(self) -> None:
        """Makes the schema what this version of costbot needs; quick where it is already.

        Any number of processes may do so at once.

        Raises:
            Unavailable: the database does not answer.
            BadInput: a newer costbot made the store.
        """
        await migrate(self._database)

    async def revisions(self) -> tuple[str | None, str]:
        """The revision that the schema is at, None before the first start, and the one needed.

        Changes nothing, and makes no file.

        Raises:
            Unavailable: the database does not answer.
        """
        return await revisions(self._database)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """A transaction over several repositories: committed at the end, undone on an error.

        Whatever is raised in it, the database's refusals among them, has to leave it: after an
        error nothing more can be done in it. On SQLite nobody else writes meanwhile: no waiting
        for Slack or for people inside.

        Raises:
            Unavailable: the database does not answer, or another writer holds it too long.
        """
        async with self._database.writing() as session:
            one = OneTransaction(session, is_sqlite=self._database.is_sqlite)
            yield Transaction(
                prices=PriceRepository(one, self._clock),
                offers=OfferRepository(one, self._clock),
                people=PersonRepository(one, self._clock),
                user_groups=UserGroupRepository(one, self._clock),
                budgets=BudgetRepository(one, self._clock),
                raises=RaiseRepository(one, self._clock),
                alert_states=AlertStateRepository(one),
                alert_rules=AlertRuleRepository(one, self._clock),
                incidents=IncidentRepository(one),
                routes=RouteRepository(one, self._clock),
                recommendations=RecommendationRepository(one, self._clock),
                drawn_recommendations=DrawnRecommendationRepository(one, self._clock),
                drawn_opportunities=DrawnOpportunityRepository(one, self._clock),
                measurements=SavingsMeasurementRepository(one),
                opportunities=OpportunityRepository(one, self._clock),
                digests=DigestRepository(one, self._clock),
                deliveries=DeliveryRepository(one, self._clock),
                statements=StatementRepository(one, self._clock),
                audit=AuditRepository(one, self._clock),
                anomaly_labels=AnomalyLabelRepository(one, self._clock),
                api_tokens=ApiTokenRepository(one, self._clock),
                workspaces=WorkspaceRepository(one),
            )

    @asynccontextmanager
    async def holding(self) -> AsyncGenerator[None]:
        """One transaction over all that is written inside, whichever repository writes it.

        It begins with the first write; a part that fails is undone by itself, and what is read
        after a write sees it. Nothing inside may be done by several tasks at once. On SQLite nobody
        else writes from the first write on: no waiting for Slack or for people behind it.

        Raises:
            Unavailable: the database does not answer, or another writer holds it too long.
        """
        async with self._database.holding():
            yield

    async def ping(self) -> None:
        """Asks the database whether it is there.

        Raises:
            Unavailable: it does not answer.
        """
        async with self._database.reading() as session:
            await session.execute(select(1))

    async def close(self) -> None:
        """Closes every connection."""
        await self._database.close()
