"""The legal entities for which a citizen speaks: their public facts, and their card for the citizen to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import SELF
from app.domain.calendar import day_of
from app.domain.entity import EntityRecord, EntityStatus, RecordKind, Role
from app.domain.entity_card import EntityFace, EntityTicks, entity_face, offline_face
from app.domain.errors import Refusal
from app.services import card_tokens
from app.store import access_log, citizens
from app.store import entities as store
from app.store.entities import Entity, Mine


@dataclass(frozen=True, slots=True)
class OwnEntity:
    """An entity, what the one who asks is to it, and its public records that show today."""

    entity: Entity
    role: str
    records: tuple[EntityRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnEntityCard:
    """A representative's choice of what to show of an entity, and exactly what the other side would see."""

    ticks: EntityTicks
    face: EntityFace


@dataclass(frozen=True, slots=True)
class OfflineEntityCard:
    """An entity's signed card: its text for a QR code, what it shows, and when it dies."""

    text: str
    face: EntityFace
    expires_at: datetime


def roles_of(session: Session, citizen_id: str) -> tuple[Role, ...]:
    """What the citizen is in which active entities, the oldest registration first."""
    mine = (one for one in store.of_citizen(session, citizen_id) if one[0].status == EntityStatus.ACTIVE)
    roles = [Role(entity.id, entity.name, entity.uscc, spoken.role) for entity, spoken in mine]
    return tuple(sorted(roles, key=lambda role: role.entity))


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[OwnEntity]:
    """The entities for which the citizen speaks, newest first, without their records."""
    found = store.of_citizen(session, citizen_id, before=before, limit=limit)
    return [OwnEntity(entity, spoken.role) for entity, spoken in found]


def own(session: Session, citizen_id: str, entity_id: str, now: datetime) -> OwnEntity:
    """One of the citizen's entities with its records; raises Refusal `not-found`."""
    entity, spoken = _mine(session, citizen_id, entity_id)
    shown = tuple(record for record in store.records(session, entity_id) if record.shows_on(day_of(now)))
    return OwnEntity(entity, spoken.role, shown)


def card(session: Session, citizen_id: str, entity_id: str, now: datetime) -> OwnEntityCard:
    """The card of one of the citizen's entities; raises Refusal `not-found` or `entity-not-active`."""
    return _card(_active(own(session, citizen_id, entity_id, now)), _ticks(session, citizen_id, entity_id))


def save_card(
    session: Session, citizen_id: str, entity_id: str, ticks: EntityTicks, now: datetime
) -> OwnEntityCard:  # fmt: skip
    """Replace what the entity's card shows; raises Refusal `not-found` or `entity-not-active`.

    Holds the citizen, so that a choice never outlives a role that ends or a person who leaves meanwhile.
    """
    citizens.hold(session, citizen_id)
    whole = _active(own(session, citizen_id, entity_id, now))
    store.save_card(session, citizen_id, entity_id, ticks.in_order, now)
    return _card(whole, ticks)


def offline(
    session: Session,
    citizen_id: str,
    entity_id: str,
    *,
    lifetime: timedelta,
    key: Mapping[str, Any],
    now: datetime,
) -> OfflineEntityCard:
    """The entity's card as a code that verifies without a network, of the ticked fields that fit. `key`: a private JWK.

    Whoever shows it does not leave meanwhile, so that no look outlives them. Raises Refusal `not-found`,
    `entity-not-active` or `card-too-large`.
    """
    citizens.stay(session, {citizen_id})
    face = offline_face(card(session, citizen_id, entity_id, now).face)
    text = card_tokens.sign_entity(face, key=key, now=now, lifetime=lifetime)
    access_log.append(
        session, citizen_id, now=now, actor=SELF, action="entity.card_issued", purpose="entity", fields=("entity",),
        ref=entity_id,
    )  # fmt: skip
    return OfflineEntityCard(text, face, now + lifetime)


def _mine(session: Session, citizen_id: str, entity_id: str) -> Mine:
    found = store.find(session, citizen_id, entity_id)
    if found is None:
        raise Refusal("not-found")
    return found


def _active(mine: OwnEntity) -> OwnEntity:
    if mine.entity.status != EntityStatus.ACTIVE:
        raise Refusal("entity-not-active")
    return mine


def _ticks(session: Session, citizen_id: str, entity_id: str) -> EntityTicks:
    row = store.card(session, citizen_id, entity_id)
    return EntityTicks(frozenset(row.fields)) if row else EntityTicks()


def _card(mine: OwnEntity, ticks: EntityTicks) -> OwnEntityCard:
    return OwnEntityCard(ticks, entity_face(_whole(mine), ticks))


def _whole(mine: OwnEntity) -> EntityFace:
    """Everything that could stand on the entity's card; penalties have no field there."""
    entity = mine.entity
    return EntityFace(
        name=entity.name,
        uscc=entity.uscc,
        kind=entity.kind,
        city=entity.city,
        established_on=entity.established_on.isoformat(),
        honours=_titles(mine, RecordKind.HONOUR),
        permits=_titles(mine, RecordKind.PERMIT),
        role=mine.role,
    )


def _titles(mine: OwnEntity, kind: RecordKind) -> tuple[str, ...]:
    return tuple(record.title for record in mine.records if record.kind is kind)
