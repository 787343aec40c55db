"""The fake's HTTP endpoints."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from playground.answering import Answering
from playground.fault_switches import fault_json, fault_of
from playground.response_urls import as_body
from playground.slack import FakeSlack
from playground.slack_error import SlackError

GONE = ("no_service", "used_url", "expired_url")


class Endpoints:
    """What each path answers."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._answering = Answering(slack)

    async def call(self, request: Request) -> Response:
        """A method of the Web API."""
        return await self._answering.method(request)

    async def respond(self, request: Request) -> Response:
        """A response_url: 404 once it is used up or expired, 400 for what it refuses."""

        async def use() -> Response:
            try:
                body = as_body(json.loads(await request.body() or b"{}"))
                self._slack.response_urls.use(request.path_params["key"], body)
            except ValueError:
                return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
            except SlackError as refused:
                return JSONResponse(refused.answer(), 404 if refused.error in GONE else 400)
            return JSONResponse({"ok": True})

        return await self._answering.with_faults("response_url", use)

    async def upload(self, request: Request) -> Response:
        """The bytes of a file, as announced by `files.getUploadURLExternal`."""

        async def keep() -> Response:
            file = self._slack.workspace.files.get(request.path_params["file"])
            if file is None or file.completed:
                return PlainTextResponse("no such upload", 404)
            content = await _uploaded(request)
            if len(content) != file.expected_size:
                return PlainTextResponse("the length is not the announced one", 400)
            file.content = content
            return PlainTextResponse(f"OK - {len(content)}")

        return await self._answering.with_faults("upload", keep)

    async def download(self, request: Request) -> Response:
        """The bytes behind `url_private`, for a token of the workspace."""
        file = self._slack.workspace.files.get(request.path_params["file"])
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._answering.app_of_token(token) is None:
            return PlainTextResponse("a token of the workspace is needed", 403)
        if file is None or file.content is None:
            return PlainTextResponse("no such file", 404)
        return Response(file.content, media_type=file.mimetype)

    async def faults(self, request: Request) -> Response:
        """The fault switches: GET tells them, POST sets one, DELETE mends everything."""
        if request.method == "POST":
            try:
                self._slack.faults.set(fault_of(await request.body()))
            except ValueError as wrong:
                return JSONResponse({"ok": False, "error": str(wrong)}, 400)
        elif request.method == "DELETE":
            self._slack.faults.clear()
        switches = [fault_json(fault) for fault in self._slack.faults.on]
        return JSONResponse({"ok": True, "faults": switches})


async def _uploaded(request: Request) -> bytes:
    """The bytes: the body as it is, or the one file of a multipart form."""
    if "multipart/form-data" not in request.headers.get("content-type", ""):
        return await request.body()
    async with request.form() as form:
        for value in form.values():
            if not isinstance(value, str):
                return await value.read()
    return b""
