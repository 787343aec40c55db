"""A Slack workspace that installed costbot, or a whole organization of Enterprise Grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analysis.errors import BadInput
from analysis.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where costbot is, or was, installed.

    Attributes:
        id: Slack's, `T…`; `E…` where it was installed for a whole organization of Enterprise Grid.
        name: for display only.
        enterprise_id: `E…` of the grid that it belongs to; None: it belongs to none.
        sealed: its tokens, encrypted; None: it has none, because it was removed or is reached
            through its grid's.
        expires_at: when the bot's token ends, UTC; None: it does not, or there is none.
        bot_user_id, bot_id: the bot's, `U…` and `B…`.
        scopes: that the bot was granted.
        installed_by: the Slack id of who installed it; empty: it is reached through its grid.
        installed_at: the last time, UTC.
        removed_at: UTC; None: it is installed.
        removed_why: a phrase; empty: it is installed.
        organization: whose costs everybody there sees; None: nobody sees anything by that.
        role: how far they reach; None: only people and groups that are listed do.
        version: grows by 1 with each change.

    Raises:
        BadInput: everybody there would be an admin.
    """

    id: str
    name: str
    enterprise_id: str | None = None
    sealed: str | None = None
    expires_at: datetime | None = None
    bot_user_id: str = ""
    bot_id: str = ""
    scopes: tuple[str, ...] = ()
    installed_by: str = ""
    installed_at: datetime
    removed_at: datetime | None = None
    removed_why: str = ""
    organization: str | None = None
    role: Role | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if self.role is Role.ADMIN:
            sentence = "Everybody in a workspace cannot be an admin of all organizations."
            raise BadInput(sentence, "List the admins by `costbot people add`.")

    @property
    def is_grid(self) -> bool:
        """Whether it stands for all workspaces of a grid."""
        return self.id == self.enterprise_id
