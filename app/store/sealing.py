"""Every sealed column, found by its declaration (app/store/base.py), and how its rows change to another key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Formatter
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, LargeBinary, Row, exists, func, literal, select, tuple_, update
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from app.domain.errors import PlainFailure
from app.store import models
from app.store.arrays import BYTES, unnested
from app.store.pii import VERSION_BYTE, PiiBox


class Unreadable(PlainFailure):
    """A sealed field that does not open under the key it names; the message says where it stands."""


def columns_of_bytes() -> Iterator[Column[Any]]:
    """Every column of bytes, by table and place."""
    for table in sorted(models.load().sorted_tables, key=lambda table: table.name):
        yield from (column for column in table.columns if isinstance(column.type, LargeBinary))


def sealed_columns() -> list[Column[Any]]:
    """Every column that PiiBox encrypts."""
    return [column for column in columns_of_bytes() if column.info.get("at_rest") == "sealed"]


def older(
    session: Session, column: Column[Any], version: int, *, after: Sequence[Any], limit: int
) -> Sequence[Row[Any]]:
    """Rows whose `column` is not under data key `version`, with what it is bound to, by their key, after `after`."""
    key = column.table.primary_key.columns
    bound = {name for _, name, _, _ in Formatter().parse(column.info["context"]) if name}
    parts = [one for one in column.table.columns if one is column or one.primary_key or one.name in bound]
    query = select(*parts).where(_is_older(column, version)).order_by(*key).limit(limit)
    if after:
        query = query.where(tuple_(*key) > tuple_(*after))
    return session.execute(query).all()


def any_older(session: Session, column: Column[Any], version: int) -> bool:
    """Whether a row is left whose `column` is not under data key `version`."""
    return bool(session.scalar(select(exists().where(_is_older(column, version)))))


def reseal(session: Session, pii: PiiBox, column: Column[Any], rows: Sequence[Row[Any]]) -> int:
    """Encrypt `column` of these rows anew; returns how many still held what was read.

    Compare and set: a row that someone else wrote or emptied in the meantime keeps what they wrote. Raises Unreadable.
    """
    key = list(column.table.primary_key.columns)
    found = {part.name: (part.type, [row._mapping[part.name] for row in rows]) for part in key}
    old = BYTES, [row._mapping[column.name] for row in rows]
    given = unnested(**found, old=old, new=(BYTES, [_anew(pii, column, row) for row in rows]))
    same = [part == given.c[part.name] for part in key]
    change = update(column.table).where(*same, column == given.c.old).values({column.name: given.c.new})
    return len(session.execute(change.returning(literal(1))).all())


def _anew(pii: PiiBox, column: Column[Any], row: Row[Any]) -> bytes:
    context = column.info["context"].format(**row._mapping)
    try:
        text = pii.decrypt(row._mapping[column.name], context=context)
    except InvalidTag:
        raise Unreadable(f"{column} of {key_of(column, row)} was changed or moved: restore it, then go on") from None
    return pii.encrypt(text, context=context)


def key_of(column: Column[Any], row: Row[Any]) -> list[Any]:
    """The primary key of a row of the column's table."""
    return [row._mapping[part.name] for part in column.table.primary_key.columns]


def _is_older(column: Column[Any], version: int) -> ColumnElement[bool]:
    return (func.length(column) > VERSION_BYTE) & (func.get_byte(column, VERSION_BYTE) != version)
