"""The fields of a form, each read by itself: amounts, shares, days, zones, contacts."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analysis.budgets.terms import Kind
from analysis.errors import BadInput
from analysis.zones import known_zones, zone_names
from handlers.nearest import did_you_mean, shown
from storage.records.budget import BudgetKind, WhenUnknown

OFF = ("off", "none", "no", "never")
"""How a field is emptied that need not be there."""

_AMOUNT = re.compile(
    r"(?:us\$|\$|usd)? ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)? ?([kmb])? ?(?:\$|usd)?",
    re.ASCII | re.IGNORECASE,
)
_THOUSANDS = {"": 0, "k": 3, "m": 6, "b": 9}
_LOOKS_LIKE_THOUSANDS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+", re.ASCII)
_OTHER_CURRENCY = re.compile(r"€|£|¥|(?<![a-z])(eur|gbp|chf|jpy|euros?)(?![a-z])", re.IGNORECASE)
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(%?)", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,}", re.ASCII)
_USER = re.compile(r"[UW][A-Z0-9]{2,}", re.ASCII)

_HIGHEST_PLAIN_SHARE = Decimal("1.5")
"""Without a percent sign, up to here a number is a share, and beyond it per cent."""


def amount(text: str) -> Decimal:
    """US dollars: `5000`, `5,000.50`, `$5k`, `5000 USD`.

    Raises:
        BadInput: it is no amount, of another currency, or could be read in two ways.
    """
    written = " ".join(text.split())
    if _OTHER_CURRENCY.search(written):
        raise BadInput(f"{shown(written)} is not in US dollars.", "Budgets are in US dollars.")
    bare = written.strip("$ ").casefold().removesuffix("usd").strip()
    if _LOOKS_LIKE_THOUSANDS.fullmatch(bare):
        sentence = f"{shown(written)} may mean thousands or fractions of a dollar."
        raise BadInput(sentence, f"Write {bare.replace('.', '')} or {Decimal(_plain(bare)):.2f}.")
    match = _AMOUNT.fullmatch(written)
    if match is None:
        raise BadInput(f"{shown(written)} is no amount.", "Write US dollars, such as `5000`.")
    whole, fraction, unit = match[1], match[2] or "", (match[3] or "").casefold()
    if len(whole) > 20 or len(fraction.removeprefix(".")) > 15:
        raise BadInput(f"{shown(written)} has too many digits.", "Round it to cents.")
    return Decimal(whole.replace(",", "") + fraction).scaleb(_THOUSANDS[unit])


def amount_or_off(text: str) -> Decimal | None:
    """US dollars; None: `off`.

    Raises:
        BadInput: it is no amount.
    """
    return None if text.strip().casefold() in OFF else amount(text)


def share(text: str) -> Decimal:
    """A share of the limit: `80%`, `80`, `0.8`.

    Raises:
        BadInput: it is none.
    """
    match = _SHARE.fullmatch(text.strip())
    if match is None or len(match[1]) > 12:
        raise BadInput(f"{shown(text)} is no share of the limit.", "Write it as `80%`.")
    number = Decimal(match[1])
    is_percent = bool(match[2]) or number > _HIGHEST_PLAIN_SHARE
    return number.scaleb(-2) if is_percent else number


def share_or_off(text: str) -> Decimal | None:
    """A share of the limit; None: `off`.

    Raises:
        BadInput: it is none.
    """
    return None if text.strip().casefold() in OFF else share(text)


def kind(text: str) -> BudgetKind:
    """After which stretch of days a budget begins anew.

    Raises:
        BadInput: there is no such kind.
    """
    words = {"yearly": "annual", "month": "monthly", "quarter": "quarterly", "year": "annual"}
    word = text.strip().casefold()
    word = words.get(word, word)
    if word not in tuple(Kind):
        raise BadInput(f"{shown(text)} is no period.", did_you_mean(word, list(Kind)))
    return cast("BudgetKind", word)


def day(text: str) -> date:
    """A day of the calendar, `2026-01-31`.

    Raises:
        BadInput: it is none.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{shown(text)} is no day.", "Write it as `2026-01-31`.") from None


def day_or_never(text: str) -> date | None:
    """A day of the calendar; None: `never`.

    Raises:
        BadInput: it is none.
    """
    return None if text.strip().casefold() in OFF else day(text)


def zone(text: str) -> ZoneInfo:
    """A zone by its IANA name, however it is capitalized.

    Raises:
        BadInput: there is none of that name.
    """
    name = "_".join(text.split())
    known = zone_names().get(name.casefold())
    try:
        return ZoneInfo(known or name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(name, sorted(known_zones()))
        hint = hint if hint.startswith("Did you") else "Write it as `Europe/Berlin` or `UTC`."
        raise BadInput(f"There is no time zone {shown(text)}.", hint) from None


def when_unknown(text: str) -> WhenUnknown:
    """What a check answers while the spend is not known.

    Raises:
        BadInput: it is neither `allow` nor `deny`.
    """
    word = text.strip().casefold()
    if word == "allow":
        return "allow"
    if word == "deny":
        return "deny"
    raise BadInput(f"{shown(text)} is neither `allow` nor `deny`.", "Say one of them.")


Contact = Literal["emails", "slack_channels", "slack_users", "webhooks"]

_CONTACTS = {
    "emails": (_EMAIL, "e-mail address", "Write it as `ann@example.com`."),
    "slack_channels": (
        _CHANNEL,
        "channel that I know",
        "Pick it from Slack's list, or give its id, such as `C024BE91L`.",
    ),
    "slack_users": (
        _USER,
        "person in Slack that I know",
        "Pick them from Slack's list, or give their id, such as `U012AB3CD`.",
    ),
}

MOST_CONTACTS = 20


def contacts(field: Contact, values: tuple[str, ...]) -> tuple[str, ...]:
    """Who is told, each once.

    Raises:
        BadInput: one is no address, or there are too many.
    """
    given = tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
    if len(given) > MOST_CONTACTS:
        sentence = f"{len(given)} are more than the {MOST_CONTACTS} that can be told."
        raise BadInput(sentence, "Name a channel or a mailing list in place of each person.")
    if field not in _CONTACTS:
        return given
    pattern, what, hint = _CONTACTS[field]
    for value in given:
        if not pattern.fullmatch(value):
            raise BadInput(f"{shown(value)} is no {what}.", hint)
    return given


def _plain(text: str) -> str:
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.replace('.', '')}"
