"""The one declarative base, prefixed sortable ids and the column types that every table shares."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import uuid_utils
from sqlalchemy import DateTime, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, mapped_column

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[str, mapped_column(String(64))]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
JsonList = Annotated[list[Any], mapped_column(JSONB)]


class Base(DeclarativeBase):
    """All tables. One with a `citizen_id` says in `info["on_leave"]` what leaving does to its rows:

    `"delete"`, or `"keep: <reason>"`. Where some rows stay: `"delete"`, with `info["but_keep"]`, their SQL condition,
    and `info["because"]`. Another column that names a person has `info={"citizen": True}` (app/store/leaving.py).
    A column of bytes says what they are worth to a thief: `sealed`, `HASH` or `in_clear`, below.
    """

    metadata = MetaData(naming_convention=CONVENTION)


HASH = {"at_rest": "hash"}
"""`info` of a column whose bytes are a hash, or random bytes that go into one: they tell nothing."""


def sealed(context: str) -> dict[str, str]:
    """`info` of a column that PiiBox encrypts; `context` binds it to its row, {names} in it are columns of that row."""
    return {"at_rest": "sealed", "context": context}


def in_clear(reason: str) -> dict[str, str]:
    """`info` of a column of bytes that need no sealing, and why."""
    return {"at_rest": "clear", "reason": reason}


def connection_lost(failure: Exception) -> bool:
    """Whether a failure took the database's connection along, so that nothing more can be done in its transaction."""
    return isinstance(failure, DBAPIError) and failure.connection_invalidated


def new_id(prefix: str) -> str:
    """A fresh id, `ord_0192…`: UUIDv7 (RFC 9562) inside, so ids sort by their time of birth."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"
