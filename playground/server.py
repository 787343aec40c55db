"""The fake over real HTTP.

`create_app` gives an ASGI application with
- `/api/{method}`: the Web API;
- `/response/{key}`: response_urls;
- `/upload/{file}`: the bytes of files;
- `/files/{file}/{name}`: their contents, for a token of the workspace;
- `/faults`: the fault switches (GET, POST, DELETE).

What it does not imitate:
- group direct messages, threads' subscriptions, pins, bookmarks, canvases, lists, workflows, calls,
  changes of user groups, Slack Connect, user tokens and scheduling; OAuth, token rotation and
  Enterprise Grid here: `playground.several` has them;
- `block_suggestion` (options that an app gives while one types), message and global shortcuts,
  dialogs, unfurling, assistants and streamed messages;
- the newest blocks: alert, card, carousel, container, context_actions, data_table,
  data_visualization, plan, task_card, and tables with numbers (`raw_number`): refused as unknown;
- events about what apps themselves post, and about channels, members, reactions and files;
- the fetching of pictures: a public `image_url` is believed, one on a private machine is refused;
- two tables in a message are `invalid_blocks` here, where Slack says `invalid_attachments`; both
  tell `only_one_table_allowed`;
- rate limits by workspace, and the grace that Slack grants above its published tiers.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from playground.clock import Clock
from playground.endpoints import Endpoints
from playground.serving import serving
from playground.slack import FakeSlack, create_slack
from playground.workspace import Workspace


def create_app(slack: FakeSlack) -> Starlette:
    """The fake as an ASGI application; `workspace.public_url` must say where it is mounted."""
    endpoints = Endpoints(slack)
    return Starlette(
        routes=[
            Route("/api/{method:path}", endpoints.call, methods=["GET", "POST"]),
            Route("/response/{key}", endpoints.respond, methods=["POST"]),
            Route("/upload/{file}", endpoints.upload, methods=["POST"]),
            Route("/files/{file}/{name:path}", endpoints.download, methods=["GET"]),
            Route("/faults", endpoints.faults, methods=["GET", "POST", "DELETE"]),
        ]
    )


@asynccontextmanager
async def running(
    workspace: Workspace, signing_clock: Clock | None = None
) -> AsyncGenerator[FakeSlack]:
    """Serve a workspace on a free port of the loopback, for tests.

    Args:
        workspace: its apps may get their `request_url` later.
        signing_clock: stamps signatures; the workspace's clock if omitted.

    Yields:
        The fake; its `api_url` is the `base_url` for `slack_sdk`'s clients.
    """
    slack = create_slack(workspace, signing_clock)
    async with serving(create_app(slack)) as url:
        workspace.public_url = url
        try:
            yield slack
        finally:
            await slack.close()
