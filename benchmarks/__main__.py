"""All benchmarks in one run: `make bench`, or some of them: `make bench BENCH=commands`."""

import importlib
import sys

BENCHMARKS = (
    "anomalies",
    "api",
    "budget_spend",
    "budgets",
    "commands",
    "digests",
    "forecasts",
    "imports",
    "ingest",
    "mart_breakdown",
    "outbox_crash",
    "pictures",
    "recommendation_keeping",
    "recommendations",
    "recommendation_savings",
    "startup",
    "why",
)


def main() -> None:
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]}: choose from {', '.join(BENCHMARKS)}.")
    for name in wanted:
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
