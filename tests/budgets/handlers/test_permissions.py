"""Who may do what, as the table says it, in the code and on the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.budgets import permissions
from handlers.budgets.permissions import LEAST_ROLE, Act, allow, may, within
from tests.budgets.handlers.conftest import ADMIN, KEEPER, MEMBER

PAGE = Path(__file__).parents[3] / "docs" / "budgets.md"

EVERYBODY = {Act.SEE, Act.ACKNOWLEDGE, Act.ASK_RAISE}


@pytest.mark.parametrize("act", Act)
def test_a_role_may_what_the_table_gives_it(act: Act) -> None:
    assert [may(act, caller) for caller in (MEMBER, KEEPER, ADMIN)] == [
        act in EVERYBODY,
        True,
        True,
    ]
    if act not in EVERYBODY:
        with pytest.raises(NotAllowed, match="Only an organization admin"):
            allow(act, MEMBER)


CALLED = {
    Act.SEE: "see",
    Act.ACKNOWLEDGE: "acknowledge",
    Act.ASK_RAISE: "ask for a raise",
    Act.CREATE: "create",
    Act.EDIT: "edit",
    Act.DELETE: "delete",
    Act.PAUSE: "pause",
    Act.MUTE: "mute",
    Act.DECIDE_RAISE: "approve and reject raises of others",
}
"""What the table calls each."""


def table() -> list[str]:
    """The table of permissions, line by line."""
    return [line for line in (permissions.__doc__ or "").splitlines() if line.startswith("|")]


def test_the_page_has_the_table_of_the_code() -> None:
    assert "\n".join(table()) in PAGE.read_text(encoding="utf-8")


def test_the_table_says_of_each_act_the_role_that_is_asked_for() -> None:
    assert set(CALLED) == set(Act) == set(LEAST_ROLE)
    said: dict[str, list[str]] = {}
    for line in table()[2:]:
        acts, *roles = (cell.strip() for cell in line.strip("|").split("|"))
        for act in acts.split(", "):
            assert act not in said
            said[act] = roles
    own = "who asked for it"
    assert said.pop("withdraw a raise") == [own, own, own]
    assert said == {
        called: [
            "own organization" if LEAST_ROLE[act] is Role.USER else "",
            "own organization",
            "all",
        ]
        for act, called in CALLED.items()
    }


def test_who_is_of_no_organization_reaches_nothing() -> None:
    for role in (Role.USER, Role.ORG_ADMIN):
        with pytest.raises(NotAllowed, match="of no organization"):
            within(replace(ADMIN, role=role))
    assert within(ADMIN) is None
    assert within(replace(ADMIN, organization="acme")) == "acme"
