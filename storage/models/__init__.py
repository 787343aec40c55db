"""The tables of the store, one module each. What is imported here is what migrations build."""

from __future__ import annotations

from storage.models.alert_rule import AlertRuleRow
from storage.models.alert_state import AlertStateRow
from storage.models.anomaly import AnomalyFindingRow, AnomalyLabelRow, AnomalyLookRow
from storage.models.api_token import ApiTokenRow
from storage.models.audit import AuditRow
from storage.models.base import Base
from storage.models.budget import BudgetRow
from storage.models.delivery import DeliveryRow
from storage.models.digest import DigestRow, DigestSlotRow
from storage.models.forecast import ForecastRow
from storage.models.home_view import HomeViewRow
from storage.models.inbound_event import InboundEventRow
from storage.models.incident import IncidentRow
from storage.models.job import JobRow
from storage.models.kept_answer import KeptAnswerRow
from storage.models.offer import OfferRow, OfferSubscriptionRow
from storage.models.opportunity import OpportunityRow
from storage.models.person import PersonRow
from storage.models.price import PriceRow
from storage.models.raise_ import BudgetRaiseRow
from storage.models.recommendation import RecommendationRow
from storage.models.recommendation_run import RecommendationRunRow
from storage.models.route import RouteRow
from storage.models.savings_measurement import SavingsMeasurementRow
from storage.models.statement import (
    ClosedMonthRow,
    StatementCorrectionRow,
    StatementLineRow,
    StatementRuleRow,
)
from storage.models.sync_run import SyncRunRow
from storage.models.user_group import UserGroupRow
from storage.models.warehouse_job import WarehouseJobRow
from storage.models.workspace import OAuthStateRow, WorkspaceRow

__all__ = [
    "AlertRuleRow",
    "AlertStateRow",
    "AnomalyFindingRow",
    "AnomalyLabelRow",
    "AnomalyLookRow",
    "ApiTokenRow",
    "AuditRow",
    "Base",
    "BudgetRaiseRow",
    "BudgetRow",
    "ClosedMonthRow",
    "DeliveryRow",
    "DigestRow",
    "DigestSlotRow",
    "ForecastRow",
    "HomeViewRow",
    "InboundEventRow",
    "IncidentRow",
    "JobRow",
    "KeptAnswerRow",
    "OAuthStateRow",
    "OfferRow",
    "OfferSubscriptionRow",
    "OpportunityRow",
    "PersonRow",
    "PriceRow",
    "RecommendationRow",
    "RecommendationRunRow",
    "RouteRow",
    "SavingsMeasurementRow",
    "StatementCorrectionRow",
    "StatementLineRow",
    "StatementRuleRow",
    "SyncRunRow",
    "UserGroupRow",
    "WarehouseJobRow",
    "WorkspaceRow",
]
