"""What globex has, and acme: facts in the mart, and decisions in the store."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from analysis.recommendations.kept.opportunities import Opportunity, OpportunityKind
from analysis.roles import Role
from bot.assembly import Parts
from bot.assembly.alert_rules import alert_rule_evaluator_of
from bot.assembly.anomalies import anomaly_watch_of
from bot.assembly.incidents import incident_desk_of
from bot.budget_watch import watching
from bot.stage import LEADS, Stage
from playground.model import User
from queries.dimensions import Source
from storage.records.person import Person
from storage.records.recommendation import Drawn
from storage.records.user_group import UserGroup
from tests.facts import Fact, request
from tests.recommendations.proposals import proposal

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)
"""A Friday."""

YESTERDAY = date(2026, 11, 19)

MARK = "zephyr"
"""In every name that is globex's."""

FOREIGN = "globex"

# Of acme are otto, an organization admin, ute, a user, and lea, an organization admin by a group.

ALIKE = {"cap": "GLOBEX", "will": "glob%x", "una": "gl_bex", "star": "*"}
"""Organization admins of organizations that are called nearly as globex, or as everybody."""

UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

IDS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{10}\.\d{6}|[0-9a-f]{16,}"
)


@dataclass(frozen=True)
class Things:
    """What globex has, as it is called in commands."""

    budget: str
    budget_id: str
    deleted_budget: str
    raise_: str
    rule: str
    rule_id: str
    deleted_rule: str
    route: str
    digest: str
    token: str
    token_prefix: str
    recommendation: str
    opportunity: str
    anomaly: str
    incident: str


def vars_of(things: Things) -> tuple[str, ...]:
    """All ids and names, but for mere numbers; ids as SQLite keeps them too."""
    values = [str(getattr(things, one.name)) for one in fields(things)]
    named = [value for value in values if not value.isdigit()]
    return (*named, *(value.replace("-", "") for value in named if IDS.fullmatch(value)))


def facts() -> list[Fact]:
    """Twenty-six days of both, with a day that is unlike the others; acme in dollars."""
    found: list[Fact] = []
    for ago in range(26):
        at = datetime.combine(NOW.date() - timedelta(days=ago), time(9, 15), UTC)
        spike = 5 if ago == 1 else 1
        found += [
            request(
                at,
                str(1_370_000_000 * spike + ago % 3),
                organization=FOREIGN,
                model=f"{MARK}-large",
                provider=MARK,
                product=f"{MARK}-api",
                team=f"{MARK} team",
                feature=f"{MARK}-feature",
                endpoint=f"/{MARK}",
                environment=f"{MARK}-live",
                user_id=f"{MARK}-person",
                requests=7_000_000_000,
                fresh_input_tokens=9_000_000_000,
                output_tokens=2_000_000_000,
            ),
            request(
                at,
                str(2 + ago % 3),
                organization="acme",
                model="gpt-4",
                provider="openai",
                product="api",
                team="research",
                user_id="acme-person",
                requests=10,
                fresh_input_tokens=9_000,
                output_tokens=1_000,
            ),
            request(
                at.replace(hour=11),
                "0.5",
                source=Source.GPU,
                organization="acme",
                model="ltxv-13b",
                product="studio",
                gpu_seconds="360",
            ),
        ]
    return found


FACTS = facts()


async def admitted(parts: Parts, stage: Stage) -> None:
    workspace = stage.slack.workspace
    team = workspace.team.id
    for at, name in enumerate(("lea", *ALIKE)):
        workspace.add_user(User(id=f"U0OTHER{at:03}", name=name, real_name=name.capitalize()))
    workspace.user_groups[LEADS].users.append(stage.user_id("lea"))
    group = UserGroup(
        team_id=team, group_id=LEADS, name="Leads", organization="acme", role=Role.ORG_ADMIN
    )
    await parts.store.user_groups.put(group)
    for name, organization in {"gil": FOREIGN, **ALIKE}.items():
        person = Person(
            team_id=team,
            user_id=stage.user_id(name),
            name=name.capitalize(),
            organization=organization,
            role=Role.ORG_ADMIN,
            zone=ZoneInfo("UTC"),
        )
        await parts.store.people.put(person)


async def made(parts: Parts, stage: Stage) -> tuple[Things, Things]:
    for line in (
        f'/budget create "{MARK} budget" 5000 monthly to #costs',
        f'/budget create "{MARK} gone" 5000 monthly',
        f'/budget raise "{MARK} budget" 500 until 2026-11-30 because of {MARK}',
        f"/cost alert create {MARK}-rule cost above $5 a day product {MARK}-api to #costs",
        f"/cost alert create {MARK}-gone cost above $5 a day product {MARK}-api to #costs",
        f"/cost route add product {MARK}-api to #costs",
        f"/cost token create {MARK}-token",
        f"/cost digest subscribe me daily product {MARK}-api",
        f"/cost pricing set {MARK} {MARK}-large input 2 output 8 from 2026-12-01 "
        f"reference {MARK}-C17 save",
    ):
        heard = await stage.say(line, "gil")
        assert '"refusal"' not in json.dumps(heard.shown), (line, heard.shown)
    for line in (
        '/budget create "acme budget" 50 monthly to #costs',
        "/cost alert create acme-rule cost above $5 a day to #costs",
        "/cost digest subscribe me daily",
        "/cost token create acme-token",
    ):
        await stage.say(line, "otto")
    return await _drawn(parts)


async def _drawn(parts: Parts) -> tuple[Things, Things]:
    store = parts.store
    drawn = {
        organization: await store.recommendations.add(
            Drawn.of(
                proposal(model, "40", organization=organization), date(2026, 10, 20), YESTERDAY
            )
        )
        for organization, model in ((FOREIGN, f"{MARK}-large"), ("acme", "gpt-4"))
    }
    opportunity = await store.opportunities.add(_opportunity())
    await anomaly_watch_of(parts).look()
    desk = incident_desk_of(parts, "system")
    await alert_rule_evaluator_of(parts, desk).look()
    async with watching(parts) as watch:
        await watch.keep_up()
    recommendation = drawn[FOREIGN]
    assert recommendation is not None
    assert opportunity is not None
    for budget in await store.budgets.page(limit=10):
        if budget.name == f"{MARK} gone":
            await store.budgets.delete(budget.id, budget.version)
    for rule in await store.alert_rules.page(limit=10):
        if rule.name == f"{MARK}-gone":
            await store.alert_rules.delete(rule.id, rule.version)
    return await _named(parts, str(recommendation.id), str(opportunity.id))


async def _named(parts: Parts, recommendation: str, opportunity: str) -> tuple[Things, Things]:
    with sqlite3.connect(parts.settings.home / "store.sqlite3") as database:

        def one(query: str) -> str:
            found = database.execute(query).fetchone()
            assert found is not None, query
            return str(found[0])

        def key(query: str) -> str:
            text = one(query)
            return str(UUID(text))

        things = Things(
            budget=f"{MARK} budget",
            budget_id=key(f"SELECT id FROM budgets WHERE name = '{MARK} budget'"),
            deleted_budget=key("SELECT id FROM budgets WHERE deleted_at IS NOT NULL"),
            raise_=key("SELECT id FROM budget_raises"),
            rule=f"{MARK}-rule",
            rule_id=key(f"SELECT id FROM alert_rules WHERE name = '{MARK}-rule'"),
            deleted_rule=key("SELECT id FROM alert_rules WHERE deleted_at IS NOT NULL"),
            route=one("SELECT id FROM routes"),
            digest=key("SELECT id FROM digests WHERE organization = 'globex'"),
            token=f"{MARK}-token",
            token_prefix=one("SELECT prefix FROM api_tokens WHERE organization = 'globex'"),
            recommendation=recommendation,
            opportunity=opportunity,
            anomaly=key(f"SELECT id FROM anomaly_findings WHERE member LIKE '{MARK}%'"),
            incident=key("SELECT id FROM incidents WHERE organization = 'globex'"),
        )
    database.close()
    unknown = Things(
        budget="quixote budget",
        budget_id=str(uuid4()),
        deleted_budget=str(uuid4()),
        raise_=str(uuid4()),
        rule="quixote-rule",
        rule_id=str(uuid4()),
        deleted_rule=str(uuid4()),
        route="998",
        digest=str(uuid4()),
        token="quixote-token",
        token_prefix="cbt_3fQ7xK2a",
        recommendation=str(uuid4()),
        opportunity=str(uuid4()),
        anomaly=str(uuid4()),
        incident=str(uuid4()),
    )
    return things, unknown


def _opportunity() -> Opportunity:
    return Opportunity(
        kind=OpportunityKind.LOW_CACHE_HIT_RATE,
        organization=FOREIGN,
        title=f"Prompts of {MARK} begin alike",
        affected={"model": (f"{MARK}-large",)},
        first_day=date(2026, 10, 20),
        last_day=YESTERDAY,
        current_cost=Decimal(90),
        potential_savings=Decimal("22.5"),
        confidence=Decimal("0.6"),
        method="share of the prompts that begins alike",
        data={"hit_ratio": "0.1"},
        actions=("Put what is alike first.",),
        hours_to_implement=8,
    )
