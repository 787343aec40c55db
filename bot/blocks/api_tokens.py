"""API tokens in Slack: a new one with its secret, which there are, and that one is revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block, Button, ConfirmationDialogue

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget_buttons import plain
from bot.blocks.text import count, escape, plural, short
from handlers.api_tokens.managing import CreatedToken, RevokedToken
from storage.records.api_token import ApiToken

HIDE = "token_hide"
LIST = "token_list"
REVOKE = "token_revoke"

MOST_SHOWN = 12
"""Tokens that are listed with a button; each takes two blocks."""

SOON = timedelta(days=7)
"""Before its end it is said of a token that it comes."""

NEW = "`/cost token create grafana role user expires 30d`"

KEEP = (
    "Keep it where your secrets are, such as a vault or the settings of your CI; not in a chat and "
    "not in code."
)


def created_answer(created: CreatedToken, zone: ZoneInfo) -> Answer:
    """A token was made: its secret, for the only time, for who made it alone.

    The secret is in the blocks alone: the text stands in notifications, on locked screens too.
    """
    token = created.token
    head = (
        f":key: *{_name(token)}* reaches {reach_words(token)} until {_at(token.expires_at, zone)}."
    )
    blocks: list[Block] = [
        section(head, "token-created"),
        section(
            f"*It is shown this once:*\n```{created.secret.get_secret_value()}```", "token-secret"
        ),
    ]
    if created.doubts:
        blocks.append(
            context([f":warning: {escape(one)}" for one in created.doubts], "token-doubt")
        )
    blocks.append(
        context(
            [KEEP, f"Sent as `Authorization: Bearer …`. In lists it is `{token.prefix}…`."],
            "token-notes",
        )
    )
    row = [
        button("I have it, hide it", HIDE, str(token.id)),
        revoke_button(token, REVOKE),
    ]
    blocks.append(ActionsBlock(list(row), block_id="token-next"))
    text = f"The API token {_name(token)} is made; it is shown once, in the message."
    return Answer(text, tuple(blocks))


def hidden_answer(token: ApiToken, zone: ZoneInfo) -> Answer:
    """What stands in the place of a secret that was taken down."""
    text = (
        f"The token *{_name(token)}* (`{token.prefix}…`) reaches {reach_words(token)} until "
        f"{_at(token.expires_at, zone)}. Nobody can show it again."
    )
    row = ActionsBlock([button("All tokens", LIST, "list")], block_id="token-next")
    return Answer(text.replace("*", ""), (section(text, "token-hidden"), row))


def list_answer(
    tokens: Sequence[ApiToken], now: datetime, zone: ZoneInfo, *, with_ended: bool
) -> Answer:
    """Which there are."""
    if not tokens:
        text = f"There is no {'' if with_ended else 'active '}API token. Make one: {NEW}"
        return Answer(text, (section(text, "tokens"),))
    active = [one for one in tokens if one.standing(now) == "active"]
    ended = [one for one in tokens if one.standing(now) != "active"]
    head = f"*{plural(len(active), 'active API token')}*"
    if ended:
        head += f", {count(len(ended))} ended"
    blocks: list[Block] = [section(head, "tokens")]
    for place, token in enumerate(active[:MOST_SHOWN]):
        blocks.append(section(token_words(token, now, zone), f"token-{place}"))
        row = [revoke_button(token, f"{REVOKE}_{place}")]
        blocks.append(ActionsBlock(list(row), block_id=f"token-next-{place}"))
    rest = [*active[MOST_SHOWN:], *ended]
    if rest:
        lines = [token_words(one, now, zone) for one in rest[:MOST_SHOWN]]
        blocks.append(section("\n".join(lines), "tokens-more"))
    if len(rest) > MOST_SHOWN:
        more = f"And {count(len(rest) - MOST_SHOWN)} more: `costbot tokens list --all` has all."
        blocks.append(context([more], "tokens-rest"))
    note = "Uses are written down to the minute. A revoked token is refused within 10 seconds."
    blocks.append(context([note, f"Another one: {NEW}"], "tokens-notes"))
    text = f"{plural(len(active), 'active API token')}. {token_words(tokens[0], now, zone)}"
    return Answer(text.replace("*", ""), tuple(blocks))


def revoked_answer(revoked: RevokedToken) -> Answer:
    """A token opens nothing any more."""
    token = revoked.token
    done = "Revoked" if revoked.is_new else "That token was revoked already"
    text = f"*{done}:* {_name(token)} (`{token.prefix}…`), which reached {reach_words(token)}."
    if revoked.is_new:
        text += " It is refused within 10 seconds. That cannot be undone; a new one is made by "
        text += "`/cost token create`."
    row = ActionsBlock([button("All tokens", LIST, "list")], block_id="token-next")
    return Answer(text.replace("*", ""), (section(text, "token-revoked"), row))


def revoke_button(token: ApiToken, action_id: str) -> Button:
    """Asks before it does."""
    return Button(
        "Revoke",
        action_id=action_id,
        value=str(token.id),
        style="danger",
        accessibility_label=f"Revoke {token.prefix}",
        confirm=ConfirmationDialogue(
            title=plain("Revoke this token?"),
            text=plain(f"Whatever uses {token.prefix}… is refused from then on."),
            confirm=plain("Revoke it"),
            deny=plain("Keep it"),
            style="danger",
        ),
    )


def token_words(token: ApiToken, now: datetime, zone: ZoneInfo) -> str:
    """A token in two lines; escaped."""
    used = "never used" if token.last_used_at is None else f"used {_at(token.last_used_at, zone)}"
    return (
        f"*{_name(token)}* `{token.prefix}…` · {reach_words(token)}\n"
        f"{_end_words(token, now, zone)} · {used} · by {escape(short(token.created_by_name))}"
    )


def reach_words(token: ApiToken) -> str:
    """How far a token reaches: "acme as user"; escaped."""
    whose = "all organizations"
    if token.organization is not None:
        whose = escape(short(token.organization))
    if token.scope == "ingest":
        return f"{whose}, to send usage alone"
    return f"{whose} as {token.role.label}"


def _end_words(token: ApiToken, now: datetime, zone: ZoneInfo) -> str:
    match token.standing(now):
        case "revoked" if token.revoked_at is not None:
            return f":no_entry: revoked {_at(token.revoked_at, zone)}"
        case "active":
            sign = ":hourglass: " if token.expires_at - now < SOON else ""
            return f"{sign}expires {_at(token.expires_at, zone)}"
        case _:
            return f":no_entry: expired {_at(token.expires_at, zone)}"


def _name(token: ApiToken) -> str:
    return escape(short(token.name))


def _at(instant: datetime, zone: ZoneInfo) -> str:
    """An instant with its year, which the end of a token may need: "2027-02-19 10:30 CET"."""
    local = instant.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {escape(local.tzname() or zone.key)}"
