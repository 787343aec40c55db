"""The words of a report, there and back."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from analysis.roles import Role
from bot.grammar.parse import parse
from bot.grammar.report import ReportCommand, write_report
from handlers.report import ReportRequest
from queries.dimensions import Dimensions


@given(
    st.builds(
        ReportCommand,
        st.builds(ReportRequest, st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))),
        st.booleans(),
        csv=st.booleans(),
    )
)
def test_what_a_button_carries_asks_exactly_its_report(wanted: ReportCommand):
    assert parse(write_report(wanted), Dimensions(), Role.USER) == wanted


def test_yesterday_is_the_day_of_a_report_that_names_none():
    assert parse("report yesterday", Dimensions(), Role.USER) == ReportCommand()
    assert parse("REPORT  Preview", Dimensions(), Role.USER) == ReportCommand(preview=True)
