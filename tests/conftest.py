"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# A hiccup of a shared machine is no bug; all else stays as Hypothesis has it, in CI too.
settings.register_profile("unhurried", settings(deadline=None))
settings.load_profile("unhurried")
