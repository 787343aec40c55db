"""Runs of jobs, observed."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from time import perf_counter

from bot.observation.observer import Observer


@contextmanager
def job_watched(observer: Observer, name: str) -> Generator[None]:
    """Tells how a run went, and how long it took.

    Args:
        observer: is told.
        name: of the job.
    """
    began, outcome = perf_counter(), "failed"
    with observer.span(f"job: {name}") as span:
        try:
            yield
            outcome = "done"
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            span.tell("costbot.outcome", outcome)
            observer.ran(name, outcome, perf_counter() - began)
