"""Who may use the operators' desk. Their second factor comes with issue B."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import FieldError, Refusal
from app.store import citizens, operators
from app.store.operators import Operator
from app.store.pii import PiiBox

ROLES = ("admin", "office", "auditor")


def add_operator(
    session: Session, pii: PiiBox, *, id_number: str, name: str, roles: Sequence[str], now: datetime
) -> str:
    """Let the person with this identity number into the desk; returns the operator's id.

    `name` is what citizens read in their access log. Raises Refusal `validation` for a role that is none of ROLES.
    """
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise Refusal("validation", errors=[FieldError("/roles", "invalid", f"Of {', '.join(ROLES)}.")])
    return operators.put(session, citizens.number_key(pii, id_number), name, list(roles), now)


def operator_of(session: Session, pii: PiiBox, citizen_id: str) -> Operator | None:
    """The active operator who is this citizen, or None."""
    person = citizens.real_name(session, pii, citizen_id)
    return operators.by_number(session, citizens.number_key(pii, person.id_number)) if person else None
