"""Queries of the mart, observed."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter

from bot.observation.observer import Observer


def query_watch(observer: Observer) -> Callable[[], AbstractContextManager[None]]:
    """What begins and ends with a query of DuckDB."""

    @contextmanager
    def watch() -> Generator[None]:
        began = perf_counter()
        with observer.span("query of the mart") as span:
            span.tell("db.system.name", "duckdb")
            try:
                yield
            finally:
                observer.queried("duckdb", perf_counter() - began)

    return watch
