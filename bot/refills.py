"""Which command loads the newest facts of each source."""

from __future__ import annotations

from bot.settings import Settings
from queries.dimensions import Source


def refills(settings: Settings) -> dict[Source, str]:
    """What loads the newest facts of each source, as it is typed."""
    by_sync = settings.bigquery_project is not None
    return {
        Source.GPU: "`costbot sync`" if by_sync else "`costbot import gpu`",
        Source.USAGE: "`costbot import usage`",
        Source.FOCUS: "`costbot import focus`",
    }
