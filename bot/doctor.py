"""The examination of a deployment, put together from what there is of it.

Apart from `bot.assembly`, which stops at the first part that cannot be put together.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from pydantic import ValidationError

from analysis.checks import Check, failed, failed_with
from analysis.clock import Clock, system_clock
from analysis.errors import BadInput, Unavailable
from bot.assembly import mart_of, own_cost_of
from bot.inspections import (
    OutboxInspection,
    PeopleInspection,
    WorkspacesInspection,
    env_file_checks,
    usage_checks,
)
from bot.job_inspection import JobInspection
from bot.jobs import jobs_of
from bot.outbox.inspection import MailInspection, WebhookInspection
from bot.outbox.linear_inspection import LinearInspection
from bot.refills import refills
from bot.settings import Settings
from bot.slack.inspection import SlackInspection
from bot.slack.reaching import AddressInspection
from bot.warehouse import access_of, kept_job
from handlers.doctor import DoctorHandler, Inspection, RefreshInspection
from handlers.nearest import nearest
from queries.bigquery.inspection import BigQueryInspection
from queries.bigquery.jobs import JobRecord, Jobs
from storage import Store

log = logging.getLogger(__name__)


@asynccontextmanager
async def doctor_opened(
    settings: Settings, clock: Clock = system_clock
) -> AsyncGenerator[DoctorHandler]:
    """The doctor for a deployment; what it opened is closed when the block ends."""
    async with AsyncExitStack() as stack:
        store = _store(settings, clock)
        further: list[Inspection] = []
        if isinstance(store, Store):
            stack.push_async_callback(store.close)
        slack = SlackInspection(
            settings.slack_bot_token,
            settings.slack_app_token,
            settings.slack_signing_secret,
            settings.slack_api_url,
            clock,
            is_installed_elsewhere=settings.slack_client_id is not None,
        )
        opened = store if isinstance(store, Store) else None
        further.append(slack.inspect)
        further.append(WorkspacesInspection(settings, opened, clock).inspect)
        if settings.public_url is not None and settings.slack_signing_secret is not None:
            address = AddressInspection(settings.public_url, settings.slack_signing_secret, clock)
            further.append(address.inspect)
        further.append(PeopleInspection(settings, opened).inspect)
        further.append(_in_files(settings))
        if settings.oidc_issuer is not None:
            further.append(_oidc(settings))
        further.append(MailInspection(settings.smtp_url, settings.smtp_from).inspect)
        further.append(WebhookInspection(settings.webhooks).inspect)
        linear = LinearInspection(settings.linear_token, settings.linear_api_url, clock)
        further.append(linear.inspect)
        if isinstance(store, Store):
            further.append(JobInspection(store, jobs_of(settings), clock).inspect)
            further.append(OutboxInspection(store, clock).inspect)
        if settings.bigquery_project is not None:
            jobs = Jobs(access_of(settings), clock, _recorder(store))
            stack.push_async_callback(jobs.close)
            bigquery = BigQueryInspection(
                jobs,
                settings.request_table,
                clock,
                settings.sync_history_days,
                settings.stale_after_hours,
                nearest,
            )
            further.append(bigquery.inspect)
            if isinstance(store, Store):
                own_cost = own_cost_of(settings, store, clock)
                further.append(RefreshInspection(store, own_cost, clock).inspect)
        yield DoctorHandler(
            settings.home,
            store,
            mart_of(settings, clock),
            clock,
            settings.stale_after_hours,
            settings.zone,
            refills(settings),
            further,
        )


def faults_of_settings(error: ValidationError) -> list[Check]:
    """The settings that do not fit, each as a fault."""
    checks: list[Check] = []
    for problem in error.errors(include_input=False):
        name = "_".join(str(part) for part in problem["loc"]).upper()
        sentence = f"COSTBOT_{name} does not fit: {problem['msg']}."
        cure = "See docs/settings.md; everything else is looked at once it does."
        checks.append(failed("settings", sentence, cure))
    return checks


def _in_files(settings: Settings) -> Inspection:
    async def inspect() -> list[Check]:
        return [*env_file_checks(), *await asyncio.to_thread(usage_checks, settings.home)]

    return inspect


def _oidc(settings: Settings) -> Inspection:
    # Cryptography takes a while to load, and most deployments need none of it.
    from api.oidc.inspection import OidcInspection
    from api.oidc.provider import Provider

    provider = Provider(
        issuer=settings.oidc_issuer or "",
        audience=settings.oidc_audience or "",
        jwks_url=settings.oidc_jwks_url,
        organization_claim=settings.oidc_organization_claim,
        role_claim=settings.oidc_role_claim,
    )
    return OidcInspection(provider).inspect


def _store(settings: Settings, clock: Clock) -> Store | Check:
    try:
        return Store(settings.store_address, clock)
    except BadInput as error:
        return failed_with("store", error)


def _recorder(store: Store | Check) -> Callable[[JobRecord], Awaitable[None]]:
    """Keeps what the doctor asked of BigQuery, if the store can."""

    async def record(job: JobRecord) -> None:
        if not isinstance(store, Store):
            return
        try:
            at, needed = await store.revisions()
            if at == needed:
                await store.warehouse_jobs.add(kept_job(job))
        except Unavailable as error:
            log.warning("a job of BigQuery was not kept: %s", error)

    return record
