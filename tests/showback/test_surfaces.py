"""Statements in words: what is typed, the CSV, the page that prints, Slack."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import BadInput, NotUnderstood
from analysis.roles import Role
from analysis.showback.rules import Basis, Method, Rule
from bot.grammar.command import Command
from bot.grammar.parse import parse
from bot.grammar.statement import (
    StatementCloseCommand,
    StatementCommand,
    StatementListCommand,
    StatementRuleCommand,
    write_statement,
)
from bot.statement_csv import statement_csv
from bot.statement_json import statement_json
from bot.statement_page import statement_page
from handlers.showback.results import StatementRequest
from queries.dimensions import Dimensions
from tests.facts import Fact
from tests.showback.conftest import FACTS, NOV, OCT, UTE, Deploy, at, gpu, llm
from tests.slack.conftest import Play
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked, click

D = Decimal
DIMENSIONS = Dimensions()
HOSTILE = "<script>alert(1)</script> & <!channel>"


def understood(text: str) -> Command:
    return parse(text, DIMENSIONS, Role.ADMIN)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("statement", StatementCommand()),
        ("statement last csv", StatementCommand(csv=True)),
        ("statement 2026-10 org acme", StatementCommand(StatementRequest(OCT, "acme"))),
        (
            'statement team="Data Science" 2026-10',
            StatementCommand(StatementRequest(OCT, None, "Data Science")),
        ),
        ("statement rule", StatementRuleCommand()),
        ("statement rule even from 2026-11", StatementRuleCommand(Rule(Method.EVEN), NOV)),
        (
            "statement rule proportional by GPU seconds",
            StatementRuleCommand(Rule(basis=Basis.GPU_SECONDS)),
        ),
        (
            'statement rule fixed acme 60% "glo bex"=39.5%',
            StatementRuleCommand(Rule(Method.FIXED, shares={"acme": D(60), "glo bex": D("39.5")})),
        ),
        ("statement close 2026-10", StatementCloseCommand(OCT)),
        ("statement list", StatementListCommand()),
    ],
)
def test_what_is_typed_is_understood(text: str, command: Command) -> None:
    assert understood(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "statement 2026-13",
        "statement 2026-10 2026-11",
        "statement acme",
        "statement org",
        "statement org a org b",
        "statement rule evenly",
        "statement rule even acme",
        "statement rule fixed acme",
        "statement rule fixed acme 1% acme 2%",
        "statement rule proportional by sympathy",
        "statement close",
        "statement close 2026-10 now",
        "statement close 2026-10 confirm abc",
        "statement list 2026-10",
    ],
)
def test_what_makes_no_sense_is_refused_with_a_next_step(text: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        understood(text)
    assert refused.value.hint


def test_more_than_a_hundred_per_cent_is_refused() -> None:
    with pytest.raises(BadInput, match=r"add up to 100.01 %"):
        understood("statement rule fixed acme 60% globex 40.01%")


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
MONTHS = st.builds(date, st.integers(2000, 2099), st.integers(1, 12), st.just(1))
SHARES = st.decimals(D("0.000001"), D(30), places=6)
RULES = st.one_of(
    st.builds(Rule, st.just(Method.PROPORTIONAL), st.sampled_from(list(Basis))),
    st.just(Rule(Method.EVEN)),
    st.builds(
        Rule,
        st.just(Method.FIXED),
        shares=st.dictionaries(NAMES, SHARES, min_size=1, max_size=3),
    ),
)


@given(
    st.one_of(
        st.builds(
            StatementCommand,
            st.builds(
                StatementRequest,
                st.one_of(st.none(), MONTHS),
                st.one_of(st.none(), NAMES),
                st.one_of(st.none(), NAMES),
            ),
            csv=st.booleans(),
        ),
        st.builds(StatementRuleCommand, RULES, st.one_of(st.none(), MONTHS)),
        st.builds(StatementCloseCommand, MONTHS, st.sampled_from(["", "0123456789ab"])),
    )
)
def test_a_button_carries_a_text_that_asks_exactly_this(
    command: StatementCommand | StatementRuleCommand | StatementCloseCommand,
) -> None:
    assert understood(write_statement(command)) == command


class _Text(HTMLParser):
    """What a page shows, and the elements that it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


async def test_the_page_prints_each_statement_and_runs_nothing(deploy: Deploy):
    async with deploy([*FACTS, llm(at(10, 12), "1", HOSTILE, team="<b>t</b>")]) as one:
        found = await one.shown(OCT)
        page = statement_page(found)
    shown = _Text(page)
    assert {HOSTILE, "Team", "<b>t</b>", "All statements"} <= set(shown.words)
    assert shown.tags.isdisjoint({"script", "b", "img", "link"})
    assert shown.links == []
    assert page.count("<article>") == 1 + 3
    assert "@page" in page
    for each in found.statements:
        assert f"{each.total:,.2f}" in shown.words


async def test_the_file_adds_up_to_infrastructure_and_corrections(deploy: Deploy):
    async with deploy([*FACTS, llm(at(10, 12), "1", "=cmd()", team="x")]) as one:
        await one.close(OCT)
        one.add(gpu(at(10, 13), "10", "unused"))
        found = await one.shown(NOV)
        file = statement_csv(found)
    rows = list(csv.DictReader(io.StringIO(file.content)))
    assert found.books is not None
    whole = sum((D(row["amount"]) for row in rows if not row["team"]), D(0))
    assert whole == found.books.infrastructure + found.books.corrected == D(162)
    adjusted = [row for row in rows if row["ChargeCategory"] == "Adjustment"]
    assert {row["of_month"] for row in adjusted} == {"2026-10"}
    assert rows[0]["BillingPeriodStart"] == "2026-11-01T00:00:00+00:00"
    assert file.name == "statement-2026-11.csv"


async def test_the_file_of_a_team_holds_no_formula(deploy: Deploy):
    async with deploy([*FACTS, llm(at(10, 12), "1", "=cmd()", team="+x")]) as one:
        rows = list(csv.DictReader(io.StringIO(statement_csv(await one.shown(OCT)).content)))
    assert {"'=cmd()"} <= {row["organization"] for row in rows}
    assert {"'+x", "no team"} & {row["team"] for row in rows}


async def test_machines_get_decimals_as_text_and_people_only_their_own(deploy: Deploy):
    async with deploy() as one:
        own = statement_json(await one.shown(OCT, UTE))
    assert own["books"] is None
    assert "globex" not in str(own)
    assert "'total': '836.25'" in str(own)


NOVEMBERS: tuple[Fact, ...] = (*FACTS[:8], *(llm(at(11, 2, hour), "1", "acme") for hour in (1, 2)),
                               gpu(at(11, 2), "1", organization="acme"))  # fmt: skip


async def test_a_month_is_looked_at_and_closed_with_one_click(play: Play):
    async with play(NOVEMBERS) as playing:
        message = await asked(playing, "/cost statement 2026-10", "ada")
        assert "$1,240.01 infrastructure cost of October 2026 in 2 statements" in message.text
        assert "They add up to it to the cent" in message.text
        await click(playing, message, "Close 2026-10 …", "ada")
        assert message.text.startswith("Close October 2026?")
        await click(playing, message, "Close 2026-10", "ada")
        assert message.text.startswith("🔒 October 2026 is closed: $1,240.01")
        again = await asked(playing, "/cost statement close 2026-10", "ada")
        assert "2026-10 was closed already, by Ada Admin" in again.text
        entries = await playing.parts.store.audit.page()
    assert [(entry.action, entry.surface) for entry in entries] == [("statement.close", "slack")]


async def test_people_get_their_own_statement_and_no_button_to_close(play: Play):
    async with play(NOVEMBERS) as playing:
        message = await asked(playing, "/cost statement 2026-10", "ute")
        assert message.text.startswith("acme: $836.25 for October 2026")
        assert "Close 2026-10" not in str(message.blocks)
        assert "globex" not in str(message.blocks)
        other = await asked(playing, "/cost statement 2026-10 org globex", "ute")
        assert "There is no statement of `globex`" in other.text
        refused = await asked(playing, "/cost statement close 2026-10", "otto")
        assert "Only an admin of all organizations may close a month" in refused.text


async def test_a_rule_is_set_and_told(play: Play):
    async with play(NOVEMBERS) as playing:
        message = await asked(
            playing, "/cost statement rule fixed acme 60% globex 30% from 2026-10", "ada"
        )
        assert "Set: from 2026-10 on" in message.text
        assert "by fixed shares: acme 60 %, globex 30 %" in message.text
        assert "10 % is charged to nobody" in message.text
        await click(playing, message, "Statement 2026-10", "ada")
    assert "$17.50 is not charged: they add up to the cent" in message.text
