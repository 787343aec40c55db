"""Anomalies and replays as files."""

from __future__ import annotations

from bot.csv_file import CsvFile, as_csv
from handlers.anomalies.fields import fired_fields, row_fields
from handlers.anomalies.listing import AnomalyList
from handlers.anomalies.replayed import Replay


def anomalies_csv(result: AnomalyList) -> CsvFile:
    """What was found, a row each."""
    rows = [row_fields(row) for row in result.rows]
    header = tuple(rows[0]) if rows else ("timestamp",)
    name = ["anomalies", str(result.first or ""), str(result.last or "")]
    return as_csv(name, header, [tuple(row.values()) for row in rows])


def replay_csv(result: Replay) -> CsvFile:
    """What would have been told and what was, a row each."""
    rows: list[tuple[object, ...]] = []
    header: tuple[str, ...] = ()
    for day in result.days:
        for one in day.would:
            fields = {"would": "yes", "did": "no" if one in day.new else "yes", **fired_fields(one)}
            header = tuple(fields)
            rows.append(tuple(fields.values()))
        for one in day.gone:
            fields = {"would": "no", "did": "yes", **fired_fields(one)}
            header = tuple(fields)
            rows.append(tuple(fields.values()))
    name = ["replay", str(result.first), str(result.last)]
    return as_csv(name, header or ("would", "did"), rows)
