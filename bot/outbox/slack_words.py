"""What Slack's refusals of a message mean, and what cures them.

Sources: the lists of errors of chat.postMessage, chat.update, conversations.open and
conversations.history in Slack's API reference.
"""

from __future__ import annotations

from collections.abc import Mapping

LASTING: Mapping[str, str] = {
    "not_in_channel": "I am not a member of that channel: invite me with /invite @costbot.",
    "channel_not_found": "There is no such channel, or it is private and I am not in it: invite me "
    "with /invite @costbot, or name another one.",
    "is_archived": "That channel is archived: unarchive it, or name another one.",
    "restricted_action": "Who may post there is restricted: allow the app, or name another "
    "channel.",
    "restricted_action_read_only_channel": "Only some may post in that channel: allow the app, or "
    "name another one.",
    "restricted_action_thread_only_channel": "Only replies may be posted in that channel: name "
    "another one.",
    "restricted_action_non_threadable_channel": "There are no threads in that channel: name "
    "another one.",
    "user_not_found": "There is no such person in this workspace: name another one.",
    "users_not_found": "There is no such person in this workspace: name another one.",
    "user_disabled": "That person's account is deactivated: name another one.",
    "user_not_visible": "That person cannot be seen by the app: name another one.",
    "cannot_dm_bot": "Bots take no direct messages: name a person or a channel.",
    "messages_tab_disabled": "The app takes no direct messages: switch on the Messages tab in its "
    "settings (App Home).",
    "message_not_found": "The message that was to be changed is gone: somebody deleted it.",
    "cant_update_message": "The message that was to be changed is not mine.",
    "edit_window_closed": "The workspace does not let messages be changed any more: lengthen the "
    "time for edits.",
    "msg_too_long": "The message is too long for Slack: this is a bug of costbot.",
    "no_text": "The message says nothing: this is a bug of costbot.",
    "invalid_metadata_format": "Slack does not take the message's metadata: this is a bug of "
    "costbot.",
}
"""Refusals that stay until somebody does something: what is wrong, and what."""

BAD_BLOCKS = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_attachments",
        "msg_blocks_too_long",
        "too_many_attachments",
    }
)
"""Refusals of the blocks alone: the text may be sent without them."""

THREAD_GONE = frozenset({"thread_not_found", "cannot_reply_to_message", "thread_locked"})
"""Refusals of a reply, where its root is gone or takes none: the channel may take it."""

SAYS_NOTHING = frozenset({"fatal_error", "internal_error", "service_unavailable"})
"""Failures of Slack's after which, as its reference says, some of it may have been done."""

TOO_MANY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
"""Refusals of what comes too early."""

NOT_SHOWN = frozenset(
    {
        "missing_scope",
        "no_permission",
        "access_denied",
        "not_in_channel",
        "channel_not_found",
        "team_access_not_granted",
    }
)
"""Refusals to let a conversation be read that last."""
