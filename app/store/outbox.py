"""The outbox: what must happen after a transaction, written in that transaction; the worker does it at least once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Index, Integer, String, delete, exists, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Json, Moment, new_id
from app.store.direct import Prepared

CHANNEL = "xinyi_outbox"


class Message(Base):
    """One thing to do. `attempts` counts failures; a message with `failed_at` waits for a person."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "due_at", postgresql_where=text("failed_at is null")),
        {"info": {"on_leave": "delete"}},
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    topic: Mapped[Id]
    citizen_id: Mapped[str | None] = mapped_column(String(64), index=True)
    data: Mapped[Json]
    created_at: Mapped[Moment]
    due_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    failed_at: Mapped[Moment | None]


_PUT = Prepared("""
    insert into outbox (id, topic, citizen_id, data, created_at, due_at, attempts)
    values (%(id)s, %(topic)s, %(citizen_id)s, %(data)s, %(now)s, %(now)s, 0)
""")


def put(
    session: Session,
    topic: str,
    data: dict[str, Any],
    *,
    now: datetime,
    citizen_id: str | None = None,
    at_once: bool = True,
) -> str:
    """Add a message to this transaction; returns its id. The worker is woken, or comes round within a second.

    Waking costs: PostgreSQL lets those commits which notify pass one at a time.
    """
    message_id = new_id("msg")
    values = {"id": message_id, "topic": topic, "citizen_id": citizen_id, "data": Jsonb(data), "now": now}
    _PUT.ask(session, values)
    if at_once:
        wake(session)
    return message_id


def wake(session: Session) -> None:
    """Wake the worker when this transaction commits."""
    session.execute(text(f"notify {CHANNEL}"))


def waits(session: Session, citizen_id: str, said: dict[str, Any]) -> bool:
    """Whether something is still to be done about a person that says this."""
    mine = Message.citizen_id == citizen_id, Message.failed_at.is_(None), Message.data.contains(said)
    return bool(session.scalar(select(exists().where(*mine))))


def claim(session: Session, now: datetime, limit: int = 1) -> Sequence[Message]:
    """Lock up to `limit` due messages that no other worker holds, oldest first."""
    query = (
        select(Message).where(Message.due_at <= now, Message.failed_at.is_(None)).order_by(Message.due_at, Message.id)
    )
    return session.scalars(query.limit(limit).with_for_update(skip_locked=True)).all()


def done(session: Session, message_id: str) -> None:
    """Remove a message in the transaction of its effect."""
    session.execute(delete(Message).where(Message.id == message_id))


def retry(session: Session, message_id: str, *, due_at: datetime, failed_at: datetime | None = None) -> None:
    """Count a failure and wait until `due_at`; with `failed_at`, stop trying."""
    values = {"attempts": Message.attempts + 1, "due_at": due_at, "failed_at": failed_at}
    session.execute(update(Message).where(Message.id == message_id).values(values))


def forget(session: Session, citizen_id: str) -> None:
    """Drop what waits to be done about a person; waits for the worker where it is busy with it."""
    session.execute(delete(Message).where(Message.citizen_id == citizen_id))
