"""Short messages: what was refused, what failed, what is under way, how a report goes."""

from __future__ import annotations

from datetime import date

from analysis.errors import NotFound, Unfit
from bot.blocks import refusal, report
from bot.blocks.answer import Answer
from bot.gallery.answered import entry_of
from bot.gallery.entry import DataSet, Entry
from bot.gallery.made_up import HOSTILE

DAY = date(2026, 11, 19)
LINK = "<https://example.slack.com/archives/C0COSTS001/p1|the report>"


def entries() -> list[Entry]:
    """All of them; what has no data has one entry."""
    several: list[tuple[str, DataSet, Answer]] = [
        ("refusal", "typical", refusal.refusal_answer(_refusal("gpt-5.5"))),
        ("refusal", "empty", refusal.refusal_answer(NotFound("There is nothing.", ""))),
        ("refusal", "extreme", refusal.refusal_answer(_refusal(HOSTILE * 20))),
        ("refusal of a form", "extreme", refusal.refusal_answer(_unfit())),
        ("failure", "typical", refusal.failure_answer("1f0c9a3e")),
        ("a part that is silent", "typical", refusal.unavailable_answer("The store is silent.")),
        ("stranger", "typical", refusal.stranger_answer("T0TEAM0001", "U0STRANGER")),
        ("being fetched", "typical", refusal.fetching_answer("/cost 90d by model")),
        ("being fetched", "extreme", refusal.fetching_answer(f"/cost {HOSTILE * 3}")),
        ("report: begun", "typical", report.begun_answer(DAY)),
        ("report: under way", "typical", report.progress_answer(4, 10)),
        ("report: asked twice", "typical", report.under_way_answer(4, 10)),
        ("report: posted just now", "typical", report.posted_just_now_answer(LINK)),
        ("report: done", "typical", report.done_answer(DAY, LINK, outside=False)),
        ("report: done elsewhere", "extreme", report.done_answer(DAY, LINK, outside=True)),
        ("report: stopped", "typical", report.stopped_answer(["top_users"], 10, "No.", "k", LINK)),
        (
            "report: stopped",
            "extreme",
            report.stopped_answer([f"part_{n}" for n in range(40)], 40, HOSTILE, "k", None),
        ),
        ("report: cut off", "typical", report.cut_off_answer(["top_users"], LINK)),
        ("report: forgotten", "typical", report.forgotten_answer()),
        ("report: files", "typical", report.files_answer(["day.csv", "models.csv"], ["idle"])),
        ("report: files", "empty", report.files_answer([], [])),
    ]
    return [entry_of(template, data, answer) for template, data, answer in several]


def _refusal(name: str) -> NotFound:
    return NotFound(f"There is no model `{name}`.", "Did you mean `gpt-5`? `/cost by model` tells.")


def _unfit() -> Unfit:
    return Unfit({f"field_{number}": f"`{HOSTILE}` is no {number}." for number in range(12)})
