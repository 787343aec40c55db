"""`GET /metrics`: for Prometheus, in its text format or in OpenMetrics, as it asks."""

from __future__ import annotations

import ipaddress
from hmac import compare_digest

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from pydantic import SecretStr

from analysis.errors import NotAllowed, NotIdentified
from api.bearer import bearer_of
from bot.observation.gathered import Gathered

PATH = "/metrics"

PROXIED = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
)
"""Headers of which a proxy sets one at least, mostly."""


def metrics_router(
    registry: CollectorRegistry, gathered: Gathered, token: SecretStr | None
) -> APIRouter:
    """The route; what it refuses is raised, for `api.problems` to answer.

    Args:
        registry: of what was counted.
        gathered: of what is looked up.
        token: that is sent as `Authorization: Bearer …`; None: whoever is on this machine may ask,
            and nobody else.
    """
    router = APIRouter()
    registry.register(gathered)

    async def metrics(request: Request) -> Response:
        permit(request, token)
        await gathered.refresh()
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"Content-Type": content_type})

    router.add_api_route(PATH, metrics, methods=["GET"])
    return router


def permit(request: Request, token: SecretStr | None) -> None:
    """Lets a request for metrics through.

    Raises:
        NotAllowed: there is no token, and the request comes from elsewhere.
        NotIdentified: it does not send the token.
    """
    if token is None:
        if not _is_near(request):
            raise NotAllowed(
                "Metrics are told to this machine alone.", "Set COSTBOT_METRICS_TOKEN."
            )
        return
    sent = bearer_of(request) or ""
    if not compare_digest(sent.encode(), token.get_secret_value().encode()):
        raise NotIdentified("The token is missing or wrong.", "Send COSTBOT_METRICS_TOKEN's value.")


def _is_near(request: Request) -> bool:
    """Whether a request comes from this machine, and no proxy has brought it from elsewhere."""
    if any(name in request.headers for name in PROXIED):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
