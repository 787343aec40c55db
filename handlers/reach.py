"""How far people reach who are known by something that they share with others."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.roles import Role


@dataclass(frozen=True, slots=True)
class Reach:
    """How far somebody reaches.

    Attributes:
        organization: within which.
        role: how far.
    """

    organization: str
    role: Role = Role.USER
