"""What goes with my records wherever they are shown: what I say of them, and what I have asked and may ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.services import record_remedies, statements
from app.web.kit import kit, now
from auth.guard import caller


def with_statements(session: Session, views: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """These views of my records, each with what I say of it."""
    said = statements.on(session, kit().pii, caller().citizen_id, [str(view["id"]) for view in views])
    return [view | ({"statement": said[view["id"]].text} if view["id"] in said else {}) for view in views]


def remedies_of(session: Session, record_id: str) -> dict[str, Any]:
    """What I say of a record, what I have asked about it and what I may do; nothing where it is not mine."""
    found = record_remedies.of(session, kit().packs, caller().citizen_id, record_id, now())
    return {"remedies": found, "statement": statements.text_on(session, kit().pii, caller().citizen_id, record_id)}
