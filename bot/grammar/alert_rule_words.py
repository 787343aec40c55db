"""The declared words of `/cost alert`: what may be typed, what it means, an example of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.roles import Role
from bot.grammar.words import Clause, Subcommand, dimension_words
from handlers.alert_rules.permissions import Act
from queries.dimensions import Dimensions

WORDS = ("alert", "alerts")
"""The first words after `/cost`."""

ALERT_SUBCOMMANDS: tuple[Subcommand, ...] = (
    Subcommand(
        "create",
        "create [[NAME] WHAT above|below THRESHOLD [CLAUSE …]]",
        "a new rule; alone it opens a form",
        "/cost alert create api-spike cost above 30% of 7d product api critical 60% to #api-team",
    ),
    Subcommand(
        "preview",
        "preview [NAME] WHAT above|below THRESHOLD [CLAUSE …]",
        "on which of the last 30 days a rule would have fired; nothing is kept",
        "/cost alert preview cost above $500 a day model gpt-4o",
    ),
    Subcommand(
        "list",
        "list [PART OF A NAME] [org NAME]",
        "all rules that you see, with what is open; so does `/cost alert` alone",
        "/cost alert list api",
    ),
    Subcommand(
        "show",
        "show NAME",
        "one rule with what it says now, and would have said in the last 14 days",
        "/cost alert show api-spike",
    ),
    Subcommand(
        "edit",
        "edit NAME [CLAUSE …]",
        "changes it; with a name alone it opens a form; filters and targets are replaced as a "
        "whole",
        "/cost alert edit api-spike critical 80%",
    ),
    Subcommand(
        "pause",
        "pause NAME [until DAY]",
        "nothing is looked at until that day begins, or it is resumed",
        "/cost alert pause api-spike until 2026-12-01",
    ),
    Subcommand("resume", "resume NAME", "ends a pause", "/cost alert resume api-spike"),
    Subcommand(
        "delete", "delete NAME", "deletes it; for a day it can be restored",
        "/cost alert delete api-spike",
    ),
    Subcommand("undo", "undo ID", "restores what was deleted", "/cost alert undo 6f1c…"),
    Subcommand(
        "test",
        "test NAME",
        "sends its targets a message that says that it is a test",
        "/cost alert test api-spike",
    ),
    Subcommand("help", "help", "this list", "/cost alert help"),
)  # fmt: skip

ACTS: Mapping[str, Act] = {
    "create": Act.CREATE,
    "preview": Act.CREATE,
    "edit": Act.EDIT,
    "pause": Act.PAUSE,
    "resume": Act.PAUSE,
    "delete": Act.DELETE,
    "undo": Act.DELETE,
    "test": Act.TEST,
}
"""What a role has to reach for each; the others are for everybody."""

WHAT: tuple[Clause, ...] = (
    Clause(
        "cost | requests above | below FIGURE [a day]",
        "a complete day against a figure; `cost today above $500` judges the day that is on",
        "/cost alert create cost above $500 a day model gpt-4o",
        ("cost", "requests", "absolute", "spend", "volume"),
    ),
    Clause(
        "cost | requests above | below 30% [of 7d | weekday | week | month]",
        "a complete day against the 7 days before, the same weekday (median of 4), the average day "
        "of the calendar week or month before",
        "/cost alert create cost above 30% of weekday product api",
        ("relative",),
    ),
    Clause(
        "cost per request above FIGURE | 20%",
        "what a request costs, against a figure or against its 28 days before",
        "/cost alert create cost per request above 20% each model",
        ("request",),
    ),
    Clause(
        "failure cost above FIGURE | 5%",
        "what failed requests cost, in dollars a day or as a share of the cost",
        "/cost alert create failure cost above 5% product studio",
        ("failure", "failures"),
    ),
    Clause(
        "unpriced above FIGURE | 5%",
        "requests without a price, as a count or as a share; with `today`, of the day that is on",
        "/cost alert create unpriced above 100",
        ("unpriced",),
    ),
    Clause(
        "freshness above 6h [source gpu | usage]",
        "a source whose newest fact is older",
        "/cost alert create freshness above 6h",
        ("freshness",),
    ),
    Clause(
        "utilization below 40%",
        "what of the GPUs' cost goes into requests; for those who see all organizations",
        "/cost alert create utilization below 40%",
        ("utilization",),
    ),
)

CLAUSES: tuple[Clause, ...] = (
    Clause(
        "critical VALUE, notice VALUE",
        "further thresholds beside the first, which is `warning`",
        "/cost alert edit api-spike critical 60% notice 15%",
        ("critical", "notice", "warning", "warn"),
    ),
    Clause(
        "DIMENSION VALUE",
        "only these; repeat it for several values",
        "/cost alert edit api-spike product api model gpt-4o",
        ("everything",),
    ),
    Clause(
        "each DIMENSION",
        "every member by itself: the 50 largest of the last 7 days",
        "/cost alert edit api-spike each model",
        ("each",),
    ),
    Clause(
        "least FIGURE",
        "tells only where so many dollars a day are at stake; against a baseline $10 unless said",
        "/cost alert edit api-spike least $20",
        ("least",),
    ),
    Clause(
        "margin 10%",
        "how far behind its threshold a figure has to be before it is over",
        "/cost alert edit api-spike margin 20%",
        ("margin",),
    ),
    Clause(
        "remind 1d | off",
        "tells again of what lasts",
        "/cost alert edit api-spike remind 1d",
        ("remind",),
    ),
    Clause(
        "to #CHANNEL @PERSON ADDRESS me here | routes",
        "where it is told in place of the routes; `webhook:ID` and `linear:TEAM`, too",
        "/cost alert edit api-spike to #api-team finance@example.com",
        ("to",),
    ),
    Clause(
        "customers | infrastructure",
        "leave internal traffic out; or what machines cost in place of what requests cost",
        "/cost alert create cost above $900 infrastructure",
        ("customers", "internal", "infrastructure"),
    ),
    Clause(
        "zone NAME, name NAME, org NAME",
        "in which its days begin, what it is called, whose it is",
        "/cost alert edit api-spike zone Europe/Berlin",
        ("zone", "name", "source", "today", "anyway"),
    ),
)


def alert_keywords(dimensions: Dimensions, role: Role) -> Iterable[str]:
    """Every word that may be typed: where suggestions for a mistyped one come from."""
    for clause in (*WHAT, *CLAUSES):
        yield from clause.keywords
    yield from ("above", "below")
    yield from dimension_words(dimensions, role)
