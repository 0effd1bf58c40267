"""Scores: the present one of each member, and a snapshot for every day on which it changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.arrays import TEXT, WHOLE, among, unnested
from app.store.base import Base, Id, Moment, new_id
from app.store.citizens import Citizen
from app.store.copying import copy_rows
from app.store.enrolments import Enrolment

Row = tuple[str, int, str, str]
"""Of a score: citizen, points, the grade's code, the digest of the record versions that were read."""


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


@dataclass(frozen=True, slots=True)
class Kept:
    """A member's home city, and what is kept of the present score; `pack` is None where there is none yet."""

    city: str
    pack: str | None
    pack_version: int
    score: int
    digest: str


def kept(session: Session, citizen_ids: Collection[str]) -> Mapping[str, Kept]:
    """The members among these citizens, each with the present score."""
    query = (
        select(Enrolment.citizen_id, Citizen.city, Score.pack, Score.pack_version, Score.score, Score.digest)
        .join(Citizen, Citizen.citizen_id == Enrolment.citizen_id)
        .outerjoin(Score, Score.citizen_id == Enrolment.citizen_id)
        .where(among(Enrolment.citizen_id, citizen_ids))
    )
    return {row[0]: Kept(*row[1:]) for row in session.execute(query)}


def save(session: Session, pack: str, version: int, as_of: date, now: datetime, rows: Sequence[Row]) -> None:
    """Make these the present scores under a version of a pack."""
    session.flush()
    citizens, points, grades, digests = zip(*rows, strict=True) if rows else ((),) * 4
    new = unnested(citizen_id=(TEXT, citizens), score=(WHOLE, points), grade=(TEXT, grades), digest=(TEXT, digests))
    said = {"pack": pack, "pack_version": version, "as_of": as_of, "computed_at": now}
    said = {name: literal(value, Score.__table__.columns[name].type) for name, value in said.items()}
    given = {column.name: column for column in new.c}
    table = insert(Score).from_select([*given, *said], select(*given.values(), *said.values()))
    renewed = {name: table.excluded[name] for name in (*given, *said) if name != "citizen_id"}
    statement = table.on_conflict_do_update(index_elements=[Score.citizen_id], set_=renewed)
    session.execute(statement, execution_options={"synchronize_session": False})


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
