"""Whether a citizen lets kept promises become records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment


class RecordChoice(Base):
    """A citizen's choice: whether orders kept as agreed become good records. Without a row the notice tells."""

    __tablename__ = "record_choices"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    kept_promises: Mapped[bool] = mapped_column(Boolean)
    chosen_at: Mapped[Moment]


def kept_promises(session: Session, citizen_id: str) -> bool | None:
    """Whether this citizen said that orders which they keep become records; None where they said nothing."""
    return session.scalar(select(RecordChoice.kept_promises).where(RecordChoice.citizen_id == citizen_id))


def choose(session: Session, citizen_id: str, now: datetime, *, kept_promises: bool) -> None:
    """Keep the choice."""
    values = {"kept_promises": kept_promises, "chosen_at": now}
    row = insert(RecordChoice).values(citizen_id=citizen_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=[RecordChoice.citizen_id], set_=values))
