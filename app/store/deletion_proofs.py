"""Proofs that a record was deleted in time: by which rule, on which day, and a salted commitment to what it said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import LargeBinary, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import HASH, Base, Id


class DeletionProof(Base):
    """One deletion. Nothing of the record is in it: without the record the commitment means nothing.

    `signed` is the same as a JWS (RFC 7515), which holds without us. `salt` is random; it is kept so that somebody who
    has the record from an export of their own can show that it was this one.
    """

    __tablename__ = "deletion_proofs"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    rule: Mapped[Id]
    deleted_on: Mapped[date]
    salt: Mapped[bytes] = mapped_column(LargeBinary(32), info=HASH)
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32), info=HASH)
    signed: Mapped[str] = mapped_column(Text)


def add(session: Session, proofs: Sequence[DeletionProof]) -> None:
    """Keep proofs."""
    session.add_all(proofs)
    session.flush()


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[DeletionProof]:
    """A person's proofs, newest first, older than the id `before`."""
    query = select(DeletionProof).where(DeletionProof.citizen_id == citizen_id)
    query = query.where(DeletionProof.id < before) if before else query
    return session.scalars(query.order_by(DeletionProof.id.desc()).limit(limit)).all()
