"""Connections to PostgreSQL that are alive when they are handed out, without a round trip to ask each time."""

from __future__ import annotations

import select
import time

from psycopg import Connection, OperationalError
from psycopg.pq import ExecStatus
from sqlalchemy import Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

QUIET_SECONDS = 30.0
"""A connection that lay in the pool longer is asked: a network that went away says nothing."""


def engine_on(url: str, size: int) -> Engine:
    """A pool of up to `size` connections, and 4 more for a rush. What a dead one would fail, a fresh one does."""
    engine = create_engine(url, pool_size=size, max_overflow=4, hide_parameters=True)
    event.listen(engine, "checkin", _note)
    event.listen(engine, "checkout", _see_alive)
    return engine


def _note(_connection: Connection | None, record: ConnectionPoolEntry) -> None:
    record.info["quiet_since"] = time.monotonic()


def _see_alive(connection: Connection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Raise InvalidatePoolError, on which the pool connects anew, where the server ended the connection.

    A server that ends a connection says so at once, while an idle one has nothing to say. So only one with something
    to read, or long forgotten, is asked, which costs a round trip (what `pool_pre_ping` pays each time).
    """
    since = record.info.pop("quiet_since", None)
    if since is not None and not is_alive(connection, since):
        raise InvalidatePoolError


def is_alive(connection: Connection, since: float) -> bool:
    """Whether a connection that lies idle since then (monotonic seconds) still serves."""
    try:
        if time.monotonic() - since > QUIET_SECONDS or _has_something_to_say(connection):
            _ask(connection)
    except OperationalError:
        return False
    return True


def _has_something_to_say(connection: Connection) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _ask(connection: Connection) -> None:
    """One round trip outside any transaction; raises OperationalError where no answer comes."""
    if connection.pgconn.exec_(b"").status != ExecStatus.EMPTY_QUERY:
        raise OperationalError("the server is gone")
