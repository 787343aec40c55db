"""What must not type-check: the two kinds of cost in one sum. Read by a test, never run."""

from decimal import Decimal

from analysis.costs import FullyLoaded, Infrastructure

loaded, machines = FullyLoaded(Decimal(1)), Infrastructure(Decimal(2))
right = loaded + loaded
wrong = loaded + machines  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
worse = machines + loaded  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
