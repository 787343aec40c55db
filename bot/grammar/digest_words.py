"""The declared words of `/cost digest`: what may be typed, what it means, an example of each."""

from __future__ import annotations

from bot.grammar.words import Subcommand

FILLERS = frozenset({"at", "on", "in", "the", "to", "every", "each", "of", "for", "day", "month"})
"""Words that people say and that change nothing."""

TARGETS = ("me", "dm", "here")

CLAUSE_WORDS = (
    "daily",
    "weekly",
    "monthly",
    "weekdays",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "last",
    "quiet",
    "always",
    "customers",
    "everybody",
    "everything",
    "zone",
    *TARGETS,
)
"""The words of a subscription, dimensions apart."""

DIGEST_SUBCOMMANDS: tuple[Subcommand, ...] = (
    Subcommand(
        "digest subscribe",
        "digest subscribe [#channel | me | here] [daily | weekly | monthly] [TIME] [WEEKDAY …] "
        "[DAY] [ZONE] [DIMENSION VALUE …] [customers] [quiet]",
        "what moved and why, every morning, week or month; alone it opens a form; `quiet` leaves "
        "days out on which nothing happened; channels are for organization admins",
        "/cost digest subscribe #llm-costs daily 9:00 weekdays Europe/Berlin product api quiet",
    ),
    Subcommand("digest list", "digest list", "the digests that you see", "/cost digest list"),
    Subcommand(
        "digest show",
        "digest show N",
        "one with when it comes next and what became of the last ones, by its number or id",
        "/cost digest show 1",
    ),
    Subcommand(
        "digest edit",
        "digest edit N [CLAUSE …]",
        "changes it; with a number alone it opens a form; `always` and `everything` take `quiet` "
        "and filters back",
        "/cost digest edit 1 8:30 quiet",
    ),
    Subcommand(
        "digest preview",
        "digest preview [N | CLAUSE …]",
        "what it would say now, to you alone",
        "/cost digest preview weekly product api",
    ),
    Subcommand(
        "digest test",
        "digest test N",
        "sends it to where it goes, marked as a test",
        "/cost digest test 1",
    ),
    Subcommand("digest pause", "digest pause N", "sends it no more", "/cost digest pause 1"),
    Subcommand("digest resume", "digest resume N", "ends a pause", "/cost digest resume 1"),
    Subcommand(
        "digest skip",
        "digest skip N",
        "leaves the next one out; `digest unskip N DAY` takes that back",
        "/cost digest skip 1",
    ),
    Subcommand(
        "digest unsubscribe",
        "digest unsubscribe N",
        "ends it; within a day, `digest undo ID` takes that back",
        "/cost digest unsubscribe 1",
    ),
)
