"""Lines that no costbot should fall for."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st

from bot.grammar.words import CLAUSES, SUBCOMMANDS
from queries.dimensions import BUILT_IN

SQL = (
    "'; DROP TABLE costs; --",
    "' OR '1'='1",
    '" OR 1=1 --',
    "1; DELETE FROM model_pricing",
    "x') UNION SELECT * FROM people --",
    "@before",
    "?",
    "$1",
    ":organization",
    "%(organization)s",
    "/**/OR/**/1",
    "`costs`",
    "read_csv('/etc/passwd')",
)
SLACK = (
    "<!channel>",
    "<!here>",
    "<!everyone|all>",
    "<@U0ADA00001>",
    "<#C0COSTS001|costs>",
    "<!subteam^S0000001>",
    "<https://evil.example|click>",
    "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;",
    "&amp;",
    "@channel @here @everyone @ada #costs",
    ":warning: *bold* _it_ ~gone~ `code` ```block``` > quote",
    "`<!channel>`",
    "```\n<!channel>\n```",
)
TEMPLATES = (
    "{}",
    "{0}",
    "{self.__class__.__mro__}",
    "%s%s%s%n",
    "%(name)s",
    "{{1337*1337}}",
    "${1337*1337}",
    "#{1337*1337}",
    "<%= 1337*1337 %>",
    "{% for x in ().__class__.__base__.__subclasses__() %}",
    "__import__('os').system('id')",
    "$(id)",
    "`id`",
    "; id",
    "| cat /etc/passwd",
    "\\x00\\n\\t",
)
PATHS = (
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "file:///etc/passwd",
    "%2e%2e%2f",
    "C:\\",
    "~root",
    "model=../../x",
)
CHARACTERS = (
    "\0",
    "gpt\0-4",
    "\x01\x02\x07\x08\x1b[31m",
    "\x7f\x80\x9f",
    "\u202egpt-4\u202c",
    "\u2066\u2067\u2068\u2069",
    "\u200b\u200c\u200d\u2060\ufeff",
    "مرحبا بالعالم",
    "שלום",
    "ｍｏｄｅｌ",
    "İstanbul ſ ß ﬁ",
    "е́́́́́́́́́́",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪",
    "𝕞𝕠𝕕𝕖𝕝 \U0010ffff \ufffe",
    "٣d",
    "７d",
    "²",
    "a\u2028b\u2029c\x85d\x0be\x0cf\rg\nh\ti",
)
NUMBERS = (
    "9999-12-31",
    "0001-01-01",
    "0000-00-00",
    "9999-12",
    "0001-01",
    "0000-12",
    "9999-13",
    "2026-02-30",
    "0001-01-01..9999-12-31",
    "9999-12-31..0001-01-01",
    "0001-01-01..0001-01-07",
    "0001-01-02..0001-01-02",
    "1969-12-31..1970-01-01",
    "2026-11-20..9999-12-31",
    "2026-11-20..2030-01-01",
    "2016-11-20..2026-11-20",
    "999999999h",
    "999999999d",
    "99999999999h",
    "3660d",
    "3661d",
    "87840h",
    "0h",
    "0d",
    "-1d",
    "1e9d",
    "top 99999999999",
    "top 0",
    "top -1",
    "top 1e3",
    "top 0x10",
    "top 00000000199999",
    "top 000000001" + "9" * 3900,
    "top 1 top 1000",
    "NaN",
    "Infinity",
    "1" * 3900 + "d",
)
QUOTES = (
    '"',
    "'",
    '""',
    "''",
    '"\\',
    '"\\"',
    "“",
    "„“",
    "«»",
    "‘’",
    "\"“„«‘'",
    '"""',
    'model "gpt-4',
    "model 'gpt-4\"",
    'model ""',
    'model " "',
    'model "\0"',
)
EQUATIONS = (
    "model=",
    "=model",
    "=",
    "==",
    "model==gpt-4",
    "model=gpt-4=gpt-4",
    'model="gpt-4"',
    'model="gpt-4',
    "model='gpt-4'x",
    "model=gpt-4,claude-3-haiku",
    "by=model",
    "top=5",
    "today=today",
    "organization=globex",
    "org=globex org=acme",
)
MANY = (
    " ".join(f"model value-{number}" for number in range(300))[:3900],
    " ".join(["model gpt-4"] * 300),
    " ".join("model " + "".join(spelling) for spelling in [("GpT-4",), ("gPt-4",), ("GPT-4",)]),
    " ".join(["csv"] * 900),
    " ".join(["by model"] * 300),
    "by " + ",".join(["model"] * 500),
    "by ," * 300,
    "today " * 500,
    "a" * 3994,
    "é" * 3994,
    "<" * 3994,
    "&" * 3994,
    "🦄" * 3994,
    "`" * 3994,
    "\u202e" * 3994,
    '"' * 3994,
    "\\" * 3994,
    "model " + "<" * 3900,
    "pricing " + "&" * 3900,
    "about " + "<!channel>" * 390,
    '"' + "<@U0ADA00001>" * 300 + '"',
)
PLACES = (
    "{}",
    "today {}",
    "{} today",
    "by {}",
    "today by model by {}",
    "by model,{}",
    "model {}",
    'model "{}"',
    "model={}",
    "organization '{}'",
    "today by model org {} top 3",
    "top {}",
    "{}..{}",
    "2026-11-01..{}",
    "pricing {}",
    'pricing "{}"',
    'pricing compare models "{}"',
    'whatif model gpt-4 to "{}"',
    'whatif batch 5% feature "{}"',
    "about {}",
    "help {}",
    "today by model csv {}",
)
"""Where in a line a hostile word can stand."""

WORDS = tuple(
    dict.fromkeys(
        [
            *(word for clause in CLAUSES for word in clause.example.split()[1:]),
            *(keyword for clause in CLAUSES for keyword in clause.keywords),
            *(subcommand.word for subcommand in SUBCOMMANDS),
            *(dimension.name for dimension in BUILT_IN),
            *(dimension.plural for dimension in BUILT_IN),
            *("org", "env", "gpt-4", "acme", "globex", "openai", "5", "day", "hour", "24h", "?"),
        ]
    )
)
"""The words of the grammar, and some that the facts know."""


def fixed_lines() -> Iterator[str]:
    """Every hostile word in places of a line, SQL in all of them, and what is a line of its own."""
    for word in (*SQL, *SLACK[:2]):
        for place in PLACES:
            yield "/cost " + place.replace("{}", word)
    for start, word in enumerate((*SLACK[2:], *TEMPLATES, *PATHS, *CHARACTERS)):
        for place in (PLACES * 2)[start % len(PLACES) :][:6]:
            yield "/cost " + place.replace("{}", word)
    for text in (*NUMBERS, *QUOTES, *EQUATIONS, *MANY):
        yield f"/cost {text}"
        yield f"/cost {text} by model"


_junk = st.text(max_size=30)
_word = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    _junk,
    _junk.map(lambda text: f'"{text}"'),
    st.sampled_from((*SQL, *SLACK, *TEMPLATES, *CHARACTERS, *NUMBERS, *QUOTES, *EQUATIONS)),
    st.tuples(st.sampled_from(WORDS), _junk).map("=".join),
    st.dates().map(str),
    st.tuples(st.dates(), st.dates()).map(lambda days: f"{days[0]}..{days[1]}"),
    st.tuples(st.integers(0), st.sampled_from("hdwm")).map(lambda span: f"{span[0]}{span[1]}"),
)
lines = st.one_of(
    st.lists(_word, max_size=12).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join),
    st.text(max_size=300),
).map(lambda text: f"/cost {text}"[:4000])
"""Grammar words shuffled with junk, and junk alone."""
