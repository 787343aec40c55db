"""Links of costbot's own: to budgets, incidents, recommendations and statements.

`COSTBOT_PUBLIC_URL/link/budget/ID`: in Slack a preview stands below one, and whoever opens it reads
where to ask on. An address tells nobody whether there is such a thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from handlers.linked import Kind, Link

PATH = "/link"

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads them.

    Attributes:
        base: where costbot is reached from outside, without a slash at its end.
    """

    base: str

    @property
    def domain(self) -> str:
        """The host that Slack has to know for previews."""
        return (urlsplit(self.base).hostname or "").lower()

    def to(self, kind: Kind, key: object) -> str:
        """The address of a thing."""
        return f"{self.base}{PATH}/{kind.value}/{key}"

    def read(self, url: str) -> Link | None:
        """What an address leads to; None: to nothing of costbot's."""
        if not self.base or not url.startswith(f"{self.base}{PATH}/"):
            return None
        path = url.removeprefix(f"{self.base}{PATH}/").partition("?")[0].partition("#")[0]
        kind, _, key = path.partition("/")
        return link_of(kind, key)


def link_of(kind: str, key: str) -> Link | None:
    """The link of a path's two parts; None: costbot makes none like this."""
    try:
        found = Kind(kind)
    except ValueError:
        return None
    if found is Kind.STATEMENT:
        return Link(found, key) if _MONTH.fullmatch(key) else None
    try:
        return Link(found, str(UUID(key)))
    except ValueError:
        return None
