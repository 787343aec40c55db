"""Who may do what with budgets in Slack: every command, button and modal, by role and organization.

What is tried is taken from what costbot declares: the words of `/budget`, the actions and the
modals that it hears. What has to come of it follows from the one table of permissions. So a new
command is tried without being named here, by everybody, on a budget of acme's and on the
deployment's own.
"""

from __future__ import annotations

import copy
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from analysis.roles import Role
from bot.grammar.budget_words import ACTS, BUDGET_SUBCOMMANDS
from bot.slack.permissions import ACTIONS, VIEWS
from handlers.budgets.permissions import LEAST_ROLE, Act
from playground.model import View
from storage.records.alert_state import StoredAlertState
from storage.records.budget import Budget
from storage.records.raise_ import RaiseDraft
from tests.budgets.slack.acting import Act as OpenStage
from tests.budgets.slack.acting import Acting, action, text_of
from tests.slack.conftest import NOW

WHO: Mapping[str, tuple[Role, str | None] | None] = {
    "ute": (Role.USER, "acme"),
    "otto": (Role.ORG_ADMIN, "acme"),
    "ada": (Role.ADMIN, None),
    "gil": (Role.ORG_ADMIN, "globex"),
    "gus": (Role.USER, "globex"),
    "sam": None,
}
LADDER = (Role.USER, Role.ORG_ADMIN, Role.ADMIN)

OURS = tuple(
    name
    for name in ACTIONS
    if name.startswith(("budget_", "raise_", "alert_")) and not name.startswith("alert_rule_")
)
OUR_VIEWS = tuple(name for name in VIEWS if name.startswith(("budget_", "raise_")))
NOWHERE = {"budget_list", "budget_new", "create", "list", "help"}
"""What concerns no budget that there is."""

PERIOD = NOW.date().replace(day=1)

SAYS = {
    "role": ("Only an organization admin may", "This is for organization admins"),
    "gone": ("There is no budget.", "There is no such raise", "There is no such alert"),
    "theirs": ("Your budgets are those of", "You see the budgets of"),
    "who": ("I don't know you yet",),
    "broken": ("older message", "Something went wrong", "I don't know the word", "needs a"),
}
SECRETS = {"acme": ("Acme budget", "Prod launch"), None: ("Own budget", "Own launch")}
"""What nobody learns who may not see the budget of acme, and the deployment's own."""


def due(least: Role, whose: str | None, person: str) -> str:
    """What has to come of it when somebody tries, with a budget of some organization's."""
    known = WHO[person]
    if known is None:
        return "who"
    role, own = known
    if LADDER.index(role) < LADDER.index(least):
        return "role"
    return "yes" if own in (None, whose) else "gone"


Trace = tuple[int, Sequence[object]]
"""The number of the newest decision, and all that can be decided on."""

DECIDED_ON = ("budgets", "budget_raises", "budget_alert_states")


@dataclass
class Prepared:
    """In which state the budget was put last, and what lay in the store then.

    Attributes:
        raises: those that wait to be decided on, by who asked for them.
    """

    state: object = None
    trace: Trace | None = None
    raises: dict[str, UUID] = field(default_factory=dict[str, UUID])


@dataclass(frozen=True)
class Target:
    """A budget that something is tried on."""

    acting: Acting
    budget: Budget
    whose: str | None
    last: Prepared = field(default_factory=Prepared)

    async def prepared(self, what: str, person: str) -> UUID:
        """Puts it into the state in which something can be done; the id of a raise to decide on.

        What nobody has changed since it was put so is left as it is: most people may do nothing.
        """
        state = tuple(part in what for part in ("resume", "undo", "unmute"))
        if (state, self.trace()) != (self.last.state, self.last.trace):
            await self._put(*state)
            self.last.state, self.last.raises = state, {}
        asker = person if "withdraw" in what else "ada" if person != "ada" else "otto"
        if asker not in self.last.raises:
            self.last.raises[asker] = await self._ask_for_a_raise(asker)
        self.last.trace = self.trace()
        return self.last.raises[asker]

    async def _put(self, is_paused: bool, is_deleted: bool, is_muted: bool) -> None:
        store, key = self.acting.store, self.budget.id
        now = await store.budgets.find(key, deleted=True)
        assert now is not None
        if now.deleted_at is not None:
            now = await store.budgets.restore(key, now.version)
        now = await store.budgets.change(key, now.version, replace(self.budget, paused=is_paused))
        if is_deleted:
            await store.budgets.delete(key, now.version)
        state = await store.alert_states.find(key, PERIOD)
        muted = NOW + timedelta(hours=1) if is_muted else None
        fresh = StoredAlertState(budget_id=key, period_first=PERIOD, version=state.version)
        await store.alert_states.put(replace(fresh, level_told="warning", muted_until=muted))

    async def _ask_for_a_raise(self, asker: str) -> UUID:
        stage, team = self.acting.playing.stage, self.acting.slack.workspace.team.id
        draft = RaiseDraft(
            budget_id=self.budget.id,
            amount=self.budget.limit,
            reason=f"launch {uuid4()}",
            asked_by=f"{team}/{stage.user_id(asker)}",
            first_day=NOW.date(),
            last_day=NOW.date(),
        )
        return (await self.acting.store.raises.ask(draft)).id

    def trace(self) -> Trace:
        """What lies in the store, as it lies there."""
        file = self.acting.playing.parts.settings.home / "store.sqlite3"
        with closing(sqlite3.connect(file)) as store:
            ((newest,),) = store.execute(
                "SELECT max(id) FROM audit_trail WHERE object_kind <> 'login'"
            )
            return newest, [store.execute(f"SELECT * FROM {t}").fetchall() for t in DECIDED_ON]

    def told(self, text: str, due: str) -> str:
        """What an answer comes to; who learns nothing of a budget learns nothing of it."""
        for called in (self.budget.name, str(self.budget.id)):
            text = text.replace(f"There is no budget `{called}`", "There is no budget")
        text = text.replace(str(self.budget.id), "")
        found = [word for word, says in SAYS.items() if any(part in text for part in says)]
        if due != "yes":
            assert [secret for secret in SECRETS[self.whose] if secret in text] == [], text
        assert len(found) < 2, text
        return found[0] if found else "yes"


async def targets(acting: Acting) -> list[Target]:
    """The two budgets, and everybody in their role."""
    await acting.promote("gil", "globex", Role.ORG_ADMIN)
    workspace = acting.slack.workspace
    gil = next(user for user in workspace.people() if user.name == "gil")
    workspace.users["U0GUS00001"] = type(gil)(id="U0GUS00001", name="gus", real_name="Gus Globex")
    await acting.promote("gus", "globex", Role.USER)
    acme = await acting.create('create "Acme budget" 16 monthly model gpt-4 about "Prod launch"')
    own = await acting.create('create "Own budget" 16 monthly about "Own launch"', "ada")
    return [Target(acting, acme, "acme"), Target(acting, own, None)]


def lines_of(word: str) -> list[str]:
    """What may be typed, as it is declared: with everything, and with what is needed alone."""
    (usage,) = [sub.usage for sub in BUDGET_SUBCOMMANDS if sub.word == word]
    bare = usage
    while "[" in bare:
        bare = re.sub(r" ?\[[^][]*\]", "", bare)
    whole = re.sub(r"[][]", "", usage)
    return list(dict.fromkeys((whole, bare)))


def typed(line: str, name: str, key: UUID, organization: str | None) -> str:
    """A declared line with something in the place of each capitalized word."""
    whose = f" org {organization}" if organization else ""
    places = {
        "PART OF A NAME": "budget",
        "org NAME": f"org {organization or 'acme'}",
        "CLAUSE …": "limit 21" if line.startswith("edit") else f"model gpt-4{whose}",
        "NAME": f'"New {uuid4()}"' if line.startswith("create") else f'"{name}"',
        "AMOUNT": "5",
        "PERIOD": "monthly",
        "from DAY": "from 2026-11-20",
        "on DAY": "on 2026-11-19",
        "DAY": "2026-11-30",
        "REASON": f"of {uuid4()}",
        "ID": str(key),
    }
    for place, filling in places.items():
        line = line.replace(place, filling)
    assert not re.search(r"\b[A-Z]{2,}\b", re.sub(r'"[^"]*"', "", line)), line
    return line


def test_every_word_has_what_it_does() -> None:
    assert set(ACTS) == {sub.word for sub in BUDGET_SUBCOMMANDS}
    assert {LEAST_ROLE[act] for act in Act} <= {Role.USER, Role.ORG_ADMIN}
    assert len(OURS) >= 16


@pytest.mark.parametrize("word", [sub.word for sub in BUDGET_SUBCOMMANDS])
async def test_every_command(act: OpenStage, word: str):
    least = LEAST_ROLE[ACTS[word]]
    async with act() as acting:
        for target in await targets(acting):
            for line in lines_of(word):
                for person in WHO:
                    verdict, answer, has_changed = await say(target, word, line, person)
                    wanted = due(least, target.whose, person)
                    if is_anywhere(word, line) and wanted == "gone":
                        wanted = answered_anywhere(line, target, person)
                    assert verdict == wanted, (line, person, answer)
                    # A form, a question before a deletion and a look change nothing.
                    may_change = ACTS[word] is not Act.SEE and word != "delete"
                    is_form = word in ("create", "edit", "raise") and line == lines_of(word)[-1]
                    assert has_changed == (verdict == "yes" and may_change and not is_form), line


def is_anywhere(word: str, line: str) -> bool:
    """Whether a line concerns no budget that there is."""
    return word in NOWHERE or not re.search(r"\b(NAME|ID)\b", line)


def answered_anywhere(line: str, target: Target, person: str) -> str:
    """What comes of a line that concerns no budget, for somebody of another organization."""
    names_another = "org NAME" in line or "CLAUSE" in line
    own = WHO[person]
    assert own is not None
    named = target.whose or ("acme" if "org NAME" in line else None)
    return "theirs" if names_another and named not in (None, own[1]) else "yes"


async def say(target: Target, word: str, line: str, person: str) -> tuple[str, str, bool]:
    """What comes of a line that somebody types, in a word and in full, and whether it did much."""
    acting = target.acting
    raise_id = await target.prepared(word, person)
    key = target.budget.id if word == "undo" else raise_id
    acting.slack.workspace.set_modals(acting.playing.stage.user_id(person), [])
    before = target.trace()
    heard = await acting.say(typed(line, target.budget.name, key, target.whose), person)
    assert (heard.status, heard.failure) == (200, "")
    answer = str(heard.ack) if heard.ack else text_of(acting.modal(person))
    after = target.trace()
    assert (before[0] == after[0]) == (before[1] == after[1])
    wanted = "yes" if is_anywhere(word, line) else due(LEAST_ROLE[ACTS[word]], target.whose, person)
    return target.told(answer, wanted), answer, before != after


@pytest.mark.parametrize("name", OURS)
async def test_every_button(act: OpenStage, name: str):
    async with act() as acting:
        for target in await targets(acting):
            for person in WHO:
                raise_id = await target.prepared(name, person)
                value = {
                    "budget": str(target.budget.id),
                    "raise": str(raise_id),
                    "alert": f"{target.budget.id}:{PERIOD}",
                }[name.split("_")[0]]
                wanted = due(ACTIONS[name], target.whose, person)
                if name in NOWHERE and wanted == "gone":
                    wanted = "yes"
                before = target.trace()
                answer = await pressed(acting, name, value, person)
                assert target.told(answer, wanted) == wanted, (person, answer)
                after = target.trace()
                assert (before[0] == after[0]) == (before[1] == after[1])
                if wanted != "yes":
                    assert before == after, person


async def pressed(acting: Acting, name: str, value: str, person: str) -> str:
    """All that is said to who presses a button: beside the message, in its place, in a modal."""
    message = await acting.message("help", person)
    user_id = acting.playing.stage.user_id(person)
    acting.slack.workspace.set_modals(user_id, [])
    pressing = action(name, value)
    if name == "alert_mute":
        pressing = pressing | {
            "type": "static_select",
            "selected_option": {"value": f"{value}:day"},
        }
    told = await acting.press(message, pressing, person)
    modals = acting.slack.workspace.modals_of(user_id)
    return "\n".join(
        [*told, *([] if told or modals else [str(message.blocks)]), *map(text_of, modals)]
    )


@pytest.mark.parametrize("callback", OUR_VIEWS)
async def test_every_modal(act: OpenStage, callback: str):
    """Sent in by everybody as it was opened by somebody who may."""
    opening = {"budget_form": "budget_edit", "budget_raise": "budget_raise"}
    async with act() as acting:
        for target in await targets(acting):
            for person in WHO:
                raise_id = await target.prepared(callback, person)
                name = opening.get(callback, callback)
                value = raise_id if name.startswith("raise_") else target.budget.id
                await pressed(acting, name, str(value), "ada")
                view = handed_over(acting, acting.modal("ada"), person)
                before = target.trace()
                outcome = await acting.submit(view, person, amount="5", reason=f"of {uuid4()}")
                assert outcome.status == 200
                wanted = due(VIEWS[callback], target.whose, person)
                answer = text_of(view)
                if "submit" in view.payload and wanted == "yes":
                    answer = str(outcome.field_errors)  # the form is still there: a preview
                    assert outcome.field_errors == {}
                assert target.told(answer, wanted) == wanted, (person, answer)
                after = target.trace()
                if wanted != "yes" or callback == "budget_form":
                    assert before == after
                else:
                    assert before[0] < after[0]


def handed_over(acting: Acting, view: View, person: str) -> View:
    """The same modal, as if somebody else had it open."""
    theirs = copy.deepcopy(view)
    acting.slack.workspace.set_modals(acting.playing.stage.user_id(person), [theirs])
    return theirs


async def test_a_modal_of_a_budget_out_of_reach_is_sent_in_for_nothing(act: OpenStage):
    async with act() as acting:
        target = (await targets(acting))[0]
        await acting.say("create Theirs 5 monthly", "gil")
        view = await acting.open_form("raise Theirs", "gil")
        view.payload = view.payload | {"private_metadata": f'{{"budget":"{target.budget.id}"}}'}
        await acting.submit(view, "gil", amount="5", reason="launch")
        assert await acting.store.raises.of_budget(target.budget.id) == []
    assert target.told(text_of(view), "gone") == "gone"
