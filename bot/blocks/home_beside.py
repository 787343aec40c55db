"""What stands beside the cost on the Home tab: budgets, incidents, recommendations."""

from __future__ import annotations

from slackblocks import ActionsBlock, Block, SectionBlock, Text

from bot.blocks import budget_buttons, recs_buttons
from bot.blocks.answer import button, context
from bot.blocks.budget_words import MARKS, NARROW_CELLS, bar, is_dark, used_words
from bot.blocks.digest_beside import incident_line, recommendation_line
from bot.blocks.digest_words import dollars
from bot.blocks.fit import MOST_SECTION, cut
from bot.blocks.incident import ACKNOWLEDGE, LABELS, SHOW, mute_menu
from bot.blocks.recs_figures import MARKS as MARKS_OF
from bot.blocks.recs_figures import whose
from bot.blocks.text import count, escape, short
from handlers.budgets.permissions import Act as Budgets
from handlers.budgets.permissions import may as may_budget
from handlers.budgets.results import Standing
from handlers.caller import Caller
from handlers.digests.results import Around
from handlers.incidents.permissions import Act as Incidents
from handlers.incidents.permissions import may as may_incident
from handlers.recommendations.permissions import Act as Recs
from handlers.recommendations.permissions import may as may_rec
from handlers.recommendations.permissions import moves_of
from storage.records.incident import Incident

MOST_BUDGETS = 5
MOST_INCIDENTS = 4
MOST_RECOMMENDATIONS = 3

LONGEST_LINE = 260


def budget_blocks(around: Around, caller: Caller) -> list[Block]:
    """The budgets, those at risk first; the rest behind a button."""
    risk = len(around.at_risk)
    head = "*Budgets*"
    if risk:
        head += f" · {count(risk)} at risk"
    elif around.budgets:
        head += " · :white_check_mark: none at risk"
    new = button("New budget", budget_buttons.NEW, "new")
    if not around.budgets_in_all:
        hint = (
            "Say what may be spent, and who hears when it nearly is."
            if may_budget(Budgets.CREATE, caller)
            else "An organization admin can create one."
        )
        accessory = new if may_budget(Budgets.CREATE, caller) else None
        return [_beside(f"*No budget yet*\n{hint}", "home-budgets", accessory)]
    blocks: list[Block] = []
    for place, standing in enumerate(around.budgets[:MOST_BUDGETS]):
        line = (f"{head}\n" if not place else "") + budget_line(standing, caller)
        show = button("Details", f"{budget_buttons.SHOW}_{place}", str(standing.budget.id))
        blocks.append(_beside(line, f"home-budget-{place}", show))
    if not blocks:
        blocks.append(_beside(f"{head}\nNone is running now.", "home-budgets", None))
    all_of_them = button(
        f"All {count(around.budgets_in_all)}", budget_buttons.LIST, budget_buttons.FIRST
    )
    more = [all_of_them] if around.budgets_in_all > MOST_BUDGETS else []
    more += [new] if may_budget(Budgets.CREATE, caller) else []
    if more:
        blocks.append(ActionsBlock(list(more), block_id="home-budgets-next"))
    return blocks


def budget_line(standing: Standing, caller: Caller | None = None) -> str:
    """A budget with its bar, and whose it is for who sees all; escaped."""
    budget, status = standing.budget, standing.status
    name = f"{MARKS[status.level]} *{escape(short(budget.name))}*"
    if budget.organization is not None and caller is not None and caller.organization is None:
        name += f" of {escape(short(budget.organization))}"
    if is_dark(status):
        return f"{name}: nothing is known of its spend"
    line = (
        f"{name}\n`{bar(status.utilization, NARROW_CELLS)}` {used_words(status.utilization)}, "
        f"{dollars(status.spend)} of {dollars(status.limit)} · {status.word}"
    )
    if status.exhaustion is not None and not status.is_exceeded:
        line += f" · runs out {status.exhaustion:%a} {status.exhaustion.day} {status.exhaustion:%b}"
    elif status.forecast is not None and status.forecast.expected > status.limit:
        line += f" · {dollars(status.forecast.expected)} expected at its end"
    return cut(line, LONGEST_LINE)


def incident_blocks(around: Around, caller: Caller) -> list[Block]:
    """What is open, the worst first, each with what can be said of it."""
    found = around.incidents
    if not found:
        return [context([":white_check_mark: No incident is open."], "home-incidents")]
    blocks: list[Block] = []
    for place, incident in enumerate(found[:MOST_INCIDENTS]):
        head = f"*Open incidents* ({count(len(found))})\n" if not place else ""
        show = button("Details", f"{SHOW}_{place}", str(incident.id))
        line = cut(head + incident_line(incident), LONGEST_LINE + 120)
        blocks.append(_beside(line, f"home-incident-{place}", show))
        blocks += _said_of(incident, place, caller)
    if len(found) > MOST_INCIDENTS:
        every = button(f"All {count(len(found))}", "ask_4", "incidents")
        blocks.append(ActionsBlock([every], block_id="home-incidents-next"))
    return blocks


def _said_of(incident: Incident, place: int, caller: Caller) -> list[Block]:
    key = str(incident.id)
    elements: list[object] = []
    if incident.kind == "anomaly":
        if incident.label is None and may_incident(Incidents.LABEL, caller):
            elements += [button(label, action, key) for label, action in LABELS]
    elif incident.acknowledged_at is None:
        elements.append(button("Acknowledge", ACKNOWLEDGE, key))
    if may_incident(Incidents.MUTE, caller):
        elements.append(mute_menu(incident))
    if not elements:
        return []
    row: Block = ActionsBlock(
        elements,  # pyright: ignore[reportArgumentType]
        block_id=f"home-incident-next-{place}",
    )
    return [row]


def recommendation_blocks(around: Around, caller: Caller) -> list[Block]:
    """What would save most, each with what can be decided."""
    rows = around.recommendations[:MOST_RECOMMENDATIONS]
    blocks: list[Block] = []
    may = frozenset(act for act in Recs if may_rec(act, caller))
    for place, row in enumerate(rows):
        head = ""
        if not place:
            together = " together" if around.pending > 1 else ""
            head = (
                f"*Worth doing* ({count(around.pending)} open, "
                f"{dollars(around.saves)} a month{together})\n"
            )
        name = f" · {whose(row.organization)}" if caller.organization is None else ""
        line = cut(
            f"{head}{MARKS_OF[row.state]} {recommendation_line(row)}{name}", LONGEST_LINE + 120
        )
        blocks.append(_beside(line, f"home-rec-{place}", None))
        blocks.append(
            recs_buttons.card_buttons(
                row,
                moves_of(caller, row.state),
                may,
                block_id=f"home-rec-next-{place}",
                can_undo=False,
                is_short=True,
            )
        )
    if around.pending > len(rows):
        every = recs_buttons.ask_buttons([(f"All {count(around.pending)}", "list")])
        blocks.append(ActionsBlock(list(every), block_id="home-recs-next"))
    return blocks


def _beside(mrkdwn: str, block_id: str, accessory: object | None) -> SectionBlock:
    text = Text(cut(mrkdwn, MOST_SECTION))
    if accessory is None:
        return SectionBlock(text, block_id=block_id)
    return SectionBlock(text, block_id=block_id, accessory=accessory)  # pyright: ignore[reportArgumentType]
