"""`costbot say` and `costbot cost` as processes, from a home that does not exist yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.road.processes import costbot, costbot_from_the_start


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder that is made when it is needed."""
    return tmp_path / "deep" / "home"


@pytest.fixture(autouse=True)
def working_folder(home: Path) -> None:
    home.parent.mkdir()


def json_lines(text: str) -> list[dict[str, Any]]:
    """Each line of an output, as JSON."""
    return [json.loads(line) for line in text.splitlines()]


def test_on_a_fresh_home_it_says_that_there_is_no_data_and_what_to_do(home: Path):
    said = costbot_from_the_start(home, "say", "/cost today by model")
    assert (said.returncode, said.stderr) == (0, "")
    assert "No cost today so far." in said.stdout
    assert "costbot sample" in said.stdout
    assert "days in UTC" in said.stdout


def test_many_lines_are_answered_with_a_line_of_json_each(home: Path):
    typed = [
        b"/cost today by model",
        b"",
        b"   \t ",
        b"/cost todya",
        "/cost model \N{UNICORN FACE} <!channel>\r".encode(),
        b"/cost model \xff\xfe",
        b"/nope",
        b"what does it cost?",
        b"/cost help",
    ]
    said = costbot(home, "say", "-", "--json", typed=b"\n".join(typed))
    answers = json_lines(said.stdout)
    assert said.stderr == ""
    assert [answer["command"] for answer in answers] == [
        "/cost today by model",
        "/cost todya",
        "/cost model \N{UNICORN FACE} <!channel>",
        "/cost model \ufffd\ufffd",
        "/nope",
        "what does it cost?",
        "/cost help",
    ]
    assert all({"command", "status", "ack", "messages"} <= set(answer) for answer in answers)
    assert [answer["status"] for answer in answers] == [200, 200, 200, 200, None, None, 200]
    assert "Did you mean `today`" in answers[1]["ack"]["text"]
    refused = [message["text"] for answer in answers[4:6] for message in answer["messages"]]
    assert refused == ["`/nope` is not a valid command.", "`what` is not a valid command."]
    assert said.returncode == 1, "two of the lines were no commands"


def test_one_command_is_one_line_of_json(home: Path):
    said = costbot(home, "say", "/cost pricing anthropic", "--json")
    [answer] = json_lines(said.stdout)
    assert said.returncode == 0
    assert set(answer) == {"command", "status", "ack", "messages"}
    assert answer["ack"]["response_type"] == "ephemeral"
    [table] = [block for block in answer["ack"]["blocks"] if block["type"] == "table"]
    assert table["rows"][1][0]["text"] == "anthropic"


def test_a_form_and_the_names_of_channels_are_read_in_the_terminal(home: Path):
    typed = [b"/budget create", b"/cost digest subscribe #costs daily 9:00", b"/cost today"]
    said = costbot(home, "say", "-", typed=b"\n".join(typed))
    assert said.stderr == ""
    assert said.stdout.count("A form has opened: New budget") == 1
    assert "Channels that are told (optional): #costs" in said.stdout
    assert "In one line: /budget create [NAME AMOUNT PERIOD]" in said.stdout
    assert "every day at 09:00 UTC to #costs." in said.stdout
    assert "<#C" not in said.stdout


def test_who_speaks_can_be_chosen(home: Path):
    typed = b"/cost by user\n/cost today\n"
    as_ute = costbot(home, "say", "-", "--as", "ute", "--json", typed=typed)
    refused, empty = json_lines(as_ute.stdout)
    assert "for organization admins" in refused["ack"]["text"]
    assert "days in Europe/Berlin" in str(empty["ack"])
    as_otto = costbot(home, "say", "/cost by user", "--as", "U0OTTO0001", "--json")
    [allowed] = json_lines(as_otto.stdout)
    assert "No cost today so far" in allowed["ack"]["text"]


def test_nobody_of_that_name_ends_with_a_hint(home: Path):
    said = costbot(home, "say", "/cost", "--as", "otot")
    assert (said.returncode, said.stdout) == (2, "")
    assert "nobody called `otot`" in said.stderr
    assert "Did you mean `otto`?" in said.stderr


def test_what_is_no_command_is_answered_clearly(home: Path):
    said = costbot(home, "say", "-", typed=b"/nope\nhello there\n/cost about")
    assert said.returncode == 1
    assert "/nope is not a valid command." in said.stdout
    assert "hello is not a valid command." in said.stdout
    assert "begins with /cost: try /cost help" in said.stdout
    assert "No data loaded yet." in said.stdout


def test_the_result_as_json_has_all_its_keys_and_no_invented_figure(home: Path):
    asked = costbot(home, "cost", "--by", "model", "--json")
    assert (asked.returncode, asked.stderr) == (0, "")
    result = json.loads(asked.stdout)
    assert (result["total_cost"], result["rows"], result["others"]) == ("0", [], None)
    assert result["cost_per_request"] is None
    assert set(result) == {
        *("period_start", "period_end", "zone", "provisional", "basis", "change"),
        *("total_cost", "requests", "cost_per_request", "cost_per_1k_tokens"),
        *("failed_requests", "unpriced_requests"),
        *("estimated_requests", "estimated_cost", "internal_requests", "internal_cost"),
        *("unknown_origin_requests", "unknown_origin_cost"),
        *("fresh_input_tokens", "cached_input_tokens", "cache_write_tokens"),
        *("output_tokens", "reasoning_tokens", "gpu_seconds"),
        *("rows", "others", "unpriced_models", "sources"),
    }


@pytest.mark.parametrize(
    ("arguments", "says", "hint"),
    [
        (("cost", "--by", "modle"), "no dimension `modle`", "`model`"),
        (("cost", "--from", "0001-01-01"), "lies before everything", "1970-01-01"),
    ],
)
def test_a_wrong_option_ends_with_a_hint(
    home: Path, arguments: tuple[str, ...], says: str, hint: str
):
    asked = costbot(home, *arguments)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert says in asked.stderr
    assert hint in asked.stderr
    assert "Traceback" not in asked.stderr
