"""The outbox's way out: every message that costbot starts leaves here, once.

A row is claimed, its message sent, the row marked. What a crash, a slow Slack or a lost reply
leaves in doubt is looked for by the key that the message carries before it is sent again.

Where one message can still stand twice, because the other side gives no way to prevent it:

- Slack stores a message later than `Timing.settle` after costbot stopped waiting for the reply, so
  that it was not there yet when it was looked for; or the process is suspended between its last
  look at the clock and the first byte that it sends, for longer than its lease has left.
- The bot may not read the conversation (a workspace has not granted one of the scopes
  `channels:history`, `groups:history`, `im:history`, or the bot has left): what may have arrived is
  sent again, since an alert that is missing is worse than one that stands twice.
- E-mail and webhooks cannot be searched: after a lost reply they are repeated, with the same
  `Message-ID`, or the same `Idempotency-Key` and `webhook-id`, by which the receiver drops the
  second.

Changes of a message that stands already (`update`) are repeated without harm. So are issues and
comments in Linear: they are made under an id of costbot's, and Linear gives an id once.
"""
