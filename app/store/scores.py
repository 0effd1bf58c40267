"""Scores: the present one of each member, and a snapshot for every day on which it changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Integer, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.arrays import among
from app.store.base import Base, Id, Moment, new_id
from app.store.copying import copy_rows


class Score(Base):
    """A member's present score. It holds from `as_of` until the next; `digest` names the record versions it read."""

    __tablename__ = "scores"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    pack: Mapped[Id]
    pack_version: Mapped[int] = mapped_column(Integer)
    score: Mapped[int] = mapped_column(Integer)
    grade: Mapped[Id]
    as_of: Mapped[date]
    digest: Mapped[Id]
    computed_at: Mapped[Moment]


class ScoreSnapshot(Base):
    """A score that was the present one from `as_of` on; `cause`: enrolment | pack | records | day-passed.

    With `digest` and `last_event` it can be shown to be right later: by the records as they were after that event.
    """

    __tablename__ = "score_snapshots"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    pack: Mapped[Id]
    pack_version: Mapped[int] = mapped_column(Integer)
    score: Mapped[int] = mapped_column(Integer)
    grade: Mapped[Id]
    as_of: Mapped[date]
    digest: Mapped[Id]
    computed_at: Mapped[Moment]
    cause: Mapped[Id]
    last_event: Mapped[int] = mapped_column(BigInteger)


def current(session: Session, citizen_id: str) -> Score | None:
    """The member's present score, or None where there is none yet."""
    query = select(Score).where(Score.citizen_id == citizen_id)
    return session.scalar(query.execution_options(populate_existing=True))


def currents(session: Session, citizen_ids: Collection[str]) -> Mapping[str, Score]:
    """The present scores of several members."""
    query = select(Score).where(among(Score.citizen_id, citizen_ids)).execution_options(populate_existing=True)
    return {row.citizen_id: row for row in session.scalars(query)}


def save(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Make these the present scores: `rows` by the columns of `scores`."""
    former = delete(Score).where(among(Score.citizen_id, [row["citizen_id"] for row in rows]))
    session.execute(former, execution_options={"synchronize_session": False})
    copy_rows(session, Score, rows)


def add_snapshots(session: Session, rows: Iterable[dict[str, Any]], last_events: Mapping[str, int]) -> None:
    """Append snapshots of these present scores, each with its `cause`; `last_events` by citizen."""
    numbered = ({**row, "id": new_id("scr"), "last_event": last_events.get(row["citizen_id"], 0)} for row in rows)
    copy_rows(session, ScoreSnapshot, numbered)


def history(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[ScoreSnapshot]:
    """Snapshots, newest first, older than the id `before`."""
    query = select(ScoreSnapshot).where(ScoreSnapshot.citizen_id == citizen_id)
    if before is not None:
        query = query.where(ScoreSnapshot.id < before)
    return session.scalars(query.order_by(ScoreSnapshot.id.desc()).limit(limit)).all()


def on_day(session: Session, citizen_id: str, day: date) -> ScoreSnapshot | None:
    """The score that held on `day`: the last snapshot that is not younger, or None."""
    query = select(ScoreSnapshot).where(ScoreSnapshot.citizen_id == citizen_id, ScoreSnapshot.as_of <= day)
    return session.scalar(query.order_by(ScoreSnapshot.id.desc()).limit(1))


def snapshot(session: Session, citizen_id: str, snapshot_id: str) -> ScoreSnapshot | None:
    """One snapshot of this member, or None."""
    query = select(ScoreSnapshot).where(ScoreSnapshot.citizen_id == citizen_id, ScoreSnapshot.id == snapshot_id)
    return session.scalar(query)
