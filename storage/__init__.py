"""What people decide, in a SQL store: prices, people, and what was heard from Slack."""

from __future__ import annotations

from storage.store import Store

__all__ = ["Store"]
