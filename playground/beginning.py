"""How a workspace begins: its channels, its people and the app that is installed in it."""

from __future__ import annotations

from collections.abc import Sequence

from playground.clock import Clock
from playground.model import SlackApp, User, UserGroup
from playground.workspace import State, Workspace

CHANNELS = (
    ("general", "Company-wide talk", False),
    ("costs", "What our AI compute costs", True),
    ("ml-platform", "GPUs, models, endpoints", True),
)
"""Name, purpose, and whether the app is a member from the start."""


def begin(
    clock: Clock,
    people: Sequence[User],
    app: SlackApp,
    saved: State | None = None,
    groups: Sequence[UserGroup] = (),
) -> Workspace:
    """A workspace with #general, #costs and #ml-platform, these people, groups and this app.

    What was `saved` stays as it is; people and the app are brought up to date in it.

    Args:
        clock: gives every time in the workspace.
        people: each becomes a member of every channel; the first made the channels.
        app: its bot user, named as the app, is added too, a member of #costs and #ml-platform.
        saved: the state of an earlier run.
        groups: user groups; one that is saved stays as it was left.
    """
    workspace = Workspace(clock, saved)
    bot = User(id=app.bot_user_id, name=app.name.lower(), real_name=app.name, is_bot=True)
    for user in (*people, bot):
        if workspace.users.get(user.id) != user:
            workspace.add_user(user)
    for group in groups:
        if group.id not in workspace.user_groups:
            workspace.add_user_group(group)
    for name, purpose, with_app in CHANNELS:
        channel = workspace.find_channel(name) or workspace.add_channel(
            name,
            creator=people[0].id if people else bot.id,
            purpose=purpose,
            members=[bot.id] if with_app else [],
        )
        for person in people:
            workspace.join(channel.id, person.id)
    workspace.install(app)
    return workspace
