"""For whom the cost was: the dearest organizations, endpoints and processes."""

from __future__ import annotations

from analysis.overview.figures import Figures, Member
from analysis.overview.standing_out import short
from analysis.overview.text import Line, Section
from analysis.written import money, percent, plural

MOST_MEMBERS = 3


def whose(figures: Figures) -> Section | None:
    """The section of who and what was dearest; None where there is nothing to name."""
    # Who sees one organization knows whose cost it is.
    organizations = () if figures.organization is not None else figures.organizations
    lines = [
        _dearest(title, members, one, none)
        for title, members, one, none in (
            ("Customers of the API", organizations, "customer", "no organization"),
            ("Endpoints of the API", figures.endpoints, "endpoint or model", "no endpoint"),
            ("Processes of Studio", figures.processes, "process", "no process"),
        )
        if members
    ]
    return Section("whose", "For whom, and for what", tuple(lines)) if lines else None


def _dearest(title: str, members: tuple[Member, ...], one: str, none: str) -> Line:
    named = [_member(member, none) for member in members[:MOST_MEMBERS]]
    text = f"{title}: {', '.join(named)}"
    if rest := len(members) - len(named):
        many = {"process": "more processes", "endpoint or model": "more pairs"}
        text += f" and {plural(rest, f'more {one}', many.get(one))}"
    return Line(f"{text}.")


def _member(member: Member, none: str) -> str:
    name = none if member.name is None else short(member.name)
    cost = "cost not known" if member.cost is None else money(member.cost)
    if member.share is None or member.cost is None:
        return f"{name} {cost}"
    return f"{name} {cost} ({percent(member.share)})"
