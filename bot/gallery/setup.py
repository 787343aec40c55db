"""`/cost setup`: the list, and the test, with typical, empty and extreme data."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from analysis.checks import failed, passed, warned
from analysis.roles import Role
from bot.blocks.answer import Answer
from bot.blocks.setup import message_answer, on_its_way_answer, setup_answer
from bot.gallery.entry import DataSet, Entry
from handlers.caller import Caller
from handlers.setup import Standing

AT = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")

_OTTO = Caller("T1", "U1", "Otto Owner", "acme", Role.ORG_ADMIN, BERLIN)
_LOUD = Caller("T1", "U1", "<!channel> & friends " * 20, "acme", Role.ORG_ADMIN, BERLIN)

_TYPICAL = (
    passed("Data", "GPU and LLM, up to 2026-11-20 07:00 UTC."),
    passed("People", "4 people and 1 user group are listed. Others see nothing."),
    passed("Ways out", "Slack, e-mail, 2 webhooks."),
    passed("Outbox", "Nothing is stuck in it."),
    warned("Digests", "Nobody gets one yet.", "`/cost digest subscribe #channel daily 9:00`"),
    warned("Routes", "No route takes anomalies.", "`/cost route add to #channel`"),
    passed("Budgets", "3 budgets: `/budget list`."),
)
_DONE = (passed("Data", "LLM, up to 2026-11-20 07:00 UTC."), passed("Budgets", "1 budget."))
_EXTREME = tuple(
    failed("Data", "<!channel> *cannot* be read. " * 30, "`costbot doctor` & more. " * 20)
    for _ in range(40)
)


def entries() -> list[Entry]:
    """All of them."""
    return [
        _entry("setup", "typical", setup_answer(Standing(None, _TYPICAL))),
        _entry("setup", "empty", setup_answer(Standing("acme", _DONE))),
        _entry("setup", "extreme", setup_answer(Standing("<!here> " * 30, _EXTREME))),
        _entry("a test is sent", "typical", on_its_way_answer(is_new=True)),
        _entry("a test is sent", "empty", on_its_way_answer(is_new=False)),
        _entry("a test message", "typical", message_answer(_OTTO, AT, BERLIN)),
        _entry("a test message", "extreme", message_answer(_LOUD, AT, BERLIN)),
    ]


def _entry(template: str, data: DataSet, answer: Answer) -> Entry:
    return Entry(template, data, answer.payload(), answer.chart)
