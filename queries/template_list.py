"""The templates: GoogleSQL files over `costs`, each with a header that declares what it is.

A header is made of comments, in this order:

    -- name
    -- The question, on one line.
    -- More about it, if need be.
    -- Parameters:
    --   name TYPE = default: meaning
    -- Reads: first day .. last day
    -- Audience: all organizations
    -- Columns:
    --   name TYPE (unit, all organizations): meaning

Defaults and the days that are read are sums: `last_day - 6`, of days, numbers of days and other
parameters; `yesterday` is the newest complete UTC day. "Audience" is there where a caller of one
organization may not ask at all, "all organizations" beside a unit where such a caller does not get
the column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

ParameterType = Literal["DATE", "BOOL", "FLOAT64"]
ColumnType = Literal["DATE", "BOOL", "FLOAT64", "INT64", "STRING", "BIGNUMERIC"]
Value = date | bool | float
"""What a parameter can be."""

NAMES = (
    "daily_total_cost",
    "api_cost_by_endpoint_model",
    "studio_cost_by_process",
    "day_over_day",
    "week_over_week",
    "anomaly_detection",
    "utilization_by_category",
    "cost_per_request_by_model",
    "api_cost_by_organization",
    "failure_cost",
    "cost_drivers",
)
"""The templates, in the order of a report."""

EVERYBODYS = "all organizations"
"""What is only for callers who see all organizations is marked so."""

_PARAMETER = re.compile(r"(\w+) (\w+) = ([^:]+): (.+)")
_COLUMN = re.compile(r"(\w+) (\w+)(?: \(([^)]*)\))?: (.+)")
_SUM = re.compile(r"([+-]?)\s*(\w+)\s*")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named parameter of a template.

    Attributes:
        name: as the SQL writes it after its @.
        type: GoogleSQL's.
        default: a sum, or TRUE, FALSE or a number; see the module.
        meaning: half a sentence.
    """

    name: str
    type: ParameterType
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of a template's result.

    Attributes:
        name: of the column.
        type: GoogleSQL's.
        unit: "USD", "0 to 1", …; empty where it has none.
        meaning: half a sentence.
        for_all_only: a caller of one organization does not get it.
    """

    name: str
    type: ColumnType
    unit: str
    meaning: str
    for_all_only: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A question, written in GoogleSQL over `costs`.

    Attributes:
        name: by which it is asked for.
        question: that it answers, one sentence.
        parameters: in declared order.
        columns: in the order of the result.
        first_read: the first UTC day that it reads, a sum.
        last_read: the last UTC day that it reads, a sum.
        for_all_only: only callers who see all organizations may ask it.
        text: the file.
    """

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[ResultColumn, ...]
    first_read: str
    last_read: str
    for_all_only: bool
    text: str

    @property
    def sql(self) -> str:
        """The query without its header; one query that begins with WITH."""
        lines = self.text.splitlines()
        start = next(i for i, line in enumerate(lines) if not line.startswith("--"))
        return "\n".join(lines[start:])

    @property
    def header(self) -> str:
        """The comments above the query."""
        return self.text[: self.text.index(self.sql)]

    def values(self, given: Mapping[str, Value], today: date) -> dict[str, Value]:
        """Every parameter with its value: as given, or by default.

        Args:
            given: some of them, of the right types.
            today: the present UTC day; the newest complete one is the day before.
        """
        declared = {parameter.name: parameter for parameter in self.parameters}

        def value(name: str) -> Value:
            if name in given:
                return given[name]
            return _default(declared[name], value, today)

        return {name: value(name) for name in declared}

    def days_read(self, values: Mapping[str, Value], today: date) -> tuple[date, date]:
        """First and last UTC day of `costs` that the template reads with these values."""
        return (
            _reckoned(self.first_read, values.__getitem__, today),
            _reckoned(self.last_read, values.__getitem__, today),
        )


@cache
def templates() -> Mapping[str, Template]:
    """The templates by name, read from their files once."""
    folder = files("queries") / "templates"
    return {name: parsed((folder / f"{name}.sql").read_text(encoding="utf-8")) for name in NAMES}


def parsed(text: str) -> Template:
    """A template, from the text of its file.

    Raises:
        ValueError: the header is not as the module says.
    """
    lines = [line[2:] for line in text.splitlines() if line.startswith("--")]
    name, question = lines[0].strip(), lines[1].strip()
    parts: dict[str, list[str]] = {"": []}
    part = ""
    for line in lines[2:]:
        title = re.fullmatch(r" (Parameters|Reads|Audience|Columns):(.*)", line)
        if title:
            part = title[1]
            parts[part] = [title[2].strip()] if title[2].strip() else []
        elif line.startswith("   ") and part in {"Parameters", "Columns"}:
            parts[part].append(line.strip())
        elif part == "Columns":
            break  # a comment inside the query
    try:
        first, last = parts["Reads"][0].split(" .. ")
        return Template(
            name=name,
            question=question,
            parameters=tuple(_parameter(line) for line in parts["Parameters"]),
            columns=tuple(_column(line) for line in parts["Columns"]),
            first_read=first,
            last_read=last,
            for_all_only=parts.get("Audience") == [EVERYBODYS],
            text=text,
        )
    except KeyError as error:
        message = f"the header of {name} has no part {error}"
        raise ValueError(message) from error


def _parameter(line: str) -> Parameter:
    match = _PARAMETER.fullmatch(line)
    if match is None or match[2] not in get_args(ParameterType):
        message = f"no parameter: {line}"
        raise ValueError(message)
    return Parameter(match[1], cast("ParameterType", match[2]), match[3].strip(), match[4])


def _column(line: str) -> ResultColumn:
    match = _COLUMN.fullmatch(line)
    if match is None or match[2] not in get_args(ColumnType):
        message = f"no column: {line}"
        raise ValueError(message)
    notes = [note.strip() for note in (match[3] or "").split(",") if note.strip()]
    return ResultColumn(
        name=match[1],
        type=cast("ColumnType", match[2]),
        unit=", ".join(note for note in notes if note != EVERYBODYS),
        meaning=match[4],
        for_all_only=EVERYBODYS in notes,
    )


def _default(parameter: Parameter, known: Callable[[str], Value], today: date) -> Value:
    match parameter.type:
        case "DATE":
            return _reckoned(parameter.default, known, today)
        case "BOOL":
            return parameter.default == "TRUE"
        case "FLOAT64":
            return float(parameter.default)


def _reckoned(sum_: str, known: Callable[[str], Value], today: date) -> date:
    """The day that a sum of days, numbers of days and parameters comes to, from left to right.

    The difference of two days is a number of days.
    """
    total: date | timedelta = timedelta()
    for sign, word in _SUM.findall(sum_):
        value = _term(word, known, today)
        if isinstance(total, date):
            if isinstance(value, date):
                if sign != "-":
                    raise ValueError(f"two days cannot be added: {sum_}")
                total = total - value
            else:
                total = total - value if sign == "-" else total + value
        else:
            if sign == "-":
                raise ValueError(f"no day to subtract from: {sum_}")
            total = value + total
    if not isinstance(total, date):
        raise ValueError(f"no day: {sum_}")
    return total


def _term(word: str, known: Callable[[str], Value], today: date) -> date | timedelta:
    if word == "yesterday":
        return today - timedelta(days=1)
    if word.isdigit():
        return timedelta(days=int(word))
    value = known(word)
    if not isinstance(value, date):
        raise ValueError(f"{word} is no day")
    return value
