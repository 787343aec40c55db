"""What people do, delivered to the app as Slack does: commands, clicks, modals and messages."""

from __future__ import annotations

from playground.events import Events
from playground.links import link_event
from playground.model import JsonObject, Message, SlackApp, View
from playground.outcome import Outcome
from playground.payloads import (
    command_payload,
    interaction_payload,
    message_container,
    message_events,
    view_container,
)
from playground.required import errors_of_inputs
from playground.response_urls import Reply, ResponseUrls
from playground.sender import Ack, Sender
from playground.slack_error import SlackError
from playground.triggers import Triggers
from playground.typing_in import as_message, escaped
from playground.views import Views
from playground.workspace import Workspace

SLACKBOT = "USLACKBOT"


class Delivery:
    """Does what a person did in the workspace, and hands it to the app that it concerns."""

    def __init__(
        self,
        workspace: Workspace,
        sender: Sender,
        triggers: Triggers,
        response_urls: ResponseUrls,
        views: Views,
        events: Events,
    ) -> None:
        self._workspace = workspace
        self._sender = sender
        self._triggers = triggers
        self._response_urls = response_urls
        self._views = views
        self.events = events

    async def command(
        self, user_id: str, channel_id: str, line: str, thread_ts: str | None = None
    ) -> Outcome:
        """A slash command, typed into a channel: `/cost today`.

        Returns:
            When the app has acknowledged it, or three seconds have passed.
        """
        workspace = self._workspace
        name, _, text = line.strip().partition(" ")
        app = workspace.app_of_command(name)
        if app is None:
            return self._failed(
                user_id, channel_id, "is_not_a_valid_command", f"`{name}` is not a valid command."
            )
        if thread_ts is not None:
            sentence = f"`{name}` is not supported in threads. Sorry!"
            return self._failed(user_id, channel_id, "not_supported_in_threads", sentence)
        user, channel = workspace.users[user_id], workspace.channels[channel_id]
        url, reply = self._response_urls.issue(app, user_id, channel_id, typed=line.strip())
        declared = next(command for command in app.commands if command.name == name)
        typed = as_message(text, workspace) if declared.should_escape else escaped(text)
        payload = command_payload(workspace, app, user, channel, name, typed.strip())
        payload |= {"response_url": url, "trigger_id": self._triggers.issue(user_id, app.id)}
        ack = await self._sender.send(app, "slash_commands", payload)
        outcome = self._answered(ack, reply)
        if outcome.error:
            sentence = f'{name} failed with the error "{outcome.error}"'
            outcome.messages.append(self._slackbot_says(user_id, channel_id, sentence))
        return outcome

    async def click(
        self,
        user_id: str,
        message: Message,
        action: JsonObject,
        state: JsonObject | None = None,
    ) -> Outcome:
        """An action on a message: a button pressed, an option chosen.

        Args:
            user_id: who.
            message: where; it may be ephemeral.
            action: an entry of the payload's `actions`, without `action_ts`.
            state: block_id → action_id → what is entered in the message's inputs.
        """
        workspace = self._workspace
        app = workspace.apps.get(message.app_id or "")
        if app is None:
            return Outcome(error="no_app")
        url, reply = self._response_urls.issue(app, user_id, message.channel, original=message)
        payload = interaction_payload(
            "block_actions",
            workspace,
            app,
            workspace.users[user_id],
            self._triggers.issue(user_id, app.id),
        )
        payload |= message_container(workspace, message)
        payload |= {"state": {"values": state or {}}, "response_url": url}
        payload["actions"] = [{**action, "action_ts": workspace.new_ts("actions")}]
        return self._answered(await self._sender.send(app, "interactive", payload), reply)

    async def click_in_view(
        self, user_id: str, view: View, action: JsonObject, state: JsonObject | None = None
    ) -> Outcome:
        """An action in a modal or on a Home tab; `state` is kept as what has been entered."""
        workspace, app = self._workspace, self._workspace.apps[view.app_id]
        if state is not None:
            view.state_values = state
        payload = interaction_payload(
            "block_actions",
            workspace,
            app,
            workspace.users[user_id],
            self._triggers.issue(user_id, app.id),
        )
        payload |= view_container(workspace, app, view)
        payload["actions"] = [{**action, "action_ts": workspace.new_ts("actions")}]
        return self._answered(await self._sender.send(app, "interactive", payload), None)

    async def submit(self, user_id: str, view: View, values: JsonObject) -> Outcome:
        """Send a modal in, with block_id → action_id → what is entered.

        Returns:
            With `field_errors` where an input is not filled in or the app refuses one; the modal
            then stays open.
        """
        if view not in self._workspace.modals_of(user_id):
            return Outcome(error="view_closed")
        view.state_values = values
        errors = errors_of_inputs(view.payload["blocks"], values)
        if errors:
            return self._refused(view, errors, Outcome(field_errors=errors))
        app = self._workspace.apps[view.app_id]
        payload = self._view_payload("view_submission", app, user_id, view)
        ack = await self._sender.send(app, "interactive", {**payload, "response_urls": []})
        outcome = self._answered(ack, None)
        return outcome if outcome.error else self._submitted(app, view, outcome)

    async def close(self, user_id: str, view: View) -> Outcome:
        """Close a modal by its cross; the app hears of it if it asked to."""
        app = self._workspace.apps[view.app_id]
        everything = bool(view.payload.get("clear_on_close"))
        self._views.close(view, all_of_them=everything)
        if not view.payload.get("notify_on_close"):
            return Outcome()
        payload = self._view_payload("view_closed", app, user_id, view, trigger=False)
        payload["is_cleared"] = everything
        return self._answered(await self._sender.send(app, "interactive", payload), None)

    def message(
        self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None
    ) -> Message:
        """A message that a person writes; the apps that listen there are told in the background."""
        workspace = self._workspace
        message = workspace.post(
            Message(
                channel=channel_id,
                ts=workspace.new_ts(channel_id),
                user=user_id,
                text=as_message(text, workspace),
                thread_ts=thread_ts,
            )
        )
        for app in workspace.apps.values():
            for subscription, event in message_events(workspace, app, message):
                self.events.publish(app, subscription, event)
            shared = link_event(workspace, app, message)
            if shared is not None:
                self.events.publish(app, "link_shared", shared)
        return message

    def open_home(self, user_id: str, app: SlackApp, tab: str = "home") -> None:
        """Open the app's Home (or `messages`) tab; the app is told in the background."""
        workspace = self._workspace
        channel = workspace.open_im(user_id, app.bot_user_id)
        event: JsonObject = {
            "type": "app_home_opened",
            "user": user_id,
            "channel": channel.id,
            "tab": tab,
            "event_ts": workspace.new_ts("events"),
        }
        home = workspace.home_of(user_id, app.id)
        if home is not None and tab == "home":
            event |= {"view": view_container(workspace, app, home)["view"]}
        self.events.publish(app, "app_home_opened", event)

    def _view_payload(
        self, kind: str, app: SlackApp, user_id: str, view: View, *, trigger: bool = True
    ) -> JsonObject:
        trigger_id = self._triggers.issue(user_id, app.id) if trigger else ""
        user = self._workspace.users[user_id]
        payload = interaction_payload(kind, self._workspace, app, user, trigger_id)
        return payload | {"view": view_container(self._workspace, app, view)["view"]}

    def _answered(self, ack: Ack, reply: Reply | None) -> Outcome:
        """What the ack came to; its message is put into the conversation that `reply` answers."""
        if ack.error:
            error = "operation_timeout" if ack.error == "operation_timeout" else "dispatch_failed"
            return Outcome(ack.status, ack.body, error, reply=reply)
        says_something = any(ack.body.get(part) for part in ("text", "blocks", "attachments"))
        takes_away = bool(ack.body.get("delete_original"))
        if reply is None or not (says_something or takes_away):
            return Outcome(ack.status, ack.body, reply=reply)
        try:
            message = self._response_urls.answer(reply, ack.body)
        except SlackError as refused:
            return Outcome(ack.status, ack.body, refused.error, refused.errors, reply=reply)
        return Outcome(ack.status, ack.body, messages=[message] if message else [], reply=reply)

    def _submitted(self, app: SlackApp, view: View, outcome: Outcome) -> Outcome:
        sent, action = outcome.ack.get("view"), outcome.ack.get("response_action")
        try:
            if action == "errors":
                errors = {str(k): str(v) for k, v in outcome.ack.get("errors", {}).items()}
                return self._refused(view, errors, Outcome(outcome.status, outcome.ack))
            if action == "update":
                self._views.update(view, sent)
            elif action == "push":
                self._views.push(app, view.user, sent)
            else:
                self._views.close(view, all_of_them=action == "clear")
        except SlackError as refused:
            return Outcome(outcome.status, outcome.ack, refused.error, refused.errors)
        return outcome

    def _refused(self, view: View, errors: dict[str, str], outcome: Outcome) -> Outcome:
        view.errors = errors
        outcome.field_errors.update(errors)
        self._workspace.set_modals(view.user, self._workspace.modals_of(view.user))
        return outcome

    def _failed(self, user_id: str, channel_id: str, error: str, sentence: str) -> Outcome:
        said = self._slackbot_says(user_id, channel_id, sentence)
        return Outcome(error=error, messages=[said])

    def _slackbot_says(self, user_id: str, channel_id: str, sentence: str) -> Message:
        workspace = self._workspace
        ts = workspace.new_ts(channel_id)
        return workspace.post(Message(channel_id, ts, SLACKBOT, sentence, ephemeral_to=user_id))
