"""Bills in FOCUS, and a deployment that imports them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.prices import UnitPrice
from handlers.imports import FocusOptions, ImportHandler, ImportRequest
from queries.dimensions import Dimensions, Source
from queries.sources.focus_placing import FocusMode
from queries.sources.report import ImportReport
from tests.sources.importing import NOW, Deployment

DAY = {
    "BillingAccountId": "acct-1",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-11-01T00:00:00Z",
    "BilledCost": "1",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-11-20T00:00:00Z",
    "ChargePeriodEnd": "2026-11-21T00:00:00Z",
    "CommitmentDiscountStatus": "",
    "ProviderName": "Cloud",
    "ServiceCategory": "Compute",
    "ServiceName": "Machines",
    "SkuMeter": "",
    "SubAccountId": "123",
    "SubAccountName": "acme",
    "Tags": "",
}
"""A charge of a dollar for a day, by FOCUS's names."""


def charge(tags: Mapping[str, str] | None = None, **columns: str) -> dict[str, str]:
    """A charge: as `DAY`, but for what is given."""
    return {**DAY, "Tags": json.dumps(tags) if tags else "", **columns}


def bill(*charges: Mapping[str, str]) -> bytes:
    """A CSV file of charges."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(charges[0]))
    writer.writeheader()
    writer.writerows(charges)
    return out.getvalue().encode()


@dataclass
class Bills(Deployment):
    """A deployment into which bills are imported."""

    prices: Sequence[UnitPrice] = field(default_factory=tuple)

    def load(
        self,
        content: bytes | Path,
        *,
        mode: FocusMode = FocusMode.NEW,
        tags: Mapping[str, str] | None = None,
        mapping: Mapping[str, str] | None = None,
        constants: Mapping[str, str] | None = None,
    ) -> ImportReport:
        """Imports a bill; every row read is accounted for."""

        async def no_prices() -> list[UnitPrice]:
            return []

        path = content if isinstance(content, Path) else self.file("bill.csv", content)
        handler = ImportHandler(
            self.home, self.mart, Dimensions(self.custom), lambda: NOW, no_prices
        )
        request = ImportRequest(
            Source.FOCUS,
            path,
            mapping or {},
            constants or {},
            focus=FocusOptions(tags or {}, mode),
        )
        report = asyncio.run(handler.import_file(request))
        assert report.read == report.taken + report.repeated + report.rejected
        assert report.rejected == len(self.rejects(report))
        return report
