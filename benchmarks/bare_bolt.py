"""What costbot's answers are measured against: a Bolt app behind FastAPI that only acks."""

import os
import socket
import sys
from typing import cast

import uvicorn
from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.api import BoltApp


def create_app() -> FastAPI:
    client = AsyncWebClient(token=os.environ["BARE_TOKEN"], base_url=os.environ["BARE_API"])
    bolt = AsyncApp(client=client, signing_secret=os.environ["BARE_SECRET"])

    async def acks(ack: AsyncAck) -> None:
        await ack("ok")

    cast("BoltApp", bolt).command("/cost")(acks)
    handler = AsyncSlackRequestHandler(bolt)
    web = FastAPI(openapi_url=None)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    web.add_api_route("/slack/events", events, methods=["POST"])
    return web


def main() -> None:
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(create_app(), lifespan="off", log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
