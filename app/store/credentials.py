"""Credentials that phones hold, and the status lists by which anyone learns that one was revoked."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Index, Integer, String, and_, delete, func, literal, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment

SIZE = 1 << 17
"""Entries of a list: so many that one of them tells nothing (draft-ietf-oauth-status-list section 12.5)."""
_KEPT = timedelta(days=1)


class StatusList(Base):
    """A list of places; `allotted` counts those ever given away. Half full, it is followed by another."""

    __tablename__ = "status_lists"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    allotted: Mapped[int]


class StatusEntry(Base):
    """A place that is taken until its credential is over. It names nobody, and stays when its holder leaves.

    No moment of the revocation: it would tie an entry to the receipt of a leaving.
    """

    __tablename__ = "status_entries"
    __table_args__ = (Index("ix_status_entries_revoked", "list_id", "idx", postgresql_where=text("revoked")),)
    list_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    idx: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    revoked: Mapped[bool] = mapped_column(Boolean)
    expires_at: Mapped[Moment] = mapped_column(index=True)


class Credential(Base):
    """One credential as its holder reads of it: what it can show (never the facts themselves), its place, its term."""

    __tablename__ = "credentials"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    list_id: Mapped[int]
    idx: Mapped[int]
    fields: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    entity_id: Mapped[Id | None]
    issued_at: Mapped[Moment]
    expires_at: Mapped[Moment] = mapped_column(index=True)
    revoked_at: Mapped[Moment | None]


def allot(session: Session, expires_at: datetime) -> tuple[int, int]:
    """A random free place: the list and the index in it. Whoever allots waits for the other's commit, so do it last."""
    list_id = _open_list(session)
    while True:
        place = {"list_id": list_id, "idx": secrets.randbelow(SIZE), "revoked": False, "expires_at": expires_at}
        new = insert(StatusEntry).values(place).on_conflict_do_nothing().returning(StatusEntry.idx)
        idx = session.scalar(new)
        if idx is not None:
            return list_id, idx


def _open_list(session: Session) -> int:
    newest = select(func.max(StatusList.id)).scalar_subquery()
    room = and_(StatusList.id == newest, StatusList.allotted < SIZE // 2)
    take = update(StatusList).where(room).values(allotted=StatusList.allotted + 1).returning(StatusList.id)
    number = session.scalar(take)
    while number is None:
        following = select(func.coalesce(func.max(StatusList.id), 0) + 1, literal(0))
        session.execute(insert(StatusList).from_select(["id", "allotted"], following).on_conflict_do_nothing())
        number = session.scalar(take)
    return number


def add(session: Session, row: Credential) -> None:
    """Keep a new one."""
    session.add(row)
    session.flush()


def live(session: Session, citizen_id: str, now: datetime) -> int:
    """How many of a person's credentials are good at `now`."""
    good = Credential.citizen_id == citizen_id, Credential.revoked_at.is_(None), Credential.expires_at > now
    return session.scalar(select(func.count()).select_from(Credential).where(*good)) or 0


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[Credential]:
    """A person's credentials, newest first, older than the id `before`."""
    query = select(Credential).where(Credential.citizen_id == citizen_id)
    if before:
        query = query.where(Credential.id < before)
    query = query.order_by(Credential.id.desc()).limit(limit).execution_options(populate_existing=True)
    return session.scalars(query).all()


def revoke(
    session: Session, citizen_id: str, now: datetime, *, credential_id: str | None = None, entity_id: str | None = None
) -> int:
    """Revoke a person's credentials: this one, those that name this entity, or all; returns how many there were.

    One that was revoked before counts too, and keeps its moment.
    """
    theirs = [Credential.citizen_id == citizen_id]
    if credential_id is not None:
        theirs.append(Credential.id == credential_id)
    if entity_id is not None:
        theirs.append(Credential.entity_id == entity_id)
    moment = func.coalesce(Credential.revoked_at, now)
    write = update(Credential).where(*theirs).values(revoked_at=moment).returning(Credential.list_id, Credential.idx)
    places = [tuple(row) for row in session.execute(write)]
    taken = tuple_(StatusEntry.list_id, StatusEntry.idx).in_(places)
    session.execute(update(StatusEntry).where(taken).values(revoked=True))
    return len(places)


def revoked(session: Session, list_id: int) -> list[int] | None:
    """The revoked indexes of a list, in order; None for a list that there is not."""
    if session.get(StatusList, list_id) is None:
        return None
    query = select(StatusEntry.idx).where(StatusEntry.list_id == list_id, StatusEntry.revoked)
    return list(session.scalars(query.order_by(StatusEntry.idx)).all())


def prune(session: Session, now: datetime) -> None:
    """Forget credentials that are over; a day later their places, which may then be given away again."""
    session.execute(delete(Credential).where(Credential.expires_at <= now))
    session.execute(delete(StatusEntry).where(StatusEntry.expires_at <= now - _KEPT))
