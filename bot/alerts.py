"""Alerts of budgets as messages for the outbox: Slack, e-mail and webhooks say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from analysis.budgets.alerts import Notice
from bot.alert_words import consequence, facts, promise, subject
from bot.blocks.budget_alert import is_loud, news_answer, root_answer
from bot.blocks.budget_words import doubts
from bot.outbox.payloads import EmailMessagePayload, Json, SlackMessage, WebhookEvent
from handlers.budget_watch.alert import Alert, Composed
from storage.records.budget import Budget
from storage.records.delivery import ChannelKind, NewDelivery

LONGEST_SUBJECT = 200


def compose(alert: Alert) -> Composed:
    """The messages of an alert, each under a key of its own.

    In Slack the first one of a period is its root: it stays, and is changed as things change;
    what follows is told below it. `alert.decision` None changes the roots alone.
    """
    deliveries: list[NewDelivery] = []
    roots = dict(alert.state.roots)
    for channel, address in _recipients(alert.budget):
        to = f"{channel}:{address}"
        root = roots.get(to)
        if channel == "slack":
            deliveries += _in_slack(alert, address, to, root)
        elif alert.decision is not None:
            key = _key(alert, to)
            payload = _email(alert, root) if channel == "email" else _event(alert)
            deliveries.append(_delivery(alert, key, channel, address, payload))
        if root is None and alert.decision is not None:
            roots[to] = _key(alert, to)
    return Composed(tuple(deliveries), roots)


def _recipients(budget: Budget) -> Iterator[tuple[ChannelKind, str]]:
    for channel in dict.fromkeys((*budget.slack_channels, *budget.slack_users)):
        yield "slack", channel
    for address in dict.fromkeys(budget.emails):
        yield "email", address
    for webhook in dict.fromkeys(budget.webhooks):
        yield "webhook", webhook


def _key(alert: Alert, to: str, what: str = "") -> str:
    """What names a message: the budget, the period, the number of the decision, and to whom."""
    slot = f"budget.alert|{alert.budget.id}|{alert.state.period_first}"
    return f"{slot}|{alert.decision.sequence if alert.decision else 0}|{to}{what}"


def _delivery(
    alert: Alert, key: str, channel: ChannelKind, address: str, payload: Json
) -> NewDelivery:
    # In order within one budget and to one address; a budget waits for no other.
    group = f"{channel}:{address}|{alert.budget.id}"
    return NewDelivery(key=key, channel=channel, address=address, payload=payload, group=group)


def _in_slack(alert: Alert, address: str, to: str, root: str | None) -> list[NewDelivery]:
    text, blocks = _rendered(root_answer(alert).payload())
    if alert.decision is None:
        if root is None:
            return []
        changed = SlackMessage(text=text, blocks=blocks, do="update", root=root)
        key = _key(alert, to, f"|as of version {alert.state.version + 1}")
        return [_delivery(alert, key, "slack", address, changed.as_json())]
    if root is None:
        posted = SlackMessage(text=text, blocks=blocks)
        return [_delivery(alert, _key(alert, to), "slack", address, posted.as_json())]
    news, news_blocks = _rendered(news_answer(alert).payload())
    told = SlackMessage(
        text=news, blocks=news_blocks, do="reply", root=root, broadcast=is_loud(alert)
    )
    changed = SlackMessage(text=text, blocks=blocks, do="update", root=root)
    return [
        _delivery(alert, _key(alert, to), "slack", address, told.as_json()),
        _delivery(alert, _key(alert, to, "|root"), "slack", address, changed.as_json()),
    ]


def _rendered(payload: Json) -> tuple[str, tuple[Json, ...]]:
    return str(payload["text"]), tuple(cast("list[Json]", payload["blocks"]))


def _lines(alert: Alert) -> list[str]:
    lines = [f"{subject(alert)}.", "", *facts(alert), consequence(alert)]
    if alert.drivers:
        lines += ["", f"What drives it: {' '.join(alert.drivers)}"]
    if alert.decision is not None and (told := promise(alert.decision)):
        lines += ["", told]
    notes = [line.removeprefix(":warning: ") + "." for line in doubts(alert.status)]
    return [*lines, *notes]


def _email(alert: Alert, root: str | None) -> Json:
    line = " ".join(subject(alert).split())
    if len(line) > LONGEST_SUBJECT:
        line = line[: LONGEST_SUBJECT - 1] + "…"
    return EmailMessagePayload(subject=line, text="\n".join(_lines(alert)), root=root).as_json()


def _event(alert: Alert) -> Json:
    budget, status, decision = alert.budget, alert.status, alert.decision
    if decision is None:
        message = "a webhook is told of decisions alone"
        raise ValueError(message)
    if decision.notice in (Notice.ALERT, Notice.ESCALATION):
        event = f"budget.{decision.level.value}"
    else:
        event = f"budget.{decision.notice.value.replace(' ', '_')}"
    forecast = status.forecast
    data: Json = {
        "budget_id": str(budget.id),
        "name": budget.name,
        "organization": budget.organization,
        "scope": {name: list(values) for name, values in budget.scope.items()},
        "period_start": str(status.period.first),
        "period_end": str(status.period.last),
        "zone": budget.zone.key,
        "sequence": decision.sequence,
        "notice": decision.notice.value,
        "status": status.word,
        "level": decision.level.value,
        "level_before": decision.before.value,
        "currency": budget.currency,
        "limit": str(status.limit),
        "spend": str(status.spend),
        "utilization_percentage": str(round(status.utilization * 100, 2)),
        "remaining_budget": str(status.remaining),
        "days_remaining": status.remaining_days,
        "daily_burn_rate": None if status.burn is None else str(round(status.burn, 6)),
        "projected_total": None if status.projected is None else str(round(status.projected, 6)),
        "projected_exhaustion_date": None if status.exhaustion is None else str(status.exhaustion),
        "forecast_expected": None if forecast is None else str(round(forecast.expected, 6)),
        "is_hard": budget.is_hard,
        "unpriced_requests": status.unpriced_requests,
        "as_of": alert.at.isoformat().replace("+00:00", "Z"),
        "text": "\n".join(_lines(alert)),
    }
    return WebhookEvent(event=event, data=data).as_json()
