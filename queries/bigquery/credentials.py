"""As whom costbot asks BigQuery: which credentials there are, and whether Google takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from queries.bigquery.access import Access

_KINDS = {
    "google.oauth2.service_account": "a service account",
    "google.oauth2.credentials": "a person's login (gcloud)",
    "google.auth.compute_engine.credentials": "the service account of this machine",
    "google.auth.impersonated_credentials": "an impersonated service account",
}


@dataclass(frozen=True, slots=True)
class Account:
    """As whom BigQuery is asked.

    Attributes:
        kind: of the credentials, in words.
        email: of the account; empty where they do not tell.
        origin: where they come from, in words.
    """

    kind: str
    email: str
    origin: str


class _Credentials(Protocol):
    def refresh(self, request: object) -> None: ...


class _KeyFiles(Protocol):
    def from_service_account_file(
        self, filename: str, *, scopes: Sequence[str]
    ) -> _Credentials: ...


class _Defaults(Protocol):
    def default(self, *, scopes: Sequence[str]) -> tuple[_Credentials, str | None]: ...


def account_of(access: Access) -> Account | None:
    """Loads the credentials and has Google give a token for them; blocks.

    Returns:
        Whose they are, never the key; None: none are needed.

    Raises:
        BadInput: there are none, the key file cannot be used, or Google refuses them.
        Unavailable: Google does not answer.
    """
    if access.is_anonymous:
        return None
    # Google's libraries are slow to load.
    import google.auth
    from google.auth import exceptions
    from google.auth.transport.requests import Request
    from google.oauth2 import service_account

    from queries.bigquery.client import SCOPES
    from queries.bigquery.faults import Asked, fault_of, key_file_fault

    try:
        if access.key_file is None:
            credentials, _ = cast("_Defaults", google.auth).default(scopes=SCOPES)
        else:
            keys = cast("_KeyFiles", service_account.Credentials)
            credentials = keys.from_service_account_file(str(access.key_file), scopes=SCOPES)
        credentials.refresh(Request())
    except exceptions.GoogleAuthError as error:
        fault = fault_of(error, Asked(access))
        if fault is None:
            raise
        raise fault from error
    except (OSError, ValueError) as error:
        if access.key_file is None:
            raise
        # Without its cause, which may quote the key.
        raise key_file_fault(error, access) from None
    return Account(
        kind=_KINDS.get(type(credentials).__module__, "an account of another identity provider"),
        email=_email(credentials),
        origin="the application-default credentials" if access.key_file is None else "the key file",
    )


def _email(credentials: object) -> str:
    for name in ("service_account_email", "account"):
        email = getattr(credentials, name, None)
        if isinstance(email, str) and "@" in email:
            return email
    return ""
