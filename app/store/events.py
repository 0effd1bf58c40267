"""The citizen's inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store import outbox
from app.store.base import Base, Id, Json, Moment

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
    """Let the worker put an event into the citizen's inbox once this transaction commits."""
    outbox.put(session, TOPIC, {"kind": kind, "data": data, "at": now.isoformat()}, now=now, citizen_id=citizen_id)


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
