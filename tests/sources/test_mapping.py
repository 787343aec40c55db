"""Which column fills which: by name, by --map, by --set."""

from __future__ import annotations

import pytest

from analysis.errors import BadInput
from queries.dimensions import Dimensions, Source
from queries.sources.columns import input_columns
from queries.sources.mapping import Mapped, assignments, map_columns

GPU = input_columns(Source.GPU, Dimensions())


def mapped(
    columns: list[str], mapping: dict[str, str] | None = None, fixed: dict[str, str] | None = None
) -> Mapped:
    return map_columns(GPU, columns, mapping or {}, fixed or {})


def test_columns_are_found_by_their_names_whatever_their_case_and_by_their_other_names() -> None:
    found = mapped(["TIME", " Row_Cost ", "org_name", "model_type", "surprise"])
    assert found.positions == {"time": 0, "row_cost": 1, "org": 2, "model": 3}
    assert found.ignored == ("surprise",)


def test_a_mapping_goes_before_a_column_of_the_same_name() -> None:
    found = mapped(["time", "gmt_create", "row_cost"], {"time": "GMT_CREATE"})
    assert found.positions["time"] == 1
    assert found.ignored == ("time",)


def test_one_column_of_the_file_may_fill_several_of_ours() -> None:
    found = mapped(["t", "who"], {"org": "who", "user": "who", "time": "t"})
    assert found.positions == {"org": 1, "user": 1, "time": 0}


def test_an_exact_name_goes_before_one_in_another_case() -> None:
    assert mapped(["MODEL", "model"]).positions["model"] == 1


def test_both_options_take_the_other_names_of_our_columns() -> None:
    found = mapped(["t"], {"time": "t"}, {"organization": "acme"})
    assert found.constants == {"org": "acme"}


@pytest.mark.parametrize(
    ("columns", "mapping", "fixed", "sentence", "hint"),
    [
        (["t"], {"tme": "t"}, {}, "a column tme that is not imported", "Did you mean time"),
        (["t"], {}, {"modle": "x"}, "a column modle that is not imported", "Did you mean model"),
        (["t"], {}, {"xqzw": "x"}, "a column xqzw that is not imported", "The columns are"),
        (
            ["gmt_create", "b"],
            {"time": "gmtcreate"},
            {},
            "no column gmtcreate",
            "Did you mean gmt_create? Its columns are gmt_create, b",
        ),
        (["a", "a"], {"time": "a"}, {}, "column a 2 times", "Rename"),
        (["time", "time"], {}, {}, "column time 2 times", "--map time="),
    ],
)
def test_what_cannot_be_mapped_is_refused_with_what_would_work(
    columns: list[str], mapping: dict[str, str], fixed: dict[str, str], sentence: str, hint: str
) -> None:
    with pytest.raises(BadInput) as refused:
        mapped(columns, mapping, fixed)
    assert sentence in refused.value.sentence
    assert hint in refused.value.hint


def test_assignments_are_split_at_the_first_equals_sign() -> None:
    assert assignments("--set", ["model=a=b", " org = x "]) == {"model": "a=b", "org": "x"}


@pytest.mark.parametrize("texts", [["model"], ["=x"], ["a=1", "a=2"]])
def test_assignments_that_are_none_are_refused(texts: list[str]) -> None:
    with pytest.raises(BadInput, match="--map"):
        assignments("--map", texts)
