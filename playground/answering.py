"""One call of the Web API: faults, token, scopes, limits, the method itself, and the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.arguments import Received, receive
from playground.connection import ConnectionDropped
from playground.model import JsonObject, SlackApp
from playground.rate_limits import RateLimited
from playground.slack import FakeSlack
from playground.slack_error import SlackError
from playground.web_api import chat, conversations, files, manifests, people, unfurls, views
from playground.web_api.call import Call, Method, check_scope

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **unfurls.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}


class Answering:
    """Answers calls of the Web API."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack

    def app_of_token(self, token: str) -> SlackApp | None:
        """The app whose bot token or app token this is."""
        for app in self._slack.workspace.apps.values():
            if token and token in (app.bot_token, app.app_token):
                return app
        return None

    async def method(self, request: Request) -> Response:
        """Answer one call."""
        name: str = request.path_params["method"]
        # All of it is here before anything goes wrong: what a caller sent stays sent, though it
        # stops waiting for a slow answer.
        await request.body()

        async def answer() -> Response:
            return await self._answer(name, request)

        return await self.with_faults(name, answer)

    async def with_faults(self, name: str, answer: Callable[[], Awaitable[Response]]) -> Response:
        """Answer, unless a fault strikes."""
        fault = self._slack.faults.strike(name)
        if fault is None:
            return await answer()
        match fault.kind:
            case "server_error":
                return JSONResponse({"ok": False, "error": "internal_error"}, 500)
            case "ratelimited":
                return _too_many(max(1, round(fault.seconds)))
            case "dropped":
                return ConnectionDropped()
            case "slow":
                await self._slack.workspace.clock.sleep(fault.seconds)
                return await answer()
            case "reply_lost":
                await answer()
                return ConnectionDropped()
            case "refused":
                return JSONResponse({"ok": False, "error": fault.error})
            case "unprocessed":
                self._slack.workspace.processing_seconds = fault.seconds
                try:
                    return await answer()
                finally:
                    self._slack.workspace.processing_seconds = 0.0

    async def _answer(self, name: str, request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            received = await receive(request)
            if name == "api.test":
                return JSONResponse(_api_test(received))
            if name == manifests.METHOD:
                made = manifests.create(self._slack.workspace, received.arguments, received.token)
                return JSONResponse({"ok": True, **made})
            method = METHODS.get(name)
            if method is None:
                raise SlackError("unknown_method", details={"req_method": name})
            app = self._authorized(method, received.token)
            headers = {
                "X-OAuth-Scopes": ",".join(sorted(app.scopes or ())),
                "X-Accepted-OAuth-Scopes": ",".join(method.scopes),
            }
            check_scope(app, method.scopes)
            self._slack.services.rate_limits.check_method(app.id, name, method.a_minute)
            body = await method.run(Call(name, app, received.arguments, self._slack.services))
        except SlackError as refused:
            return JSONResponse(refused.answer(), headers=headers)
        except RateLimited as limited:
            return _too_many(limited.retry_after)
        return JSONResponse(_with_warnings({"ok": True, **body}, received), headers=headers)

    def _authorized(self, method: Method, token: str) -> SlackApp:
        if not token:
            raise SlackError("not_authed")
        app = self.app_of_token(token)
        if app is None:
            raise SlackError("invalid_auth")
        if method.app_token != (token == app.app_token):
            raise SlackError("not_allowed_token_type")
        return app


def _api_test(received: Received) -> JsonObject:
    args: JsonObject = dict(received.arguments.values)
    error = received.arguments.text("error")
    if error:
        return {"ok": False, "error": error, "args": args}
    return {"ok": True, "args": args}


def _with_warnings(body: JsonObject, received: Received) -> JsonObject:
    if not received.warnings:
        return body
    metadata: JsonObject = {**body.get("response_metadata", {})}
    metadata["warnings"] = [*metadata.get("warnings", []), *received.warnings]
    return {"warning": ",".join(received.warnings), **body, "response_metadata": metadata}


def _too_many(retry_after: int) -> Response:
    return JSONResponse(
        {"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(retry_after)}
    )
