"""`costbot pricing offer`: what providers offer beside their lists, in the terminal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from analysis.clock import system_clock
from analysis.errors import BadInput
from analysis.recommendations.tiers.provider_offers import OfferKind
from bot.blocks.offers import offers_answer
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.settings import Settings
from handlers.offers import OfferHandler
from storage.records.offer import Offer, StoredOffer

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True, help="What providers offer beside their lists; who has taken it."
)

_KEY = Annotated[str, typer.Argument(help="Of the offer, as `list` shows it, or its name.")]
_DAY = "First day, YYYY-MM-DD (00:00 UTC), or an instant."


@app.command("list")
def list_offers(
    provider: Annotated[str | None, typer.Argument(help="Only this one's.")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Those that are over, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The list as JSON.")] = False,
) -> None:
    """The offers, with who has taken them."""

    async def asked(handler: OfferHandler, settings: Settings):
        return await handler.offers(provider, operator(settings.zone_info), ended=ended)

    result = _run(asked)
    if as_json:
        offers = [offer_json(one) for one in result.offers]
        typer.echo(json.dumps({"offers": offers}, ensure_ascii=False))
        return
    print_message(offers_answer(result).without_buttons().payload(), Console())
    for one in result.offers:
        typer.echo(f"{str(one.id)[:8]}  {one.provider} {one.name}")


@app.command()
def add(
    kind: Annotated[OfferKind, typer.Argument(help="What is offered.")],
    provider: Annotated[str, typer.Argument(help="Such as openai.")],
    name: Annotated[str, typer.Argument(help="As people call it.")],
    reference: Annotated[str, typer.Option(help="Where it is written.")],
    effective: Annotated[str | None, typer.Option("--from", help=f"{_DAY} Else now.")] = None,
    until: Annotated[str | None, typer.Option(help="When it is over, likewise.")] = None,
    models: Annotated[
        list[str] | None, typer.Option("--model", help="Only of this one; repeatable; else all.")
    ] = None,
    organization: Annotated[str | None, typer.Option(help="To this one alone.")] = None,
    discount: Annotated[
        str, typer.Option(help="Off the list, such as 15%; below 0 it costs more.")
    ] = "0",
    from_usd: Annotated[
        str | None,
        typer.Option(help="USD a month from which it holds, or that a commitment costs at least."),
    ] = None,
    from_tokens: Annotated[
        int | None, typer.Option(help="Tokens a month from which a volume discount holds.")
    ] = None,
    beyond_only: Annotated[
        bool, typer.Option("--beyond-only", help="A volume discount on what goes beyond alone.")
    ] = False,
    unit_usd: Annotated[
        str | None, typer.Option(help="USD of a unit of throughput a month.")
    ] = None,
    tokens_per_minute: Annotated[
        int | None, typer.Option(help="Tokens a minute that a unit answers.")
    ] = None,
    output_weight: Annotated[
        str, typer.Option(help="Input tokens that an output token counts for.")
    ] = "1",
    cached_weight: Annotated[
        str, typer.Option(help="Input tokens that a token from the cache counts for.")
    ] = "1",
    least_units: Annotated[int, typer.Option(help="Units that are sold at least.")] = 1,
    term_months: Annotated[int, typer.Option(help="Months that it is taken for at least.")] = 1,
) -> None:
    """Enter an offer, from what the provider wrote."""
    offer = Offer(
        kind=kind,
        name=name,
        provider=provider,
        models=tuple(models or ()),
        organization=organization,
        effective_from=system_clock() if effective is None else _instant(effective),
        effective_until=None if until is None else _instant(until),
        reference=reference,
        created_by="the operator",
        discount=_share(discount),
        from_usd=None if from_usd is None else _decimal(from_usd),
        from_tokens=from_tokens,
        beyond_only=beyond_only,
        unit_usd=None if unit_usd is None else _decimal(unit_usd),
        tokens_per_minute=tokens_per_minute,
        output_weight=_decimal(output_weight),
        cached_weight=_decimal(cached_weight),
        least_units=least_units,
        term_months=term_months,
    )

    async def asked(handler: OfferHandler, settings: Settings):
        return await handler.add(offer, operator(settings.zone_info), "cli")

    stored = _run(asked)
    typer.echo(f"Entered: {stored.provider} {stored.name} ({stored.kind.label}), key {stored.id}.")


@app.command()
def end(
    key: _KEY,
    at: Annotated[str | None, typer.Option(help=f"{_DAY} Else now.")] = None,
) -> None:
    """End an offer: nobody can take it any more, and who has taken it keeps it."""
    instant = None if at is None else _instant(at)

    async def asked(handler: OfferHandler, settings: Settings):
        return await handler.end(key, instant, operator(settings.zone_info), "cli")

    offer = _run(asked)
    typer.echo(f"Ended: {offer.provider} {offer.name}.")


@app.command()
def subscribe(
    key: _KEY,
    since: Annotated[str, typer.Option("--from", help=_DAY)],
    organization: Annotated[
        str | None, typer.Option(help="Who has taken it; else the deployment itself.")
    ] = None,
    units: Annotated[int, typer.Option(help="Of throughput.")] = 1,
    until: Annotated[str | None, typer.Option(help="When it is over, likewise.")] = None,
) -> None:
    """Enter that an organization has taken an offer."""
    begin, over = _instant(since), None if until is None else _instant(until)

    async def asked(handler: OfferHandler, settings: Settings):
        caller = operator(settings.zone_info)
        return await handler.subscribe(
            key, organization, begin, caller, "cli", units=units, until=over
        )

    offer, taken = _run(asked)
    whose = taken.organization or "the deployment itself"
    typer.echo(f"{whose} has taken {offer.provider} {offer.name} from {taken.since:%Y-%m-%d} on.")


@app.command()
def unsubscribe(
    key: _KEY,
    organization: Annotated[
        str | None, typer.Option(help="Who had taken it; else the deployment itself.")
    ] = None,
    at: Annotated[str | None, typer.Option(help=f"{_DAY} Else now.")] = None,
) -> None:
    """Enter that an organization pays for an offer no longer."""
    instant = None if at is None else _instant(at)

    async def asked(handler: OfferHandler, settings: Settings):
        caller = operator(settings.zone_info)
        return await handler.unsubscribe(key, organization, instant, caller, "cli")

    offer, left = _run(asked)
    whose = left.organization or "the deployment itself"
    typer.echo(f"{whose} pays for {offer.provider} {offer.name} no longer.")


def offer_json(offer: StoredOffer) -> dict[str, object]:
    """An offer as JSON: money and shares as decimal strings."""

    def text(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:f}"

    def iso(value: datetime | None) -> str | None:
        return None if value is None else value.isoformat()

    return {
        "id": str(offer.id),
        "kind": offer.kind.value,
        "name": offer.name,
        "provider": offer.provider,
        "models": list(offer.models),
        "organization": offer.organization,
        "effective_from": iso(offer.effective_from),
        "effective_until": iso(offer.effective_until),
        "reference": offer.reference,
        "discount": text(offer.discount),
        "from_usd": text(offer.from_usd),
        "from_tokens": offer.from_tokens,
        "beyond_only": offer.beyond_only,
        "unit_usd": text(offer.unit_usd),
        "tokens_per_minute": offer.tokens_per_minute,
        "output_weight": text(offer.output_weight),
        "cached_weight": text(offer.cached_weight),
        "least_units": offer.least_units,
        "term_months": offer.term_months,
        "subscriptions": [
            {
                "organization": one.organization,
                "units": one.units,
                "since": iso(one.since),
                "until": iso(one.until),
            }
            for one in offer.subscriptions
        ],
    }


def _run(asked: Callable[[OfferHandler, Settings], Awaitable[T]]) -> T:
    async def done() -> T:
        from bot.assembly import opened_store

        settings = Settings()
        async with opened_store(settings) as store:
            return await asked(OfferHandler(store, system_clock), settings)

    return asyncio.run(done())


def _share(text: str) -> Decimal:
    return _decimal(text.removesuffix("%")) / 100 if text.endswith("%") else _decimal(text)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.removeprefix("$").replace(",", ""))
    except InvalidOperation:
        raise BadInput(f"{text!r} is no number.", "Write it as 2.50.") from None


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        hint = "Write it as 2024-12-02, or as 2024-12-02T08:00:00+01:00."
        raise BadInput(f"{text!r} is no date.", hint) from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
