"""CSV files as they come: well-formed, odd and broken. No row is ever lost without a word."""

from __future__ import annotations

import csv
import gzip
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import BadInput
from queries.dimensions import Source
from tests.sources.importing import Deployment

HEADER = "time,row_cost,model\n"
ROW = "2026-11-20T10:00:00Z,1.50,ltxv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(deployment: Deployment, delimiter: str) -> None:
    report = deployment.gpu((HEADER + ROW).replace(",", delimiter))
    assert report.taken == 1
    assert deployment.rows("billed_cost::VARCHAR, model") == [("1.500000000000000", "ltxv")]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"\ufeff{HEADER}{ROW}\n{ROW}\n".encode(), id="byte order mark"),
        pytest.param(f"{HEADER}{ROW}\n{ROW}\n".replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(f"{HEADER}{ROW}\n{ROW}".replace("\n", "\r").encode(), id="CR"),
        pytest.param(f"{HEADER}{ROW}\r\n{ROW}\n".encode(), id="mixed line ends"),
        pytest.param(f"\n\n{HEADER}\n{ROW}\n\n\n{ROW}\n\n".encode(), id="blank lines"),
        pytest.param(f"{HEADER.upper()}{ROW}\n{ROW}".encode(), id="capitals in the header"),
        pytest.param(f'"time", "row_cost" ,"model"\n{ROW}\n{ROW}'.encode(), id="quoted header"),
        pytest.param(f'time,row_cost,"model\nof it"\n{ROW}\n{ROW}\n'.encode(), id="tall header"),
        pytest.param(gzip.compress(f"{HEADER}{ROW}\n{ROW}\n".encode()), id="gzip"),
    ],
)
def test_every_well_formed_file_is_taken_whole(deployment: Deployment, content: bytes) -> None:
    report = deployment.run(Source.GPU, deployment.file("any name.txt", content))
    assert (report.read, report.taken) == (2, 2)


def test_a_quoted_cell_holds_delimiters_quotes_and_line_ends(deployment: Deployment) -> None:
    report = deployment.gpu(f'{HEADER}2026-11-20,1,"a, ""b""\nc"\n')
    assert report.rejected == 0
    assert deployment.rows("model") == [('a, "b"\nc',)]


def test_cells_are_trimmed_of_all_white_space_as_bigquery_trims_them(
    deployment: Deployment,
) -> None:
    separators = range(0x1C, 0x20)  # white space for Python, not for Unicode
    space = "".join(chr(at) for at in range(0x3001) if chr(at).isspace() and at not in separators)
    around = [space, "\t", "\N{NO-BREAK SPACE}", "\n", " ", ""]
    rows = "".join(
        f'2026-11-20T10:00:00Z,"{some}1.50{some}","{some}a b{some}"\n' for some in around
    )
    report = deployment.gpu(
        f'{HEADER}{rows}2026-11-20,1,"{space}"\n2026-11-20,1,"\N{ZERO WIDTH SPACE}b"\n'
    )
    assert report.rejected == 0
    assert deployment.rows("DISTINCT model", "model") == [
        ("a b",),
        ("\N{ZERO WIDTH SPACE}b",),
        (None,),
    ]


def test_a_reject_is_told_with_its_line_and_row_whatever_stands_before_it(
    deployment: Deployment,
) -> None:
    report = deployment.gpu(
        "\r\n"
        "time,row_cost,model\r\n"  # 2
        '2026-11-20,1,"two\r\nlines"\r\n'  # 3
        "\r\n"
        "2026-11-20,1\r\n"  # 6
        "2026-11-20,-1,negative\r\n"  # 7
        "2026-11-20,1,x,y\r\n"  # 8
        '2026-11-20,"1"2,broken\r\n'  # 9
        "2026-11-20,nan,x\r\n"  # 10
        "2026-11-20,2,good\r\n"
        ",2,timeless\r\n"  # 12
    )
    assert (report.read, report.taken, report.rejected) == (8, 2, 6)
    assert deployment.rejects(report) == [
        (6, "too few cells", "2026-11-20,1"),
        (7, "row_cost is no amount of dollars from 0 on", "2026-11-20,-1,negative"),
        (8, "too many cells", "2026-11-20,1,x,y"),
        (9, "a quote that is not closed where its cell ends", '2026-11-20,"1"2,broken'),
        (10, "row_cost is no amount of dollars from 0 on", "2026-11-20,nan,x"),
        (12, "no time", ",2,timeless"),
    ]


def test_a_quote_that_is_never_closed_takes_only_its_own_line_along(
    deployment: Deployment,
) -> None:
    rows = "".join(f"2026-11-20,{number},x\n" for number in range(1000))
    report = deployment.gpu(f'{HEADER}{rows}2026-11-20,"5,x\n{rows}2026-11-20,1,"y\nz"\n{rows}')
    assert (report.read, report.taken, report.rejected) == (3002, 3001, 1)
    assert deployment.rejects(report) == [
        (1002, "a quote that is not closed where its cell ends", '2026-11-20,"5,x')
    ]


def test_lines_with_broken_quotes_one_after_the_other_are_each_rejected(
    deployment: Deployment,
) -> None:
    report = deployment.gpu(HEADER + '2026-11-20,"5,x\n' * 500 + ROW)
    assert (report.taken, report.rejected) == (1, 500)


def test_bytes_that_are_no_utf8_are_rejected_line_by_line(deployment: Deployment) -> None:
    content = f"{HEADER}{ROW}\n2026-11-20,1,M".encode() + b"\xfcller\n" + ROW.encode()
    report = deployment.run(Source.GPU, deployment.file("latin1.csv", content))
    assert (report.taken, report.rejected) == (2, 1)
    assert deployment.rejects(report)[0][:2] == (3, "not UTF-8")


def test_a_nul_byte_far_down_is_rejected_in_its_row(deployment: Deployment) -> None:
    content = HEADER.encode() + f"{ROW}\n".encode() * 3000 + b"2026-11-20,1,a\0b\n"
    report = deployment.run(Source.GPU, deployment.file("nul.csv", content))
    assert (report.taken, report.rejected) == (3000, 1)
    assert deployment.rejects(report)[0][:2] == (3002, "NUL bytes in a cell")


def test_a_line_of_ten_megabytes_is_rejected_and_the_others_are_taken(
    deployment: Deployment,
) -> None:
    content = f"{HEADER}{ROW}\n2026-11-20,1,{'x' * 10_000_000}\n{ROW}\n".encode()
    report = deployment.run(Source.GPU, deployment.file("long.csv", content))
    assert (report.taken, report.rejected) == (2, 1)
    ((line, reason, row),) = deployment.rejects(report)
    assert (line, reason) == (3, "longer than 2 MB")
    assert len(row) < 101_000


def test_a_file_of_a_header_alone_is_read_and_holds_nothing(deployment: Deployment) -> None:
    report = deployment.gpu(HEADER)
    assert (report.read, report.taken, report.first_time) == (0, 0, None)
    assert deployment.mart.snapshot().is_empty


def test_a_path_with_brackets_stars_and_a_misleading_ending_is_no_pattern(
    deployment: Deployment,
) -> None:
    path = deployment.file("a[1]*{b}?.csv.gz", f"{HEADER}{ROW}".encode())
    assert deployment.run(Source.GPU, path).taken == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"time\n2026-11-20\n", "one column only, time"),
        (b"just prose without any cells\nand more of it\n", "one column only"),
        (bytes(range(256)) * 20, "binary"),
        ("time,row_cost\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\x28\xb5\x2f\xfdrest", "zstd"),
        (b'[{"time": 1}]', "JSON array"),
        (b'"time,row_cost\n' + b"x,y\n" * 300_000, "does not end"),
        (gzip.compress(b"time,row_cost\n" + ROW.encode() * 100_000)[:-200], "damaged"),
        (b"PAR1 and then nothing", "Parquet"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_in_a_sentence(
    deployment: Deployment, content: bytes, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence) as refused:
        deployment.run(Source.GPU, deployment.file("some", content))
    assert refused.value.hint
    assert deployment.mart.snapshot().is_empty


def test_a_missing_file_and_a_folder_are_refused_in_a_sentence(deployment: Deployment) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        deployment.run(Source.GPU, deployment.home / "nowhere.csv")
    with pytest.raises(BadInput, match="is a folder"):
        deployment.run(Source.GPU, deployment.home.parent)
    with pytest.raises(BadInput, match="no regular file"):
        deployment.run(Source.GPU, deployment.file("x", b"").with_name("null").parent / "/dev/null")


cells = st.text(st.sampled_from("ab,\";\n '\té\\1."), max_size=6)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(["1", "-1", "x", ""]), cells), min_size=1, max_size=25))
def test_well_formed_rows_are_all_accounted_for_with_their_lines(
    deployment: Deployment, rows: list[tuple[str, str]]
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    expected: list[tuple[int, str]] = []
    writer.writerow(("time", "row_cost", "model"))
    for cost, model in rows:
        line = buffer.getvalue().count("\n") + 1
        start = buffer.tell()
        writer.writerow(("2026-11-20", cost, model))
        if cost in {"-1", "x"}:
            expected.append((line, buffer.getvalue()[start:].rstrip("\n")))
    report = deployment.gpu(buffer.getvalue())
    assert report.read == len(rows)
    assert [(line, row) for line, _, row in deployment.rejects(report)] == expected


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(st.sampled_from('a1,"\n '), max_size=12), max_size=12))
def test_garbage_never_stops_an_import_and_never_vanishes(
    deployment: Deployment, garbage: list[str]
) -> None:
    good = "2026-11-20,1,good\n"
    text = HEADER + good + "".join(f"{junk}\n" for junk in garbage)
    report = deployment.gpu(text)
    there = {row[0] for row in deployment.rows("model")}
    assert report.taken + report.repeated >= 1
    assert "good" in there
    lines = text.split("\n")
    for line, _, row in deployment.rejects(report):
        assert lines[line - 1].startswith(row.split("\n")[0][:5])
