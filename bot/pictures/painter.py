"""Charts become pictures beside the event loop, one after the other, in a thread of its own.

Drawing takes some 50 ms and loading matplotlib some 500: both in small steps of Python, between
which the event loop goes on. A process of its own would keep the loop no freer (the waits were
measured, see docs/pictures.md), and take 115 MiB more in place of 85.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from concurrent.futures import ThreadPoolExecutor

from bot.pictures.chart import Chart, Theme
from bot.pictures.picture import Picture

log = logging.getLogger(__name__)


class NotPainted(Exception):
    """A chart could not be painted."""


class Studio:
    """The thread in which is painted; it begins with the first picture."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="painter")
        self._is_loaded = False
        self._is_collected = True

    def painted(self, chart: Chart, theme: Theme) -> Picture:
        """The picture of a chart; called in the thread alone."""
        if not self._is_loaded:
            # Loading makes many objects, after which the collector of cycles would go through all
            # there are, with everything at a stand for a tenth of a second. What is here by now
            # lives as long as the process: the collector may leave it alone.
            self._is_collected = gc.get_freeze_count() == 0
            gc.freeze()
        from bot.pictures.render import picture_of

        if not self._is_loaded:
            gc.freeze()
            self._is_loaded = True
        return picture_of(chart, theme)

    def close(self) -> None:
        """Begins nothing more."""
        self.thread.shutdown(wait=False, cancel_futures=True)
        if self._is_loaded and self._is_collected:
            gc.unfreeze()  # as the process ends, all there is may go


class Painter:
    """Paints charts.

    Args:
        theme: of its pictures.
        studio: in which it paints; a new one by default.
    """

    def __init__(self, theme: Theme = "light", studio: Studio | None = None) -> None:
        self.theme: Theme = theme
        self._studio = studio or Studio()

    def in_theme(self, theme: Theme) -> Painter:
        """One that paints in another theme, in the same thread."""
        return Painter(theme, self._studio)

    async def paint(self, chart: Chart) -> Picture:
        """The picture of a chart.

        Raises:
            NotPainted: it could not be painted, or the painter is closed.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._studio.thread, self._studio.painted, chart, self.theme
            )
        except Exception as error:
            log.exception("a %s chart could not be painted", chart.kind)
            raise NotPainted(f"A {chart.kind} chart could not be painted: {error!r}") from error

    def close(self) -> None:
        """Paints nothing more; what has begun ends by itself."""
        self._studio.close()
