"""Digests as things to manage: the list, one with everything, what was decided, the help."""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import ActionsBlock, Block, HeaderBlock

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.digest_buttons import (
    LIST,
    NEW,
    SHOW,
    manage_buttons,
    show_buttons,
    undo_button,
    unskip_button,
)
from bot.blocks.digest_words import (
    instant_words,
    place_words,
    schedule_words,
    scope_words,
    slot_words,
)
from bot.blocks.text import count, day_label, escape, plural, short
from bot.grammar.digest_words import DIGEST_SUBCOMMANDS
from handlers.caller import Caller
from handlers.digests.permissions import may_edit
from handlers.digests.results import Decided, ListedDigest, ShownDigest
from handlers.recommendations.finding import short_id
from storage.records.digest import Digest, DigestDraft, DigestSlot

MOST_LISTED = 20
MOST_BUTTONS = 5

REASONS = {
    "quiet": "quiet, left out",
    "paused": "paused",
    "too late": "missed: costbot was not there in time",
    "asked": "left out on demand",
    "right lost": "not sent: the owner may not see it any more",
}


def list_answer(listed: Sequence[ListedDigest], caller: Caller) -> Answer:
    """The digests that somebody sees."""
    new = button("New digest", NEW, "new", hint="Subscribe to a digest")
    if not listed:
        sentence = "You have no digest yet."
        hint = "Subscribe: `/cost digest subscribe me daily 9:00`, or by the button."
        blocks: list[Block] = [section(f"*{sentence}*\n{hint}", "digest-none")]
        blocks.append(ActionsBlock([new], block_id="digest-list-next"))
        return Answer(f"{sentence} {hint}", tuple(blocks))
    shown = listed[:MOST_LISTED]
    lines = [_listed_line(place, one, caller) for place, one in enumerate(shown, start=1)]
    if len(listed) > len(shown):
        lines.append(f"and {count(len(listed) - len(shown))} more")
    head = f"*{plural(len(listed), 'digest')}*"
    halves = [lines[:10], lines[10:]]
    blocks = [section(head, "digest-list")]
    blocks += [
        section("\n".join(half), f"digest-list-{place}")
        for place, half in enumerate(halves)
        if half
    ]
    buttons = show_buttons([one.digest for one in shown[:MOST_BUTTONS]])
    blocks.append(ActionsBlock([*buttons, new], block_id="digest-list-next"))
    return Answer(f"{head} {lines[0]}".replace("*", ""), tuple(blocks))


def _listed_line(place: int, one: ListedDigest, caller: Caller) -> str:
    digest = one.digest
    whose = ""
    is_own = (digest.team_id, digest.owner) == (caller.team_id, caller.user_id)
    if not is_own and not digest.is_personal:
        whose = f" · of {escape(short(digest.owner_name))}"
    return (
        f"{place}. {covers_words(digest)}, {schedule_words(digest.schedule)} to "
        f"{place_words(digest)}{whose} · {standing_words(one)}"
    )


def standing_words(one: ListedDigest) -> str:
    """When it comes next, or why it does not; escaped."""
    digest = one.digest
    if digest.stopped:
        return f":no_entry: stopped: {escape(digest.stopped)}"
    if digest.paused:
        return "⏸ paused"
    return f"next {slot_words(one.following, digest.schedule.zone)}"


def covers_words(draft: DigestDraft) -> str:
    """What it covers; escaped."""
    return scope_words(draft.organization, draft.filters, customers_only=draft.customers_only)


def shown_answer(shown: ShownDigest, *, notice: str = "") -> Answer:
    """One digest with everything.

    Args:
        shown: it.
        notice: what was done to it, above it; escaped.
    """
    digest, zone = shown.digest, shown.digest.schedule.zone
    head = f"*{covers_words(digest)}*, {schedule_words(digest.schedule)} to {place_words(digest)}"
    lines = [head]
    if digest.stopped:
        lines.append(f":no_entry: *Stopped:* {escape(digest.stopped)}")
    elif digest.paused:
        lines.append("⏸ Paused until it is resumed")
    elif shown.skipped and shown.following is not None:
        lines.append(f"Next: {slot_words(shown.following, zone)}, *left out on demand*")
    else:
        lines.append(f"Next: *{slot_words(shown.following, zone)}*")
    lines.append(
        "Left out where nothing moved and nothing is wrong"
        if digest.skip_quiet
        else "Sent on quiet days, too"
    )
    blocks: list[Block] = [section(notice, "digest-notice")] if notice else []
    blocks.append(section("\n".join(lines), "digest-shown"))
    if shown.slots:
        past = [_slot_line(one, digest) for one in shown.slots]
        blocks.append(section("\n".join(["*The last ones*", *past]), "digest-slots"))
    created = digest.created_at
    blocks.append(
        context(
            [
                f"`{short_id(digest.id)}` of {escape(short(digest.owner_name))}, since "
                f"{instant_words(created, zone)} · shows what they may see",
                *(_entry_line(shown)),
            ],
            "digest-shown-notes",
        )
    )
    buttons = manage_buttons(digest, may_edit=shown.may_edit)
    if shown.skipped and shown.following is not None:
        buttons.insert(0, unskip_button(digest, shown.following.local_date))
    blocks.append(ActionsBlock(list(buttons), block_id="digest-manage"))
    return Answer(" ".join([notice, *lines]).replace("*", "").strip(), tuple(blocks))


def _entry_line(shown: ShownDigest) -> list[str]:
    if not shown.entries:
        return []
    last = shown.entries[0]
    done = last.action.removeprefix("digest.")
    at = instant_words(last.at, shown.digest.schedule.zone)
    return [f"Last decision: {escape(done)} by {escape(short(last.actor.name))}, {at}"]


def _slot_line(slot: DigestSlot, digest: Digest) -> str:
    when = day_label(slot.local_date)
    if slot.outcome == "sent" and slot.decided_at is not None:
        return f"• {when}: sent {instant_words(slot.decided_at, digest.schedule.zone)}"
    return f"• {when}: {REASONS.get(slot.reason, slot.reason)}"


def subscribed_answer(decided: Decided, caller: Caller, *, warning: str = "") -> Answer:
    """That somebody has subscribed; nothing is sent before its first time."""
    digest = decided.digest
    what = f"{covers_words(digest)}, {schedule_words(digest.schedule)} to {place_words(digest)}"
    first = slot_words(decided.following, digest.schedule.zone)
    if decided.is_new:
        text = f":white_check_mark: *Subscribed:* {what}. The first one comes {first}."
    else:
        text = f"*That digest is there already:* {what}. The next one comes {first}."
    return _with_buttons(text, digest, caller, warning=warning)


def changed_answer(done: str, decided: Decided, caller: Caller, *, warning: str = "") -> Answer:
    """What was decided of a digest.

    Args:
        done: a word for it, such as "Paused".
        decided: what came of it.
        caller: who decided.
        warning: what keeps it from arriving; escaped.
    """
    digest = decided.digest
    what = f"{covers_words(digest)}, {schedule_words(digest.schedule)} to {place_words(digest)}"
    already = "" if decided.is_new else " already"
    following = ""
    if decided.following is not None:
        following = f" Next: {slot_words(decided.following, digest.schedule.zone)}."
    text = f"*{done}{already}:* {what}.{following}"
    return _with_buttons(text, digest, caller, warning=warning)


def skipped_answer(decided: Decided, caller: Caller) -> Answer:
    """That the next one is left out, with the way back."""
    digest, day = decided.digest, decided.skipped
    text = f"*Left out:* {'' if day is None else day_label(day)}. "
    text += f"The one after it comes {slot_words(decided.following, digest.schedule.zone)}."
    blocks: list[Block] = [section(text, "digest-changed")]
    buttons = manage_buttons(digest, may_edit=may_edit(caller, digest))
    if day is not None:
        buttons.insert(0, unskip_button(digest, day))
    blocks.append(ActionsBlock(list(buttons), block_id="digest-manage"))
    return Answer(text.replace("*", ""), tuple(blocks))


def ended_answer(decided: Decided) -> Answer:
    """That a digest has ended, with the way back."""
    digest = decided.digest
    until = "within a day"
    if decided.undo_until is not None:
        until = f"until {instant_words(decided.undo_until, digest.schedule.zone)}"
    text = (
        f"*Ended:* {covers_words(digest)}, {schedule_words(digest.schedule)} to "
        f"{place_words(digest)}. That can be undone {until}."
    )
    blocks: list[Block] = [
        section(text, "digest-ended"),
        ActionsBlock([undo_button(digest)], block_id="digest-ended-next"),
    ]
    return Answer(text.replace("*", ""), tuple(blocks))


def tested_answer(digest: Digest) -> Answer:
    """That a test is on its way."""
    text = (
        f"A test is on its way to {place_words(digest)}. It is marked as one, and counts as "
        "nothing: the next digest comes as it would have."
    )
    blocks: list[Block] = [section(text, "digest-tested")]
    settings = button("Settings", SHOW, str(digest.id))
    blocks.append(ActionsBlock([settings], block_id="digest-tested-next"))
    return Answer(text, tuple(blocks))


def digest_help_answer() -> Answer:
    """Everything that may be typed after `/cost digest`."""
    commands = [f"• `/cost {one.usage}` {escape(one.meaning)}" for one in DIGEST_SUBCOMMANDS]
    examples = [f"`{one.example}`" for one in DIGEST_SUBCOMMANDS[:1]]
    examples += [
        "`/cost digest subscribe monday 9:00`",
        "`/cost digest subscribe here monthly 1 9:00 Europe/Berlin`",
    ]
    blocks: list[Block] = [
        HeaderBlock("What moved, and why, each morning", block_id="digest-help-title"),
        section("\n".join(commands), "digest-help"),
        section("*Examples*\n" + "\n".join(examples), "digest-help-examples"),
        context(
            ["A digest shows what its owner may see. Buttons ask again who clicks."],
            "digest-help-notes",
        ),
        ActionsBlock(
            [button("New digest", NEW, "new"), button("All digests", LIST, "list")],
            block_id="digest-help-next",
        ),
    ]
    return Answer("/cost digest subscribe me daily 9:00 sends what moved each day.", tuple(blocks))


def _with_buttons(text: str, digest: Digest, caller: Caller, *, warning: str) -> Answer:
    blocks: list[Block] = [section(text, "digest-changed")]
    if warning:
        blocks.append(section(f":warning: {warning}", "digest-warning"))
    buttons = manage_buttons(digest, may_edit=may_edit(caller, digest))
    blocks.append(ActionsBlock(list(buttons), block_id="digest-manage"))
    said = " ".join(part for part in (text, warning) if part)
    return Answer(said.replace("*", ""), tuple(blocks))
