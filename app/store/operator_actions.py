"""What operators of the credit office did and read: an audit trail that only grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Json, Moment, new_id


class OperatorAction(Base):
    """One thing that an operator did or read: written once, never changed."""

    __tablename__ = "operator_actions"
    id: Mapped[Id] = mapped_column(primary_key=True)
    operator_id: Mapped[Id] = mapped_column(index=True)
    action: Mapped[Id]
    target: Mapped[str] = mapped_column(String(200))
    data: Mapped[Json]
    request_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[Moment]


def note(
    session: Session, operator_id: str, action: str, target: str, data: dict[str, Any], request_id: str, now: datetime
) -> None:
    """Append what an operator did to the audit trail."""
    row = OperatorAction(
        id=new_id("opa"),
        operator_id=operator_id,
        action=action,
        target=target,
        data=data,
        request_id=request_id,
        at=now,
    )
    session.add(row)
    session.flush()


def listed(session: Session, *, before: str | None, limit: int) -> Sequence[OperatorAction]:
    """The trail, newest first, older than the id `before`."""
    query = select(OperatorAction).order_by(OperatorAction.id.desc()).limit(limit)
    return session.scalars(query.where(OperatorAction.id < before) if before else query).all()
