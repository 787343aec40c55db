"""What writes costs as FOCUS files, put together."""

from __future__ import annotations

from bot.assembly import mart_of
from bot.settings import Settings
from handlers.focus_export import FocusExportHandler


def focus_export_of(settings: Settings) -> FocusExportHandler:
    """Writes FOCUS files of the mart in the home folder."""
    return FocusExportHandler(mart_of(settings), settings.mart_threads, settings.mart_memory)
