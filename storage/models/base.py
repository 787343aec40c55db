"""What all tables share: how constraints are named, and which type a Python type becomes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from storage.types import ExactDecimal, UtcDateTime


class Base(DeclarativeBase):
    """The root of all tables."""

    # Named alike on both databases, so that a migration can find and drop them.
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map: ClassVar = {str: Text, Decimal: ExactDecimal, datetime: UtcDateTime}
