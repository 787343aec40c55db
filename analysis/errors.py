"""Every error that costbot raises on purpose, as one short tree.

CostbotError
├── Refused              expected: the user sees the sentence and the hint
│   ├── NotUnderstood    a word or a value that the grammar does not know
│   ├── NotIdentified    it is not known who calls: a token is missing, wrong or expired
│   ├── NotAllowed       the caller's role does not reach that far
│   ├── NotFound         a model, an organization, a period without data
│   ├── BadInput         a file, an option or a setting that cannot be used
│   │   └── Unfit        a form, of which each field that cannot be used is told
│   ├── Outdated         somebody else has changed meanwhile what was decided upon
│   └── Overloaded       more than can be worked on: the same again, after a while
└── Unavailable          a part that had to answer did not: warehouse, store, Slack

Anything else that is raised is a bug: the user gets an id, the log the traceback.
"""

from __future__ import annotations

from collections.abc import Mapping


class CostbotError(Exception):
    """The root of the tree; never raised itself."""


class Refused(CostbotError):
    """Something expected went wrong: `sentence` says what, `hint` what would work.

    Args:
        sentence: what is wrong, a whole sentence in plain words.
        hint: the next step, a whole sentence; empty where there is none.
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(f"{sentence} {hint}".strip())
        self.sentence = sentence
        self.hint = hint


class NotUnderstood(Refused):
    """A word or a value that the grammar does not know."""


class NotIdentified(Refused):
    """It is not known who calls: a token is missing, wrong, expired or revoked."""


class NotAllowed(Refused):
    """The caller's role does not reach that far."""


class NotFound(Refused):
    """A model, an organization or a period for which there is nothing."""


class BadInput(Refused):
    """A file, an option or a setting that cannot be used."""


class Unfit(BadInput):
    """A form, of which each field that cannot be used is told.

    Args:
        faults: a whole sentence for each such field, by the field's name.
    """

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


class Outdated(Refused):
    """Somebody else has changed meanwhile what was decided upon: look again, decide again."""


class Overloaded(Refused):
    """There is more than can be worked on: nothing was taken, and the same may be sent again.

    Args:
        sentence: what is wrong, a whole sentence in plain words.
        retry_after: seconds after which it is worth it.
    """

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence, f"Send it again after {retry_after} s.")
        self.retry_after = retry_after


class Unavailable(CostbotError):
    """A part that had to answer did not: the warehouse, the store or Slack."""
