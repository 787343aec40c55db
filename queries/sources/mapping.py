"""Which column of a file fills which of ours: by its name, by `--map`, or by `--set`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process

from analysis.errors import BadInput
from queries.sources.columns import InputColumn

_ALIKE = 60
"""From this similarity (0 to 100) on, a name is suggested for another."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """How our columns are filled.

    Attributes:
        positions: of the file's column that fills ours, by our name.
        constants: what fills ours where the file has nothing, by our name.
        ignored: the file's columns that fill nothing, in its order.
    """

    positions: Mapping[str, int]
    constants: Mapping[str, str]
    ignored: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Whether our column is filled at all."""
        return name in self.positions or name in self.constants


def assignments(option: str, texts: Iterable[str]) -> dict[str, str]:
    """Reads the `column=value` of a repeatable option.

    Raises:
        BadInput: there is no equals sign, or a column is given twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise BadInput(
                f"`{option} {text}` has no equals sign to part the column from its value.",
                f"Write `{option} {text.strip() or 'model'}=…`.",
            )
        if name.strip() in found:
            raise BadInput(f"`{option}` names the column {name.strip()} twice.", "Give it once.")
        found[name.strip()] = value.strip()
    return found


def map_columns(
    known: Sequence[InputColumn],
    columns: Sequence[str],
    mapping: Mapping[str, str],
    constants: Mapping[str, str],
) -> Mapped:
    """Decides what fills what.

    Args:
        known: our columns.
        columns: the file's, in its order.
        mapping: the file's column by ours, as `--map` gives it.
        constants: values by our column, as `--set` gives them.

    Raises:
        BadInput: an option names a column that there is not, or that there is twice.
    """
    ours = {name: column.name for column in known for name in (column.name, *column.other_names)}
    given = {_our("--map", name, ours): theirs for name, theirs in mapping.items()}
    fixed = {_our("--set", name, ours): value for name, value in constants.items()}
    positions = {name: _position(theirs, columns) for name, theirs in given.items()}
    for column in known:
        if column.name not in positions:
            position = _found(column, columns)
            if position is not None:
                positions[column.name] = position
    used = set(positions.values())
    ignored = tuple(name for at, name in enumerate(columns) if at not in used)
    return Mapped(positions, fixed, ignored)


def nearest(word: str, among: Iterable[str]) -> str | None:
    """The one of `among` that `word` most resembles; None: nothing does."""
    best = process.extractOne(word.lower(), list(among), score_cutoff=_ALIKE)
    return best[0] if best else None


def listed(names: Sequence[str], most: int = 30) -> str:
    """Names for a sentence, not more than can be read."""
    shown = ", ".join(name[:60] or "(no name)" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _our(option: str, name: str, ours: Mapping[str, str]) -> str:
    if name.lower() in ours:
        return ours[name.lower()]
    suggestion = nearest(name, ours)
    hint = f"Did you mean {suggestion}?" if suggestion else ""
    columns = listed(sorted(set(ours.values())), most=60)
    raise BadInput(
        f"`{option}` names a column {name} that is not imported.",
        f"{hint} The columns are {columns}.".strip(),
    )


def _position(name: str, columns: Sequence[str]) -> int:
    found = _matches(name, columns)
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(
            f"The file has the column {name} {len(found)} times.", "Rename all but one of them."
        )
    suggestion = nearest(name, columns)
    hint = f"Did you mean {suggestion}?" if suggestion else ""
    raise BadInput(
        f"The file has no column {name}.", f"{hint} Its columns are {listed(columns)}.".strip()
    )


def _found(column: InputColumn, columns: Sequence[str]) -> int | None:
    for name in (column.name, *column.other_names):
        found = _matches(name, columns)
        if len(found) > 1:
            raise BadInput(
                f"The file has the column {name} {len(found)} times.",
                f"Rename all but one of them, or choose one with `--map {column.name}=…`.",
            )
        if found:
            return found[0]
    return None


def _matches(name: str, columns: Sequence[str]) -> list[int]:
    """Where the name is: spelled alike, else alike but for case and spaces around it."""
    exact = [at for at, column in enumerate(columns) if column == name]
    if exact:
        return exact
    plain = name.strip().lower()
    return [at for at, column in enumerate(columns) if column.strip().lower() == plain]
