"""Lists as one PostgreSQL array parameter, so that a statement stays the same however long the list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    String,
    TableValuedAlias,
    any_,
    column,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

TEXT: TypeEngine[Any] = String()
DAY: TypeEngine[Any] = Date()
WHOLE: TypeEngine[Any] = Integer()
BYTES: TypeEngine[Any] = LargeBinary()


def among(column: InstrumentedAttribute[str], texts: Collection[str]) -> ColumnElement[bool]:
    """Whether `column` is one of `texts`."""
    return column == any_(literal(list(texts), ARRAY(String)))


def paired(one: Any, other: Any, pairs: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """Whether the two columns are together one of `pairs`."""
    given = unnested(one=(TEXT, [pair[0] for pair in pairs]), other=(TEXT, [pair[1] for pair in pairs]))
    return tuple_(one, other).in_(select(given.c.one, given.c.other))


def unnested(**columns: tuple[TypeEngine[Any], Collection[Any]]) -> TableValuedAlias:
    """A table of these columns, each given by its type and as many values as the others."""
    arrays = [literal(list(values), ARRAY(kind)) for kind, values in columns.values()]
    names = [column(name, kind) for name, (kind, _) in columns.items()]
    return func.unnest(*arrays).table_valued(*names, name="given").render_derived()
