"""Who speaks for a legal entity: a role begins and ends with what the register says, and with nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM, Actor
from app.services import card_holder, credentials
from app.store import access_log, cards, citizens, entities, events, outer_ids
from app.store.citizens import Person, RealName
from app.store.entities import Entity
from app.store.pii import PiiBox

PURPOSE = "entity"


def hold(session: Session, citizen_ids: set[str]) -> None:
    """Hold everyone whose roles are about to change, in an order that all share, before any of their rows."""
    for citizen_id in sorted(citizen_ids):
        citizens.hold(session, citizen_id)


def begin(session: Session, entity: Entity, number_key: str, role: str, actor: Actor, now: datetime) -> None:
    """Let the one with this number speak for the entity; a citizen who is found by it sees that they were.

    They are held already (`hold`), and looked for again: one who was leaving meanwhile is gone.
    """
    citizen_id = known(session, number_key)
    entities.name_representative(
        session, entity.id, number_key=number_key, citizen_id=citizen_id, role=role, now=now
    )  # fmt: skip
    if citizen_id:
        _begun(session, citizen_id, entity.id, actor, now)


def end(session: Session, citizen_id: str, entity: Entity, now: datetime) -> None:
    """Take the role from every card and credential of someone who speaks for the entity no more; they are told."""
    entities.forget_card(session, citizen_id, entity.id)
    cards.untick_role(session, citizen_id, entity.id)
    card_holder.withdraw_showing_role(session, citizen_id, entity.id, now)
    credentials.revoke_showing_role(session, citizen_id, entity.id, now)
    events.tell(session, citizen_id, "entity.role_ended", {"entity_id": entity.id, "name": entity.name}, now)


def known(session: Session, number_key: str) -> str | None:
    """The citizen with this number; None for one who left and has not logged in since, of whom we know nothing."""
    citizen_id = outer_ids.citizen_of(session, number_key, "id_number")
    row = citizens.get(session, citizen_id) if citizen_id else None
    return citizen_id if row is not None and row.sealed_id_number is not None else None


def at_login(session: Session, pii: PiiBox, citizen_id: str, person: Person, now: datetime) -> None:
    """Give someone who logs in the roles that waited for their number; a network identity has no number."""
    if isinstance(person, RealName):
        for entity_id in entities.match(session, citizens.number_key(pii, person.id_number), citizen_id):
            _begun(session, citizen_id, entity_id, SYSTEM, now)


def _begun(session: Session, citizen_id: str, entity_id: str, actor: Actor, now: datetime) -> None:
    access_log.append(
        session, citizen_id, now=now, actor=actor, action="entity.matched", purpose=PURPOSE, fields=("number_match",),
        ref=entity_id,
    )  # fmt: skip
    events.tell(session, citizen_id, "entity.role_begun", {"entity_id": entity_id}, now)
