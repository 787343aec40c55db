from __future__ import annotations

from datetime import timedelta

import pytest

from bot.outbox.linear import id_of
from bot.outbox.linear_inspection import LinearInspection
from bot.outbox.payloads import LinearMessage
from playground.linear.service import Fault
from storage.records.delivery import digest_of
from tests.linear.conftest import IMPATIENCE, TOKEN, Filing

ISSUE = LinearMessage(title="Critical: Cost of gpt-4o", text="It rose by $310.", priority=1)
COMMENT = LinearMessage(do="comment", text="It is critical now.", root="i")
DONE = LinearMessage(do="state", state="completed", root="i")


async def test_an_incident_becomes_an_issue_with_comments_that_is_completed(
    filing: Filing,
) -> None:
    for key, message in (("i", ISSUE), ("c", COMMENT), ("d", DONE)):
        await filing.add(key, message)
    assert await filing.sender().send_what_is_due() == 3
    issue = filing.issue
    found = (issue.title, issue.description, issue.priority)
    assert found == ("Critical: Cost of gpt-4o", "It rose by $310.", 1)
    assert [body for _, body in issue.comments] == ["It is critical now."]
    assert filing.linear.state_of(issue).type == "completed"
    assert (await filing.row("i")).remote_id == issue.id == id_of(digest_of("i"))
    assert {(await filing.row(key)).state for key in "icd"} == {"sent"}


@pytest.mark.parametrize("fault", ["lost", "hang", "internal", "garbled", "down"])
async def test_whatever_happens_to_an_answer_each_thing_is_made_once(
    filing: Filing, fault: Fault
) -> None:
    for key, message in (("i", ISSUE), ("c", COMMENT), ("d", DONE)):
        await filing.add(key, message)
    if fault == "hang":
        filing.patience = IMPATIENCE
    sender = filing.sender()
    # Each of: the team, the issue, the comment, the states and the move goes wrong once.
    filing.linear.faults = [fault, None, fault, fault, fault, None, fault]
    for _ in range(12):
        await sender.send_what_is_due()
        filing.clock.advance(timedelta(minutes=6))
    assert {(await filing.row(key)).state for key in "icd"} == {"sent"}
    assert len(filing.issue.comments) == 1
    assert filing.linear.state_of(filing.issue).type == "completed"
    assert filing.linear.faults == []


async def test_two_workers_and_a_lease_that_ran_out_file_one_issue(filing: Filing) -> None:
    await filing.add("i", ISSUE)
    (claimed,) = await filing.store.deliveries.claim(
        filing.clock(), "lost", 1, timedelta(seconds=30)
    )
    team = filing.linear.teams[0].id
    query = "mutation($input: IssueCreateInput!) { issueCreate(input: $input) { success } }"
    made = {"id": id_of(claimed.digest), "teamId": team, "title": "Critical: Cost of gpt-4o"}
    await filing.calls().call(query, {"input": made})
    filing.clock.advance(timedelta(minutes=1))
    await filing.sender(worker="another").send_what_is_due()
    assert len(filing.linear.issues) == 1
    assert (await filing.row("i")).remote_id == id_of(claimed.digest)


async def test_what_comes_too_early_waits_as_long_as_linear_says(filing: Filing) -> None:
    await filing.add("i", ISSUE)
    filing.linear.bucket.left = 0
    await filing.sender().send_what_is_due()
    row = await filing.row("i")
    assert row.state == "due"
    assert "no more calls" in row.last_error
    # 2,500 calls an hour: the next one is there after 1.44 seconds.
    assert timedelta(seconds=1) <= row.next_at - filing.clock() <= timedelta(seconds=2)
    filing.clock.advance(timedelta(seconds=5))
    await filing.sender().send_what_is_due()
    assert (await filing.row("i")).state == "sent"


async def test_a_wrong_key_waits_for_a_right_one(filing: Filing) -> None:
    await filing.add("i", ISSUE)
    await filing.sender(token="lin_api_wrong").send_what_is_due()
    row = await filing.row("i")
    assert row.state == "due"
    assert "COSTBOT_LINEAR_TOKEN" in row.last_error
    assert "lin_api" not in row.last_error
    filing.clock.advance(timedelta(minutes=6))
    await filing.sender().send_what_is_due()
    assert (await filing.row("i")).state == "sent"


async def test_an_unknown_team_is_given_up_with_its_cure(filing: Filing) -> None:
    await filing.add("i", ISSUE, team="OPS")
    await filing.sender().send_what_is_due()
    row = await filing.row("i")
    assert row.state == "dead"
    assert row.last_error.startswith("Linear has no team 'OPS'. Correct the key in the route")


async def test_a_full_plan_says_so_and_what_belongs_to_the_issue_is_given_up_too(
    filing: Filing,
) -> None:
    filing.linear.is_full = True
    await filing.add("i", ISSUE)
    await filing.add("c", COMMENT)
    await filing.sender().send_what_is_due()
    assert "limit of active issues" in (await filing.row("i")).last_error
    assert "never filed" in (await filing.row("c")).last_error


async def test_a_deleted_issue_is_not_commented_for_ever(filing: Filing) -> None:
    await filing.add("i", ISSUE)
    await filing.sender().send_what_is_due()
    filing.linear.issues.clear()
    await filing.add("c", COMMENT)
    await filing.sender().send_what_is_due()
    row = await filing.row("c")
    assert row.state == "dead"
    assert "Could not find referenced Issue" in row.last_error


async def test_nobody_listening_is_tried_again_later(filing: Filing) -> None:
    await filing.add("i", ISSUE)
    filing.url = "http://127.0.0.1:9/graphql"
    await filing.sender().send_what_is_due()
    row = await filing.row("i")
    assert (row.state, row.last_error) == ("due", "Linear could not be reached.")


@pytest.mark.parametrize(
    ("token", "fault", "words"),
    [
        (TOKEN, None, "It takes the key of costbot, who sees ENG; nothing was filed."),
        ("lin_api_wrong", None, "It does not take the API key."),
        (TOKEN, "garbled", "Linear answered 200 and nothing that can be read."),
    ],
    ids=["good", "wrong-key", "garbled"],
)
async def test_the_doctor_says_what_the_key_reaches(
    filing: Filing, token: str, fault: Fault | None, words: str
) -> None:
    from pydantic import SecretStr

    filing.linear.faults = [fault]
    (check,) = await LinearInspection(SecretStr(token), filing.url, filing.clock).inspect()
    assert check.sentence == words
    assert filing.linear.issues == {}


async def test_without_a_key_the_doctor_says_nothing(filing: Filing) -> None:
    assert await LinearInspection(None, filing.url, filing.clock).inspect() == []
