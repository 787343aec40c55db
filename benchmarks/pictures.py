"""How long pictures take, and how long the event loop waits meanwhile, the first one included."""

import asyncio
import importlib
import resource
import statistics
import time
from collections.abc import Awaitable
from pathlib import Path

from bot.pictures.chart import THEMES, Chart
from bot.pictures.painter import Painter
from tests.pictures.samples import charts

ROUNDS = 5
BEAT, IDLE_SECONDS = 0.002, 10.0
AT_MOST_MS, LOOP_AT_MOST_MS = 200, 50


async def painted(painter: Painter, chart: Chart, waits: list[float]) -> float:
    """Milliseconds until a picture is there; what the loop waited meanwhile goes into `waits`."""
    return await watched(painter.paint(chart), waits)


async def watched(work: Awaitable[object], waits: list[float]) -> float:
    """Milliseconds that work takes, with what the loop waited meanwhile."""
    is_over = asyncio.Event()

    async def beat() -> None:
        while not is_over.is_set():
            begun = time.perf_counter()
            await asyncio.sleep(BEAT)
            waits.append((time.perf_counter() - begun - BEAT) * 1000)

    beating = asyncio.create_task(beat())
    begun = time.perf_counter()
    await work
    took = time.perf_counter() - begun
    is_over.set()
    await beating
    return took * 1000


def resident() -> float:
    """The resident memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


async def measured() -> None:
    """Prints the table."""
    # Loaded as in a serving process: the collector of cycles goes through all of it.
    importlib.import_module("bot.assembly")
    before, painter, all_waits, idle = resident(), Painter(), list[float](), list[float]()
    await watched(asyncio.sleep(IDLE_SECONDS), idle)
    first = await painted(painter, charts()["forecast"], all_waits)
    grown = resident() - before
    print("\n## Pictures\n")
    print("| picture | median ms | slowest ms | to the 200 ms aimed at | processor ms | kB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, chart in charts().items():
        painters = [painter.in_theme(theme) for theme in THEMES]
        begun = time.process_time()
        took = [await painted(p, chart, all_waits) for p in painters for _ in range(ROUNDS)]
        busy = (time.process_time() - begun) / len(took) * 1000
        size = len((await painter.paint(chart)).png) / 1000
        middle, slowest = statistics.median(took), max(took)
        print(
            f"| {name} | {middle:.0f} | {slowest:.0f} | {middle / AT_MOST_MS:.2f} "
            f"| {busy:.0f} | {size:.0f} |"
        )
    painter.close()
    worst = max(all_waits)
    print(f"\nThe first picture, matplotlib loaded for it: {first:.0f} ms.")
    print(
        f"The event loop waited {worst:.0f} ms at most ({worst / LOOP_AT_MOST_MS:.2f} of the "
        f"{LOOP_AT_MOST_MS} ms aimed at), over {len(all_waits)} beats; with nothing to paint, on "
        f"the same machine, {max(idle):.0f} ms."
    )
    print(f"Memory that the painter takes: {grown:.0f} MiB.")


def main() -> None:
    asyncio.run(measured())


if __name__ == "__main__":
    main()
