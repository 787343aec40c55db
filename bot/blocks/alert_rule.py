"""Alert rules as messages: a list, one with everything, what was decided."""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block, Button, ConfirmationDialogue, HeaderBlock, TableBlock

from analysis.incidents.levels import Level
from analysis.roles import Role
from bot.blocks.alert_rule_outlook import outlook_lines, preview_lines
from bot.blocks.alert_rule_words import (
    MARKS,
    level_words,
    scope_words,
    settings_line,
    state_line,
    target_words,
    terms_line,
    title,
)
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget_buttons import plain
from bot.blocks.fit import cut
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, moment, plural, short
from bot.grammar.alert_rule_words import ACTS, ALERT_SUBCOMMANDS, CLAUSES, WHAT
from handlers.alert_rules.permissions import LEAST_ROLE, Act
from handlers.alert_rules.results import (
    Created,
    Deleted,
    Edited,
    Listed,
    Previewed,
    RuleList,
    ShownRule,
    Tested,
)
from handlers.alert_rules.wording import condition
from queries.dimensions import Dimensions
from storage.records.alert_rule import AlertRule
from storage.records.audit import StoredAuditEntry

NEW = "alert_rule_new"
EDIT = "alert_rule_edit"
PAUSE = "alert_rule_pause"
RESUME = "alert_rule_resume"
DELETE = "alert_rule_delete"
UNDO = "alert_rule_undo"
TEST = "alert_rule_test"
SHOW = "alert_rule_show"
LIST = "alert_rule_list"

MOST_SHOWN = 4
"""Rules that have a button of their own under a list."""

LONGEST_LABEL = 75

_DONE = {
    "alert_rule.create": "created it",
    "alert_rule.edit": "changed it",
    "alert_rule.pause": "paused it",
    "alert_rule.resume": "resumed it",
    "alert_rule.delete": "deleted it",
    "alert_rule.undo": "restored it",
    "alert_rule.test": "tested it",
}


def list_answer(result: RuleList, *, is_narrowed: bool = False) -> Answer:
    """The message with a row for each rule.

    Args:
        result: a page of them.
        is_narrowed: not all were asked for: a button cannot ask for the next page of these.
    """
    if not result.rules:
        return _empty(result)
    shown = plural(len(result.rules), "alert rule")
    if len(result.rules) < result.total:
        shown = f"{count(len(result.rules))} of {plural(result.total, 'alert rule')}"
    opened = sum(one.open for one in result.rules)
    state = f"{plural(opened, 'incident')} open" if opened else "no incident open"
    headline = f"*{shown}* · {state}"
    rules = sorted(result.rules, key=_danger)
    with_owner = len({one.rule.organization for one in rules}) > 1
    blocks: list[Block] = [
        section(headline, "alert-list-total"),
        _table(rules, with_owner=with_owner),
        _list_buttons(result, rules, with_more=not is_narrowed),
    ]
    return Answer(text=headline.replace("*", ""), blocks=tuple(blocks))


def shown_answer(result: ShownRule) -> Answer:
    """Everything about one rule."""
    rule = result.rule
    lines = [title(rule), terms_line(rule)]
    if state := state_line(rule):
        lines.append(state)
    lines.append(target_words(rule, is_told=result.is_told))
    outlook = outlook_lines(result.outlook, would=False)
    blocks: list[Block] = [section("\n".join(lines), "alert-head")]
    blocks += [section(line, f"alert-outlook-{at}") for at, line in enumerate(outlook)]
    small = [settings_line(rule), *_journal(result.entries, rule.zone), f"Id `{rule.id}`"]
    blocks += [context(small, "alert-notes"), rule_buttons(rule, result.may)]
    text = f"{escape(short(rule.name))}: {outlook[0]}" if outlook else escape(short(rule.name))
    return Answer(text=text.replace("*", ""), blocks=tuple(blocks))


def previewed_answer(result: Previewed) -> Answer:
    """What a rule would have said; nothing is kept."""
    rule = result.outlook.rule
    lines = preview_lines(result)
    told = target_words(rule, is_told=result.is_told)
    blocks: list[Block] = [
        section(f"*Not kept yet:* {terms_line(rule)}", "alert-head"),
        *(section(line, f"alert-outlook-{at}") for at, line in enumerate(lines)),
        context([settings_line(rule), told], "alert-notes"),
    ]
    return Answer(text=_first(lines), blocks=tuple(blocks))


def created_answer(result: Created, may: Collection[Act]) -> Answer:
    """That there is a rule now, and what it would have said."""
    lines = created_lines(result)
    return _told(lines, result.rule, may)


def created_lines(result: Created) -> list[str]:
    """The same, paragraph by paragraph."""
    word = "Created" if result.is_new else "It was created already"
    rule = result.rule
    told = target_words(rule, is_told=result.is_told)
    head = f"*{word}:* {title(rule)}\n{terms_line(rule)}\n{told}"
    return [head, *outlook_lines(result.outlook, would=False)]


def edited_answer(result: Edited, may: Collection[Act]) -> Answer:
    """What was changed of a rule."""
    return _told(edited_lines(result), result.after, may)


def edited_lines(result: Edited) -> list[str]:
    """The same, paragraph by paragraph."""
    rule = result.after
    if not result.changed:
        return [f"{title(rule)}: nothing was changed."]
    told = target_words(rule, is_told=result.is_told)
    return [
        f"*Changed:* {title(rule)}\n{terms_line(rule)}\n{told}",
        settings_line(rule),
    ]


def paused_answer(rule: AlertRule, may: Collection[Act]) -> Answer:
    """That a rule is paused; what is open of it stays as it is."""
    return _told([f"{title(rule)}\n{state_line(rule)} What is open of it stays open."], rule, may)


def resumed_answer(rule: AlertRule, may: Collection[Act]) -> Answer:
    """That a rule is looked at again."""
    return _told([f"*Resumed:* {title(rule)}\nIt is looked at every 15 minutes."], rule, may)


def restored_answer(rule: AlertRule, may: Collection[Act]) -> Answer:
    """That a deleted rule is back."""
    return _told([f"*Restored:* {title(rule)}\n{terms_line(rule)}"], rule, may)


def deleted_answer(result: Deleted, zone: ZoneInfo) -> Answer:
    """That a rule is deleted, and how that is taken back."""
    name = escape(short(result.rule.name))
    until = moment(result.undo_until, zone)
    text = (
        f"*Deleted:* {name}. What is open of it is closed with the next look.\n"
        f"It can be restored until {until}."
    )
    undo = button("Undo", UNDO, str(result.rule.id), hint="Restore the alert rule")
    return Answer(
        text=text.replace("*", "").replace("\n", " "),
        blocks=(
            section(text, "alert-change"),
            ActionsBlock([undo], block_id="alert-next"),
            context([f"Id `{result.rule.id}`"], "alert-id"),
        ),
    )


def tested_answer(result: Tested) -> Answer:
    """That a test is on its way."""
    name = escape(short(result.rule.name))
    where = target_words(result.rule).removeprefix("Told: ")
    text = f"*Test of {name}* sent to {where}. It says that it is a test."
    if result.left_out:
        text += " Linear gets none: a test would be an issue there."
    return Answer(text=text.replace("*", ""), blocks=(section(text, "alert-tested"),))


def alert_help_answer(dimensions: Dimensions, role: Role) -> Answer:
    """Everything that somebody of a role may type after `/cost alert`."""
    allowed = [
        sub for sub in ALERT_SUBCOMMANDS if role.reaches(LEAST_ROLE[ACTS.get(sub.word, Act.SEE)])
    ]
    commands = [f"• `/cost alert {escape(sub.usage)}` {escape(sub.meaning)}" for sub in allowed]
    blocks: list[Block] = [
        HeaderBlock("What do we want to hear of?", block_id="help-title"),
        section("\n".join(commands), "help-commands"),
    ]
    if role.reaches(LEAST_ROLE[Act.CREATE]):
        what = [f"• `{escape(one.usage)}` {escape(one.meaning)}" for one in WHAT]
        clauses = [f"• `{escape(one.usage)}` {escape(one.meaning)}" for one in CLAUSES]
        examples = "\n".join(f"`{escape(one.example)}`" for one in WHAT[:5])
        names = ", ".join(f"`{one.name}`" for one in dimensions.visible_to(role))
        blocks += [
            section("*What can be watched:*\n" + "\n".join(what), "help-what"),
            section("*Clauses, in any order:*\n" + "\n".join(clauses), "help-clauses"),
            section(f"*Dimensions:* {names}", "help-dimensions"),
            section(f"*Examples*\n{examples}", "help-examples"),
            ActionsBlock([button("New alert rule", NEW, "new")], block_id="alert-next"),
        ]
    return Answer(
        text="/cost alert tells when something is worth hearing: try /cost alert list",
        blocks=tuple(blocks),
    )


def rule_buttons(rule: AlertRule, may: Collection[Act]) -> ActionsBlock:
    """What can be done with a rule, as far as somebody may."""
    key = str(rule.id)
    paused = (RESUME, "Resume") if rule.paused else (PAUSE, "Pause")
    offered = [
        (Act.SEE, SHOW, "Details"),
        (Act.EDIT, EDIT, "Edit"),
        (Act.PAUSE, *paused),
        *([(Act.TEST, TEST, "Test")] if rule.targets else []),
    ]
    buttons = [button(label, action, key) for act, action, label in offered if act in may]
    if Act.DELETE in may:
        buttons.append(_delete_button(rule))
    if not buttons:
        buttons.append(button("All alert rules", LIST, ""))
    return ActionsBlock(list(buttons), block_id="alert-next")


def _delete_button(rule: AlertRule) -> Button:
    text = f"Nobody looks at it any more. {short(rule.name)} can be restored for a day."
    return Button(
        "Delete",
        action_id=DELETE,
        value=str(rule.id),
        style="danger",
        confirm=ConfirmationDialogue(
            title=plain("Delete this alert rule?"),
            text=plain(cut(escape(text), 300)),
            confirm=plain("Delete"),
            deny=plain("Keep it"),
            style="danger",
        ),
    )


def _empty(result: RuleList) -> Answer:
    if result.total:
        sentence = "No alert rule of that name here."
        hint = "`/cost alert list` shows all of them."
    else:
        sentence = "There is no alert rule yet."
        hint = (
            "Create one: `/cost alert create` opens a form, "
            "`/cost alert create cost above 30% of 7d` does without."
            if Act.CREATE in result.may
            else "An organization admin can create one."
        )
    blocks: list[Block] = [section(f"*{sentence}*\n{hint}", "alert-list-empty")]
    if Act.CREATE in result.may:
        new = button("New alert rule", NEW, "new")
        blocks.append(ActionsBlock([new], block_id="alert-next"))
    return Answer(text=f"{sentence} {hint}", blocks=tuple(blocks))


def _danger(one: Listed) -> tuple[bool, int, str]:
    rank = Level(one.worst).rank if one.worst else 0
    return one.rule.fault is None, -rank - (one.worst != ""), one.rule.name_key


def _table(rules: list[Listed], *, with_owner: bool) -> TableBlock:
    header = ["Rule", *(["Organization"] if with_owner else []), "State", "Told when", "Of"]

    def lines(shown: int) -> Lines:
        rows = [_row(one, with_owner=with_owner) for one in rules[:shown]]
        rest = len(rules) - shown
        blank = [""] * (len(header) - 1)
        return [header, *rows, *([[f"{count(rest)} more", *blank]] if rest > 0 else [])]

    return fitted_table(lines, len(rules), names=len(header), block_id="alert-list")


def _row(one: Listed, *, with_owner: bool) -> list[str]:
    rule = one.rule
    owner = "all" if rule.organization is None else escape(short(rule.organization))
    return [
        escape(short(rule.name)),
        *([owner] if with_owner else []),
        _state(one),
        escape(condition(rule)),
        scope_words(rule) or "everything",
    ]


def _state(one: Listed) -> str:
    if one.rule.fault is not None:
        return "⚠ cannot be looked at"
    if one.rule.paused:
        return "⏸ paused"
    if not one.open:
        return f"{MARKS[Level.OK]} nothing open"
    worst = level_words(Level(one.worst))
    return worst if one.open == 1 else f"{worst}, {plural(one.open, 'incident')}"


def _list_buttons(result: RuleList, rules: list[Listed], *, with_more: bool) -> ActionsBlock:
    buttons = [
        button(cut(escape(short(one.rule.name)), LONGEST_LABEL), f"{SHOW}_{at}", str(one.rule.id))
        for at, one in enumerate(rules[:MOST_SHOWN])
    ]
    if result.after is not None and with_more:
        buttons.append(button("More", LIST, str(result.after)))
    if Act.CREATE in result.may:
        buttons.append(button("New alert rule", NEW, "new"))
    return ActionsBlock(list(buttons), block_id="alert-next")


def _journal(entries: tuple[StoredAuditEntry, ...], zone: ZoneInfo) -> list[str]:
    said = [
        f"{escape(short(one.actor.name))} {_DONE.get(one.action, 'decided')} on "
        f"{moment(one.at, zone)}"
        for one in entries[:3]
    ]
    return [" · ".join(said)] if said else []


def _told(lines: list[str], rule: AlertRule, may: Collection[Act]) -> Answer:
    blocks: list[Block] = [section(line, f"alert-change-{at}") for at, line in enumerate(lines)]
    blocks += [context([settings_line(rule)], "alert-notes"), rule_buttons(rule, may)]
    return Answer(text=_first(lines), blocks=tuple(blocks))


def _first(lines: list[str]) -> str:
    """What notifications and screen readers say: the first paragraphs, without their lists."""
    heads = [line.split("\n•")[0].split("\n:warning:")[0] for line in lines[:2]]
    return " · ".join(heads).replace("*", "").replace("\n", " · ")
