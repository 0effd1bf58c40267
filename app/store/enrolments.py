"""Who has opted in: a row here is membership, and its lock orders everything that is stored about the member."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, DateTime, Index, String, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.arrays import DAY, TEXT, among, unnested
from app.store.base import Base, Id, Moment
from app.store.citizens import Citizen
from app.store.outer_ids import OuterId

_PLAIN = {"synchronize_session": False}


class Enrolment(Base):
    """One member. `pulled_at`: when the departments were asked; from `due_on` on the score may be stale.

    `in_runs_of`: the city whose runs over everyone include the member. Whoever changes what is stored about the
    member's records writes this row too, so that its version (`xmin`) tells a run who changed after it read them.
    """

    __tablename__ = "enrolments"
    __table_args__ = (Index("ix_enrolments_due", "due_on"), {"info": {"on_leave": "delete"}})
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    notice_version: Mapped[Id]
    enrolled_at: Mapped[Moment]
    pulled_at: Mapped[Moment | None]
    due_on: Mapped[date | None]
    in_runs_of: Mapped[str | None] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Member:
    """What matching a department's row with a member needs."""

    citizen_id: str
    city: str
    sealed_name: bytes | None


def add(session: Session, citizen_ids: Collection[str], *, notice_version: str, now: datetime) -> Sequence[str]:
    """Enrol those who are not yet; returns them."""
    people = unnested(citizen_id=(TEXT, sorted(citizen_ids)))
    new = select(people.c.citizen_id, literal(notice_version), literal(now, DateTime(timezone=True)))
    rows = insert(Enrolment).from_select(["citizen_id", "notice_version", "enrolled_at"], new)
    return session.scalars(rows.on_conflict_do_nothing().returning(Enrolment.citizen_id)).all()


def get(session: Session, citizen_id: str) -> Enrolment | None:
    """The member's enrolment, or None."""
    return session.scalar(select(Enrolment).where(Enrolment.citizen_id == citizen_id))


def lock(session: Session, citizen_id: str, *, wait: bool = True) -> Enrolment | None:
    """The same, held until this transaction ends: first of all locks, so that storing and leaving never cross.

    Without `wait`, None also where another holds it.
    """
    query = select(Enrolment).where(Enrolment.citizen_id == citizen_id).with_for_update(skip_locked=not wait)
    return session.scalar(query.execution_options(populate_existing=True))


def lock_members(session: Session, number_keys: Collection[str]) -> Mapping[str, Member]:
    """Hold the members behind these hashes of identity numbers, in an order that never deadlocks; hash → member."""
    query = (
        select(OuterId.outer_id, Citizen.citizen_id, Citizen.city, Citizen.sealed_name)
        .join(Citizen, Citizen.citizen_id == OuterId.citizen_id)
        .join(Enrolment, Enrolment.citizen_id == OuterId.citizen_id)
        .where(among(OuterId.outer_id, number_keys), OuterId.kind == "id_number")
        .order_by(Enrolment.citizen_id)
        .with_for_update(of=Enrolment)
    )
    return {row[0]: Member(*row[1:]) for row in session.execute(query)}


def homes(session: Session, citizen_ids: Collection[str]) -> Mapping[str, str]:
    """The members among these citizens, each with the home city."""
    query = select(Citizen.citizen_id, Citizen.city).join(Enrolment, Enrolment.citizen_id == Citizen.citizen_id)
    query = query.where(among(Citizen.citizen_id, citizen_ids))
    return {row[0]: row[1] for row in session.execute(query)}


def is_due(due_on: date | None, day: date) -> bool:
    """Whether a score that may change on `due_on` may be stale on `day`."""
    return due_on is not None and due_on <= day


def lock_due(session: Session, day: date, limit: int) -> Sequence[str]:
    """Hold up to `limit` members whose score may be stale on `day`, past those that another holds."""
    query = select(Enrolment.citizen_id).where(Enrolment.due_on <= day).order_by(Enrolment.due_on).limit(limit)
    return sorted(session.scalars(query.with_for_update(skip_locked=True)))


def mark_due(session: Session, citizen_ids: Collection[str], day: date) -> None:
    """Let those members be scored again who have been scored or pulled before; the others' pull will score them."""
    due = update(Enrolment).where(among(Enrolment.citizen_id, citizen_ids), Enrolment.pulled_at.is_not(None))
    session.execute(due.values(due_on=day), execution_options=_PLAIN)


def pulled_among(session: Session, citizen_ids: Collection[str]) -> Sequence[str]:
    """Those of the members who have been pulled before."""
    query = select(Enrolment.citizen_id).where(among(Enrolment.citizen_id, citizen_ids))
    return session.scalars(query.where(Enrolment.pulled_at.is_not(None))).all()


def mark_pulled(session: Session, citizen_ids: Collection[str], now: datetime) -> None:
    """Note that the departments have been asked about these members."""
    session.execute(
        update(Enrolment).where(among(Enrolment.citizen_id, citizen_ids)).values(pulled_at=now),
        execution_options=_PLAIN,
    )


def set_due(session: Session, due: Mapping[str, date | None]) -> None:
    """Set the next day on which each member's score may change by itself."""
    new = unnested(member=(TEXT, due.keys()), day=(DAY, due.values()))
    change = update(Enrolment).where(Enrolment.citizen_id == new.c.member).values(due_on=new.c.day)
    session.execute(change, execution_options=_PLAIN)


def count_in_city(session: Session, *cities: str) -> int:
    """How many members have their home in one of these cities."""
    query = select(func.count()).select_from(Enrolment).join(Citizen, Citizen.citizen_id == Enrolment.citizen_id)
    return session.scalar(query.where(Citizen.city.in_(cities))) or 0


def sample_of_city(session: Session, city: str, *, seed: int, limit: int) -> Sequence[str]:
    """Up to `limit` members of a city, drawn by an order that `seed` keys; by citizen id."""
    query = select(Enrolment.citizen_id).join(Citizen, Citizen.citizen_id == Enrolment.citizen_id)
    drawn = query.where(Citizen.city == city).order_by(func.hashtextextended(Enrolment.citizen_id, seed)).limit(limit)
    return sorted(session.scalars(drawn))


def in_part(part: int, parts: int) -> ColumnElement[bool]:
    """Whether a member lies in this one of so many parts of about one size, so that a city is gone through in turns."""
    return func.mod(func.mod(func.hashtextextended(Enrolment.citizen_id, 0), parts) + parts, parts) == part


def mark_city_due(session: Session, city: str, day: date, *, part: int, parts: int) -> None:
    """Let one part of a city's members be scored again who have been scored or pulled before.

    Also those who are due already are written, so that a population run that read them before leaves them alone.
    """
    theirs = select(Citizen.citizen_id).where(Citizen.city == city)
    due = update(Enrolment).where(Enrolment.citizen_id.in_(theirs), in_part(part, parts))
    sooner = func.least(Enrolment.due_on, day)
    session.execute(due.where(Enrolment.pulled_at.is_not(None)).values(due_on=sooner), execution_options=_PLAIN)


def held_together(session: Session, citizen_ids: Collection[str]) -> Sequence[str]:
    """Those who are members still, none of whom can leave before this transaction ends."""
    query = select(Enrolment.citizen_id).where(among(Enrolment.citizen_id, citizen_ids)).order_by(Enrolment.citizen_id)
    return session.scalars(query.with_for_update(read=True)).all()
