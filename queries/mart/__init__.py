"""The mart: the local copy of `requests` and `costs`, in Parquet files under one manifest."""

from queries.mart.mart import Mart, WriterLimits
from queries.mart.snapshot import Snapshot, SourceState
from queries.mart.writer import MartWriter

__all__ = ["Mart", "MartWriter", "Snapshot", "SourceState", "WriterLimits"]
