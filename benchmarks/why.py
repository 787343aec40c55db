"""How often the first driver named is the planted one, over 200 seeds of each cause."""

import time

from analysis.drivers.causes import causes
from analysis.drivers.explain import explain
from tests.drivers.planted import CAUSES, planted

SEEDS = 200
SEVERAL = ("a model's rate up 30 %", "an organization's arrival")


def main() -> None:
    print(f"why: {SEEDS} seeds of each cause, two generated days of GPU traffic")
    print("| planted | first driver is it | splits that add up | ms |")
    print("| --- | --- | --- | --- |")
    hits = 0
    for name in CAUSES:
        found, exact, spent = _one(name)
        hits += found
        print(
            f"| {name} | {found / SEEDS:.1%} | {exact / SEEDS:.1%} | {1000 * spent / SEEDS:.0f} |"
        )
    print(f"| all single causes | {hits / SEEDS / len(CAUSES):.1%} | | |")
    both = sum(_named_all(seed) for seed in range(SEEDS))
    print(f"| {' and '.join(SEVERAL)}: both named | {both / SEEDS:.1%} | | |")
    blamed = sum(bool(causes(planted(seed).cells)) for seed in range(SEEDS))
    print(f"| nothing: somebody is blamed | {blamed / SEEDS:.1%} | | |")


def _one(name: str) -> tuple[int, int, float]:
    found, exact, spent = 0, 0, 0.0
    for seed in range(SEEDS):
        change = planted(seed, name)
        begun = time.perf_counter()
        explanation = explain(change.cells)
        spent += time.perf_counter() - begun
        truth = {*change.truth, *change.also}
        found += any((d.dimension, d.member) in truth for d in explanation.drivers[:1])
        split = explanation.split
        exact += split.volume + split.mix + split.rate == split.change
    return found, exact, spent


def _named_all(seed: int) -> bool:
    change = planted(seed, *SEVERAL)
    return set(change.truth) <= {cause.name for cause in causes(change.cells)}


if __name__ == "__main__":
    main()
