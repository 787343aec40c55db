"""Charts become pictures beside the event loop, one after the other, in a thread of its own.

Drawing takes some 50 ms and loading matplotlib some 500: both in small steps of Python, between
which the event loop goes on. A process of its own would keep the loop no freer (the waits were
measured, see docs/pictures.md), and take 115 MiB more in place of 85.
"""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor

from bot.pictures.chart import Chart, Theme
from bot.pictures.picture import Picture


class NotPainted(Exception):
    """A chart could not be painted."""


class Painter:
    """Paints charts.

    Args:
        theme: of its pictures.
    """

    def __init__(self, theme: Theme = "light") -> None:
        self.theme: Theme = theme
        # Its thread begins with the first picture.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="painter")
        self._is_loaded = False

    async def paint(self, chart: Chart) -> Picture:
        """The picture of a chart.

        Raises:
            NotPainted: it could not be painted, or the painter is closed.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._painted, chart)
        except Exception as error:
            raise NotPainted(f"A {chart.kind} chart could not be painted: {error!r}") from error

    def close(self) -> None:
        """Paints nothing more; what has begun ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._is_loaded:
            gc.unfreeze()  # as the process ends, all there is may go

    def _painted(self, chart: Chart) -> Picture:
        if not self._is_loaded:
            # Loading makes many objects, after which the collector of cycles would go through all
            # there are, with everything at a stand for a tenth of a second. What is here by now
            # lives as long as the process: the collector may leave it alone.
            gc.freeze()
        from bot.pictures.render import picture_of

        if not self._is_loaded:
            gc.freeze()
            self._is_loaded = True
        return picture_of(chart, self.theme)
