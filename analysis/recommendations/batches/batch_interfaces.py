"""The batch interfaces of the providers: what they promise, and how they are called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchInterface:
    """How requests are sent to be answered later.

    Attributes:
        most_hours: after which they are answered or given up.
        words: what the provider says of the time it takes.
        source: where it says so.
        steps: how requests are sent and answers fetched, by the provider's own names.
    """

    most_hours: int
    words: str
    source: str
    steps: tuple[str, ...]


_OPENAI = BatchInterface(
    most_hours=24,
    words="within 24 hours; what is not done by then expires and is not billed",
    source="https://platform.openai.com/docs/guides/batch",
    steps=(
        "Write the requests as lines of a JSONL file, each with `custom_id`, `method`, `url` and "
        '`body`, and upload it to `/v1/files` with `purpose="batch"`.',
        "Create the batch at `/v1/batches` with `input_file_id`, `endpoint` and "
        '`completion_window="24h"`.',
        "Ask for its `status` until it is `completed`, then fetch `output_file_id` and "
        "`error_file_id` and match answers by `custom_id`: their order is not kept.",
    ),
)

_ANTHROPIC = BatchInterface(
    most_hours=24,
    words="most within an hour; what is not done after 24 hours expires and is not billed",
    source="https://docs.anthropic.com/en/docs/build-with-claude/batch-processing",
    steps=(
        "Create the batch at `/v1/messages/batches` with `requests`, each with `custom_id` and the "
        "usual `params`.",
        "Ask for its `processing_status` until it is `ended`, then fetch `results_url` and match "
        "answers by `custom_id`: their order is not kept.",
    ),
)

_GOOGLE = BatchInterface(
    most_hours=24,
    words="24 hours as a target, mostly sooner",
    source="https://ai.google.dev/gemini-api/docs/batch-api",
    steps=(
        "Upload the requests as lines of a JSONL file, each with `key` and `request`, and create "
        "the batch with `batches.create(model=…, src=…)`.",
        "Ask for its `state` until it is `JOB_STATE_SUCCEEDED`, then fetch the file in `dest` and "
        "match answers by `key`.",
    ),
)

_OTHER = BatchInterface(
    most_hours=24,
    words="24 hours by most providers' terms",
    source="the provider's documentation",
    steps=("Send the requests through the provider's batch interface, and fetch the answers.",),
)

_BY_PROVIDER = {"openai": _OPENAI, "anthropic": _ANTHROPIC, "google": _GOOGLE}


def batch_interface(provider: str | None) -> BatchInterface:
    """The interface of a provider, as the price list writes it; of most, where it is not known."""
    return _BY_PROVIDER.get((provider or "").lower(), _OTHER)
