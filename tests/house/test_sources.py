"""The rules of the house that no linter knows, held against every file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.project import Source, packages, sources

CLOCKS = {"analysis/clock.py", "playground/clock.py"}
MONEY = re.compile(r"(^|_)(cost|costs|price|prices|usd|amount|billed|money)(_|$)")
RATIO = re.compile(r"(^|_)(share|ratio|percent)(_|$)")


def everything() -> Iterator[Source]:
    return sources(*packages(), "tests", "benchmarks")


def typed_names(source: Source) -> Iterator[tuple[str, ast.arg | ast.AnnAssign, str]]:
    """Every name that has a type: what it is called, where it stands, its type."""
    for node in source.nodes:
        if isinstance(node, ast.arg) and node.annotation is not None:
            yield node.arg, node, ast.unparse(node.annotation)
        elif isinstance(node, ast.AnnAssign):
            target = node.target
            name = target.attr if isinstance(target, ast.Attribute) else ast.unparse(target)
            yield name, node, ast.unparse(node.annotation)


def asks_the_machine_for_the_time(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="now" | "utcnow" | "today", value=owner):
            return ast.unparse(owner).split(".")[-1] in {"datetime", "date"}
        case ast.Attribute(attr="time" | "time_ns", value=ast.Name(id="time")):
            return True
        case _:
            return False


def called(node: ast.Call) -> str:
    """The last word of what is called; empty where it is no name."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = "BaseException" if handler.type is None else ast.unparse(handler.type)
    return bool(re.search(r"\b(Base)?Exception\b", caught))


def raises_or_logs(handler: ast.ExceptHandler) -> bool:
    for node in ast.walk(handler):
        match node:
            case ast.Raise() | ast.Call(func=ast.Attribute(attr="exception" | "critical")):
                return True
            case ast.Call(keywords=keywords) if any(k.arg == "exc_info" for k in keywords):
                return True
            case _:
                pass
    return False


def test_every_file_can_be_read_in_one_sitting() -> None:
    lengths = {source.name: source.text.count("\n") for source in everything()}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}
    assert sum(lines < 200 for lines in lengths.values()) > len(lengths) / 2


def test_every_module_says_what_it_is_about() -> None:
    silent = [
        source.name
        for source in sources(*packages())
        if ast.get_docstring(source.tree) is None and "/migrations/" not in source.name
    ]
    assert silent == []


def test_only_the_clocks_ask_the_machine_for_the_time() -> None:
    asked = [
        f"{source.name}:{node.lineno}"
        for source in sources(*packages())
        if source.name not in CLOCKS
        for node in source.nodes
        if isinstance(node, ast.Attribute) and asks_the_machine_for_the_time(node)
    ]
    assert asked == []


def test_whoever_catches_everything_raises_again_or_logs_the_traceback() -> None:
    swallowed = [
        source.at(node)
        for source in everything()
        for node in source.nodes
        if isinstance(node, ast.ExceptHandler)
        and catches_everything(node)
        and not raises_or_logs(node)
    ]
    assert swallowed == []


def test_no_exception_of_every_kind_is_suppressed() -> None:
    suppressed = [
        source.at(node)
        for source in everything()
        for node in source.nodes
        if isinstance(node, ast.Call)
        and called(node) == "suppress"
        and any(ast.unparse(kind) in {"Exception", "BaseException"} for kind in node.args)
    ]
    assert suppressed == []


def test_money_is_never_declared_as_a_float() -> None:
    floats = [
        f"{source.at(node)} {name}: {kind}"
        for source in sources(*packages())
        for name, node, kind in typed_names(source)
        if re.search(r"\bfloat\b", kind) and MONEY.search(name) and not RATIO.search(name)
    ]
    assert floats == []


def test_money_becomes_no_float_outside_statistics() -> None:
    converted = [
        f"{source.at(node)} {ast.unparse(node)}"
        for source in sources("bot", "api", "handlers", "storage", "queries")
        for node in source.nodes
        if isinstance(node, ast.Call)
        and called(node) == "float"
        and any(
            MONEY.search(word) and not RATIO.search(word)
            for argument in node.args
            for word in re.findall(r"\w+", ast.unparse(argument))
        )
    ]
    assert converted == []


def test_nothing_of_ours_is_mocked() -> None:
    mocking = re.compile(r"(?m)^\s*(from|import) (unittest\.mock|unittest import mock|mock)\b")
    assert [source.name for source in everything() if mocking.search(source.text)] == []


def test_a_silenced_type_error_names_its_rule() -> None:
    bare = re.compile(r"#\s*(type:\s*ignore|pyright:\s*ignore(?!\[)|noqa(?!:))")
    lines = [
        f"{source.name}:{number}"
        for source in everything()
        for number, line in enumerate(source.text.splitlines(), 1)
        if bare.search(line) and not source.name.startswith("tests/house/")
    ]
    assert lines == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("datetime.now(UTC)", True),
        ("field(default_factory=datetime.datetime.utcnow)", True),
        ("date.today()", True),
        ("time.time()", True),
        ("clock()", False),
        ("self.clock.now()", False),
        ("time.perf_counter()", False),
    ],
)
def test_a_question_for_the_time_is_recognized(code: str, found: bool) -> None:
    assert any(asks_the_machine_for_the_time(node) for node in ast.walk(ast.parse(code))) == found


@pytest.mark.parametrize(
    ("handler", "swallows"),
    [
        ("except Exception: pass", True),
        ("except: result = None", True),
        ("except (ValueError, BaseException): return_nothing()", True),
        ("except Exception: raise", False),
        ("except Exception: logger.exception('no')", False),
        ("except Exception as error: logger.error('no', exc_info=error)", False),
        ("except ValueError: pass", False),
    ],
)
def test_a_swallowed_exception_is_recognized(handler: str, swallows: bool) -> None:
    tree = ast.parse(f"try:\n    work()\n{handler}")
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    assert [catches_everything(node) and not raises_or_logs(node) for node in found] == [swallows]
