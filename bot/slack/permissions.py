"""Who may do what, in one table: every command, click, modal and event that costbot hears.

What is not in the table is not heard.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from analysis.roles import Role
from bot.slack.api import Json
from handlers.alert_rules.permissions import LEAST_ROLE as LEAST_FOR_RULES
from handlers.alert_rules.permissions import Act as Rules
from handlers.anomalies.permissions import LEAST_ROLE as LEAST_SAID
from handlers.anomalies.permissions import Act as Anomalies
from handlers.api_tokens.permissions import LEAST_ROLE as LEAST_TOKEN
from handlers.api_tokens.permissions import Act as Tokens
from handlers.budgets.permissions import LEAST_ROLE, Act
from handlers.digests.permissions import LEAST_ROLE as LEAST_DIGEST
from handlers.digests.permissions import Act as Digests
from handlers.incidents.permissions import LEAST_ROLE as LEAST_AT
from handlers.incidents.permissions import Act as Incidents
from handlers.recommendations.permissions import LEAST_ROLE as LEAST_FOR
from handlers.recommendations.permissions import Act as Recs
from handlers.setup import LEAST_ROLE as LEAST_FOR_SETUP

COMMANDS: Mapping[str, Role] = {
    "/cost": Role.USER,
    "/budget": LEAST_ROLE[Act.SEE],
    "/recs": LEAST_FOR[Recs.SEE],
}
"""Slash command to the least role that may use it."""

ACTIONS: Mapping[str, Role] = {
    "ask": Role.USER,
    "csv": Role.USER,
    "share": Role.USER,
    "report_post": Role.USER,
    "report_on": Role.USER,
    "budget_list": LEAST_ROLE[Act.SEE],
    "budget_show": LEAST_ROLE[Act.SEE],
    "budget_history": LEAST_ROLE[Act.SEE],
    "budget_new": LEAST_ROLE[Act.CREATE],
    "budget_edit": LEAST_ROLE[Act.EDIT],
    "budget_pause": LEAST_ROLE[Act.PAUSE],
    "budget_resume": LEAST_ROLE[Act.PAUSE],
    "budget_delete": LEAST_ROLE[Act.DELETE],
    "budget_undo": LEAST_ROLE[Act.DELETE],
    "budget_raise": LEAST_ROLE[Act.ASK_RAISE],
    "alert_acknowledge": LEAST_ROLE[Act.ACKNOWLEDGE],
    "alert_mute": LEAST_ROLE[Act.MUTE],
    "alert_unmute": LEAST_ROLE[Act.MUTE],
    "anomaly_real": LEAST_SAID[Anomalies.LABEL],
    "anomaly_expected": LEAST_SAID[Anomalies.LABEL],
    "anomaly_planned": LEAST_SAID[Anomalies.LABEL],
    "anomaly_small": LEAST_SAID[Anomalies.LABEL],
    "anomaly_undo": LEAST_SAID[Anomalies.LABEL],
    "anomaly_mute": LEAST_SAID[Anomalies.LABEL],
    "incident_acknowledge": LEAST_AT[Incidents.ACKNOWLEDGE],
    "incident_mute": LEAST_AT[Incidents.MUTE],
    "incident_show": LEAST_AT[Incidents.SEE],
    "incident_unmute": LEAST_AT[Incidents.MUTE],
    "route_remove": LEAST_AT[Incidents.ROUTE],
    "route_restore": LEAST_AT[Incidents.ROUTE],
    "route_test": LEAST_AT[Incidents.ROUTE],
    "raise_withdraw": LEAST_ROLE[Act.ASK_RAISE],
    "raise_approve": LEAST_ROLE[Act.DECIDE_RAISE],
    "raise_reject": LEAST_ROLE[Act.DECIDE_RAISE],
    "alert_rule_list": LEAST_FOR_RULES[Rules.SEE],
    "alert_rule_show": LEAST_FOR_RULES[Rules.SEE],
    "alert_rule_new": LEAST_FOR_RULES[Rules.CREATE],
    "alert_rule_edit": LEAST_FOR_RULES[Rules.EDIT],
    "alert_rule_pause": LEAST_FOR_RULES[Rules.PAUSE],
    "alert_rule_resume": LEAST_FOR_RULES[Rules.PAUSE],
    "alert_rule_delete": LEAST_FOR_RULES[Rules.DELETE],
    "alert_rule_undo": LEAST_FOR_RULES[Rules.DELETE],
    "alert_rule_test": LEAST_FOR_RULES[Rules.TEST],
    "recs_ask": LEAST_FOR[Recs.SEE],
    "recs_show": LEAST_FOR[Recs.SEE],
    "recs_csv": LEAST_FOR[Recs.SEE],
    "recs_share": LEAST_FOR[Recs.SEE],
    "recs_accept": LEAST_FOR[Recs.ACCEPT],
    "recs_reject": LEAST_FOR[Recs.REJECT],
    "recs_snooze": LEAST_FOR[Recs.SNOOZE],
    "recs_implement": LEAST_FOR[Recs.IMPLEMENT],
    "recs_verify": LEAST_FOR[Recs.VERIFY],
    "recs_reopen": LEAST_FOR[Recs.REOPEN],
    "recs_undo": LEAST_FOR[Recs.UNDO],
    "recs_assign": LEAST_FOR[Recs.ASSIGN],
    "recs_generate": LEAST_FOR[Recs.GENERATE],
    "recs_opportunity_take": LEAST_FOR[Recs.RESOLVE],
    "recs_opportunity_status": LEAST_FOR[Recs.RESOLVE],
    "digest_list": LEAST_DIGEST[Digests.SEE],
    "digest_show": LEAST_DIGEST[Digests.SEE],
    "digest_preview": LEAST_DIGEST[Digests.SEE],
    "digest_new": LEAST_DIGEST[Digests.SUBSCRIBE],
    "digest_edit": LEAST_DIGEST[Digests.MANAGE],
    "digest_test": LEAST_DIGEST[Digests.MANAGE],
    "digest_pause": LEAST_DIGEST[Digests.MANAGE],
    "digest_resume": LEAST_DIGEST[Digests.MANAGE],
    "digest_skip": LEAST_DIGEST[Digests.MANAGE],
    "digest_unskip": LEAST_DIGEST[Digests.MANAGE],
    "digest_end": LEAST_DIGEST[Digests.MANAGE],
    "digest_undo": LEAST_DIGEST[Digests.MANAGE],
    "token_list": LEAST_TOKEN[Tokens.SEE],
    "token_hide": LEAST_TOKEN[Tokens.SEE],
    "token_revoke": LEAST_TOKEN[Tokens.REVOKE],
    "setup_test": LEAST_FOR_SETUP,
}
"""Button to the least role that may click it; `ask_3` is the fourth `ask` of its message."""

VIEWS: Mapping[str, Role] = {
    "anomaly_planned": LEAST_SAID[Anomalies.LABEL],
    "budget_form": LEAST_ROLE[Act.CREATE],
    "budget_raise": LEAST_ROLE[Act.ASK_RAISE],
    "raise_reject": LEAST_ROLE[Act.DECIDE_RAISE],
    "alert_rule_form": LEAST_FOR_RULES[Rules.CREATE],
    "recs_reject": LEAST_FOR[Recs.REJECT],
    "recs_snooze": LEAST_FOR[Recs.SNOOZE],
    "recs_verify": LEAST_FOR[Recs.VERIFY],
    "recs_assign": LEAST_FOR[Recs.ASSIGN],
    "recs_opportunity": LEAST_FOR[Recs.RESOLVE],
    "digest_form": LEAST_DIGEST[Digests.SUBSCRIBE],
}
"""Modal, by its `callback_id`, to the least role that may send it in."""

EVENTS: Mapping[str, Role] = {"app_home_opened": Role.USER, "link_shared": Role.USER}
"""Event to the least role to which it is answered."""


REMOVALS = frozenset({"app_uninstalled", "tokens_revoked"})
"""Events of no person's: costbot was removed from a workspace."""

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "im:history",
        "im:write",
        "links:read",
        "links:write",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)
"""What the manifest asks Slack for, and what the playground grants: no more."""

LOOKING = frozenset({"channels:history", "groups:history", "im:history"})
"""With these a message that may have been sent is looked for before it is sent again: in public
channels, in private ones that costbot is in, in its direct messages. Without one of them a message
may stand twice there, and everything else works."""


def action_name(action_id: str) -> str:
    """The name in `ACTIONS` of an `action_id`: without the number that keeps it unique."""
    name, _, number = action_id.rpartition("_")
    return name if name and number.isdigit() else action_id


def needed_role(body: Json) -> Role | None:
    """The least role for what `body`, a verified request of Slack's, asks; None: not heard."""
    if "command" in body:
        return COMMANDS.get(str(body["command"]))
    if body.get("type") == "block_actions":
        actions = cast("list[Json]", body.get("actions") or [])
        names = [action_name(str(action.get("action_id", ""))) for action in actions]
        return ACTIONS.get(names[0]) if names else None
    if body.get("type") == "view_submission":
        return VIEWS.get(str(cast("Json", body.get("view") or {}).get("callback_id")))
    if "event" in body:
        return EVENTS.get(str(cast("Json", body["event"]).get("type")))
    return None


def who_among_many(body: Json) -> tuple[str, str]:
    """The same where there are several workspaces, which may share channels.

    Who clicks in a shared channel belongs to a workspace of their own: the other's people see what
    they may see, and not what its guests do. In a grid all belong together.
    """
    team_id, user_id = who(body)
    own = str(cast("Json", body.get("user") or {}).get("team_id") or "")
    is_apart = own.startswith("T") and own != team_id and not body.get("enterprise")
    return (own if is_apart else team_id), user_id


def who(body: Json) -> tuple[str, str]:
    """The workspace and the person of a verified request; empty where Slack names none."""
    if "event" in body:
        return str(body.get("team_id", "")), str(cast("Json", body["event"]).get("user", ""))
    if "command" in body:
        return str(body.get("team_id", "")), str(body.get("user_id", ""))
    user = cast("Json", body.get("user") or {})
    team = cast("Json", body.get("team") or {})
    return str(team.get("id") or user.get("team_id") or ""), str(user.get("id", ""))
