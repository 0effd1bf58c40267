"""What two people agreed on: the worker gives the answer that the second one saw, and none that came after.

The answer lies sealed on its request; the message to the worker names it by its digest. Until the worker has come no
other answer is taken; one that lies there all the same waits for its own second person.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import outbox

DIGEST = "answer"
"""The member of the worker's message, and of what an operator approves, that names the answer."""


class Waiting(Protocol):
    """A request on which a sealed answer waits, or none."""

    citizen_id: str
    sealed_answer: bytes | None


def digest(sealed_answer: bytes | None) -> str:
    """The name (SHA-256, hex) of an answer."""
    return hashlib.sha256(sealed_answer or b"").hexdigest()


def hand_over(session: Session, topic: str, named: dict[str, str], row: Waiting, now: datetime) -> None:
    """Let the worker give the answer that waits; `named` leads it to the request."""
    outbox.put(session, topic, {**named, DIGEST: digest(row.sealed_answer)}, now=now, citizen_id=row.citizen_id)


def check_free(session: Session, row: Waiting) -> None:
    """Raises Refusal `approval-pending` where what lies on the request was approved and the worker has yet to come."""
    if row.sealed_answer and outbox.waits(session, row.citizen_id, {DIGEST: digest(row.sealed_answer)}):
        raise Refusal("approval-pending")
