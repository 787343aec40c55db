"""What is asked of the alert rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from handlers.alert_rules.form import RuleForm


@dataclass(frozen=True, slots=True)
class Which:
    """A rule that somebody means.

    Attributes:
        name: its name, however it is capitalized, or its id.
        organization: whose it is, where several of that name are within the caller's reach.
    """

    name: str
    organization: str | None = None


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """A rule to be created, or to be previewed.

    Attributes:
        form: what is filled in.
        key: its id; a request with the same one that arrives twice creates one rule.
    """

    form: RuleForm
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class ListRequest:
    """The rules that the caller sees, a page of them.

    Attributes:
        containing: only those whose name has this in it.
        organization: only those of this one; of an admin alone.
        after: the id of the last one of the page before; None: the first page.
        limit: how many at most.
    """

    containing: str = ""
    organization: str | None = None
    after: UUID | None = None
    limit: int = 30


@dataclass(frozen=True, slots=True)
class EditRequest:
    """A rule to be changed.

    Attributes:
        which: the rule.
        form: what is changed.
        version: of the rule that the change is based on; None: whatever it is now.
    """

    which: Which
    form: RuleForm
    version: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteRequest:
    """A rule to be deleted.

    Attributes:
        which: the rule.
        version: of the rule that was looked at; None: whatever it is now.
    """

    which: Which
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PauseRequest:
    """A rule to be paused.

    Attributes:
        which: the rule.
        until: the local day on which it is looked at again; None: when it is resumed.
    """

    which: Which
    until: date | None = None
