"""Legal entities: what a register says of each, its public records, who speaks for it, and what its card shows.

An entity is no person: its facts are public and outlive whoever speaks for it. Who that is, is one row of its own: the
keyed hash of an identity number, and the citizen whom it was matched to, if any. The number itself is never kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, String, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain.entity import EntityFacts, EntityRecord, RecordKind
from app.domain.pack import LegalClass
from app.store.base import Base, Id, Moment, new_id


class Entity(Base):
    """A legal entity by its unified social credit code, as the department `source` registers it since `as_of`."""

    __tablename__ = "entities"
    id: Mapped[Id] = mapped_column(primary_key=True)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    source: Mapped[Id]
    source_name: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Id]
    status: Mapped[Id]
    city: Mapped[Id]
    established_on: Mapped[date] = mapped_column(Date)
    as_of: Mapped[Moment]
    received_at: Mapped[Moment]


class EntityRepresentative(Base):
    """Who speaks for an entity: as what, and since when the register says so to us."""

    __tablename__ = "entity_representatives"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    entity_id: Mapped[Id] = mapped_column(primary_key=True)
    number_key: Mapped[Id] = mapped_column(index=True)
    citizen_id: Mapped[Id | None] = mapped_column(index=True)
    role: Mapped[Id]
    since: Mapped[Moment]


class EntityRecordRow(Base):
    """A public record of an entity: a permit, an honour, or a penalty for as long as it may be shown."""

    __tablename__ = "entity_records"
    entity_id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[Id] = mapped_column(primary_key=True)
    document_no: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    issuer: Mapped[str] = mapped_column(String(100))
    decided_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date, index=True)
    legal_class: Mapped[str | None] = mapped_column(String(64))

    def domain(self) -> EntityRecord:
        """The record as the rules know it."""
        return EntityRecord(
            kind=RecordKind(self.kind),
            document_no=self.document_no,
            title=self.title,
            issuer=self.issuer,
            decided_on=self.decided_on,
            expires_on=self.expires_on,
            legal_class=LegalClass(self.legal_class) if self.legal_class else None,
        )


class EntityCard(Base):
    """What a representative shows of an entity unless they say otherwise."""

    __tablename__ = "entity_cards"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    entity_id: Mapped[Id] = mapped_column(primary_key=True)
    fields: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    updated_at: Mapped[Moment]


Mine = tuple[Entity, EntityRepresentative]
"""An entity, and what the one who asks is to it."""


def hold(session: Session, uscc: str, source: str, source_name: str, facts: EntityFacts, now: datetime) -> Entity:
    """The entity of this code, made where it is new, held until this transaction ends: one registration at a time."""
    fresh = {"id": new_id("ent"), "uscc": uscc, "source": source, "source_name": source_name, "received_at": now}
    session.execute(insert(Entity).values(fresh | _said(facts)).on_conflict_do_nothing(index_elements=[Entity.uscc]))
    query = select(Entity).where(Entity.uscc == uscc).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def write(session: Session, entity: Entity, source_name: str, facts: EntityFacts, now: datetime) -> None:
    """Write what the register says over what it said before, its records included."""
    for name, value in {**_said(facts), "source_name": source_name, "received_at": now}.items():
        setattr(entity, name, value)
    session.execute(delete(EntityRecordRow).where(EntityRecordRow.entity_id == entity.id))
    session.add_all(_row(entity.id, record) for record in facts.records)
    session.flush()


def _said(facts: EntityFacts) -> dict[str, Any]:
    plain = ("name", "city", "established_on", "as_of")
    return {name: getattr(facts, name) for name in plain} | {"kind": str(facts.kind), "status": str(facts.status)}


def _row(entity_id: str, record: EntityRecord) -> EntityRecordRow:
    plain = ("document_no", "title", "issuer", "decided_on", "expires_on")
    said = {name: getattr(record, name) for name in plain}
    legal_class = str(record.legal_class) if record.legal_class else None
    return EntityRecordRow(entity_id=entity_id, kind=str(record.kind), legal_class=legal_class, **said)


def representative(session: Session, entity_id: str) -> EntityRepresentative | None:
    """Who speaks for the entity, or None."""
    query = select(EntityRepresentative).where(EntityRepresentative.entity_id == entity_id)
    return session.scalar(query.execution_options(populate_existing=True))


def name_representative(
    session: Session, entity_id: str, *, number_key: str, citizen_id: str | None, role: str, now: datetime
) -> None:
    """Let this number speak for the entity, in place of whoever did."""
    values = {"number_key": number_key, "citizen_id": citizen_id, "role": role, "since": now}
    new = insert(EntityRepresentative).values(entity_id=entity_id, **values)
    session.execute(new.on_conflict_do_update(index_elements=[EntityRepresentative.entity_id], set_=values))


def nobody_represents(session: Session, entity_id: str) -> None:
    """Let nobody speak for the entity."""
    session.execute(delete(EntityRepresentative).where(EntityRepresentative.entity_id == entity_id))


def match(session: Session, number_key: str, citizen_id: str) -> Sequence[str]:
    """Tie whatever waits for this number to the citizen who just logged in with it; the entities' ids."""
    waiting = EntityRepresentative.number_key == number_key, EntityRepresentative.citizen_id.is_(None)
    tied = update(EntityRepresentative).where(*waiting).values(citizen_id=citizen_id)
    return session.scalars(tied.returning(EntityRepresentative.entity_id)).all()


def of_citizen(session: Session, citizen_id: str, *, before: str | None = None, limit: int | None = None) -> list[Mine]:
    """The entities for which the citizen speaks, newest first, older than the id `before`."""
    query = _mine(citizen_id)
    if before:
        query = query.where(Entity.id < before)
    return [(entity, spoken) for entity, spoken in session.execute(query.order_by(Entity.id.desc()).limit(limit))]


def find(session: Session, citizen_id: str, entity_id: str) -> Mine | None:
    """One entity for which the citizen speaks, or None."""
    found = session.execute(_mine(citizen_id).where(Entity.id == entity_id)).one_or_none()
    return (found[0], found[1]) if found else None


def _mine(citizen_id: str) -> Any:
    query = select(Entity, EntityRepresentative).join(EntityRepresentative, EntityRepresentative.entity_id == Entity.id)
    return query.where(EntityRepresentative.citizen_id == citizen_id).execution_options(populate_existing=True)


def records(session: Session, entity_id: str) -> list[EntityRecord]:
    """The public records of an entity, the latest decision first."""
    order = (EntityRecordRow.decided_on.desc(), EntityRecordRow.document_no)
    query = select(EntityRecordRow).where(EntityRecordRow.entity_id == entity_id).order_by(*order)
    return [row.domain() for row in session.scalars(query)]


def card(session: Session, citizen_id: str, entity_id: str) -> EntityCard | None:
    """What the citizen chose to show of the entity, or None where they never chose."""
    query = select(EntityCard).where(EntityCard.citizen_id == citizen_id, EntityCard.entity_id == entity_id)
    return session.scalar(query.execution_options(populate_existing=True))


def save_card(session: Session, citizen_id: str, entity_id: str, fields: Sequence[str], now: datetime) -> None:
    """Write the citizen's choice over the one before."""
    values = {"fields": list(fields), "updated_at": now}
    new = insert(EntityCard).values(citizen_id=citizen_id, entity_id=entity_id, **values)
    keys = [EntityCard.citizen_id, EntityCard.entity_id]
    session.execute(new.on_conflict_do_update(index_elements=keys, set_=values))


def forget_card(session: Session, citizen_id: str, entity_id: str) -> None:
    """Forget what someone showed of an entity for which they speak no more."""
    mine = tuple_(EntityCard.citizen_id, EntityCard.entity_id) == (citizen_id, entity_id)
    session.execute(delete(EntityCard).where(mine))


def prune(session: Session, today: date) -> None:
    """Delete public records that may be shown no more."""
    session.execute(delete(EntityRecordRow).where(EntityRecordRow.expires_on <= today))
