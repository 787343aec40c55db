"""How long costbot takes to start, and how much memory it takes."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.commands import free_port, load_sample

RUNS = 5
COSTBOT = Path(sys.executable).with_name("costbot")


def started(home: Path) -> tuple[float, float]:
    """Seconds until `costbot serve --playground` says that it listens, and its memory in MiB."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [COSTBOT, "serve", "--playground", "--port", str(free_port())],
        env={**os.environ, "COSTBOT_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "playground is at" in line:
            break
    seconds = time.perf_counter() - begun
    memory = resident(process.pid)
    process.terminate()
    process.communicate(timeout=30)
    return seconds, memory


def resident(pid: int) -> float:
    """The resident memory of a process, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def command_line(home: Path, *arguments: str) -> float:
    """Seconds of a whole `costbot` command."""
    begun = time.perf_counter()
    subprocess.run(
        [COSTBOT, *arguments],
        env={**os.environ, "COSTBOT_HOME": str(home)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        load_sample(home)
        servings = [started(home) for _ in range(RUNS)]
        python = statistics.median(bare_python() for _ in range(RUNS))
        cost = statistics.median(command_line(home, "cost", "--json") for _ in range(RUNS))
        say = statistics.median(command_line(home, "say", "/cost") for _ in range(RUNS))
    print("\n## Start and memory\n")
    print("| what | median | to a bare `python -c pass` |")
    print("| --- | --- | --- |")
    serve = statistics.median(seconds for seconds, _ in servings)
    for name, seconds in (
        ("`costbot serve --playground`, until it listens", serve),
        ("`costbot cost --json`, whole", cost),
        ("`costbot say /cost`, whole", say),
    ):
        print(f"| {name} | {seconds:.2f} s | {seconds / python:.0f} |")
    memory = statistics.median(memory for _, memory in servings)
    print(f"| memory of `costbot serve --playground` once it listens | {memory:.0f} MiB | |")


def bare_python() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
