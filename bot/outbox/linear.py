"""Linear as a way out: an issue an incident, comments below it, completed when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from pydantic import ValidationError

from bot.outbox.linear_calls import (
    Busy,
    CallFailed,
    Json,
    LinearCalls,
    NoAnswer,
    Refusal,
)
from bot.outbox.outcome import Later, Never, NotTried, Outcome, Sent, StillMine, Unsure
from bot.outbox.payloads import LinearMessage
from bot.outbox.slack import ROOT_COMES, FindKeys
from bot.outbox.steps import reached
from storage.records.delivery import Delivery

TEAM = """
query CostbotTeam($key: String!) {
  teams(filter: { key: { eq: $key } }, first: 1) { nodes { id key name } }
}
"""

STATES = """
query CostbotStates($team: ID!, $type: String!) {
  workflowStates(
    filter: { team: { id: { eq: $team } }, type: { eq: $type } }
    first: 50
  ) { nodes { id name type position } }
}
"""

ISSUE_CREATE = """
mutation CostbotIssueCreate($input: IssueCreateInput!) {
  issueCreate(input: $input) { success issue { id identifier url } }
}
"""

COMMENT_CREATE = """
mutation CostbotCommentCreate($input: CommentCreateInput!) {
  commentCreate(input: $input) { success comment { id } }
}
"""

ISSUE_UPDATE = """
mutation CostbotIssueUpdate($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success issue { id identifier } }
}
"""

AUTHENTICATION = frozenset({"AUTHENTICATION_ERROR", "AUTHENTICATION ERROR"})
FORBIDDEN = frozenset({"FORBIDDEN", "FEATURE_NOT_ACCESSIBLE"})


class _RootWaits(Exception):
    """The issue has not been filed yet."""


class _NoTeam(Exception):
    """No team has this key, or the key of the API does not see it."""


def id_of(digest: str) -> str:
    """The id that an issue or a comment is made under: the same for the same delivery.

    Linear gives an id once. It wants version 4: its bits are set, the rest is the digest's.

    Args:
        digest: see `Delivery.digest`.
    """
    return str(UUID(bytes=bytes.fromhex(digest)[:16], version=4))


@dataclass(frozen=True, slots=True)
class LinearChannel:
    """Sends the outbox's messages to Linear.

    Issues and comments are made under an id that follows from the delivery. One that may have been
    made is made again: Linear then says that it is there already, and that is that.

    Attributes:
        calls: of the API.
        find_keys: finds the delivery of the issue that another one belongs to.
    """

    calls: LinearCalls
    find_keys: FindKeys
    _teams: dict[str, str] = field(default_factory=dict[str, str])
    _states: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    async def deliver(self, delivery: Delivery, still_mine: StillMine) -> Outcome:
        """Sends a message, once; see `Channel.deliver`."""
        try:
            message = LinearMessage.model_validate(delivery.payload)
        except ValidationError as error:
            return Never(f"The message cannot be read: {error.errors()[0]['msg']}.")
        unsure = delivery.state == "uncertain"
        try:
            issue = await self._issue(message)
            if message.do != "issue" and issue is None:
                return Never("The issue that it belongs to was never filed.")
            team = await self._team(delivery.address) if message.do != "comment" else ""
            state = await self._state(team, message.state)
        except _RootWaits:
            return Later("The issue that it belongs to has not been filed yet.", ROOT_COMES)
        except _NoTeam:
            cure = "Correct the key in the route, or let costbot's key see the team."
            return Never(f"Linear has no team {delivery.address!r}. {cure}")
        except CallFailed as failure:
            return _before_sending(failure, is_unsure=unsure)
        if not await still_mine():
            return NotTried()
        reached("sending", delivery)
        outcome = await self._sent(delivery, message, team, issue, state)
        if isinstance(outcome, Sent):
            reached("stored", delivery)
        return outcome

    async def _sent(
        self,
        delivery: Delivery,
        message: LinearMessage,
        team: str,
        issue: str | None,
        state: str | None,
    ) -> Outcome:
        new = id_of(delivery.digest)
        match message.do:
            case "issue":
                query, remote = ISSUE_CREATE, new
                variables: Json = {
                    "input": {
                        "id": new,
                        "teamId": team,
                        "title": message.title,
                        "description": message.text,
                        "priority": message.priority,
                    }
                }
            case "comment":
                query, remote = COMMENT_CREATE, new
                variables = {"input": {"id": new, "issueId": issue, "body": message.text}}
            case "state":
                query, remote = ISSUE_UPDATE, str(issue)
                variables = {"id": issue, "input": {"stateId": state}}
        try:
            await self.calls.call(query, variables)
        except Refusal as refusal:
            if message.do != "state" and refusal.is_there_already:
                return Sent(remote)
            return self._refused(refusal, delivery)
        except NoAnswer as failure:
            # Whatever it was, it is the same done twice.
            return Unsure(str(failure))
        except Busy as failure:
            return Later(str(failure), failure.after, is_unsure=delivery.state == "uncertain")
        except CallFailed as failure:
            return Later(str(failure), is_unsure=delivery.state == "uncertain")
        return Sent(remote)

    def _refused(self, refusal: Refusal, delivery: Delivery) -> Outcome:
        # What was known of the team may be so no more: the next one asks again.
        self._teams.pop(delivery.address, None)
        self._states.clear()
        return meaning(refusal, is_unsure=delivery.state == "uncertain")

    async def _issue(self, message: LinearMessage) -> str | None:
        """The id of the issue that a message belongs to; None: it was never filed, or none."""
        if message.root is None:
            return None
        found = await self.find_keys([message.root])
        root = found[0] if found else None
        if root is None or root.state in ("dead", "cancelled"):
            return None
        if root.state != "sent" or root.remote_id is None:
            raise _RootWaits
        return root.remote_id

    async def _team(self, key: str) -> str:
        """The id of a team."""
        if key not in self._teams:
            data = await self.calls.call(TEAM, {"key": key})
            nodes = _nodes(data, "teams")
            if not nodes:
                raise _NoTeam
            self._teams[key] = str(nodes[0]["id"])
        return self._teams[key]

    async def _state(self, team: str, kind: str | None) -> str | None:
        """The id of the first of a team's states of a type."""
        if kind is None:
            return None
        if (team, kind) not in self._states:
            nodes = _nodes(await self.calls.call(STATES, {"team": team, "type": kind}), _STATES)
            if not nodes:
                message = f"the team has no state of the type {kind}"
                raise Refusal("NO_STATE", message, message)
            first = min(nodes, key=lambda node: cast("float", node.get("position") or 0))
            self._states[team, kind] = str(first["id"])
        return self._states[team, kind]


_STATES = "workflowStates"


def meaning(refusal: Refusal, *, is_unsure: bool = False) -> Later | Never:
    """What follows for a message where Linear said no."""
    code = refusal.code.upper()
    if code in AUTHENTICATION:
        # Whoever runs costbot can set another key, and everything that waited leaves.
        cure = "Set a key that is valid: COSTBOT_LINEAR_TOKEN."
        return Later(f"Linear does not take the API key. {cure}", is_unsure=is_unsure)
    if code in FORBIDDEN:
        cure = "Give costbot's key the right to write, and let it see the team."
        return Never(f"Linear does not let costbot do this: {refusal.said}. {cure}")
    cure = "See whether the issue and the team are still there, and the plan has room for more."
    return Never(f"Linear does not take it: {refusal.said} ({refusal.code}). {cure}")


def _before_sending(failure: CallFailed, *, is_unsure: bool) -> Outcome:
    """What follows where a call failed that would not itself have sent the message."""
    if isinstance(failure, Refusal):
        return meaning(failure, is_unsure=is_unsure)
    after = failure.after if isinstance(failure, Busy) else None
    return Later(str(failure), after, is_unsure=is_unsure)


def _nodes(data: Json, name: str) -> Sequence[Json]:
    connection = cast("Json", data.get(name) or {})
    return cast("Sequence[Json]", connection.get("nodes") or ())
