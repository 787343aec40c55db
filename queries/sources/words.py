"""What words in files mean: results, truth values, cost categories. One declared list each."""

from __future__ import annotations

SUCCESS = (
    "success",
    "succeed",
    "succeeded",
    "successful",
    "ok",
    "okay",
    "done",
    "completed",
    "complete",
    "finished",
    "stop",
    "pass",
    "passed",
)
"""Results, in lower case, that are stored as `success`."""

TIMEOUT = ("timeout", "timed out", "timed_out", "time_out", "timedout", "deadline_exceeded")
"""Results that are stored as `timeout`; they count as failed."""

TIMEOUT_CODES = ("408", "499", "504", "524")
"""HTTP status codes that mean a timeout: of the request, the client, the gateway."""

FAILED = ("failed", "fail", "failure", "error", "errored")
"""Results that are stored as `failed`."""

UNDECIDED = (
    "pending",
    "running",
    "queued",
    "waiting",
    "created",
    "started",
    "processing",
    "in_progress",
    "in progress",
    "unknown",
    "none",
)
"""Results that tell of neither success nor failure; stored as given, and not counted as failed.
Every other word is stored as given and counted as failed."""

TRUE = ("true", "t", "yes", "y", "1", "1.0", "on")
FALSE = ("false", "f", "no", "n", "0", "0.0", "off")
"""Truth values, in lower case."""

INFERENCE = "inference"
CATEGORIES = (INFERENCE, "idle", "overhead", "unused")
"""The cost categories, in lower case (facts of the GPU table)."""
