"""The thread that adds up: it stands back behind whoever answers somebody."""

from __future__ import annotations

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

BEHIND = 10
"""Steps of niceness: where the processor is wanted elsewhere, a tenth of an equal share is left."""

_A_MOMENT = 50e-6
"""Seconds: long enough that a thread that waits for the interpreter gets it."""


def stand_back() -> ThreadPoolExecutor:
    """A thread that works when nobody else does; threads that a library begins in it do the same.

    Elsewhere than on Linux threads have no niceness of their own, and are all equal.
    """
    return ThreadPoolExecutor(1, "budget-spend", _stand_back)


def _stand_back() -> None:
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)


def give_way() -> None:
    """Lets other threads have the interpreter, which by itself changes hands every 5 ms at most."""
    time.sleep(_A_MOMENT)
