"""Citizens: who may log in, with name and identity number sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store import outer_ids
from app.store.base import Base, Id, Moment, new_id
from app.store.pii import PiiBox


class Citizen(Base):
    """A person with a real-name login. `sealed_*` are emptied when they leave and written again at the next login."""

    __tablename__ = "citizens"
    __table_args__ = (
        {"info": {"on_leave": "keep: your login, without name and number, so that you can sign in again"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    city: Mapped[Id]
    assurance_level: Mapped[Id]
    sealed_name: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_id_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class RealName:
    """What the real-name platform vouches for; `id_number` is never logged, put in a URL or a token."""

    name: str
    id_number: str
    city: str
    assurance_level: str


def number_key(pii: PiiBox, id_number: str) -> str:
    """The outer id under which a citizen is found by identity number: its keyed hash."""
    return pii.keyed_hash(id_number.upper())


def find_by_number(session: Session, pii: PiiBox, id_number: str) -> str | None:
    """The citizen with this identity number, or None."""
    return outer_ids.citizen_of(session, number_key(pii, id_number), "id_number")


def upsert(session: Session, pii: PiiBox, person: RealName, now: datetime) -> str:
    """The citizen of `person`, made at the first login; name, number, city and level are those of today's login."""
    key = number_key(pii, person.id_number)
    candidate = new_id("cit")
    citizen_id = outer_ids.register(session, key, "id_number", candidate)
    if citizen_id == candidate:
        session.add(
            Citizen(citizen_id=citizen_id, city=person.city, assurance_level=person.assurance_level, created_at=now)
        )
        session.flush()
    session.execute(
        update(Citizen).where(Citizen.citizen_id == citizen_id).values(_vouched(pii, citizen_id, person))
    )
    return citizen_id


def upsert_many(session: Session, pii: PiiBox, people: Sequence[RealName], now: datetime) -> list[str]:
    """As `upsert`, for many different people in a few statements, such as a city's first members; in their order."""
    if not people:
        return []
    keys = [number_key(pii, person.id_number) for person in people]
    known = outer_ids.register_many(session, {key: new_id("cit") for key in keys}, "id_number")
    rows = [
        {"citizen_id": known[key], "created_at": now} | _vouched(pii, known[key], person)
        for key, person in zip(keys, people, strict=True)
    ]
    fresh = insert(Citizen)
    renewed = {name: fresh.excluded[name] for name in ("city", "assurance_level", "sealed_name", "sealed_id_number")}
    session.execute(fresh.on_conflict_do_update(index_elements=[Citizen.citizen_id], set_=renewed), rows)
    return [known[key] for key in keys]


def _vouched(pii: PiiBox, citizen_id: str, person: RealName) -> dict[str, Any]:
    """The columns that each login writes anew."""
    return {
        "city": person.city,
        "assurance_level": person.assurance_level,
        "sealed_name": pii.encrypt(person.name, context=f"name:{citizen_id}"),
        "sealed_id_number": pii.encrypt(person.id_number.upper(), context=f"id_number:{citizen_id}"),
    }


def get(session: Session, citizen_id: str) -> Citizen | None:
    """The citizen's row, or None."""
    return session.scalar(select(Citizen).where(Citizen.citizen_id == citizen_id))


def hold(session: Session, citizen_id: str) -> None:
    """Hold the person's row until this transaction ends: one leaving at a time."""
    session.execute(select(Citizen.citizen_id).where(Citizen.citizen_id == citizen_id).with_for_update())


def real_name(session: Session, pii: PiiBox, citizen_id: str) -> RealName | None:
    """Name and number in clear; None for one who left and has not logged in since."""
    row = get(session, citizen_id)
    if row is None or row.sealed_name is None or row.sealed_id_number is None:
        return None
    return RealName(
        name=pii.decrypt(row.sealed_name, context=f"name:{citizen_id}"),
        id_number=pii.decrypt(row.sealed_id_number, context=f"id_number:{citizen_id}"),
        city=row.city,
        assurance_level=row.assurance_level,
    )


def erase_identity(session: Session, citizen_id: str) -> None:
    """Forget name and number; the login stays, found by its keyed hash."""
    session.execute(
        update(Citizen).where(Citizen.citizen_id == citizen_id).values(sealed_name=None, sealed_id_number=None)
    )
