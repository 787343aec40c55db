"""Who may do what, as the table says it, in the code and on the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.budgets import permissions
from handlers.budgets.permissions import Act, allow, may, within
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


def test_the_page_has_the_table_of_the_code() -> None:
    lines = [line for line in (permissions.__doc__ or "").splitlines() if line.startswith("|")]
    assert len(lines) == 6
    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8")


def test_who_is_of_no_organization_reaches_nothing() -> None:
    for role in (Role.USER, Role.ORG_ADMIN):
        with pytest.raises(NotAllowed, match="of no organization"):
            within(replace(ADMIN, role=role))
    assert within(ADMIN) is None
    assert within(replace(ADMIN, organization="acme")) == "acme"
