"""How BigQuery is reached, and what one query may take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Access:
    """The way to BigQuery.

    Attributes:
        project: that runs the jobs, and pays for them; the tables may lie in another.
        location: of the datasets, such as `EU`; None: BigQuery finds it out.
        key_file: of a service account, JSON; None: the application-default credentials, or none
            at all where the endpoint is of `http://`.
        endpoint: another address of the API; None: Google's.
        most_bytes: that one query may bill.
        timeout_seconds: that one query may take, retries and reading of its rows included.
    """

    project: str
    location: str | None = None
    key_file: Path | None = None
    endpoint: str | None = None
    most_bytes: int = 100 * 1024**3
    timeout_seconds: float = 300.0

    @property
    def is_anonymous(self) -> bool:
        """Whether BigQuery is asked without credentials: a stand-in on this machine."""
        return self.key_file is None and (self.endpoint or "").startswith("http://")
