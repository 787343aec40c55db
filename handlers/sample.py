"""The sample: generates it, imports it by the road of every file, and keeps it up to now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from analysis.clock import Clock
from analysis.errors import BadInput
from queries.dimensions import Source
from queries.mart import Mart
from queries.sample.generate import SampleFiles, generate
from queries.sample.truth import Truth, read_truth, write_truth
from queries.sources.importer import Progress
from queries.sources.report import ImportReport

FRESH_ENOUGH = timedelta(minutes=5)
"""A sample that ends less than this ago is not extended when nobody asked for it."""

_GENERATING = 0.35
"""The share of the work that generating is, measured; the rest is importing."""

Import = Callable[[Source, Path, Progress], Awaitable[ImportReport]]
"""Imports one file of a source as a user's file is imported, and tells how far it has come."""


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """What to generate.

    Attributes:
        days: complete UTC days before today.
        orgs: number of customers.
        scale: of the number of rows; 1 is some 300,000 in 90 days for six customers.
        seed: another seed is another company.
    """

    days: int = 90
    orgs: int = 6
    scale: float = 1.0
    seed: int = 7


class Outcome(StrEnum):
    """What became of the wish for a sample."""

    LOADED = "loaded"
    EXTENDED = "extended"
    CURRENT = "current"
    """The sample reached the present already."""
    NOT_WANTED = "not wanted"
    """The mart holds data of its owner's and no sample."""


@dataclass(frozen=True, slots=True)
class Added:
    """What was added to one source.

    Attributes:
        rows: rows that were generated.
        taken: rows that the mart did not have before.
        repeated: rows that it had.
        rejected: rows that the importer refused: a defect of the generator, where there are any.
        unpriced: requests without a price.
        cost: USD of what was taken.
    """

    rows: int = 0
    taken: int = 0
    repeated: int = 0
    rejected: int = 0
    unpriced: int = 0
    cost: Decimal = Decimal(0)

    def plus(self, report: ImportReport) -> Added:
        """With one more file's report."""
        return Added(
            rows=self.rows + report.read,
            taken=self.taken + report.taken,
            repeated=self.repeated + report.repeated,
            rejected=self.rejected + report.rejected,
            unpriced=self.unpriced + report.unpriced,
            cost=self.cost + report.cost,
        )


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What was done.

    Attributes:
        outcome: loaded, extended, current or not wanted.
        folder: where the files and the truth are.
        truth: what is planted; None where there is no sample.
        added: by source; empty where nothing was imported.
    """

    outcome: Outcome
    folder: Path
    truth: Truth | None
    added: dict[Source, Added] = field(default_factory=dict[Source, Added])


@dataclass(frozen=True, slots=True)
class SampleHandler:
    """Generates, imports and extends the sample.

    Args:
        home: costbot's folder; the sample is `sample` in it.
        mart: where it ends up.
        clock: the present.
        import_file: see `Import`.
    """

    home: Path
    mart: Mart
    clock: Clock
    import_file: Import

    @property
    def folder(self) -> Path:
        """Where the files and the truth are."""
        return self.home.absolute() / "sample"

    async def load_sample(
        self, request: SampleRequest, on_progress: Progress | None = None
    ) -> SampleResult:
        """Loads the sample, or extends it to the present and, if wished, further back.

        Raises:
            BadInput: an option is out of bounds, or the home holds a sample made with others.
        """
        known = await asyncio.to_thread(read_truth, self.folder)
        same = known is not None and known.same_world(request.seed, request.orgs, request.scale)
        empty = self.mart.snapshot().is_empty
        if known is not None and not same and not empty:
            sentence = (
                f"This home already holds a sample: seed {known.seed}, {known.orgs} organizations, "
                f"scale {known.scale:g}."
            )
            hint = "Repeat these options to extend it, or set another COSTBOT_HOME for another one."
            raise BadInput(sentence, hint)
        if known is None or not same:
            return await self._add(Outcome.LOADED, request, None, None, on_progress)
        since = None if empty else known.imported_until
        wanted = _midnight(self.clock()) - timedelta(days=request.days)
        if since is None or wanted < known.first:
            first = min(wanted, known.first)
            request = _reaching(request, first, self.clock())
            return await self._add(Outcome.LOADED, request, known, None, on_progress)
        return await self._add(Outcome.EXTENDED, request, known, since, on_progress)

    async def ensure_sample(
        self, request: SampleRequest, on_progress: Progress | None = None
    ) -> SampleResult:
        """Sees to it that there is something to ask about, and touches nobody's own data.

        An empty mart gets the sample, a mart that holds it gets what happened since (with the
        options that it was made with), a mart with other data only stays as it is.

        Raises:
            BadInput: an option is out of bounds, or the sample's truth cannot be read.
        """
        if self.mart.snapshot().is_empty:
            return await self.load_sample(request, on_progress)
        known = await asyncio.to_thread(read_truth, self.folder)
        if known is None:
            return SampleResult(Outcome.NOT_WANTED, self.folder, None)
        since = known.imported_until
        if since is not None and self.clock() - since < FRESH_ENOUGH:
            return SampleResult(Outcome.CURRENT, self.folder, known)
        as_made = SampleRequest(orgs=known.orgs, scale=known.scale, seed=known.seed)
        if since is None:  # an earlier load did not come to its end
            as_made = _reaching(as_made, known.first, self.clock())
            return await self._add(Outcome.LOADED, as_made, known, None, on_progress)
        return await self._add(Outcome.EXTENDED, as_made, known, since, on_progress)

    async def _add(
        self,
        outcome: Outcome,
        request: SampleRequest,
        known: Truth | None,
        since: datetime | None,
        on_progress: Progress | None,
    ) -> SampleResult:
        tell = on_progress or _tell_nobody
        files = await asyncio.to_thread(
            generate,
            self.folder,
            days=request.days,
            orgs=request.orgs,
            scale=request.scale,
            seed=request.seed,
            until=self.clock(),
            known=known,
            since=since,
            on_progress=lambda share: tell("Generating", share * _GENERATING),
        )
        added = await self._import(files, tell)
        truth = files.truth.model_copy(update={"imported_until": files.truth.until})
        await asyncio.to_thread(write_truth, self.folder, truth)
        tell("Done", 1.0)
        return SampleResult(outcome, self.folder, truth, added)

    async def _import(self, files: SampleFiles, tell: Progress) -> dict[Source, Added]:
        work = [(Source.GPU, path) for path in files.gpu]
        work += [(Source.USAGE, path) for path in files.usage]
        added: dict[Source, Added] = {}
        for number, (source, path) in enumerate(work):

            def come_so_far(step: str, share: float, number: int = number) -> None:
                done = (number + share) / len(work)
                tell(step, _GENERATING + (1 - _GENERATING) * done)

            report = await self.import_file(source, path, come_so_far)
            added[source] = added.get(source, Added()).plus(report)
        return added


def _tell_nobody(step: str, share: float) -> None:
    del step, share


def _midnight(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _reaching(request: SampleRequest, first: datetime, now: datetime) -> SampleRequest:
    """The request with as many days as reach back to `first`."""
    days = max(1, (_midnight(now) - _midnight(first)).days)
    return SampleRequest(days, request.orgs, request.scale, request.seed)
