"""Operators' second factor: the sealed secret of their one-time codes, and the invitations by which one is set up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment, sealed

CONTEXT = "operator_factors:{operator_id}"
"""What a secret is bound to, waiting or confirmed."""


class OperatorFactor(Base):
    """The secret of an operator's one-time codes (RFC 6238), sealed. `last_step`: that of the last code taken."""

    __tablename__ = "operator_factors"
    operator_id: Mapped[Id] = mapped_column(primary_key=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary, info=sealed(CONTEXT))
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[Moment]


class OperatorInvitation(Base):
    """A one-time invitation to set up a second factor: opened by one browser, and gone once a code confirmed it.

    `sealed_secret` is the secret that the browser was shown, and no factor before a code proves that it arrived.
    """

    __tablename__ = "operator_invitations"
    code_hash: Mapped[Id] = mapped_column(primary_key=True)
    operator_id: Mapped[Id] = mapped_column(index=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment] = mapped_column(index=True)
    session_id: Mapped[str | None] = mapped_column(String(64))
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed(CONTEXT))


def factor(session: Session, operator_id: str) -> OperatorFactor | None:
    """The operator's factor, or None."""
    return session.scalar(select(OperatorFactor).where(OperatorFactor.operator_id == operator_id))


def with_factor(session: Session, operator_ids: list[str]) -> set[str]:
    """Those of these operators who have a factor."""
    return set(session.scalars(select(OperatorFactor.operator_id).where(OperatorFactor.operator_id.in_(operator_ids))))


def put_factor(session: Session, operator_id: str, sealed_secret: bytes, last_step: int, now: datetime) -> None:
    """Give an operator a factor in place of any before."""
    values = {"sealed_secret": sealed_secret, "last_step": last_step, "created_at": now}
    row = insert(OperatorFactor).values(operator_id=operator_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=[OperatorFactor.operator_id], set_=values))


def use_step(session: Session, operator_id: str, step: int) -> bool:
    """Take the code of a time step, in one statement; False where that step or a later one was taken already."""
    later = (OperatorFactor.operator_id == operator_id, OperatorFactor.last_step < step)
    used = update(OperatorFactor).where(*later).values(last_step=step).returning(OperatorFactor.operator_id)
    return session.scalar(used) is not None


def drop_factor(session: Session, operator_id: str) -> None:
    """Take an operator's factor and invitations away."""
    for table in (OperatorFactor, OperatorInvitation):
        session.execute(delete(table).where(table.operator_id == operator_id))


def add_invitation(session: Session, code_hash: str, operator_id: str, now: datetime, expires_at: datetime) -> None:
    """Keep an invitation; earlier ones of this operator count no longer."""
    session.execute(delete(OperatorInvitation).where(OperatorInvitation.operator_id == operator_id))
    row = OperatorInvitation(code_hash=code_hash, operator_id=operator_id, created_at=now, expires_at=expires_at)
    session.add(row)
    session.flush()


def open_invitation(
    session: Session, code_hash: str, operator_id: str, *, session_id: str, sealed_secret: bytes, now: datetime
) -> bool:
    """Give an invitation to the first browser that brings it in time, in one statement; False for all others."""
    fresh = (
        OperatorInvitation.code_hash == code_hash,
        OperatorInvitation.operator_id == operator_id,
        OperatorInvitation.session_id.is_(None),
        OperatorInvitation.expires_at > now,
    )
    opened = update(OperatorInvitation).where(*fresh).values(session_id=session_id, sealed_secret=sealed_secret)
    return session.scalar(opened.returning(OperatorInvitation.code_hash)) is not None


def opened_invitation(session: Session, operator_id: str, session_id: str, now: datetime) -> OperatorInvitation | None:
    """The invitation that this browser opened for this operator, while it lasts."""
    query = select(OperatorInvitation).where(
        OperatorInvitation.operator_id == operator_id,
        OperatorInvitation.session_id == session_id,
        OperatorInvitation.expires_at > now,
    )
    return session.scalar(query)


def close_invitation(session: Session, code_hash: str) -> bool:
    """Take an invitation away, once: True for the one who confirmed it."""
    gone = delete(OperatorInvitation).where(OperatorInvitation.code_hash == code_hash)
    return session.scalar(gone.returning(OperatorInvitation.code_hash)) is not None


def prune(session: Session, now: datetime) -> None:
    """Forget invitations past their time."""
    session.execute(delete(OperatorInvitation).where(OperatorInvitation.expires_at < now))
