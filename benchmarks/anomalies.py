"""How well anomalies are found: planted ones, marked ones, and how often there was none."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from analysis.anomalies.detect import detect
from analysis.anomalies.found import DetectorSettings
from benchmarks.anomaly_truth import real
from benchmarks.anomaly_truth.few import few
from benchmarks.anomaly_truth.generated import KINDS
from benchmarks.anomaly_truth.planting import DRIFTS, LAUNCH, SHIFTS, SPIKES, Trial
from benchmarks.anomaly_truth.rivals import FIRST, Rule, both_measured, costbot, table_of, z_score
from benchmarks.anomaly_truth.scoring import Score
from benchmarks.anomaly_truth.trials import BEGIN, DAYS, clean, generated_trial, real_trial

FIRST_SEED = 9_000
"""Thresholds were chosen on seeds below 200, and on every second cash machine; from this seed on
the other ones are looked at."""

SEEDS = 4

ALONE = DetectorSettings(false_discoveries=1.0)
"""Each series judged as if there were no others, as the plain rules do."""

RULES: dict[str, Rule] = {
    "z over 7 days > 2": z_score(7, 2),
    "z over 7 days > 3": z_score(7, 3),
    "z over 28 days > 3": z_score(28, 3),
    "z7 > 1.8 and weekday-adjusted > 2.7": both_measured,
    "costbot, each series by itself": costbot(ALONE),
    "costbot, all series one family": costbot(DetectorSettings()),
}


def main() -> None:
    seed = int(os.environ.get("FIRST_SEED", FIRST_SEED))
    seeds = int(os.environ.get("SEEDS", SEEDS))
    print(f"anomalies: 500 generated series, {DAYS - BEGIN} judged days, seed {seed}")
    show_rules(rules_on([generated_trial(seed)]))
    print(f"\nThe same of seeds {seed} to {seed + seeds - 1} together")
    scores = rules_on([generated_trial(number) for number in range(seed, seed + seeds)])
    show_rules(scores)
    show_planted(scores)
    show_kinds(scores)
    _few(seed)
    _real(seed)
    _many(seed)
    _speed(seed)


def rules_on(trials: Sequence[Trial]) -> dict[str, Score]:
    """What comes of each rule."""
    scores = {name: Score() for name in RULES}
    for trial in trials:
        for name, rule in RULES.items():
            scores[name].add(trial, rule(trial.values.copy(), trial.begin))
    return scores


def show_rules(scores: dict[str, Score]) -> None:
    print(
        "\n| rule | precision | recall | F1 | of spikes | +50 % on 10 % noise | delay of "
        "shifts, days | false alarms per 100 clean days | holidays flagged |"
    )
    print("| --- " * 9 + "|")
    for name, score in scores.items():
        print(
            f"| {name} | {score.precision:.2f} | {score.recall():.2f} | {score.f1:.2f} "
            f"| {score.recall('spike'):.2f} | {score.recall('spike +50', 'noise 10'):.2f} "
            f"| {np.mean(score.delays or [0]):.1f} | {score.false_alarms:.2f} "
            f"| {score.neutral_flagged / max(score.neutral, 1):.2f} |"
        )


def show_planted(scores: dict[str, Score]) -> None:
    print("\n| planted | " + " | ".join(scores) + " |")
    print("| --- " * (len(scores) + 1) + "|")
    for name in (*SPIKES, *SHIFTS, *DRIFTS, LAUNCH):
        cells = (f"{score.recall(name):.2f}" for score in scores.values())
        print(f"| {name} | " + " | ".join(cells) + " |")


def show_kinds(scores: dict[str, Score]) -> None:
    print("\nRecall of +50 % and +100 % spikes, of +60 % shifts / false alarms per 100 clean days")
    chosen = {name: score for name, score in scores.items() if name.startswith(("costbot", "z7"))}
    print("| series | " + " | ".join(chosen) + " |")
    print("| --- " * (len(chosen) + 1) + "|")
    for kind in KINDS:
        cells = (
            f"{s.recall('spike +50', kind.name):.2f}, {s.recall('spike +100', kind.name):.2f}, "
            f"{s.recall('shift +60', kind.name):.2f} / {s.false_alarms_of(kind.name):.2f}"
            for s in chosen.values()
        )
        print(f"| {kind.name} | " + " | ".join(cells) + " |")


def _few(seed: int) -> None:
    print("\n300 series of 3 to 60 requests a day: false alarms per 100 clean days / of spikes × 4")
    for name, settings in (("by itself", ALONE), ("one family", DetectorSettings())):
        for costs_alone in (True, False):
            one = few(seed, settings, costs_alone=costs_alone)
            known = "costs alone" if costs_alone else "with their requests"
            print(f"| {name}, {known} | {one.false_alarms:.2f} / {one.recall:.2f} |")


def _real(seed: int) -> None:
    if (path := real.trace("nn5_daily_22.csv")) is not None:
        half = real.cash_machines(path)[int(seed >= FIRST_SEED) :: 2]
        trial = real_trial(seed, half, "cash machines")
        print(f"\n{len(trial.kinds)} stretches of {DAYS} real days of cash machines, planted")
        show_rules(rules_on([trial]))
    if (path := real.trace("nab")) is not None:
        print("\nNAB, online advertising by day: marks found, days flagged outside of marks")
        for name, rule in RULES.items():
            found = marks = outside = days = 0
            for one in real.ad_exchange(path):
                flagged = rule(one.values[None, :].copy(), 14)[0]
                inside = np.zeros(len(flagged), dtype=np.bool_)
                for begin, end in one.windows:
                    inside[begin : end + 1] = True
                    if end >= 14:
                        marks += 1
                        found += bool(flagged[begin : end + 1].any())
                outside += int((flagged & ~inside).sum())
                days += int((~inside[14:]).sum())
            print(f"| {name} | {found} of {marks} | {outside} of {days} |")
    if (path := real.trace("gentd26_requests.csv")) is not None:
        values = real.image_service(path)
        flagged = costbot()(values, 14)
        print(f"\nimage service, ten customers, 24 days: {int(flagged.sum())} findings")


def _many(seed: int) -> None:
    print("\n10,000 series in which nothing was planted, half of them of odd noise")
    print("| series | false alarms on each day | mean |")
    print("| --- | --- | --- |")
    for name, together in (("apart", 0.0), ("all waver together by 5 %", 0.05)):
        table = table_of(clean(seed, 10_000, 120, together))
        counts = [
            len(detect(table, FIRST + timedelta(days=day), DetectorSettings()))
            for day in range(100, 120)
        ]
        print(f"| {name} | {', '.join(map(str, counts))} | {np.mean(counts):.2f} |")


def _speed(seed: int) -> None:
    table = table_of(clean(seed, 10_000, 120))
    wall, cpu = time.perf_counter(), time.process_time()
    for day in range(90, 120):
        detect(table, FIRST + timedelta(days=day), DetectorSettings())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"\n30 days of 10,000 series, replayed: {wall:.1f} s, {cpu:.1f} of CPU")


if __name__ == "__main__":
    main()
