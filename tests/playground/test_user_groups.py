from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from playground.beginning import begin
from playground.model import UserGroup
from playground.persistence import load, save
from tests.playground.conftest import ADA, BOB, Stage, refusal


async def test_user_groups_tell_their_members_to_who_may_know(stage: Stage):
    created = stage.clock.now()
    leads = UserGroup("S0LEADS01", "leads", "Leads", created, users=[ADA.id, BOB.id])
    asleep = UserGroup("S0ASLEEP1", "asleep", "Asleep", created, users=[BOB.id], enabled=False)
    for group in (leads, asleep):
        stage.workspace.add_user_group(group)
    members = stage.client.usergroups_users_list
    assert (await members(usergroup=leads.id))["users"] == [ADA.id, BOB.id]
    for unknown in ("S0NOBODY1", asleep.id):
        assert (await refusal(members(usergroup=unknown)))["error"] == "no_such_subteam"
    assert (await members(usergroup=asleep.id, include_disabled=True))["users"] == [BOB.id]
    assert (await refusal(members(usergroup="")))["error"] == "invalid_arguments"
    (only,) = (await stage.client.usergroups_list())["usergroups"]
    assert (only["id"], only["handle"], only["name"]) == (leads.id, "leads", "Leads")
    assert "users" not in only
    found = await stage.client.usergroups_list(
        include_disabled=True, include_users=True, include_count=True
    )
    told = [(group["users"], group["user_count"]) for group in found["usergroups"]]
    assert told == [([ADA.id, BOB.id], 2), ([BOB.id], 1)]
    stage.app.scopes = frozenset({"users:read"})
    assert (await refusal(members(usergroup=leads.id)))["error"] == "missing_scope"


async def test_user_groups_are_kept_and_stay_as_they_were_left(stage: Stage, tmp_path: Path):
    leads = UserGroup("S0LEADS01", "leads", "Leads", stage.clock.now(), users=[ADA.id])
    stage.workspace.add_user_group(leads)
    save(stage.workspace.state, tmp_path / "workspace.json")
    at_first = [replace(leads, users=[BOB.id]), replace(leads, id="S0OTHERS1")]
    saved = load(tmp_path / "workspace.json")
    again = begin(stage.clock, [ADA, BOB], stage.app, saved, at_first)
    assert again.user_groups == {leads.id: leads, "S0OTHERS1": at_first[1]}
