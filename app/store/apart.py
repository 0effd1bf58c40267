"""Locks that outlast transactions, for work that waits for others while it holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError

TryLock = Callable[[int], bool]
"""Takes the advisory lock of a number; False where somebody else has it."""


@contextmanager
def locks(engine: Engine) -> Iterator[TryLock]:
    """Locks that are held until the block ends, or the process does.

    Their connection is taken out of the pool, so that no request waits for it, and is in no transaction, so that it
    keeps no old rows alive, however long the block takes.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        try:
            yield lambda number: bool(connection.scalar(select(func.pg_try_advisory_lock(number))))
        finally:
            with suppress(DBAPIError):  # a connection that is gone holds nothing
                connection.execute(select(func.pg_advisory_unlock_all()))
