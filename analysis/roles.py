"""Who may do how much: three roles, each reaching as far as the ones below it."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A person's role, from least to most."""

    USER = "user"
    ORG_ADMIN = "org_admin"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """As a sentence writes it: "organization admin"."""
        return {"user": "user", "org_admin": "organization admin", "admin": "admin"}[self.value]

    def reaches(self, needed: Role) -> bool:
        """Whether this role may do what `needed` may do."""
        order = list(Role)
        return order.index(self) >= order.index(needed)
