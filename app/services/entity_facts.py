"""A register says what it knows of a legal entity, whole each time: what it does not say any more is gone.

Who speaks for the entity comes as an identity number, of which a keyed hash is kept. Matching it to a citizen is a look
that the citizen sees; the register is not told whether there is one (guardrails 5 and 13).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session
from stdnum.cn import uscc as credit_codes

from app.domain.access import Actor
from app.domain.calendar import day_of
from app.domain.entity import (
    ROLES,
    EntityFacts,
    EntityFault,
    EntityStatus,
    faults,
    organisation_code_holds,
)
from app.domain.errors import FieldError, Refusal
from app.services import entity_roles, report_links
from app.store import citizens, entities
from app.store.entities import Entity
from app.store.pii import PiiBox

_PRINTED = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
"""GB 32100: who registers it, its kind, its place, then digits and letters but I, O, S, V and Z.

A, N and Y register too: N2 is a village's economic cooperative. stdnum's own form knows digits only.
"""


@dataclass(frozen=True, slots=True)
class Registrar:
    """What registering works with: the department that says it, and when."""

    pii: PiiBox
    actor: Actor
    now: datetime


def register(session: Session, registrar: Registrar, uscc: str, facts: EntityFacts) -> None:
    """Write the entity of this code as `facts` say; what they say twice is written once.

    Raises Refusal `validation` with the code of each fault, one of `FAULTS`; `entity-of-another-department`; or
    `entity-facts-older` where a later state of the register is held.
    """
    found = [*_code_faults(uscc), *faults(facts, registrar.now)]
    if found:
        raise Refusal("validation", errors=[FieldError(fault.pointer, fault.code, fault.code) for fault in found])
    source, today = registrar.actor, day_of(registrar.now)
    facts = replace(facts, records=tuple(record for record in facts.records if record.shows_on(today)))
    entity = entities.hold(session, uscc, source.id, source.name, facts, registrar.now)
    if entity.source != source.id:
        raise Refusal("entity-of-another-department")
    if facts.as_of < entity.as_of:
        raise Refusal("entity-facts-older", field="/as_of", as_of=entity.as_of.isoformat())
    was_active = entity.status == EntityStatus.ACTIVE
    entities.write(session, entity, source.name, facts, registrar.now)
    _represent(session, registrar, entity, facts, stops=was_active and facts.status is not EntityStatus.ACTIVE)
    report_links.entity_changed(session, entity.id, registrar.now)


def code_fault(uscc: str) -> str | None:
    """What is wrong with a unified social credit code, one of `FAULTS`, or None. It is taken as it is printed."""
    if not _PRINTED.fullmatch(uscc):
        return "uscc-format"
    if credit_codes.calc_check_digit(uscc[:17]) != uscc[17]:
        return "uscc-check-digit"
    return None if organisation_code_holds(uscc) else "organisation-code-check-digit"


def _code_faults(uscc: str) -> Iterator[EntityFault]:
    if fault := code_fault(uscc):
        yield EntityFault("/uscc", fault)


def _represent(session: Session, registrar: Registrar, entity: Entity, facts: EntityFacts, *, stops: bool) -> None:
    """Let the one whom the register names speak for the entity, and whoever did before no more.

    `stops`: the entity is active no longer, so that its card ends whoever speaks for it.
    """
    before, role = entities.representative(session, entity.id), ROLES[facts.kind]
    key = citizens.number_key(registrar.pii, facts.representative) if facts.representative else None
    same = before is not None and (before.number_key, before.role) == (key, role)
    waits = before is None or before.citizen_id is None or not same
    loses = before.citizen_id if before and (stops or not same) else None
    gains = entity_roles.known(session, key) if key and waits else None
    entity_roles.hold(session, {one for one in (loses, gains) if one})
    if loses:
        entity_roles.end(session, loses, entity, registrar.now)
    if key is None:
        entities.nobody_represents(session, entity.id)
    elif gains or not same:
        entity_roles.begin(session, entity, key, role, registrar.actor, registrar.now)
