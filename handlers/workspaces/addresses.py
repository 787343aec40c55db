"""Ids of Slack as they are kept: where there are several workspaces, behind their workspace's.

`C1` is a channel of the only workspace (or of the settings' own token), `T1/C1` one of T1's. So
each message finds the workspace that it is meant for, whoever has it sent.
"""

from __future__ import annotations

from collections.abc import Iterable

from handlers.caller import Caller


def kept(slack_id: str, caller: Caller) -> str:
    """An id that was picked in the caller's workspace, as it is kept."""
    if not slack_id or not caller.workspace or "/" in slack_id:
        return slack_id
    return f"{caller.workspace}/{slack_id}"


def kept_all(picked: Iterable[str], caller: Caller, before: Iterable[str] = ()) -> tuple[str, ...]:
    """The ids that were picked, and those of other workspaces that nobody could see there.

    Args:
        picked: as Slack's lists gave them.
        caller: who picked.
        before: what was kept until now.
    """
    foreign = (one for one in before if workspace_of(one) != caller.workspace)
    return tuple(dict.fromkeys((*(kept(one, caller) for one in picked), *foreign)))


def picked(ids: Iterable[str], workspace: str) -> tuple[str, ...]:
    """Those of a workspace, as Slack's lists there know them."""
    return tuple(bare(one) for one in ids if workspace_of(one) == workspace)


def bare(slack_id: str) -> str:
    """The id alone, as Slack knows it."""
    return slack_id.rpartition("/")[2]


def workspace_of(slack_id: str) -> str:
    """The workspace of an id; empty: the only one."""
    return slack_id.rpartition("/")[0]


def is_person(slack_id: str) -> bool:
    """Whether it is the id of a person."""
    return bare(slack_id).startswith(("U", "W"))
