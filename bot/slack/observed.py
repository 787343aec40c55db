"""What Slack sends, observed: its id, its count, how soon it was acked and answered."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any, cast

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from analysis.request_id import new_request_id, request_id, under
from bot.grammar.budget_words import BUDGET_SUBCOMMANDS
from bot.grammar.recs_words import RECS_SUBCOMMANDS
from bot.grammar.words import NOUNS, SUBCOMMANDS
from bot.observation.observer import Observer
from bot.slack.api import Json
from bot.slack.permissions import ACTIONS, EVENTS, VIEWS, action_name

WORDS: Mapping[str, frozenset[str]] = {
    "/cost": frozenset({sub.word for sub in SUBCOMMANDS} | NOUNS),
    "/budget": frozenset(sub.word for sub in BUDGET_SUBCOMMANDS),
    "/recs": frozenset(sub.word for sub in RECS_SUBCOMMANDS),
}
"""First words that are declared: no other is a label, for people type anything."""

OTHER = "other"


@dataclass(slots=True)
class _Heard:
    """What is being answered.

    Attributes:
        observer: is told of its answer, once.
        kind: see `what_of`.
        noun: see `what_of`.
        began: when it was heard, by `perf_counter`.
        is_answered: the observer was told.
    """

    observer: Observer
    kind: str
    noun: str
    began: float
    is_answered: bool = False


_HEARD: ContextVar[_Heard | None] = ContextVar("costbot_heard", default=None)


def concluded(outcome: str) -> None:
    """Tells that there is an answer to what is heard here, or why there is none.

    Args:
        outcome: answered, refused, unavailable or failed.
    """
    heard = _HEARD.get()
    if heard is not None and not heard.is_answered:
        heard.is_answered = True
        seconds = perf_counter() - heard.began
        heard.observer.answered(heard.kind, heard.noun, outcome, seconds)


class ObservedApp(AsyncApp):
    """A Bolt app that tells an observer of what it hears, over HTTP and through a socket.

    Args:
        observer: is told.
        options: of Bolt's app.
    """

    def __init__(self, observer: Observer, **options: Any) -> None:
        super().__init__(**options)
        self._observer = observer

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """See Bolt's own; tasks that are begun in it go under the same id."""
        kind, noun = what_of(cast("Json", req.body))
        heard = _Heard(self._observer, kind, noun, perf_counter())
        outcome = "failed"
        with (
            under(request_id() or new_request_id("slack")),
            self._observer.span(f"slack {kind} {noun}") as span,
        ):
            before = _HEARD.set(heard)
            try:
                response = await super().async_dispatch(req)
                outcome = _outcome_of(response.status)
                return response
            finally:
                _HEARD.reset(before)
                span.tell("costbot.outcome", outcome)
                self._observer.acked(kind, noun, outcome, perf_counter() - heard.began)


def what_of(body: Json) -> tuple[str, str]:
    """The kind of a request of Slack's and which of the declared ones it is; `other` elsewise.

    The request may not be verified yet: nothing of it but declared words is given back.
    """
    if "command" in body:
        return "command", _command(str(body["command"]), str(body.get("text") or ""))
    if "event" in body:
        return "event", _declared(cast("Json", body["event"] or {}).get("type"), EVENTS)
    match body.get("type"):
        case "block_actions":
            actions = cast("list[Json]", body.get("actions") or [{}])
            name = action_name(str(actions[0].get("action_id", "")))
            return "action", _declared(name, ACTIONS)
        case "view_submission":
            view = cast("Json", body.get("view") or {})
            return "view", _declared(view.get("callback_id"), VIEWS)
        case _:
            return OTHER, OTHER


def _command(command: str, text: str) -> str:
    words = WORDS.get(command)
    if words is None:
        return OTHER
    first = text.split(maxsplit=1)[0].lower() if text.strip() else ""
    return f"{command} {first}" if first in words else command


def _declared(name: object, declared: Mapping[str, object]) -> str:
    return str(name) if name in declared else OTHER


def _outcome_of(status: int) -> str:
    match status:
        case 401:
            return "unverified"
        case 404:
            return "unheard"
        case _:
            return "acked" if status < 500 else "failed"
