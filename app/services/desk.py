"""The operators' desk: who may do what, and the audit trail of everything done or read there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import operator_actions, operators

READERS = ("admin", "office", "auditor")
WRITERS = ("admin", "office")


@dataclass(frozen=True, slots=True)
class Deed:
    """What an operator is about to do or read: a code, on what, with which data."""

    action: str
    target: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = READERS


def enter(session: Session, operator_id: str, deed: Deed, request_id: str, now: datetime) -> None:
    """Let an active operator with a fitting role through and note the deed; raises Refusal `role-missing`."""
    operator = operators.get(session, operator_id)
    if operator is None or not operator.active or not set(deed.roles) & set(operator.roles):
        raise Refusal("role-missing", roles=", ".join(deed.roles))
    operator_actions.note(session, operator_id, deed.action, deed.target, dict(deed.data), request_id, now)


def trail(session: Session, *, before: str | None, limit: int) -> list[dict[str, Any]]:
    """What operators did and read, newest first, up to `limit` and one more."""
    rows = operator_actions.listed(session, before=before, limit=limit + 1)
    return [
        {
            "id": row.id,
            "operator_id": row.operator_id,
            "action": row.action,
            "target": row.target or None,
            "data": row.data,
            "request_id": row.request_id,
            "at": row.at,
        }
        for row in rows
    ]
