"""Who asks: made from a verified identity and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analysis.roles import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a request, as every handler receives it.

    Attributes:
        team_id: the Slack workspace that vouches for the person.
        user_id: the person's Slack id in that workspace.
        name: how the person is called, for display only.
        organization: the one organization that the person sees; None means all of them.
        role: how far the person reaches.
        zone: the IANA zone in which the person's days begin.
        workspace: behind which their workspace's channels and people are kept; see
            `handlers.workspaces.addresses`. Empty: there is one workspace alone.
    """

    team_id: str
    user_id: str
    name: str
    organization: str | None
    role: Role
    zone: ZoneInfo
    workspace: str = ""
