"""GoogleSQL to DuckDB, with what sqlglot leaves different set right.

What is known to differ and is not set right is refused as `notImplemented`: an answer that is
wrong without a word would be worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlglot import exp

from playground.bigquery.parameters import Parameter
from playground.bigquery.refusal import Refusal
from playground.bigquery.values import DUCKDB_TYPES

Kind = exp.DataType.Type

_NUMBER = "playground_type_key"
_DECIMALS = {Kind.DECIMAL: DUCKDB_TYPES["NUMERIC"], Kind.BIGDECIMAL: DUCKDB_TYPES["BIGNUMERIC"]}
_REFUSED = (exp.Format, exp.SafeFunc, exp.Pivot, exp.Rollup, exp.Cube, exp.GroupingSets)

_WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)

Node = TypeVar("Node", bound=exp.Expr)


def number_nodes(tree: exp.Expr) -> None:
    """Give each node a number that its copies keep, for `types_of`."""
    for number, node in enumerate(tree.walk()):
        node.meta[_NUMBER] = number


def typed_parameters(tree: exp.Expr, kinds: Mapping[str, str]) -> exp.Expr:
    """The tree, changed: each parameter is cast to its type, and the cast has its number.

    Args:
        tree: to be changed.
        kinds: GoogleSQL's names of the parameters' types, by name in lower case.
    """
    for node in list(tree.find_all(exp.Parameter)):
        cast = exp.cast(node.copy(), kinds[node.name.lower()], dialect="bigquery")
        cast.meta[_NUMBER] = node.meta[_NUMBER]
        del cast.this.meta[_NUMBER]
        node.replace(cast)
    return tree


def types_of(annotated: exp.Expr) -> dict[int, Kind]:
    """The types that were found out on a copy, by the numbers of the nodes."""
    return {
        node.meta[_NUMBER]: node.type.this
        for node in annotated.walk()
        if _NUMBER in node.meta and node.type is not None and isinstance(node.type.this, Kind)
    }


@dataclass(frozen=True, slots=True)
class Translator:
    """Writes GoogleSQL's trees for DuckDB.

    Attributes:
        parameters: by name in lower case.
        types: of the nodes of the tree, as far as they are known.
        now: what CURRENT_TIMESTAMP is, and CURRENT_DATE the day of.
    """

    parameters: Mapping[str, Parameter]
    types: Mapping[int, Kind]
    now: datetime

    def write(self, tree: exp.Expr) -> str:
        """The same for DuckDB; parameters become `$name`.

        Raises:
            Refusal: it uses what is not imitated.
        """
        copy = exp.Paren(this=tree.copy())
        # From the leaves up: what replaces a node holds its children as they were mended.
        for node in reversed(list(copy.this.walk(bfs=True))):
            mended = self._mended(node)
            if mended is not node:
                if _NUMBER in node.meta:
                    mended.meta[_NUMBER] = node.meta[_NUMBER]
                node.replace(mended)
        return copy.this.sql("duckdb")

    def _mended(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, _REFUSED) or node.args.get("zone"):
            message = f"Not imitated by the stand-in: {node.sql('bigquery')}"
            raise Refusal("notImplemented", message)
        for kind, mend in _MENDS.items():
            if isinstance(node, kind):
                return mend(self, node)
        return node

    def kind(self, node: exp.Expr) -> Kind | None:
        """The type of a node, if it is known."""
        if isinstance(node, exp.Paren):
            return self.kind(node.this)
        return self.types.get(node.meta.get(_NUMBER, -1))


def _duck(node: exp.Expr, kind: str) -> exp.Expr:
    return exp.cast(node, kind, dialect="duckdb")


def _parameter(self: Translator, node: exp.Expr) -> exp.Expr:
    return _duck(node.copy(), self.parameters[node.name.lower()].duckdb_type)


def _literal(_: Translator, node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Literal) or node.is_string or node.is_int:
        return node
    # 1.5 is FLOAT64 in GoogleSQL, a decimal of two digits in DuckDB.
    return _duck(exp.Literal.string(node.name), "DOUBLE")


def _now(self: Translator, _: exp.Expr) -> exp.Expr:
    return _duck(exp.Literal.string(self.now.astimezone(UTC).isoformat()), "TIMESTAMPTZ")


def _today(self: Translator, _: exp.Expr) -> exp.Expr:
    return _duck(exp.Literal.string(self.now.astimezone(UTC).date().isoformat()), "DATE")


def _date(_: Translator, node: exp.Expr) -> exp.Expr:
    # In DuckDB a date and an interval make a timestamp.
    return exp.cast(node.copy(), Kind.DATE)


def _count_if(_: Translator, node: exp.Expr) -> exp.Expr:
    # Over nothing it is 0, not NULL.
    return exp.Count(this=exp.Case(ifs=[exp.If(this=node.this.copy(), true=exp.Literal.number(1))]))


def _timestamp_diff(_: Translator, node: exp.Expr) -> exp.Expr:
    # GoogleSQL counts whole units, as DuckDB's date_sub; its date_diff counts boundaries.
    unit = exp.Literal.string(str(node.args["unit"].name).lower())
    earlier, later = node.args["expression"].copy(), node.this.copy()
    return exp.Anonymous(this="date_sub", expressions=[unit, earlier, later])


def _date_diff(_: Translator, node: exp.Expr) -> exp.Expr:
    unit = node.args.get("unit")
    name = unit.name if isinstance(unit, exp.Expr) else "DAY"
    if name.upper() not in {"DAY", "MONTH", "QUARTER", "YEAR"}:
        raise Refusal("notImplemented", f"DATE_DIFF by {name} is not imitated.")
    return node


def _extract(_: Translator, node: exp.Expr) -> exp.Expr:
    part, value = node.this.name.upper(), node.args["expression"]
    if part == "DAYOFWEEK":  # Sunday is 1, in DuckDB 0
        return exp.paren(exp.Add(this=node.copy(), expression=exp.Literal.number(1)))
    if part == "WEEK":  # from Sunday on, in DuckDB ISO's
        text = exp.Anonymous(this="strftime", expressions=[value.copy(), exp.Literal.string("%U")])
        return _duck(text, "BIGINT")
    if part == "ISOWEEK":
        return exp.Extract(this=exp.var("WEEK"), expression=value.copy())
    if part == "DATE":
        return exp.cast(value.copy(), Kind.DATE)
    return node


def _parse_date(_: Translator, node: exp.Expr) -> exp.Expr:
    text = exp.Anonymous(this="strptime", expressions=[node.this.copy(), node.args["format"]])
    return exp.cast(text, Kind.DATE)


def _anonymous(_: Translator, node: exp.Expr) -> exp.Expr:
    if node.name.upper() != "IEEE_DIVIDE":
        return node
    left, right = (_duck(one.copy(), "DOUBLE") for one in node.args["expressions"])
    return exp.paren(exp.Div(this=left, expression=right))


def _divide(self: Translator, node: exp.Expr) -> exp.Expr:
    """Division by zero is an error; of decimals it is a decimal, with a double's precision."""
    left, right = node.this.copy(), node.args["expression"].copy()
    quotient: exp.Expr = exp.Div(this=exp.paren(left), expression=exp.paren(right))
    wide = _DECIMALS.get(self.kind(node) or Kind.UNKNOWN)
    if wide:
        quotient = _near(quotient, wide)
    complaint = exp.Anonymous(this="error", expressions=[exp.Literal.string("division by zero")])
    otherwise = None if isinstance(node, exp.SafeDivide) else complaint
    is_zero = exp.EQ(this=exp.paren(right.copy()), expression=exp.Literal.number(0))
    return exp.Case(ifs=[exp.If(this=is_zero, true=otherwise or exp.Null())], default=quotient)


def _multiply(self: Translator, node: exp.Expr) -> exp.Expr:
    """DuckDB adds the digits after the point of both, and soon has none left before it."""
    left, right = node.this, node.args["expression"]
    if not all(self.kind(one) in _DECIMALS for one in (left, right)):
        return node
    wide = _DECIMALS[self.kind(node) or Kind.BIGDECIMAL]
    exact = exp.Anonymous(this="try", expressions=[_duck(node.copy(), wide)])
    near = exp.Mul(this=_duck(left.copy(), "DOUBLE"), expression=_duck(right.copy(), "DOUBLE"))
    return exp.Coalesce(this=exact, expressions=[_near(near, wide)])


def _near(double: exp.Expr, wide: str) -> exp.Expr:
    # By way of text, so that 2e10 does not become 20000000000.0000018.
    return _duck(_duck(double, "VARCHAR"), wide)


def _compare(self: Translator, node: exp.Expr) -> exp.Expr:
    """What is not a number compares as false; DuckDB holds it for the largest one."""
    sides = [one for one in _sides(node) if self.kind(one) == Kind.DOUBLE]
    doubtful = [one for one in sides if not isinstance(one.unnest(), exp.Literal)]
    if not doubtful:
        return node
    answer = exp.true() if isinstance(node, exp.NEQ) else exp.false()
    is_nan = exp.or_(*(exp.IsNan(this=one.copy()) for one in doubtful))
    return exp.Case(ifs=[exp.If(this=is_nan, true=answer)], default=node.copy())


def _sides(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    return [node.this, node.args["expression"]]


def _aggregate(self: Translator, node: exp.Expr) -> exp.Expr:
    """SUM of INT64 is INT64, not DuckDB's HUGEINT; AVG of decimals is a decimal."""
    inner = node.this if isinstance(node, exp.Window) else node
    if not isinstance(inner, exp.Sum | exp.Avg) or (
        inner is node and isinstance(node.parent, exp.Window)
    ):
        return node
    kind = self.kind(inner)
    if isinstance(inner, exp.Sum) and kind == Kind.BIGINT:
        return _duck(node.copy(), "BIGINT")
    if isinstance(inner, exp.Avg) and kind in _DECIMALS:
        return _duck(node.copy(), _DECIMALS[kind])
    return node


def _cast(self: Translator, node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Cast):
        return node
    to, of = node.to.this, self.kind(node.this)
    if to in _DECIMALS and not node.to.expressions:
        node.set("to", exp.DataType.build(_DECIMALS[to], dialect="duckdb"))
    elif to == Kind.BIGINT and of in {Kind.TEXT, Kind.VARCHAR}:
        return _text_to_integer(node)
    elif to == Kind.BIGINT and of in {Kind.DOUBLE, *_DECIMALS}:
        # Halves are rounded away from zero.
        node.set("this", exp.Round(this=node.this.copy()))
    elif to == Kind.TEXT and (of == Kind.DOUBLE or of in _DECIMALS):
        return _number_to_text(node, of)
    return node


def _text_to_integer(node: exp.Cast) -> exp.Expr:
    """In DuckDB the text 12.7 is the integer 13; in GoogleSQL it is none."""
    text, pattern = node.this.copy(), exp.Literal.string(r"\s*[+-]?([0-9]+|0[xX][0-9a-fA-F]+)\s*")
    fits = exp.Anonymous(this="regexp_full_match", expressions=[text, pattern])
    message = exp.DPipe(this=exp.Literal.string("Bad int64 value: "), expression=text.copy())
    complaint = exp.Anonymous(this="error", expressions=[message])
    safe = isinstance(node, exp.TryCast)
    trimmed = node.copy()
    trimmed.set("this", exp.Trim(this=text.copy()))
    missing = exp.Is(this=text.copy(), expression=exp.Null())
    return exp.Case(
        ifs=[
            exp.If(this=missing, true=exp.Null()),
            exp.If(this=fits, true=trimmed),
        ],
        default=exp.Null() if safe else complaint,
    )


def _number_to_text(node: exp.Cast, of: Kind | None) -> exp.Expr:
    """1.0 is written as 1, and a decimal without the zeros at its end."""
    pattern = r"\.0$" if of == Kind.DOUBLE else r"\.?0+$"
    return exp.Anonymous(
        this="regexp_replace",
        expressions=[node.copy(), exp.Literal.string(pattern), exp.Literal.string("")],
    )


def _trim(_: Translator, node: exp.Expr) -> exp.Expr:
    """All white space of Unicode, not DuckDB's blanks alone."""
    if node.args.get("expression") is not None:
        return node
    trimmed = node.copy()
    trimmed.set("expression", exp.Literal.string(_WHITE_SPACE))
    return trimmed


def _group(_: Translator, node: exp.Expr) -> exp.Expr:
    """In GROUP BY a name is the SELECT list's alias first, in DuckDB the column."""
    select = node.parent
    if not isinstance(select, exp.Select):
        return node
    places = {
        one.alias.lower(): place
        for place, one in enumerate(select.expressions, start=1)
        if isinstance(one, exp.Alias)
    }
    for one in node.expressions:
        if isinstance(one, exp.Column) and not one.table and one.name.lower() in places:
            one.replace(exp.Literal.number(places[one.name.lower()]))
    return node


_MENDS: Mapping[type[exp.Expr], Callable[[Translator, exp.Expr], exp.Expr]] = {
    exp.Parameter: _parameter,
    exp.Literal: _literal,
    exp.CurrentTimestamp: _now,
    exp.CurrentDate: _today,
    exp.DateAdd: _date,
    exp.DateSub: _date,
    exp.DateTrunc: _date,
    exp.DateDiff: _date_diff,
    exp.TimestampDiff: _timestamp_diff,
    exp.StrToDate: _parse_date,
    exp.Extract: _extract,
    exp.CountIf: _count_if,
    exp.Div: _divide,
    exp.SafeDivide: _divide,
    exp.Mul: _multiply,
    exp.EQ: _compare,
    exp.NEQ: _compare,
    exp.GT: _compare,
    exp.GTE: _compare,
    exp.LT: _compare,
    exp.LTE: _compare,
    exp.Between: _compare,
    exp.Sum: _aggregate,
    exp.Avg: _aggregate,
    exp.Window: _aggregate,
    exp.Cast: _cast,
    exp.Trim: _trim,
    exp.Anonymous: _anonymous,
    exp.Group: _group,
}
