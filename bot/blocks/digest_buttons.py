"""The buttons under messages about digests: each carries an id and nothing else."""

from __future__ import annotations

from datetime import date

from slackblocks import Button, ConfirmationDialogue

from bot.blocks.answer import button
from bot.blocks.budget_buttons import plain
from bot.blocks.text import escape
from storage.records.digest import Digest

LIST = "digest_list"
SHOW = "digest_show"
NEW = "digest_new"
EDIT = "digest_edit"
PREVIEW = "digest_preview"
TEST = "digest_test"
PAUSE = "digest_pause"
RESUME = "digest_resume"
SKIP = "digest_skip"
UNSKIP = "digest_unskip"
END = "digest_end"
UNDO = "digest_undo"


def own_buttons(digest: Digest) -> list[Button]:
    """What stands under a digest itself: who may is looked at when it is clicked."""
    return [button("Settings", SHOW, str(digest.id), hint="When and where this digest is sent")]


def manage_buttons(
    digest: Digest, *, may_edit: bool, left_out: tuple[str, ...] = ()
) -> list[Button]:
    """What can be done with a digest."""
    key = str(digest.id)
    is_off = digest.paused or bool(digest.stopped)
    offered = [
        (EDIT, "Edit", may_edit),
        (PREVIEW, "Preview", True),
        (TEST, "Send a test", True),
        (SKIP, "Skip next", not is_off),
        (RESUME, "Resume", is_off),
        (PAUSE, "Pause", not is_off),
    ]
    buttons = [
        button(label, action, key)
        for action, label, is_there in offered
        if is_there and action not in left_out
    ]
    return [*buttons, end_button(digest)]


def end_button(digest: Digest) -> Button:
    """Asks before it does."""
    return Button(
        "Unsubscribe",
        action_id=END,
        value=str(digest.id),
        style="danger",
        confirm=ConfirmationDialogue(
            title=plain("End this digest?"),
            text=plain("It is sent no more. Within a day that can be undone."),
            confirm=plain("End it"),
            deny=plain("Keep it"),
            style="danger",
        ),
    )


def undo_button(digest: Digest) -> Button:
    """Takes an ending back."""
    return button("Undo", UNDO, str(digest.id))


def unskip_button(digest: Digest, day: date) -> Button:
    """Takes back that one was left out."""
    return button("Send it after all", UNSKIP, f"{digest.id}:{day}")


def show_buttons(digests: list[Digest]) -> list[Button]:
    """A button a digest, with its number in the list on it."""
    return [
        button(escape(f"{place}. Settings"), f"{SHOW}_{place}", str(one.id))
        for place, one in enumerate(digests, start=1)
    ]
