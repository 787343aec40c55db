"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# A hiccup of a shared machine is no bug. Half of Hypothesis's examples, in CI too: the suite is run
# often, and each run tries others. Where a property deserves more, its test says so.
settings.register_profile("unhurried", settings(deadline=None, max_examples=50))
settings.load_profile("unhurried")
