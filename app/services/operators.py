"""Who may use the operators' desk, in which role; how they prove it stands in factors.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import FieldError, Refusal
from app.domain.id_number import birth_date
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
    known = person is not None and person.id_number
    return operators.by_number(session, citizens.number_key(pii, known)) if known else None


def listed(session: Session, *, before: str | None, limit: int) -> list[dict[str, Any]]:
    """Operators, newest first, up to `limit` and one more: id, name, roles, active, second_factor, created_at."""
    rows = operators.listed(session, before=before, limit=limit + 1)
    proven = factor_rows.with_factor(session, [row.id for row in rows])
    return [_view(row, proven=row.id in proven) for row in rows]


def get(session: Session, operator_id: str) -> dict[str, Any]:
    """One operator, as `listed` tells them; raises Refusal `not-found`."""
    row = operators.get(session, operator_id)
    if row is None:
        raise Refusal("not-found")
    return _view(row, proven=factors.has_factor(session, operator_id))


def newcomer(pii: PiiBox, *, id_number: str, name: str, roles: Sequence[str]) -> dict[str, Any]:
    """What a proposal keeps of someone who shall be an operator: of the number its keyed hash only.

    Raises Refusal `validation` for a number or a role that is none.
    """
    if birth_date(id_number.upper()) is None:
        raise Refusal("validation", errors=[FieldError("/id_number", "invalid", "Not an identity number.")])
    check_roles(roles)
    return {"number_key": citizens.number_key(pii, id_number), "name": name, "roles": sorted(set(roles))}


def disable(session: Session, operator_id: str, now: datetime) -> None:
    """Take the desk from an operator, with factor and sessions; raises Refusal `not-found`."""
    operator = operators.get(session, operator_id)
    if operator is None:
        raise Refusal("not-found")
    operator.active = False
    factors.revoke(session, operator_id, now)


def _view(row: Operator, *, proven: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "roles": list(row.roles),
        "active": row.active,
        "second_factor": proven,
        "created_at": row.created_at,
    }
