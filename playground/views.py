"""Modals and Home tabs: opening, updating and pushing them, for the Web API and for acks alike."""

from __future__ import annotations

import secrets
from typing import cast

from playground.blockkit.rules import Json
from playground.blockkit.validation import problems_of_view
from playground.content import name_blocks
from playground.model import JsonObject, SlackApp, View
from playground.slack_error import SlackError
from playground.workspace import Workspace

DEEPEST = 3
"""Views that one stack of modals holds."""


class Views:
    """What happens to the views of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def open(self, app: SlackApp, user: str, payload: Json) -> View:
        """Open a modal in place of the stack that is open.

        Raises:
            SlackError: `invalid_arguments` with all that is wrong with the view.
        """
        view = self._new(app, user, self._checked(payload, home=False))
        self._workspace.set_modals(user, [view])
        return view

    def push(self, app: SlackApp, user: str, payload: Json) -> View:
        """Put a modal on top of the stack that is open.

        Raises:
            SlackError: `push_limit_reached`, `view_not_found`, or what is wrong with the view.
        """
        stack = self._workspace.modals_of(user)
        if not stack:
            raise SlackError("view_not_found")
        if len(stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        view = self._new(app, user, self._checked(payload, home=False))
        view.root_view_id, view.previous_view_id = stack[0].id, stack[-1].id
        self._workspace.set_modals(user, [*stack, view])
        return view

    def update(self, view: View, payload: Json, expected_hash: str = "") -> View:
        """Give an open view new contents; what was entered stays where its ids stay.

        Raises:
            SlackError: `hash_conflict`, or what is wrong with the view.
        """
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        checked = self._checked(payload, home=view.type == "home")
        self._check_external_id(checked, view)
        view.payload, view.hash, view.errors = checked, self._hash(), {}
        view.external_id = str(checked.get("external_id", ""))
        kept = {block["block_id"] for block in checked["blocks"]}
        view.state_values = {b: v for b, v in view.state_values.items() if b in kept}
        if view.type == "home":
            self._workspace.set_home(view)
        else:
            self._workspace.set_modals(view.user, self._workspace.modals_of(view.user))
        return view

    def publish(self, app: SlackApp, user: str, payload: Json, expected_hash: str = "") -> View:
        """Show a view on the app's Home tab of this user.

        Raises:
            SlackError: `hash_conflict`, or what is wrong with the view.
        """
        published = self._workspace.home_of(user, app.id)
        if published is not None:
            return self.update(published, payload, expected_hash)
        view = self._new(app, user, self._checked(payload, home=True))
        self._workspace.set_home(view)
        return view

    def close(self, view: View, *, all_of_them: bool = False) -> None:
        """Close a modal (and those above it), or the whole stack."""
        stack = self._workspace.modals_of(view.user)
        below = stack[: stack.index(view)] if view in stack else stack
        self._workspace.set_modals(view.user, [] if all_of_them else below)

    def _checked(self, payload: Json, *, home: bool) -> JsonObject:
        problems = problems_of_view(payload, self._workspace.can_show, home)
        if problems:
            raise SlackError("invalid_arguments", problems)
        checked = cast("JsonObject", payload)
        name_blocks(checked["blocks"], self._workspace)
        return checked

    def _check_external_id(self, payload: JsonObject, view: View | None = None) -> None:
        external_id = str(payload.get("external_id", ""))
        other = self._workspace.find_view(external_id=external_id) if external_id else None
        if other is not None and other is not view:
            raise SlackError("duplicate_external_id")

    def _new(self, app: SlackApp, user: str, payload: JsonObject) -> View:
        self._check_external_id(payload)
        view_id = self._workspace.new_id("V")
        return View(
            id=view_id,
            type=str(payload["type"]),
            user=user,
            app_id=app.id,
            payload=payload,
            hash=self._hash(),
            root_view_id=view_id,
            external_id=str(payload.get("external_id", "")),
        )

    def _hash(self) -> str:
        return f"{int(self._workspace.clock.now().timestamp())}.{secrets.token_hex(4)}"
