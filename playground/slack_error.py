"""The one error of the fake Web API: what Slack would answer in place of `{"ok": true}`."""

from __future__ import annotations

from collections.abc import Sequence

from playground.model import JsonObject


class SlackError(Exception):
    """A refusal in Slack's words.

    Args:
        error: Slack's code, such as `channel_not_found`.
        errors: problems with JSON pointers, for `invalid_blocks` and `invalid_arguments`.
        details: further fields of the answer, such as `needed` and `provided`.
    """

    def __init__(
        self, error: str, errors: Sequence[str] = (), details: JsonObject | None = None
    ) -> None:
        super().__init__(error if not errors else f"{error}: {'; '.join(errors)}")
        self.error = error
        self.errors = list(errors)
        self.details = details or {}

    def answer(self) -> JsonObject:
        """The body that Slack would send."""
        body: JsonObject = {"ok": False, "error": self.error, **self.details}
        if self.errors:
            if self.error == "invalid_blocks":
                body["errors"] = self.errors
            body["response_metadata"] = {"messages": [f"[ERROR] {e}" for e in self.errors]}
        return body


def missing(field: str) -> SlackError:
    """A required argument was not sent."""
    return SlackError("invalid_arguments", [f"missing required field: {field}"])
