"""Lists as one PostgreSQL array parameter, so that a statement stays the same however long the list."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, String, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute


def among(column: InstrumentedAttribute[str], texts: Collection[str]) -> ColumnElement[bool]:
    """Whether `column` is one of `texts`."""
    return column == any_(literal(list(texts), ARRAY(String)))
