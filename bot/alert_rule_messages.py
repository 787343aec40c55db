"""Messages about alert rules themselves: tests to their targets, faults to their owners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bot.blocks.alert_rule_outlook import now_words, past_words
from bot.blocks.alert_rule_words import terms_line
from bot.blocks.answer import Answer, context, section
from bot.blocks.text import escape, short, unescape
from bot.outbox.payloads import EmailMessagePayload, Json, SlackMessage, WebhookEvent
from handlers.alert_rules.results import Outlook
from storage.records.alert_rule import AlertRule, RuleTarget
from storage.records.delivery import ChannelKind, NewDelivery

LONGEST_SUBJECT = 200


def compose_test(
    rule: AlertRule, target: RuleTarget, asked_by: str, outlook: Outlook, key: str
) -> NewDelivery | None:
    """The message of a test to one target; None: the target takes no test."""
    channel, address = target
    answer = trial_answer(rule, asked_by, outlook)
    text = unescape(answer.text)
    payload: Json
    match channel:
        case "slack":
            payload = _in_slack(answer)
        case "email":
            subject = _line(f"Test: alert rule {rule.name}")
            payload = EmailMessagePayload(subject=subject, text=text).as_json()
        case "webhook":
            data: Json = {
                "is_test": True,
                "rule_id": str(rule.id),
                "rule": rule.name,
                "organization": rule.organization,
                "asked_by": asked_by,
                "text": text,
            }
            payload = WebhookEvent(event="alert_rule.test", data=data).as_json()
        case _:
            return None
    return NewDelivery(
        key=key, channel=cast("ChannelKind", channel), address=address, payload=payload
    )


def trial_answer(rule: AlertRule, asked_by: str, outlook: Outlook) -> Answer:
    """What a test says: that it is one, whose, and what the rule would say."""
    name, who = escape(short(rule.name)), escape(short(asked_by))
    head = f":test_tube: *This is a test* of the alert rule *{name}*. Nothing has happened."
    text = f"This is a test of the alert rule {name}, asked for by {who}. Nothing has happened."
    said = [terms_line(rule), now_words(outlook), past_words(outlook, would=False)]
    return Answer(
        text=text,
        blocks=(
            section(head, "alert-test"),
            *(section(line, f"alert-test-{at}") for at, line in enumerate(said) if line),
            context([f"Asked for by {who}."], "alert-test-who"),
        ),
    )


def fault_messages(rule: AlertRule) -> Sequence[NewDelivery]:
    """That a rule cannot be evaluated, told to who created it where that is a person in Slack."""
    team, _, user = rule.created_by.partition("/")
    if not team or not user.startswith(("U", "W")):
        return ()
    key = f"alert_rule.fault|{rule.id}|{rule.version}|{rule.fault}"
    payload = _in_slack(fault_answer(rule))
    return (NewDelivery(key=key, channel="slack", address=user, workspace=team, payload=payload),)


def fault_answer(rule: AlertRule) -> Answer:
    """What its owner is told."""
    name, fault = escape(short(rule.name)), escape(rule.fault or "It cannot be evaluated.")
    text = f"Your alert rule {name} is not looked at any more. {fault}"
    block = (
        f":warning: Your alert rule *{name}* is not looked at any more. {fault}\n"
        f"Change it with `/cost alert edit {rule.id}`, or delete it. You hear of this once."
    )
    return Answer(text=text, blocks=(section(block, "alert-fault"),))


def _in_slack(answer: Answer) -> Json:
    payload = answer.payload()
    blocks = tuple(cast("list[Json]", payload["blocks"]))
    return SlackMessage(text=str(payload["text"]), blocks=blocks).as_json()


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"
