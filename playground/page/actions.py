"""What can be done: posting, commands, buttons and menus, modals, and the reader's own settings."""

from __future__ import annotations

from fastapi import APIRouter
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from playground.delivery import Delivery
from playground.faults import Faults
from playground.model import JsonObject, Message, User, View
from playground.outcome import Outcome
from playground.page.drawing import may_see, zone_of
from playground.page.faults_menu import toggle
from playground.page.interaction import action, state_values
from playground.page.screens import Screens
from playground.page.surface import Place, as_objects, find
from playground.page.visit import (
    PERSON_COOKIE,
    THEME_COOKIE,
    THEMES,
    YEAR,
    Form,
    by_script,
    channel_of,
    done,
    form_of,
    look_of,
    reader_of,
    safe_path,
)
from playground.workspace import Workspace

STALE = "This message has changed since it was shown. Look at it again, then choose."


class Actions:
    """The addresses that take orders, each as a form."""

    def __init__(
        self,
        workspace: Workspace,
        screens: Screens,
        delivery: Delivery,
        faults: Faults | None,
    ) -> None:
        self._workspace = workspace
        self._screens = screens
        self._delivery = delivery
        self._faults = faults

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        for path, endpoint in (
            ("/c/{channel_id}/say", self.say),
            ("/c/{channel_id}/join", self.join),
            ("/act", self.act),
            ("/dismiss", self.dismiss),
            ("/view/{view_id}", self.view),
            ("/me", self.become),
            ("/theme", self.theme),
            ("/fault", self.fault),
        ):
            router.add_api_route(path, endpoint, methods=["POST"], response_model=None)
        return router

    async def say(self, request: Request, channel_id: str) -> Response:
        """Post a message or type a slash command; `suggested` is a chip's line."""
        reader = reader_of(request, self._workspace)
        channel = channel_of(self._workspace, reader, channel_id)
        form = await form_of(request)
        text = (form.one("suggested") or form.one("text")).replace("\r\n", "\n").strip()
        thread_ts = form.one("thread_ts") or None
        if reader.id not in channel.members:
            raise HTTPException(403, "Join the channel before you post in it.")
        if text.startswith("/"):
            # What went wrong is said in the channel, by Slackbot; only what is wrong with the
            # blocks of an answer has no place there.
            outcome = await self._delivery.command(reader.id, channel_id, text, thread_ts)
            if outcome.problems:
                raise HTTPException(502, _problems(outcome))
        elif text:
            self._delivery.message(reader.id, channel_id, text, thread_ts)
        thread = f"?thread={thread_ts}" if thread_ts else ""
        return done(request, f"/c/{channel_id}{thread}")

    async def join(self, request: Request, channel_id: str) -> Response:
        """Become a member of a public channel."""
        reader = reader_of(request, self._workspace)
        channel_of(self._workspace, reader, channel_id)
        self._workspace.join(channel_id, reader.id)
        return RedirectResponse(f"/c/{channel_id}", 303)

    async def act(self, request: Request) -> Response:
        """Use an element of a message."""
        reader = reader_of(request, self._workspace)
        form = await form_of(request)
        message = self._message(reader, form)
        used = self._used(message.blocks, form)
        asked = self._question(request, used[1], form, "/act")
        if asked is not None:
            return asked
        if form.one("answer") != "no":
            values = self._values(reader, message.blocks, form)
            told = self._told(used, values, form)
            _check(await self._delivery.click(reader.id, message, told, values))
        return done(request, self._place_of(message))

    async def dismiss(self, request: Request) -> Response:
        """Take an ephemeral message away."""
        reader = reader_of(request, self._workspace)
        form = await form_of(request)
        message = self._message(reader, form)
        if message.ephemeral_to != reader.id:
            raise HTTPException(403, "Only what is visible to you alone can be dismissed.")
        self._workspace.delete(message)
        return done(request, self._place_of(message))

    async def view(self, request: Request, view_id: str) -> Response:
        """Use an element of a modal or Home tab, submit the modal, or close it."""
        reader = reader_of(request, self._workspace)
        form = await form_of(request)
        view = self._workspace.find_view(view_id)
        if view is None or view.user != reader.id:
            raise HTTPException(404, "This view is closed.")
        blocks = as_objects(view.payload.get("blocks"))
        ending = form.one("done")
        if ending in ("back", "close"):
            stack = self._workspace.modals_of(reader.id)
            # The cross closes the whole stack: its root, and with it all above.
            closed = stack[0] if ending == "close" and stack else view
            _check(await self._delivery.close(reader.id, closed))
            return done(request, _referrer(request))
        if ending == "submit":
            values = self._values(reader, blocks, form)
            _check(await self._delivery.submit(reader.id, view, values))
            return done(request, _referrer(request))
        return await self._act_in_view(request, reader, view, blocks, form)

    async def become(self, request: Request) -> Response:
        """Look as another person from now on."""
        form = await form_of(request)
        person = form.one("user")
        if person not in {user.id for user in self._workspace.people()}:
            raise HTTPException(404, "There is no such person here.")
        back = safe_path(form.one("back"))
        channel_id = back.removeprefix("/c/").partition("?")[0]
        # A channel that the new person may not see would greet them with an error.
        if back.startswith("/c/") and not may_see(self._workspace, person, channel_id):
            back = "/"
        answer = RedirectResponse(back, 303)
        answer.set_cookie(PERSON_COOKIE, person, max_age=YEAR, httponly=True, samesite="lax")
        return answer

    async def theme(self, request: Request) -> Response:
        """Keep a theme."""
        form = await form_of(request)
        theme = form.one("theme")
        if theme not in THEMES:
            raise HTTPException(400, f"A theme is one of {', '.join(THEMES)}.")
        answer = done(request, form.one("back"))
        answer.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="lax")
        return answer

    async def fault(self, request: Request) -> Response:
        """Turn a fault switch on or off."""
        form = await form_of(request)
        if self._faults is None:
            raise HTTPException(404, "This playground has no fault switches.")
        toggle(self._faults, form.one("switch"))
        return RedirectResponse(safe_path(form.one("back")), 303)

    async def _act_in_view(
        self,
        request: Request,
        reader: User,
        view: View,
        blocks: list[JsonObject],
        form: Form,
    ) -> Response:
        used = self._used(blocks, form)
        asked = self._question(request, used[1], form, f"/view/{view.id}")
        if asked is not None:
            return asked
        if form.one("answer") != "no":
            values = self._values(reader, blocks, form)
            told = self._told(used, values, form)
            _check(await self._delivery.click_in_view(reader.id, view, told, values))
        return done(request, _referrer(request))

    def _message(self, reader: User, form: Form) -> Message:
        channel_of(self._workspace, reader, form.one("channel"))
        where = form.one("channel"), form.one("ts")
        private = self._workspace.ephemeral(*where)
        if private is not None and private.ephemeral_to == reader.id:
            return private
        message = self._workspace.message(*where)
        if message is None:
            raise HTTPException(404, "This message is no longer there.")
        return message

    def _used(self, blocks: list[JsonObject], form: Form) -> tuple[Place, JsonObject]:
        key, _, rest = form.one("action").partition("|")
        found = find(blocks, key, rest) or find(blocks, key, rest.rpartition("|")[0])
        if found is None:
            raise HTTPException(409, STALE)
        return found

    def _told(self, used: tuple[Place, JsonObject], values: JsonObject, form: Form) -> JsonObject:
        place, element = used
        index = form.one("action").rpartition("|")[2]
        is_overflow = element.get("type") == "overflow"
        try:
            return action(place, element, values, int(index) if is_overflow else None)
        except (IndexError, ValueError) as error:
            raise HTTPException(409, STALE) from error

    def _question(
        self, request: Request, element: JsonObject, form: Form, target: str
    ) -> Response | None:
        """The element's own "are you sure?", until it is answered."""
        if not element.get("confirm") or form.one("answer"):
            return None
        look = look_of(request, self._workspace)
        question = self._screens.confirm(look, element, form.items(), target)
        if by_script(request):
            return HTMLResponse(question)
        return HTMLResponse(self._screens.notice(look, "One question first", Markup(question)))  # noqa: S704 - printed by our own template, which escapes

    def _values(self, reader: User, blocks: list[JsonObject], form: Form) -> JsonObject:
        people = {user.id: user.real_name for user in self._workspace.users.values()}
        rooms = {
            channel.id: channel.name
            for channel in self._workspace.channels.values()
            if not channel.is_im and may_see(self._workspace, reader.id, channel.id)
        }
        return state_values(blocks, form.every, people, rooms, zone_of(reader))

    def _place_of(self, message: Message) -> str:
        thread = f"?thread={message.thread_ts}" if message.thread_ts else ""
        return f"/c/{message.channel}{thread}"


def _check(outcome: Outcome) -> None:
    """Say what went wrong with a click or a modal, for which the workspace has no message.

    Raises:
        HTTPException: 502, the app failed, or was too slow, or answered what Slack refuses.
    """
    if outcome.error:
        raise HTTPException(502, _problems(outcome))


def _problems(outcome: Outcome) -> str:
    sentence = f"The app could not do this, try again. ({outcome.error})"
    return " ".join([sentence, *outcome.problems[:3]])


def _referrer(request: Request) -> str:
    """The path that the form stood on; Referer is sent within the site only."""
    path = request.headers.get("referer", "").partition("://")[2].partition("/")[2]
    return f"/{path}"
