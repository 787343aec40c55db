"""The jobs of a serving costbot, each with what does it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex

from bot import jobs
from bot.assembly import Parts, budgets_of, machine_name
from bot.assembly.alert_rules import alert_rule_evaluator_of
from bot.assembly.anomalies import anomaly_watch_of
from bot.assembly.incidents import incident_desk_of
from bot.budget_watch import BudgetWatch
from bot.digest_job import digest_job
from bot.forecast_job import forecast_job
from bot.home_job import HomeRefresh
from bot.job_alarm import JobAlarm
from bot.job_ledger import JobLedger
from bot.price_alerts import price_alert_job
from bot.recommendation_jobs import recommendation_jobs
from bot.refresh import Refresh
from bot.scheduler import Scheduler
from bot.slack.home_publisher import HomePublisher
from bot.supervisor import Supervisor
from bot.upkeep import Upkeep
from handlers.alert_rules.evaluating import AlertRuleEvaluator
from handlers.anomalies.watch import AnomalyWatch
from handlers.callers import Membership
from handlers.incidents.desk import IncidentDesk
from handlers.sync import SyncHandler

log = logging.getLogger(__name__)


def scheduled(
    parts: Parts,
    supervisor: Supervisor,
    watch: BudgetWatch | None = None,
    sync: SyncHandler | None = None,
    wake: Callable[[], None] | None = None,
    membership: Membership | None = None,
    home: HomePublisher | None = None,
) -> Scheduler:
    """The jobs of a serving costbot.

    Args:
        parts: on which they work.
        supervisor: keeps their work.
        watch: over the budgets; None: nothing evaluates them.
        sync: what refreshes the mart; None: nothing does.
        wake: tells the outbox that there is something to send.
        membership: who is in Slack's user groups; None: nobody is asked.
        home: publishes Home tabs; None: nothing does.
    """
    ledger = ledger_of(parts, wake)
    scheduler = Scheduler(parts.clock, supervisor, ledger, observer=parts.observer)
    upkeep = Upkeep(parts.mart, parts.store, parts.clock, budgets_of(parts, "system").raises)
    scheduler.add(jobs.KEEP_MART, upkeep.keep_the_mart_up)
    scheduler.add(jobs.GATHER_DAYS, upkeep.gather_days)
    scheduler.add(jobs.FORGET, upkeep.forget)
    scheduler.add(jobs.END_RAISES, upkeep.end_raises)
    refreshing = jobs.refresh_of(parts.settings)
    if sync is not None and refreshing is not None:
        scheduler.add(refreshing, Refresh(sync).refresh)
    if watch is not None:
        scheduler.add(jobs.EVALUATE_BUDGETS, watch.keep_up)
        scheduler.add(jobs.RECOUNT_BUDGETS, watch.recount)
    recommending = recommendation_jobs(parts, wake, membership)
    scheduler.add(jobs.DRAW_RECOMMENDATIONS, recommending.draw)
    scheduler.add(jobs.MEASURE_SAVINGS, recommending.measure)
    scheduler.add(jobs.AGE_RECOMMENDATIONS, recommending.age)
    scheduler.add(jobs.TELL_RECOMMENDATIONS, recommending.tell)
    scheduler.add(jobs.KEEP_FORECASTS, forecast_job(parts).keep)
    desk = incident_desk_of(parts, "system", wake)
    alerts = AlertJobs(
        anomaly_watch_of(parts, wake), alert_rule_evaluator_of(parts, desk, wake), desk
    )
    scheduler.add(jobs.LOOK_FOR_ANOMALIES, alerts.anomalies)
    scheduler.add(jobs.LOOK_AT_RULES, alerts.rules)
    scheduler.add(jobs.END_MUTES, alerts.mutes)
    scheduler.add(jobs.SEND_DIGESTS, digest_job(parts, wake, membership).send)
    if home is not None:
        scheduler.add(jobs.REFRESH_HOMES, HomeRefresh(home).refresh)
    scheduler.add(jobs.TELL_PRICES, price_alert_job(parts, wake).tell)
    return scheduler


def ledger_of(parts: Parts, wake: Callable[[], None] | None = None) -> JobLedger:
    """The book that is kept on the jobs of this process."""
    alarm = JobAlarm(parts.store, parts.clock, parts.settings.admins, wake)
    worker = f"{machine_name()}-{os.getpid()}-{token_hex(4)}"
    return JobLedger(parts.store.jobs, parts.clock, machine_name(), worker, alarm.tell)


@dataclass(frozen=True, slots=True)
class AlertJobs:
    """Looks for what people would want to hear of.

    Attributes:
        watch: over daily series.
        evaluator: of the rules that people made.
        desk: keeps what they found.
    """

    watch: AnomalyWatch
    evaluator: AlertRuleEvaluator
    desk: IncidentDesk

    async def anomalies(self) -> None:
        """Looks at all series, where there is something new to look at."""
        looked = await self.watch.look()
        if looked is not None:
            log.info(
                "%d series looked at up to %s: %d findings, %d told",
                looked.series,
                looked.day,
                looked.found,
                looked.told + looked.together,
            )

    async def rules(self) -> None:
        """Looks at all alert rules."""
        report = await self.evaluator.look()
        if report.signals:
            log.info("alert rules looked at: %d, signals: %d", report.rules, report.signals)

    async def mutes(self) -> None:
        """Has told what mutes held back that are over, where it still holds."""
        ended = await self.desk.end_mutes()
        if ended.told or ended.quiet:
            log.info("mutes of incidents ended: %d", len(ended.told) + ended.quiet)
