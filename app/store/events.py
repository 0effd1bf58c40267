"""The citizen's inbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store import outbox
from app.store.base import Base, Id, Json, Moment
from app.store.citizens import Citizen
from app.store.enrolments import Enrolment, in_part

TOPIC = "citizen.notify"


class CitizenEvent(Base):
    """One thing that happened, for the person to read; `kind` is a code, `data` its parameters."""

    __tablename__ = "citizen_events"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[Id]
    data: Mapped[Json]
    at: Mapped[Moment]
    read_at: Mapped[Moment | None]


def tell(session: Session, citizen_id: str, kind: str, data: dict[str, Any], now: datetime) -> None:
    """Let the worker put an event into the citizen's inbox within a second of this transaction's commit."""
    said = {"kind": kind, "data": data, "at": now.isoformat()}
    outbox.put(session, TOPIC, said, now=now, citizen_id=citizen_id, at_once=False)


def deliver(session: Session, message: outbox.Message) -> None:
    """Write the event of an outbox message; twice is once."""
    row = {
        "citizen_id": message.citizen_id,
        "id": "evt_" + message.id.removeprefix("msg_"),
        "kind": message.data["kind"],
        "data": message.data["data"],
        "at": datetime.fromisoformat(message.data["at"]),
    }
    session.execute(insert(CitizenEvent).values(row).on_conflict_do_nothing())


def tell_city(
    session: Session,
    cities: Collection[str],
    event_id: str,
    kind: str,
    data: dict[str, Any],
    now: datetime,
    *,
    part: int,
    parts: int,
) -> None:
    """Put one event into the inbox of each member of one part of these cities (`enrolments.in_part`); twice is once."""
    said = (literal(event_id), literal(kind), literal(data, JSONB), literal(now, DateTime(timezone=True)))
    people = select(Enrolment.citizen_id, *said).join(Citizen, Citizen.citizen_id == Enrolment.citizen_id)
    members = people.where(Citizen.city.in_(cities), in_part(part, parts)).with_for_update(read=True, of=Enrolment)
    rows = insert(CitizenEvent).from_select(["citizen_id", "id", "kind", "data", "at"], members)
    session.execute(rows.on_conflict_do_nothing())


def forget(session: Session, citizen_id: str, order_ids: Collection[str]) -> None:
    """Delete what a citizen was told of these orders, which are deleted."""
    theirs = CitizenEvent.citizen_id == citizen_id, CitizenEvent.data["order_id"].astext.in_(order_ids)
    session.execute(delete(CitizenEvent).where(*theirs).execution_options(synchronize_session=False))


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[CitizenEvent]:
    """A person's events, newest first, older than the id `before`."""
    query = select(CitizenEvent).where(CitizenEvent.citizen_id == citizen_id)
    if before:
        query = query.where(CitizenEvent.id < before)
    return session.scalars(query.order_by(CitizenEvent.id.desc()).limit(limit)).all()


def read(session: Session, citizen_id: str, event_id: str, now: datetime) -> bool:
    """Note when an event was first read; False where there is none."""
    mine = CitizenEvent.citizen_id == citizen_id, CitizenEvent.id == event_id
    first = func.coalesce(CitizenEvent.read_at, now)
    return (
        session.scalar(update(CitizenEvent).where(*mine).values(read_at=first).returning(CitizenEvent.id)) is not None
    )


def count_unread(session: Session, citizen_id: str) -> int:
    """How many events wait to be read."""
    query = select(func.count()).select_from(CitizenEvent)
    return session.scalar(query.where(CitizenEvent.citizen_id == citizen_id, CitizenEvent.read_at.is_(None))) or 0
