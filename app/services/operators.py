"""Who may use the operators' desk, in which role; how they prove it stands in factors.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import FieldError, Refusal
from app.services import factors
from app.store import citizens, operators
from app.store import factors as factor_rows
from app.store.operators import Operator
from app.store.pii import PiiBox

ROLES = ("admin", "office", "auditor")


def add_operator(
    session: Session, pii: PiiBox, *, id_number: str, name: str, roles: Sequence[str], now: datetime
) -> str:
    """Let the person with this identity number into the desk; returns the operator's id.

    `name` is what citizens read in their access log. Raises Refusal `validation` for a role that is none of ROLES.
    """
    check_roles(roles)
    return operators.put(session, citizens.number_key(pii, id_number), name, list(roles), now)


def check_roles(roles: Sequence[str]) -> None:
    """Raise Refusal `validation` where there is no role, or one that is none of ROLES."""
    if not roles or set(roles) - set(ROLES):
        raise Refusal("validation", errors=[FieldError("/roles", "invalid", f"Of {', '.join(ROLES)}.")])


def operator_of(session: Session, pii: PiiBox, citizen_id: str) -> Operator | None:
    """The active operator who is this citizen, or None."""
    person = citizens.real_name(session, pii, citizen_id)
    return operators.by_number(session, citizens.number_key(pii, person.id_number)) if person else None


def listed(session: Session, *, before: str | None, limit: int) -> list[dict[str, Any]]:
    """Operators, newest first, up to `limit` and one more: id, name, roles, active, second_factor, created_at."""
    rows = operators.listed(session, before=before, limit=limit + 1)
    proven = factor_rows.with_factor(session, [row.id for row in rows])
    return [
        {
            "id": row.id,
            "name": row.name,
            "roles": list(row.roles),
            "active": row.active,
            "second_factor": row.id in proven,
            "created_at": row.created_at,
        }
        for row in rows
    ]


def names(session: Session, operator_ids: set[str]) -> dict[str, str]:
    """Operator id → name."""
    return operators.names(session, operator_ids)


def disable(session: Session, operator_id: str, now: datetime) -> None:
    """Take the desk from an operator, with factor and sessions; raises Refusal `not-found`."""
    operator = operators.get(session, operator_id)
    if operator is None:
        raise Refusal("not-found")
    operator.active = False
    factors.revoke(session, operator_id, now)
