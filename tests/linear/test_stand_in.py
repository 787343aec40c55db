from __future__ import annotations

import pytest

from bot.outbox.linear_calls import Refusal
from tests.linear.conftest import Filing


async def refused(filing: Filing, query: str, **variables: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await filing.calls().call(query, variables)
    return caught.value


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ viewer { id password } }", 'Cannot query field "password" on type "User"'),
        ("{ viewer }", 'Field "viewer" of type "User" has a wrong selection'),
        ("{ viewer { id }", "Syntax Error"),
        ("{ issue { id } }", 'Field "issue" argument "id" of type "String!" is required'),
        (
            'mutation { issueCreate(input: { title: "a", due: "b" }) { success } }',
            'Field "due" is not defined by type "IssueCreateInput"',
        ),
        ("{ issue(id: $id) { id } }", 'Variable "$id" is not defined'),
    ],
    ids=["field", "selection", "syntax", "argument", "input", "variable"],
)
async def test_what_the_schema_does_not_know_is_refused(
    filing: Filing, query: str, words: str
) -> None:
    refusal = await refused(filing, query)
    assert words in refusal.said
    assert refusal.code in ("GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED")


async def test_an_id_is_a_version_4_and_given_once(filing: Filing) -> None:
    query = "mutation($input: IssueCreateInput!) { issueCreate(input: $input) { success } }"
    made = {"teamId": filing.linear.teams[0].id, "title": "a"}
    refusal = await refused(filing, query, input={**made, "id": "not-one"})
    assert refusal.said == "id must be a UUID"
    key = "5f1f3b0a-2b4c-4d5e-8f6a-7b8c9d0e1f2a"
    await filing.calls().call(query, {"input": {**made, "id": key}})
    refusal = await refused(filing, query, input={**made, "id": key})
    assert refusal.is_there_already


async def test_a_required_variable_has_to_be_given(filing: Filing) -> None:
    query = "mutation($input: IssueCreateInput!) { issueCreate(input: $input) { success } }"
    refusal = await refused(filing, query, input={"title": "a"})
    assert 'at teamId of required type "String!" was not provided' in refusal.said
