"""The planted truth: what the sample was made of, what is wrong in it, and by how much."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from analysis.errors import BadInput
from queries.dimensions import Source

TRUTH_FILE = "truth.json"
READABLE_FILE = "truth.md"


class Incident(BaseModel):
    """Something that went wrong, planted to be found.

    Attributes:
        name: a short name for it.
        source: in whose data it is.
        start: its first hour, UTC.
        end: the hour after its last one, UTC.
        organization: whose traffic it was; None: every customer's.
        provider, model, endpoint, key: where it shows; None: does not apply.
        cause: what happened, a sentence.
        extra_cost: USD that would not have been spent without it; exact.
        extra_requests: requests that would not have been sent without it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    source: Source
    start: AwareDatetime
    end: AwareDatetime
    organization: str | None = None
    provider: str | None = None
    model: str
    endpoint: str | None = None
    key: str | None = None
    cause: str
    extra_cost: Decimal = Decimal(0)
    extra_requests: int = 0

    def questions(self) -> tuple[str, ...]:
        """Commands that lead to it, from the first sight of it to its cause."""
        first = self.start.date() - timedelta(days=2)
        last = self.end.date() + timedelta(days=1)
        dates = f"{first}..{last}"
        if self.source is Source.USAGE:
            return (
                f"/cost {dates} by organization by day",
                f"/cost {dates} org {self.organization} by model by day",
                f"/cost {dates} org {self.organization} model {self.model} by key",
            )
        return (
            f"/cost {dates} by endpoint by day",
            f"/cost {dates} endpoint {self.endpoint} by result by day",
            f"/cost {self.start.date()} endpoint {self.endpoint} by hour",
        )


class Truth(BaseModel):
    """What a sample consists of; enough to make the same rows again, and later ones.

    Attributes:
        seed, orgs, scale: what the rows of an hour depend on, besides the hour.
        first: the first hour, UTC.
        until: the rows end before this instant, UTC.
        imported_until: the instant up to which they are in the mart; None: never imported.
        incidents: what is planted in them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    orgs: int
    scale: float
    first: AwareDatetime
    until: AwareDatetime
    imported_until: AwareDatetime | None = None
    incidents: tuple[Incident, ...]

    def same_world(self, seed: int, orgs: int, scale: float) -> bool:
        """Whether these options make the same rows."""
        return (self.seed, self.orgs, self.scale) == (seed, orgs, scale)


def read_truth(folder: Path) -> Truth | None:
    """The truth beside the sample in `folder`; None where there is no sample.

    Raises:
        BadInput: the file is there and cannot be read.
    """
    path = folder / TRUTH_FILE
    try:
        return Truth.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        sentence = f"{path} does not say what the sample consists of."
        hint = "Remove the file and the mart, or use another COSTBOT_HOME, and generate it again."
        raise BadInput(sentence, hint) from error


def write_truth(folder: Path, truth: Truth) -> None:
    """Writes the truth into `folder`, for programs and for people; replaces what was there."""
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / READABLE_FILE, _readable(truth))
    _replace(folder / TRUTH_FILE, truth.model_dump_json(indent=2) + "\n")


def _replace(path: Path, text: str) -> None:
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    passing.write_text(text, encoding="utf-8")
    passing.replace(path)


def _readable(truth: Truth) -> str:
    lines = [
        "# What the sample holds",
        "",
        f"Seed {truth.seed}, {truth.orgs} organizations, scale {truth.scale:g}, from "
        f"{_minute(truth.first)} to {_minute(truth.until)}. All of it is made up.",
    ]
    for number, incident in enumerate(truth.incidents, 1):
        lines += ["", f"## {number}. {incident.name}", "", incident.cause, ""]
        lines += [f"- {label}: {value}" for label, value in _facts(incident)]
        lines += ["- to find it:"]
        lines += [f"  - `{question}`" for question in incident.questions()]
    if not truth.incidents:
        lines += ["", "No incident is planted in it."]
    return "\n".join(lines) + "\n"


def _facts(incident: Incident) -> list[tuple[str, str]]:
    facts = [
        ("from", _minute(incident.start)),
        ("to", _minute(incident.end)),
        ("organization", incident.organization or "every customer"),
    ]
    where = ("provider", "model", "endpoint", "key")
    facts += [(name, value) for name in where if (value := getattr(incident, name)) is not None]
    return [
        *facts,
        ("extra cost", f"{incident.extra_cost} USD, exactly"),
        ("extra requests", f"{incident.extra_requests:,}"),
    ]


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
