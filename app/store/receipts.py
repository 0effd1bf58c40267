"""Receipts of leaving, kept for thirty days so that an answer lost on the way can be fetched again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Json, Moment

KEPT = timedelta(days=30)


class DeletionReceipt(Base):
    """What one leaving deleted and what stays, signed; it says nothing about who left."""

    __tablename__ = "deletion_receipts"
    __table_args__ = ({"info": {"on_leave": "keep: the receipt itself, thirty days, so that you can fetch it again"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    left_at: Mapped[Moment] = mapped_column(index=True)
    deleted: Mapped[Json]
    kept: Mapped[Json]
    signed: Mapped[str] = mapped_column(Text)


def add(session: Session, receipt: DeletionReceipt) -> None:
    """Keep a receipt."""
    session.add(receipt)
    session.flush()


def of_citizen(session: Session, citizen_id: str) -> Sequence[DeletionReceipt]:
    """A person's receipts, newest first."""
    query = select(DeletionReceipt).where(DeletionReceipt.citizen_id == citizen_id)
    return session.scalars(query.order_by(DeletionReceipt.id.desc())).all()


def prune(session: Session, now: datetime) -> None:
    """Forget receipts past their thirty days."""
    session.execute(delete(DeletionReceipt).where(DeletionReceipt.left_at < now - KEPT))
