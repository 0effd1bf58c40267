"""Codes of a moment, kept as hashes only. Short-lived and looked up by their own key, so not keyed by citizen first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, LargeBinary, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import HASH, Base, Id, Json, Moment
from app.store.sandbox import within_reach

Reach = tuple[str, bool]
"""A partner and its mode, which must be the citizen's."""


class MomentCode(Base):
    """One code: for whom, for which purpose, with which ticks (of an exchange), until when, and when it was used."""

    __tablename__ = "moment_codes"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True, info=HASH)
    citizen_id: Mapped[Id] = mapped_column(index=True)
    purpose: Mapped[Id]
    ticks: Mapped[Json]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


def add(session: Session, row: MomentCode, now: datetime) -> None:
    """Keep a new code, and forget those of the same person that are over."""
    over = MomentCode.citizen_id == row.citizen_id, MomentCode.expires_at <= now
    session.execute(delete(MomentCode).where(*over))
    session.add(row)
    session.flush()


def owner(session: Session, digest: bytes, purpose: str, now: datetime) -> str | None:
    """Whose live code this is; None where `use` would give none."""
    return session.scalar(select(MomentCode.citizen_id).where(*_live(digest, purpose, now)))


def use(session: Session, digest: bytes, purpose: str, now: datetime, reach: Reach | None = None) -> MomentCode | None:
    """The live code, now used; None for one that is unknown, used, over or for another purpose. One winner ever.

    `reach`: the partner who uses it, to whom the code of someone beyond its reach is unknown, and stays unused.
    """
    live = _live(digest, purpose, now)
    reached = [within_reach(MomentCode.citizen_id, *reach)] if reach else []
    return session.scalar(update(MomentCode).where(*live, *reached).values(used_at=now).returning(MomentCode))


def prune(session: Session, now: datetime) -> None:
    """Forget the codes that are over."""
    session.execute(delete(MomentCode).where(MomentCode.expires_at <= now))


def _live(digest: bytes, purpose: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        MomentCode.digest == digest,
        MomentCode.purpose == purpose,
        MomentCode.used_at.is_(None),
        MomentCode.expires_at > now,
    )
