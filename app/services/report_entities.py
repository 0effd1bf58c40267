"""The report of a legal entity, for the one who speaks for it: what it rests on, and whether that is still so."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import entities
from app.services.entities import OwnEntity

_PLAIN = ("name", "uscc", "kind", "status", "city", "established_on")


def state(found: OwnEntity) -> str:
    """A digest of all that a report says of the entity: another one, another report."""
    said = [str(getattr(found.entity, name)) for name in _PLAIN]
    records = [asdict(record) for record in found.records]
    return hashlib.sha256(json.dumps([said, found.role, records], default=str).encode()).hexdigest()


def state_now(session: Session, citizen_id: str, entity_id: str, now: datetime) -> str | None:
    """The same as of `now`; None where the citizen speaks for it no more."""
    try:
        return state(entities.own(session, citizen_id, entity_id, now))
    except Refusal:
        return None
