"""A deployment on a scratch folder, into which tests import files."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

from analysis.prices import PriceSource, UnitPrice
from handlers.imports import ImportHandler, ImportRequest
from queries.dimensions import Dimension, Dimensions, Source
from queries.mart import Mart
from queries.sources.report import ImportReport
from queries.sources.usage import RelativeTime
from queries.sources.usage_models import Counting
from tests.columnar import reader

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def list_price(
    provider: str,
    model: str,
    per_input: str,
    per_output: str,
    *,
    since: datetime = datetime(2023, 11, 6, tzinfo=UTC),
    until: datetime | None = None,
    organization: str | None = None,
    cached_input: str | None = None,
) -> UnitPrice:
    """A price of the store's list, or a rate agreed with an organization."""
    return UnitPrice(
        provider=provider,
        model=model,
        input=Decimal(per_input),
        output=Decimal(per_output),
        effective_from=since,
        effective_until=until,
        source=PriceSource.LIST if organization is None else PriceSource.NEGOTIATED,
        reference="a test",
        organization=organization,
        cached_input=None if cached_input is None else Decimal(cached_input),
    )


GPT_4_TURBO = list_price("openai", "gpt-4-turbo", "10", "30")


@dataclass
class Deployment:
    """A home folder with a mart, and the importers over it."""

    home: Path
    prices: Sequence[UnitPrice] = (GPT_4_TURBO,)
    custom: Sequence[Dimension] = field(default_factory=tuple)

    @property
    def mart(self) -> Mart:
        return Mart(self.home, Dimensions(self.custom), lambda: NOW)

    def run(
        self,
        source: Source,
        path: Path,
        mapping: Mapping[str, str] | None = None,
        constants: Mapping[str, str] | None = None,
        *,
        rate: str | None = None,
        counting: Counting | None = None,
        relative: RelativeTime | None = None,
    ) -> ImportReport:
        """Imports a file; whatever happens, the rows read are the rows accounted for."""

        async def prices() -> list[UnitPrice]:
            return list(self.prices)

        handler = ImportHandler(self.home, self.mart, Dimensions(self.custom), lambda: NOW, prices)
        request = ImportRequest(
            source,
            path,
            mapping or {},
            constants or {},
            gpu_hour_rate=None if rate is None else Decimal(rate),
            counting=counting or Counting(),
            relative=relative,
        )
        report = asyncio.run(handler.import_file(request))
        assert report.read == report.taken + report.repeated + report.rejected
        assert report.rejected == len(self.rejects(report))
        assert not (self.home / "import").exists()
        return report

    def gpu(
        self, text: str, constants: Mapping[str, str] | None = None, *, rate: str | None = None
    ) -> ImportReport:
        """Imports GPU rows from the text of a file."""
        path = self.file("gpu.csv", text.encode())
        return self.run(Source.GPU, path, constants=constants, rate=rate)

    def usage(
        self,
        text: str,
        constants: Mapping[str, str] | None = None,
        counting: Counting | None = None,
    ) -> ImportReport:
        """Imports usage rows from the text of a file."""
        path = self.file("usage.csv", text.encode())
        return self.run(Source.USAGE, path, constants=constants, counting=counting)

    def file(self, name: str, content: bytes) -> Path:
        """A file outside of the home folder."""
        path = self.home.parent / name
        path.write_bytes(content)
        return path

    def rows(self, columns: str, order: str = "time") -> list[tuple[object, ...]]:
        """Columns of the requests in the mart."""
        return self._query("requests", f"SELECT {columns} FROM it ORDER BY {order}")

    def costs(self, query: str) -> list[tuple[object, ...]]:
        """A query over `it`, the rollup in the mart."""
        return self._query("costs", query)

    def rejects(self, report: ImportReport) -> list[tuple[int, str, str]]:
        """The rejects file: line, reason and row."""
        if report.rejects_file is None:
            return []
        with report.rejects_file.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == ["line", "reason", "row"]
        return [(int(line), reason, row) for line, reason, row in rows]

    def _query(self, relation: str, query: str) -> list[tuple[object, ...]]:
        kind = "requests" if relation == "requests" else "costs"
        files = self.mart.snapshot().files(kind, date.min, date.max)
        with reader() as connection:
            found = connection.execute(
                f"WITH it AS (SELECT * FROM read_parquet($files)) {query}", {"files": files}
            )
            return cast("list[tuple[object, ...]]", found.fetchall())
