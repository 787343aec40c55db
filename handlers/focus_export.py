"""Costs as a FOCUS file, within what the caller may see."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.errors import BadInput, NotFound
from handlers.caller import Caller
from queries.focus_export.writing import FileFormat, FocusFile, FocusTotals, write_focus
from queries.mart import Mart
from queries.scope import Scope

ACCOUNT = "costbot"
"""`BillingAccountId` where nobody says another."""


@dataclass(frozen=True, slots=True)
class FocusExportRequest:
    """What to write, and where.

    Attributes:
        first: first UTC day.
        last: last UTC day, included.
        target: the file; one that is there is replaced.
        format: of the file.
        organization: of whom; None: of all whom the caller sees.
        account: `BillingAccountId`, who is billed.
    """

    first: date
    last: date
    target: Path
    format: FileFormat = FileFormat.CSV
    organization: str | None = None
    account: str = ACCOUNT


@dataclass(frozen=True, slots=True)
class FocusExport:
    """A file that was written.

    Attributes:
        request: what was asked for.
        totals: what is in it.
        dimensions: by which its rows are told apart, besides day, source and category.
    """

    request: FocusExportRequest
    totals: FocusTotals
    dimensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FocusExportHandler:
    """Writes FOCUS files; knows no Slack and no HTTP.

    Attributes:
        mart: with the costs.
        threads: that DuckDB may use.
        memory: that DuckDB may use, as it writes sizes.
    """

    mart: Mart
    threads: int = 2
    memory: str = "2GB"

    async def export(self, request: FocusExportRequest, caller: Caller) -> FocusExport:
        """Writes the file; it is there as a whole, or not at all.

        Who sees one organization gets that one's rows, its customers' traffic alone. Dimensions
        beyond the caller's role are added up.

        Raises:
            BadInput: the days or the target cannot be used.
            NotFound: there is nothing of these days, or of such an organization.
            Unavailable: the mart cannot be read.
        """
        if request.last < request.first:
            raise BadInput(
                f"{request.last} is before {request.first}.", "Write the first day first."
            )
        if not request.account.strip():
            raise BadInput("The billing account has no name.", "Leave it out, or name it.")
        organization = caller.organization
        if organization is None:
            organization = request.organization
        elif request.organization not in (None, organization):
            raise _nothing(request)
        dimensions = self.mart.dimensions.visible_to(caller.role)
        file = FocusFile(
            request.first,
            request.last,
            Scope(organization, customers_only=caller.organization is not None),
            dimensions,
            request.account,
            request.format,
        )
        if not self.mart.snapshot().files("costs", request.first, request.last):
            raise _nothing(request)
        totals = await asyncio.to_thread(
            write_focus,
            self.mart,
            file,
            request.target.absolute(),
            threads=self.threads,
            memory=self.memory,
        )
        if not totals.rows:
            raise _nothing(request)
        return FocusExport(request, totals, tuple(one.name for one in dimensions))


def _nothing(request: FocusExportRequest) -> NotFound:
    whose = f" of {request.organization}" if request.organization is not None else ""
    return NotFound(
        f"There is nothing{whose} from {request.first} to {request.last} (UTC days).",
        "`costbot about` says which days there are.",
    )
