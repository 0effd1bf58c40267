"""Citizens: who may log in, with name and identity number sealed; some are known by a network identity (网号) only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, LargeBinary, false, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store import outer_ids
from app.store.arrays import among
from app.store.base import Base, Id, Moment, new_id, sealed
from app.store.pii import PiiBox


class Citizen(Base):
    """A person with a real-name login; what it vouches for is emptied when they leave and written again at the next.

    `adult` is the platform's word for one who logs in by a network identity, and empty for one whose number we know.
    """

    __tablename__ = "citizens"
    __table_args__ = (
        {"info": {"on_leave": "keep: your login, without name and number, so that you can sign in again"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    city: Mapped[Id]
    assurance_level: Mapped[Id]
    sealed_name: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("name:{citizen_id}"))
    sealed_id_number: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("id_number:{citizen_id}"))
    adult: Mapped[bool | None] = mapped_column(Boolean)
    livemode: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether a real-name platform vouches for a person; the sandbox's people and test citizens are not live."""
    created_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class RealName:
    """What the real-name platform vouches for; `id_number` is never logged, put in a URL or a token."""

    name: str
    id_number: str
    city: str
    assurance_level: str


@dataclass(frozen=True, slots=True)
class NetworkIdentity:
    """A person whose real name the platform proved without telling us who it is (domain.md section 6, Order 173).

    `network_id` means something to `issuer` alone; what we keep of it is a keyed hash. `adult`: 18 or older today.
    `name` is there only where the person let the platform tell it.
    """

    issuer: str
    network_id: str
    adult: bool
    city: str
    assurance_level: str
    name: str | None = None


Person = RealName | NetworkIdentity
"""Whom a login may vouch for."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """What we know of a citizen from their last login: a number, or the platform's word on being an adult."""

    name: str | None
    id_number: str | None
    adult: bool | None
    city: str
    assurance_level: str


def number_key(pii: PiiBox, id_number: str) -> str:
    """The outer id under which a citizen is found by identity number: its keyed hash."""
    return pii.keyed_hash(id_number.upper())


def find_by_number(session: Session, pii: PiiBox, id_number: str) -> str | None:
    """The citizen with this identity number, or None."""
    return outer_ids.citizen_of(session, number_key(pii, id_number), "id_number")


def network_key(pii: PiiBox, person: NetworkIdentity) -> str:
    """The outer id under which a citizen is found by network identity: the keyed hash of issuer and id together."""
    return pii.keyed_hash(f"network-id\n{person.issuer}\n{person.network_id}")


def upsert(session: Session, pii: PiiBox, person: Person, now: datetime, *, livemode: bool = False) -> str:
    """The citizen of `person`, made at the first login; what is known of them is what today's login says.

    `livemode` tells a real person's login from one at the sandbox's platform; partners of the other mode never meet.

    A number and a network identity are two citizens, even of one person: nothing tells us that they are one.
    """
    candidate = new_id("cit")
    if isinstance(person, RealName):
        citizen_id = outer_ids.register(session, number_key(pii, person.id_number), "id_number", candidate)
    else:
        citizen_id = outer_ids.register(session, network_key(pii, person), "network_id", candidate)
    if citizen_id == candidate:
        session.add(
            Citizen(citizen_id=citizen_id, city=person.city, assurance_level=person.assurance_level, created_at=now)
        )
        session.flush()
    session.execute(
        update(Citizen)
        .where(Citizen.citizen_id == citizen_id)
        .values(livemode=livemode, **_vouched(pii, citizen_id, person))
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
    renewed = {name: fresh.excluded[name] for name in _VOUCHED}
    session.execute(fresh.on_conflict_do_update(index_elements=[Citizen.citizen_id], set_=renewed), rows)
    return [known[key] for key in keys]


def add_nobody(session: Session, prefix: str, city: str, now: datetime) -> str:
    """A row that stands for nobody and that no login finds, such as a test citizen; returns its id."""
    row = Citizen(citizen_id=new_id(prefix), city=city, assurance_level="none", created_at=now)
    session.add(row)
    session.flush()
    return row.citizen_id


_VOUCHED = ("city", "assurance_level", "sealed_name", "sealed_id_number", "adult")


def _vouched(pii: PiiBox, citizen_id: str, person: Person) -> dict[str, Any]:
    """The columns that each login writes anew."""
    name, number, adult = person.name, None, None
    if isinstance(person, RealName):
        number = person.id_number.upper()
    else:
        adult = person.adult
    return {
        "city": person.city,
        "assurance_level": person.assurance_level,
        "sealed_name": pii.encrypt(name, context=f"name:{citizen_id}") if name else None,
        "sealed_id_number": pii.encrypt(number, context=f"id_number:{citizen_id}") if number else None,
        "adult": adult,
    }


def get(session: Session, citizen_id: str) -> Citizen | None:
    """The citizen's row, or None."""
    return session.scalar(select(Citizen).where(Citizen.citizen_id == citizen_id))


def hold(session: Session, citizen_id: str) -> None:
    """Hold the person's row until this transaction ends: one leaving at a time."""
    session.execute(select(Citizen.citizen_id).where(Citizen.citizen_id == citizen_id).with_for_update())


def stay(session: Session, citizen_ids: Collection[str]) -> None:
    """Let none of these people leave until this transaction ends; others may do the same meanwhile."""
    rows = select(Citizen.citizen_id).where(among(Citizen.citizen_id, citizen_ids)).order_by(Citizen.citizen_id)
    session.execute(rows.with_for_update(read=True, key_share=True))


def vouched(session: Session, pii: PiiBox, citizen_id: str) -> Vouched | None:
    """What the last login vouched for, in clear; None for one who left and has not logged in since."""
    row = get(session, citizen_id)
    if row is None or (row.sealed_id_number is None and row.adult is None):
        return None
    name, number = row.sealed_name, row.sealed_id_number
    return Vouched(
        name=pii.decrypt(name, context=f"name:{citizen_id}") if name else None,
        id_number=pii.decrypt(number, context=f"id_number:{citizen_id}") if number else None,
        adult=row.adult,
        city=row.city,
        assurance_level=row.assurance_level,
    )


def real_name(session: Session, pii: PiiBox, citizen_id: str) -> RealName | None:
    """Name and number in clear; None for one who left and has not logged in since, or whose number we never learn."""
    known = vouched(session, pii, citizen_id)
    if known is None or known.name is None or known.id_number is None:
        return None
    return RealName(known.name, known.id_number, known.city, known.assurance_level)


def id_numbers(session: Session, pii: PiiBox, citizen_ids: Collection[str]) -> dict[str, str]:
    """The identity numbers of these citizens in clear, for as long as somebody holds them; without those unknown."""
    query = select(Citizen.citizen_id, Citizen.sealed_id_number).where(among(Citizen.citizen_id, citizen_ids))
    known = query.where(Citizen.sealed_id_number.is_not(None))
    return {
        citizen_id: pii.decrypt(sealed_number, context=f"id_number:{citizen_id}")
        for citizen_id, sealed_number in session.execute(known)
        if sealed_number
    }


def without_number(session: Session, citizen_id: str) -> bool:
    """Whether the citizen's login tells us no identity number, so that no department can be asked about them."""
    row = get(session, citizen_id)
    return row is not None and row.adult is not None


def erase_identity(session: Session, citizen_id: str) -> None:
    """Forget what was vouched for; the login stays, found by its keyed hash."""
    nothing = {"sealed_name": None, "sealed_id_number": None, "adult": None}
    session.execute(update(Citizen).where(Citizen.citizen_id == citizen_id).values(nothing))
