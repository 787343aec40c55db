"""What the stand-in for Linear keeps, and what it does with an operation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import uuid4

from playground.linear.document import Operation, Selected, Variable
from playground.linear.schema import is_uuid4

Json = Mapping[str, object]
Clock = Callable[[], datetime]

Fault = Literal["down", "internal", "lost", "hang", "garbled"]
"""How the next call goes wrong: before anything is done an HTTP 503; an error of Linear's own; what
was asked is done, and the answer is lost as an HTTP 502, or never comes; an answer that is no
JSON."""

LIMIT = 2_500
"""Calls an hour with an API key."""


class Denied(Exception):
    """An error as Linear words it.

    Attributes:
        code: see `extensions.code`.
        status: of HTTP.
        said: for people.
    """

    def __init__(self, message: str, code: str, said: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.said = said
        self.status = status

    def as_json(self) -> Json:
        """As it stands among `errors`."""
        return {
            "message": str(self),
            "path": [],
            "extensions": {
                "type": self.code.lower().replace("_", " "),
                "code": self.code,
                "statusCode": self.status,
                "userError": True,
                "userPresentableMessage": self.said,
            },
        }


@dataclass(slots=True)
class Bucket:
    """A leaky bucket: refilled at a constant rate.

    Attributes:
        limit: calls an hour.
        left: of them, as of `at`.
        at: when it was looked at last.
    """

    limit: int
    left: float
    at: datetime

    def take(self, now: datetime) -> bool:
        """Whether there was one left; it is taken."""
        refilled = self.limit * ((now - self.at) / timedelta(hours=1))
        self.left, self.at = min(self.limit, self.left + refilled), now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    def headers(self) -> dict[str, str]:
        """What every answer says of it."""
        needed = 0 if self.left >= 1 else (1 - self.left) / self.limit
        full_at = self.at + timedelta(hours=needed)
        return {
            "X-RateLimit-Requests-Limit": str(self.limit),
            "X-RateLimit-Requests-Remaining": str(int(self.left)),
            "X-RateLimit-Requests-Reset": str(math.ceil(full_at.timestamp() * 1000)),
        }


@dataclass(slots=True)
class Issue:
    """An issue; see Linear's schema."""

    id: str
    number: int
    team: str
    title: str
    description: str
    priority: int
    state: str
    comments: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@dataclass(frozen=True, slots=True)
class State:
    """A state of a team's workflow."""

    id: str
    name: str
    type: str
    position: int


_WORKFLOW = (
    ("Backlog", "backlog"),
    ("Todo", "unstarted"),
    ("In Progress", "started"),
    ("Done", "completed"),
    ("Canceled", "canceled"),
)


@dataclass(slots=True)
class Team:
    """A team with its workflow."""

    id: str
    key: str
    name: str
    states: tuple[State, ...]


class Linear:
    """A workspace.

    Args:
        clock: the present.
        token: the one API key that it takes.
        teams: names by key.
        limit: calls an hour.

    Attributes:
        issues: by id.
        faults: how the next calls go wrong, in their order; None: one goes right.
        calls: the operations that were answered, by their first fields.
        is_full: the plan has no room for another issue.
    """

    def __init__(
        self,
        clock: Clock,
        token: str,
        teams: Mapping[str, str] | None = None,
        limit: int = LIMIT,
    ) -> None:
        self.clock = clock
        self.token = token
        self.teams = [_team(key, name) for key, name in (teams or {"ENG": "Engineering"}).items()]
        self.bucket = Bucket(limit, limit, clock())
        self.issues: dict[str, Issue] = {}
        self.faults: list[Fault | None] = []
        self.calls: list[str] = []
        self.is_full = False

    def execute(self, operation: Operation, variables: Json) -> Json:
        """The `data` of an operation that fits the schema.

        Raises:
            Denied: it cannot be done.
        """
        answer: dict[str, object] = {}
        for selected in operation.fields:
            self.calls.append(selected.name)
            arguments = {
                name: _value(value, variables) for name, value in selected.arguments.items()
            }
            answer[selected.alias] = _picked(self._resolve(selected.name, arguments), selected)
        return answer

    def _resolve(self, name: str, arguments: Mapping[str, object]) -> object:
        match name:
            case "viewer":
                return {"id": "u1", "name": "costbot", "email": "costbot@example.com"}
            case "teams":
                return {"nodes": [_team_json(team) for team in self._teams(arguments)]}
            case "workflowStates":
                return {"nodes": self._states(arguments)}
            case "issue":
                return self._issue_json(self._issue(str(arguments["id"])))
            case "issueCreate":
                return self._create(cast("Json", arguments["input"]))
            case "issueUpdate":
                return self._update(str(arguments["id"]), cast("Json", arguments["input"]))
            case _:
                return self._comment(cast("Json", arguments["input"]))

    def _teams(self, arguments: Mapping[str, object]) -> Sequence[Team]:
        wanted = cast("Json", arguments.get("filter") or {})
        found = [
            team
            for team in self.teams
            if _meets(team.key, wanted.get("key"))
            and _meets(team.id, wanted.get("id"))
            and _meets(team.name, wanted.get("name"))
        ]
        return found[: cast("int", arguments.get("first") or 50)]

    def _states(self, arguments: Mapping[str, object]) -> list[Json]:
        wanted = cast("Json", arguments.get("filter") or {})
        of_teams = self._teams({"filter": wanted.get("team")})
        return [
            _state_json(state)
            for team in of_teams
            for state in team.states
            if _meets(state.type, wanted.get("type"))
        ]

    def _issue(self, key: str) -> Issue:
        found = self.issues.get(key)
        if found is None:
            message = "Entity not found: Issue"
            raise Denied(message, "INPUT_ERROR", "Could not find referenced Issue.")
        return found

    def _create(self, given: Json) -> Json:
        team = next((team for team in self.teams if team.id == given["teamId"]), None)
        if team is None:
            message = "Entity not found: Team"
            raise Denied(message, "INPUT_ERROR", "Could not find referenced Team.")
        if not given.get("title"):
            message = "Argument Validation Error"
            raise Denied(message, "INVALID_INPUT", "title should not be empty.")
        if self.is_full:
            message = "Usage limit exceeded"
            said = "You have reached the limit of active issues of your workspace."
            raise Denied(message, "USAGE_LIMIT_EXCEEDED", said)
        key = _new_id(given)
        if key in self.issues:
            message = "conflict on insert of Issue"
            raise Denied(message, "INPUT_ERROR", f"Entity Issue with id {key} already exists.")
        first = next(state for state in team.states if state.type == "backlog")
        number = 1 + sum(issue.team == team.id for issue in self.issues.values())
        issue = Issue(
            id=key,
            number=number,
            team=team.id,
            title=str(given["title"]),
            description=str(given.get("description") or ""),
            priority=cast("int", given.get("priority") or 0),
            state=str(given.get("stateId") or first.id),
        )
        self.issues[key] = issue
        return {"success": True, "issue": self._issue_json(issue)}

    def _update(self, key: str, given: Json) -> Json:
        issue = self._issue(key)
        if "stateId" in given:
            team = next(team for team in self.teams if team.id == issue.team)
            if given["stateId"] not in {state.id for state in team.states}:
                message = "Entity not found: WorkflowState"
                said = "Could not find referenced WorkflowState."
                raise Denied(message, "INPUT_ERROR", said)
            issue.state = str(given["stateId"])
        issue.title = str(given.get("title") or issue.title)
        issue.description = str(given.get("description") or issue.description)
        return {"success": True, "issue": self._issue_json(issue)}

    def _comment(self, given: Json) -> Json:
        issue = self._issue(str(given.get("issueId")))
        key = _new_id(given)
        if any(key == known for one in self.issues.values() for known, _ in one.comments):
            message = "conflict on insert of Comment"
            raise Denied(message, "INPUT_ERROR", f"Entity Comment with id {key} already exists.")
        body = str(given.get("body") or "")
        issue.comments.append((key, body))
        return {"success": True, "comment": {"id": key, "body": body}}

    def state_of(self, issue: Issue) -> State:
        """The state that an issue is in."""
        return next(
            state for team in self.teams for state in team.states if state.id == issue.state
        )

    def identifier(self, issue: Issue) -> str:
        """Such as `ENG-1`."""
        team = next(team for team in self.teams if team.id == issue.team)
        return f"{team.key}-{issue.number}"

    def _issue_json(self, issue: Issue) -> Json:
        team = next(team for team in self.teams if team.id == issue.team)
        identifier = self.identifier(issue)
        return {
            "id": issue.id,
            "identifier": identifier,
            "title": issue.title,
            "description": issue.description,
            "priority": issue.priority,
            "url": f"https://linear.app/playground/issue/{identifier}",
            "state": _state_json(self.state_of(issue)),
            "team": _team_json(team),
            "comments": {"nodes": [{"id": key, "body": body} for key, body in issue.comments]},
        }


def _team(key: str, name: str) -> Team:
    states = tuple(
        State(str(uuid4()), state, kind, place) for place, (state, kind) in enumerate(_WORKFLOW)
    )
    return Team(str(uuid4()), key, name, states)


def _new_id(given: Json) -> str:
    key = given.get("id")
    if key is None:
        return str(uuid4())
    if not is_uuid4(key):
        message = "Argument Validation Error"
        raise Denied(message, "INVALID_INPUT", "id must be a UUID.")
    return str(key)


def _team_json(team: Team) -> Json:
    return {"id": team.id, "key": team.key, "name": team.name}


def _state_json(state: State) -> Json:
    return {"id": state.id, "name": state.name, "type": state.type, "position": state.position}


def _meets(value: str, comparator: object) -> bool:
    wanted = cast("Json", comparator or {})
    if "eq" in wanted and wanted["eq"] != value:
        return False
    return "in" not in wanted or value in cast("Sequence[str]", wanted["in"])


def _value(value: object, variables: Json) -> object:
    if isinstance(value, Variable):
        return variables.get(value.name)
    if isinstance(value, dict):
        given = cast("dict[str, object]", value)
        return {name: _value(inner, variables) for name, inner in given.items()}
    return value


def _picked(found: object, selected: Selected) -> object:
    """Of what was found, what was asked for."""
    if isinstance(found, list):
        return [_picked(one, selected) for one in cast("list[object]", found)]
    if not isinstance(found, dict):
        return found
    values = cast("dict[str, object]", found)
    return {one.alias: _picked(values.get(one.name), one) for one in selected.fields}
