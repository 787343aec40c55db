"""Values of settings that have a shape of their own."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from analysis.roles import Role
from analysis.zones import known_zones
from handlers.reach import Reach
from queries.dimensions import Dimension, Source

_ENCRYPTED_OR_OWN = re.compile(r"https://|http://(localhost|127\.0\.0\.1|\[::1\])([:/]|$)")

_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class CustomDimension(BaseModel):
    """A dimension of the deployment's own, filled from a column of imported files or from a tag."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    column: str | None = None
    tag: str | None = None
    sources: tuple[Source, ...] = tuple(Source)
    audience: Role = Role.USER
    meaning: str = ""
    plural: str | None = None

    @model_validator(mode="after")
    def _has_one_origin(self) -> CustomDimension:
        if (self.column is None) == (self.tag is None):
            message = f"dimension {self.name} needs either a column or a tag to be filled from"
            raise ValueError(message)
        return self

    def as_dimension(self) -> Dimension:
        """The declaration that everything else works with."""
        return Dimension(
            name=self.name,
            column=f"x_{self.name}",
            sources=frozenset(self.sources),
            meaning=self.meaning
            or f"the deployment's own dimension, from {self.column or self.tag}",
            plural=self.plural or f"{self.name}s",
            audience=self.audience,
            import_column=self.column,
            tag=self.tag,
            custom=True,
        )


def _encrypted(value: str) -> str:
    if not _ENCRYPTED_OR_OWN.match(value):
        message = f"{value!r} is no https:// address; http:// is for this machine alone"
        raise ValueError(message)
    return value


EncryptedAddress = Annotated[str, AfterValidator(_encrypted)]
"""An address that is reached encrypted, or on this machine."""


def _known_zone(value: str) -> str:
    if value not in known_zones():
        message = f"{value!r} is no IANA zone; one is Europe/Berlin"
        raise ValueError(message)
    return value


ZoneName = Annotated[str, AfterValidator(_known_zone)]
"""An IANA zone."""


def domains_in(text: str) -> dict[str, Reach]:
    """What a list of domains of e-mail says; see `domain_in`.

    Raises:
        ValueError: one of them says nothing, or is named twice.
    """
    if text == "{}":  # as `.env.example` has it
        return {}
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    found = dict(domain_in(piece) for piece in pieces)
    if len(found) < len(pieces):
        message = "a domain is named twice"
        raise ValueError(message)
    return found


def domain_in(piece: str) -> tuple[str, Reach]:
    """What `acme.com=acme:user` says: a domain of e-mail, and what its people see and may do.

    Raises:
        ValueError: it is no domain, or a role that a domain cannot give.
    """
    domain, _, reach = (part.strip() for part in piece.partition("="))
    organization, colon, role = (part.strip() for part in reach.rpartition(":"))
    if not colon:
        organization, role = reach, Role.USER.value
    if not _DOMAIN.fullmatch(domain.lower()) or not organization:
        message = f"{piece!r} is no domain with an organization; one is acme.com=acme:user"
        raise ValueError(message)
    if role not in (Role.USER, Role.ORG_ADMIN):
        message = f"{role!r} is no role that a domain can give; user and org_admin are"
        raise ValueError(message)
    return domain.lower(), Reach(organization, Role(role))
