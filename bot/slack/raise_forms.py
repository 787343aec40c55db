"""A raise in Slack: asked for in a form, approved by a click, rejected with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.budgets.rollover import Raise
from analysis.errors import BadInput
from analysis.periods import EARLIEST
from bot.blocks.answer import Answer, Payload
from bot.blocks.budget_raise import (
    LONGEST_REASON,
    ask_view,
    asked_answer,
    asked_lines,
    raise_answer,
    raise_lines,
    reject_view,
)
from bot.blocks.modal import notice_view
from bot.blocks.text import escape
from bot.slack.api import Json
from bot.slack.budget_clicks import id_in, which_in
from bot.slack.budget_state import Fields, metadata_of
from bot.slack.modals import Submitted
from handlers.budgets.fields import amount
from handlers.budgets.handlers import BudgetHandlers
from handlers.budgets.permissions import Act, allow
from handlers.budgets.requests import DecideRaiseRequest, RaiseRequest, ShowRequest, Which
from handlers.caller import Caller

ASK, REJECT = "Ask for a raise", "Reject the raise"
"""Titles."""


@dataclass(frozen=True, slots=True)
class RaiseForms:
    """Asks for raises and decides on them.

    Attributes:
        budgets: what can be done with them.
    """

    budgets: BudgetHandlers

    async def ask_form(self, which: Which, caller: Caller, channel: str) -> Payload:
        """The form in which a raise of a budget is asked for.

        Raises:
            NotFound: there is no such budget within the caller's reach.
            Unavailable: the facts or the store cannot be read.
        """
        standing = await self.budgets.read.status(ShowRequest(which), caller)
        allow(Act.ASK_RAISE, caller)
        return ask_view(standing, {"budget": standing.budget.id, "channel": channel})

    async def asked_in_form(self, view: Json, caller: Caller) -> Submitted:
        """A raise that was asked for in the form.

        Raises:
            Refused: it cannot be asked for.
            Unavailable: the facts or the store cannot be read.
        """
        metadata, fields = metadata_of(view), Fields(view)
        request = RaiseRequest(
            which=which_in(metadata.get("budget", "")),
            amount=fields.text("amount"),
            reason=fields.text("reason"),
            last_day=_day(fields.text("last_day")),
        )
        asked_in = metadata.get("channel", "")
        try:
            answer = await self.budgets.raises.ask(request, caller, asked_in=asked_in)
        except BadInput as refusal:
            late = notice_view(ASK, [escape(str(refusal))])
            return Submitted(late, {_blamed(request): str(refusal)})
        return Submitted(notice_view("Asked", asked_lines(answer)))

    async def ask(self, request: RaiseRequest, caller: Caller, channel: str) -> Answer:
        """A raise that was asked for in a line.

        Raises:
            Refused: it cannot be asked for.
            Unavailable: the facts or the store cannot be read.
        """
        return asked_answer(await self.budgets.raises.ask(request, caller, asked_in=channel))

    async def decide(self, request: DecideRaiseRequest, caller: Caller) -> Answer:
        """What became of a raise by a line or a click.

        Raises:
            Refused: the caller may not, or it is decided already.
            Unavailable: the facts or the store cannot be read.
        """
        return raise_answer(await self.budgets.raises.decide(request, caller))

    async def approve(self, value: str, caller: Caller) -> Answer:
        """A click that approves; see `decide`."""
        request = DecideRaiseRequest(id_in(value), "approved")
        return await self.decide(request, caller)

    async def withdraw(self, value: str, caller: Caller) -> Answer:
        """A click that withdraws; see `decide`."""
        request = DecideRaiseRequest(id_in(value), "withdrawn")
        return await self.decide(request, caller)

    async def reject_form(self, value: str, caller: Caller) -> Payload:
        """The form in which a rejection is given its reason.

        Raises:
            Refused: the caller may not, or it is decided already.
            Unavailable: the facts or the store cannot be read.
        """
        answer = await self.budgets.raises.find(id_in(value), caller)
        allow(Act.DECIDE_RAISE, caller)
        if answer.raise_.raise_.state != "pending":
            return notice_view(REJECT, ["\n".join(raise_lines(answer))])
        return reject_view({"raise": answer.raise_.raise_.id})

    async def rejected_in_form(self, view: Json, caller: Caller) -> Submitted:
        """A rejection with its reason.

        Raises:
            Refused: the caller may not, or it is decided already.
            Unavailable: the facts or the store cannot be read.
        """
        metadata = metadata_of(view)
        reason = Fields(view).text("reason")
        if not reason:
            sentence = "A rejection needs a reason."
            return Submitted(notice_view(REJECT, [sentence]), {"reason": sentence})
        request = DecideRaiseRequest(id_in(metadata.get("raise", "")), "rejected", reason)
        answer = await self.budgets.raises.decide(request, caller)
        return Submitted(notice_view("Rejected", ["\n".join(raise_lines(answer))]))


def _blamed(request: RaiseRequest) -> str:
    """The field under which it is told that a raise cannot be asked for."""
    if not 0 < len(request.reason.strip()) <= LONGEST_REASON:
        return "reason"
    try:
        Raise(amount(request.amount), EARLIEST, EARLIEST)
    except BadInput:
        return "amount"
    return "last_day"


def _day(text: str) -> date | None:
    """The day that was picked.

    Raises:
        BadInput: the calendar has no such day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"The calendar has no {text[:20]}.", "Pick a day.") from None
