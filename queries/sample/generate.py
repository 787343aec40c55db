"""Generates the sample: Parquet files in the columns that the importers read.

The rows of an hour depend on the seed, the hour, the number of organizations and the scale, and
on nothing else but the incidents planted in it: an hour that is generated again, alone or among
others, has the same rows with the same request ids.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from analysis.errors import BadInput
from queries.dimensions import Source
from queries.duck import connect
from queries.sample import catalogue, incidents
from queries.sample.truth import Truth, write_truth
from queries.sample.world import prepare

LONGEST_DAYS = 1830
"""Five years."""

LARGEST_SCALE = 100.0

CHUNK_DAYS = 120
"""How many days of a sample of scale 1 for six customers are generated at once."""

_MEMORY = "2GB"
"""For a chunk; a third of it is used (measured)."""

_STEPS = ("calendar", "usage", "gpu")


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """What was generated.

    Attributes:
        gpu, usage: Parquet files, oldest first.
        gpu_rows, usage_rows: how many rows are in them.
        truth: what is in them; written beside them too.
    """

    gpu: tuple[Path, ...]
    usage: tuple[Path, ...]
    gpu_rows: int
    usage_rows: int
    truth: Truth


def generate(
    folder: Path,
    *,
    days: int,
    orgs: int,
    scale: float,
    seed: int,
    until: datetime,
    known: Truth | None = None,
    since: datetime | None = None,
    chunk_days: int = CHUNK_DAYS,
    on_progress: Callable[[float], None] | None = None,
) -> SampleFiles:
    """Generates the rows up to `until` into `folder`, and their truth.

    Args:
        folder: where the files go; made where it is missing.
        days: complete UTC days before that of `until`.
        orgs: number of customers.
        scale: of the number of rows; 1 is some 300,000 rows in 90 days for six customers.
        seed: another seed is another company.
        until: aware; no row lies at or after it.
        known: the truth of an earlier generation: its incidents are kept, none is planned.
        since: with `known`: no row lies before it, so that the files only grow; without it, the
            sample begins at midnight `days` days before.
        chunk_days: how many days of a sample of scale 1 for six customers go into one file, and
            through memory at once; fewer of a larger sample.
        on_progress: called with the share that is done, 0 to 1.

    Raises:
        BadInput: an option lies out of bounds, or the folder cannot be written.
    """
    _check(days, orgs, scale)
    customers = catalogue.organizations(orgs)
    until = until.astimezone(UTC)
    first = until.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    begin = since.astimezone(UTC) if since and known else first
    planted = known.incidents if known else incidents.plan(until, days, customers)
    files: dict[Source, list[Path]] = {Source.GPU: [], Source.USAGE: []}
    rows = dict.fromkeys(files, 0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with connect(threads=2, memory=_MEMORY) as connection:
            prepare(connection, customers, planted, scale)
            for start, end in _chunks(begin, until, chunk_days * 6 / (scale * orgs)):
                _set_world(connection, seed, scale, start, end)
                for number, step in enumerate(_STEPS, 1):
                    _run(connection, step)
                    if on_progress is not None:
                        done = (start - begin) + (end - start) * (number / len(_STEPS))
                        on_progress(min(1.0, done / max(until - begin, timedelta(hours=1))))
                if known is None:
                    planted = incidents.measured(connection, planted)
                for source in files:
                    path = folder / _name(source, start)
                    rows[source] += _write(connection, source, start, end, path)
                    files[source].append(path)
    except OSError as error:
        sentence = f"The sample cannot be written to {folder}: {error.strerror or error}."
        raise BadInput(sentence, "Free the space or choose another COSTBOT_HOME.") from error
    truth = Truth(
        seed=seed,
        orgs=orgs,
        scale=scale,
        first=min(begin, known.first) if known else begin,
        until=max(until, known.until) if known else until,
        imported_until=known.imported_until if known else None,
        incidents=tuple(incident for incident in planted if incident.extra_requests),
    )
    write_truth(folder, truth)
    _remove_superseded(folder, files, begin if known else None)
    return SampleFiles(
        gpu=tuple(files[Source.GPU]),
        usage=tuple(files[Source.USAGE]),
        gpu_rows=rows[Source.GPU],
        usage_rows=rows[Source.USAGE],
        truth=truth,
    )


def _check(days: int, orgs: int, scale: float) -> None:
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput(
            f"A sample of {days} days cannot be generated.", f"Choose 1 to {LONGEST_DAYS}."
        )
    if not 1 <= orgs <= catalogue.LARGEST_ORGANIZATIONS:
        sentence = f"A sample of {orgs} organizations cannot be generated."
        raise BadInput(sentence, f"Choose 1 to {catalogue.LARGEST_ORGANIZATIONS}.")
    if not 0 < scale <= LARGEST_SCALE:
        sentence = f"A sample of scale {scale:g} cannot be generated."
        raise BadInput(sentence, f"Choose more than 0, and at most {LARGEST_SCALE:g}.")


def _whole_hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def _chunks(begin: datetime, until: datetime, days: float) -> Iterator[tuple[datetime, datetime]]:
    step = timedelta(days=max(1, int(min(days, CHUNK_DAYS))))
    start = begin
    while start < until:
        end = min(_whole_hour(start) + step, until)
        yield start, end
        start = end


def _set_world(
    connection: duckdb.DuckDBPyConnection, seed: int, scale: float, start: datetime, end: datetime
) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE world AS SELECT $seed::VARCHAR AS seed,"
        " $scale::DOUBLE AS scale, $since::TIMESTAMPTZ AS since, $until::TIMESTAMPTZ AS until",
        {"seed": str(seed), "scale": scale, "since": _whole_hour(start), "until": end},
    )


def _run(connection: duckdb.DuckDBPyConnection, step: str) -> None:
    script = Path(__file__).with_name(f"{step}.sql").read_text(encoding="utf-8")
    connection.execute(script)


def _write(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    since: datetime,
    until: datetime,
    path: Path,
) -> int:
    """Writes the rows of a stretch in order of time; the file is there at once or not at all."""
    time = duckdb.ColumnExpression("time")
    inside = (time >= duckdb.ConstantExpression(since)) & (time < duckdb.ConstantExpression(until))
    rows = connection.table(f"{source}_rows").filter(inside)
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    rows.order("time, request_id").write_parquet(str(passing), compression="zstd")
    passing.replace(path)
    ((count,),) = connection.read_parquet(str(path)).count("*").fetchall()
    return int(count)


def _name(source: Source, start: datetime) -> str:
    return f"{source}-{start:%Y%m%dT%H%M%S}.parquet"


def _remove_superseded(
    folder: Path, files: Mapping[Source, Sequence[Path]], since: datetime | None
) -> None:
    """Removes what the new files hold too; all that is older where another world began."""
    for source, kept in files.items():
        for path in folder.glob(f"{source}-????????T??????.parquet"):
            if path not in kept and (since is None or path.name >= _name(source, since)):
                path.unlink()
