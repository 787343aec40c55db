"""The declared words of `/cost`: what may be typed, what it means, an example of each.

The parser takes its keywords from here, the help and `docs/commands.md` their text, and a
mistyped word its suggestions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.periods import Calendar
from analysis.roles import Role
from queries.breakdown import TIMES
from queries.dimensions import Dimension, Dimensions

ALIASES = {"org": "organization", "orgs": "organization", "env": "environment"}
"""Short words for dimensions, as people say them."""


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A first word that asks for something other than a cost.

    Attributes:
        word: what is typed after `/cost`.
        usage: the whole form, in the notation of the help.
        meaning: what it answers, a phrase.
        example: a line that works.
    """

    word: str
    usage: str
    meaning: str
    example: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a question about cost; clauses stand in any order.

    Attributes:
        usage: in the notation of the help.
        meaning: what it does, a phrase.
        example: a line that works.
        keywords: the words that begin it.
    """

    usage: str
    meaning: str
    example: str
    keywords: tuple[str, ...]


NOUNS = frozenset({"alert", "digest", "incidents", "route", "setup", "token"})
"""First words that are heard by nouns with a grammar of their own, see `bot.slack.nouns`."""

SUBCOMMANDS: tuple[Subcommand, ...] = (
    Subcommand(
        "why",
        "why [PERIOD] [vs PERIOD] [DIMENSION VALUE …] [csv]",
        "what moved the cost: volume, mix and rate, and who drove it; without a period: yesterday",
        "/cost why yesterday vs 2024-12-02",
    ),
    Subcommand(
        "compare",
        "compare [day | week | month] [by DIMENSION] [DIMENSION VALUE …] [csv]",
        "what changed over complete days: on the day, the 7 days or the same days before; "
        "without a span: week",
        "/cost compare month by model",
    ),
    Subcommand(
        "trends",
        "trends [28d] [by DIMENSION] [DIMENSION VALUE …] [csv]",
        "where the cost is heading over complete days, against the week and the month before",
        "/cost trends 90d by model",
    ),
    Subcommand(
        "forecast",
        "forecast [7 | 14 | 30 | 90] [by DIMENSION] [DIMENSION VALUE …] [csv]",
        "what the days to come and this month will cost, with a range, and how good such forecasts "
        "were; without a number: 30",
        "/cost forecast 30 by product",
    ),
    Subcommand(
        "anomalies",
        "anomalies [7d] [open | all] [DIMENSION VALUE …] [csv]",
        "which daily series were unlike their past: how far, why, what was said of it; "
        "`anomalies show ID` has everything about one; without days: 7",
        "/cost anomalies 30d organization acme",
    ),
    Subcommand(
        "replay",
        "replay [30d] [bands 2/3/4.5] [least $20] [ratio 40%] [rises | falls] "
        "[DIMENSION VALUE …] [csv]",
        "which anomalies other settings would have told of, beside those that were told; for "
        "organization admins",
        "/cost replay 30d bands 3/4/6 least $20",
    ),
    Subcommand(
        "utilization",
        "utilization [PERIOD] [by DIMENSION] [DIMENSION VALUE …] [csv]",
        "what of the GPUs' cost goes into requests, and what idle and unused capacity costs; "
        "without a period: the last 7 complete days",
        "/cost utilization 30d by day",
    ),
    Subcommand(
        "efficiency",
        "efficiency [PERIOD] [by DIMENSION] [DIMENSION VALUE …] [csv]",
        "what a request costs by model against the 28 days before, with the mix taken out",
        "/cost efficiency 7d by model",
    ),
    Subcommand(
        "failures",
        "failures [PERIOD] [by DIMENSION] [DIMENSION VALUE …] [csv]",
        "what failed and timed-out requests cost, where, and what of it is beyond the usual",
        "/cost failures yesterday by model",
    ),
    Subcommand(
        "pricing",
        "pricing [provider] [csv]",
        "what a million tokens cost, and since when",
        "/cost pricing openai",
    ),
    Subcommand(
        "pricing",
        "pricing compare [models NAME …] [PERIOD] [DIMENSION VALUE …] [csv]",
        "what your own usage would cost at each model's prices, with quality and context window; "
        "without a period: the last 30 complete days",
        "/cost pricing compare models gpt-4o-mini claude-haiku-4-5 feature chat",
    ),
    Subcommand(
        "pricing",
        "pricing set PROVIDER MODEL input USD output USD [cached USD] [written USD] "
        "[reasoning USD] [batch USD/USD] [above TOKENS] from DAY reference NAME "
        "[organization NAME | everybody] [save]",
        "a negotiated rate, tried on the last 30 days before it is saved; for organization admins",
        "/cost pricing set openai gpt-4o input 2.10 output 8.40 from 2026-12-01 reference C-17",
    ),
    Subcommand(
        "pricing",
        "pricing offers [provider]",
        "what providers offer beside their lists: discounts, commitments, provisioned throughput",
        "/cost pricing offers",
    ),
    Subcommand(
        "whatif",
        "whatif [model A to B] [share 40%] [cache 30%] [batch 20%] [input -20%] [output -10%] "
        "[requests -5%] [PERIOD] [DIMENSION VALUE …] [recommend | csv]",
        "what your own usage would cost otherwise, each change alone and all together",
        "/cost whatif model gpt-4-turbo to gpt-4o-mini share 40% cache 30% batch 20%",
    ),
    Subcommand(
        "query",
        "query [NAME [parameter=value …]] [csv]",
        "a ready-made question over complete days; without a name: which there are",
        "/cost query day_over_day",
    ),
    Subcommand(
        "report",
        "report [preview] [DAY] [csv]",
        "all queries over the week up to a day, posted here: a summary, each part in its thread",
        "/cost report preview",
    ),
    Subcommand(
        "reconcile",
        "reconcile [PERIOD]",
        "whether requests, idle, overhead and unused add up to what the machines cost",
        "/cost reconcile 7d",
    ),
    Subcommand(
        "statement",
        "statement [MONTH] [org NAME] [team NAME] [csv]",
        "what a month cost each organization, with its share of what is nobody's own, to the cent; "
        "without a month: the last one that is over",
        "/cost statement 2026-10 org acme",
    ),
    Subcommand(
        "statement",
        "statement rule [proportional [by cost | requests | gpu_seconds] | even | "
        "fixed NAME SHARE% …] [from MONTH]",
        "how unattributed and shared cost is divided; alone: the rule in force; for admins",
        "/cost statement rule fixed acme 60% globex 40%",
    ),
    Subcommand(
        "statement",
        "statement close MONTH",
        "freezes a month's statements, after they are shown; later changes are billed as "
        "corrections with the next month; for admins",
        "/cost statement close 2026-10",
    ),
    Subcommand(
        "statement",
        "statement list",
        "the closed months",
        "/cost statement list",
    ),
    Subcommand(
        "breakeven",
        "breakeven [PERIOD] [DIMENSION VALUE …] [api MODEL | at USD] [csv]",
        "what GPUs are paid for and used, and the utilization from which they beat an API; "
        "without a pool: all of them",
        "/cost breakeven model ltxv-13b at 0.50",
    ),
    Subcommand(
        "incidents",
        "incidents [open | all]",
        "what is in trouble: anomalies and what alert rules found, the worst first; all: with what "
        "was closed in the last week",
        "/cost incidents all",
    ),
    Subcommand(
        "route",
        "route [list]",
        "where incidents are told; for organization admins",
        "/cost route",
    ),
    Subcommand(
        "route",
        "route add [anomalies | rules] [product NAME] [organization NAME] [at LEVEL] to PLACE …",
        "has incidents told in a channel, to a person, by e-mail, in Linear, to a webhook; LEVEL: "
        "notice, warning or critical",
        "/cost route add product api at warning to #api-team linear ENG",
    ),
    Subcommand(
        "route",
        "route remove | restore | test NUMBER",
        "takes a route out of force, puts it back, sends a test message to its places",
        "/cost route test 3",
    ),
    Subcommand(
        "route",
        "route who [anomalies | rules] [product NAME] [organization NAME] [at LEVEL]",
        "who would hear of such an incident; without a level: a critical one",
        "/cost route who product api",
    ),
    Subcommand(
        "alert",
        "alert create [[NAME] WHAT above | below THRESHOLD [of BASELINE] [each DIMENSION] "
        "[DIMENSION VALUE …] [critical VALUE] [to PLACE …]]",
        "tells when a cost, the requests, failures, unpriced requests, the age of the data or the "
        "utilization cross a threshold; alone it opens a form; for organization admins",
        "/cost alert create cost above 30% of 7d product api critical 60%",
    ),
    Subcommand(
        "alert",
        "alert preview [NAME] WHAT above | below THRESHOLD …",
        "on which of the last 30 days such a rule would have fired; nothing is kept",
        "/cost alert preview cost above $500 a day model gpt-4o",
    ),
    Subcommand(
        "alert",
        "alert [list | show NAME | help]",
        "the rules that there are; one with what it says, and would have said in the last 14 days",
        "/cost alert list",
    ),
    Subcommand(
        "alert",
        "alert edit | pause | resume | delete | test NAME …",
        "changes a rule, sends its targets a test; what is deleted can be restored for a day",
        "/cost alert pause api-spike until 2026-12-01",
    ),
    Subcommand(
        "digest",
        "digest subscribe [#channel | me | here] [daily | weekly | monthly] [TIME] [ZONE] "
        "[DIMENSION VALUE …] [quiet]",
        "what moved and why, each morning, week or month; `digest` alone opens a form, "
        "`digest list` shows yours, `digest help` has all words",
        "/cost digest subscribe #llm-costs daily 9:00 Europe/Berlin product api",
    ),
    Subcommand(
        "token",
        "token [list [all]]",
        "who may call the REST API: API tokens, how far they reach, when they were used and when "
        "they expire; all: with those that have ended; for organization admins",
        "/cost token list",
    ),
    Subcommand(
        "token",
        "token create NAME [organization NAME] [role user | org_admin | admin] [expires 30d] "
        "[scope ingest]",
        "makes an API token, which is shown to you alone and once; without a role: user, without "
        "an end: 90 days",
        "/cost token create grafana role user expires 30d",
    ),
    Subcommand(
        "token",
        "token revoke NAME | cbt_…",
        "ends an API token for good",
        "/cost token revoke grafana",
    ),
    Subcommand(
        "setup",
        "setup",
        "what is set up and what is not, each with its next step, and a test message to yourself; "
        "for organization admins",
        "/cost setup",
    ),
    Subcommand(
        "about",
        "about",
        "how old the data is, and which costbot this is",
        "/cost about",
    ),
    Subcommand(
        "help",
        "help [WORD]",
        "this list; of one word, every form of it",
        "/cost help digest",
    ),
)

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Look closer", ("why", "compare", "trends", "efficiency", "utilization", "failures")),
    ("What is to come", ("forecast", "whatif", "breakeven")),
    ("Hear of it", ("digest", "alert", "route", "anomalies", "incidents", "replay")),
    ("Books", ("pricing", "report", "query", "reconcile")),
)
"""How the help groups the subcommands; those in no group come last, under "Costbot"."""

CLAUSES: tuple[Clause, ...] = (
    Clause(
        "today | yesterday | week | month",
        "a day, or this week or month so far; without a period: today",
        "/cost yesterday",
        tuple(Calendar),
    ),
    Clause(
        "24h | 7d | 30d",
        "the last so many hours or days, the present one included",
        "/cost 7d",
        (),
    ),
    Clause(
        "2024-12-02 | 2024-12-02..2024-12-06 | 2024-12",
        "a day, from day to day (both count), or a month",
        "/cost 2024-12-02..2024-12-06",
        (),
    ),
    Clause(
        "by DIMENSION",
        f"a row for each, dearest first; also by {' or '.join(TIMES)}; twice at most",
        "/cost 7d by model by day",
        ("by",),
    ),
    Clause(
        "DIMENSION VALUE",
        "only these; repeat it for several values, quote a name with spaces",
        "/cost month by model organization acme",
        (),
    ),
    Clause(
        "top N",
        "the N dearest rows, the rest added up as others",
        "/cost 30d by user top 5",
        ("top",),
    ),
    Clause(
        "customers",
        "leave internal traffic out, and traffic of unknown origin",
        "/cost week by organization customers",
        ("customers",),
    ),
    Clause(
        "infrastructure",
        "what the machines cost, idle and unused time included, in place of what requests cost",
        "/cost month infrastructure by category",
        ("infrastructure",),
    ),
    Clause(
        "csv",
        "every row as a file, sent to you",
        "/cost 30d by model by day csv",
        ("csv",),
    ),
)


def dimension_words(dimensions: Dimensions, role: Role) -> dict[str, Dimension]:
    """Every word by which `role` may call a dimension: its name, its plural, its short forms."""
    words: dict[str, Dimension] = {}
    for dimension in dimensions.visible_to(role):
        words[dimension.plural.replace(" ", "_")] = dimension
        words[dimension.name] = dimension
    for alias, name in ALIASES.items():
        words[alias] = dimensions[name]
    return words


def all_keywords(dimensions: Dimensions, role: Role) -> Iterable[str]:
    """Every word that may be typed: where suggestions for a mistyped one come from."""
    yield from dict.fromkeys(subcommand.word for subcommand in SUBCOMMANDS)
    for clause in CLAUSES:
        yield from clause.keywords
    yield from TIMES
    yield from (dimension.name for dimension in dimensions.visible_to(role))
