"""How well flags fit what was planted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.anomaly_truth.planting import Trial

Bools = NDArray[np.bool_]


@dataclass(slots=True)
class Score:
    """What a rule found and what it made up.

    Attributes:
        right, wrong: days flagged on which there was, and was not, something.
        clean: days that were judged on which there was nothing.
        planted, found: by what was planted and the kind of its series.
        delays: days from the beginning of a shift until it was flagged.
        wrong_of, clean_of: by kind of series.
        neutral, neutral_flagged: holidays, and how many of them were flagged.
    """

    right: int = 0
    wrong: int = 0
    clean: int = 0
    neutral: int = 0
    neutral_flagged: int = 0
    planted: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    found: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    delays: list[int] = field(default_factory=list[int])
    wrong_of: Counter[str] = field(default_factory=Counter[str])
    clean_of: Counter[str] = field(default_factory=Counter[str])

    @property
    def precision(self) -> float:
        """Share of the flagged days on which there was something."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def false_alarms(self) -> float:
        """For each 100 clean days of a series."""
        return 100 * self.wrong / max(self.clean, 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and of the share that was found in time."""
        recall = self.recall()
        return 2 * self.precision * recall / max(self.precision + recall, 1e-9)

    def false_alarms_of(self, kind: str) -> float:
        """The same, of one kind of series."""
        return 100 * self.wrong_of[kind] / max(self.clean_of[kind], 1)

    def recall(self, name: str = "", kind: str = "") -> float:
        """Share of what was planted that was found in time; of some of it."""

        def total(counts: Counter[tuple[str, str]]) -> int:
            return sum(
                count
                for (n, k), count in counts.items()
                if n.startswith(name) and k.startswith(kind)
            )

        return total(self.found) / max(total(self.planted), 1)

    def add(self, trial: Trial, flagged: Bools) -> None:
        """Counts what was flagged in a trial."""
        is_right = np.zeros(flagged.shape, dtype=np.bool_)
        for one in trial.planted:
            is_right[one.row, one.first : one.last + 1] = True
            of = (one.name, trial.kinds[one.row])
            self.planted[of] += 1
            hits = np.flatnonzero(flagged[one.row, one.first : one.deadline + 1])
            if len(hits):
                self.found[of] += 1
                if one.deadline > one.first:
                    self.delays.append(int(hits[0]))
        judged = np.zeros(flagged.shape, dtype=np.bool_)
        judged[:, trial.begin :] = True
        self.neutral += int(trial.neutral.sum())
        self.neutral_flagged += int((flagged & trial.neutral).sum())
        clean = judged & ~is_right & ~trial.neutral & ~np.isnan(trial.values)
        self.right += int((flagged & is_right).sum())
        self.wrong += int((flagged & clean).sum())
        self.clean += int(clean.sum())
        for row, kind in enumerate(trial.kinds):
            self.wrong_of[kind] += int((flagged[row] & clean[row]).sum())
            self.clean_of[kind] += int(clean[row].sum())
