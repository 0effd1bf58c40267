"""What two people agreed on: the worker gives the answer that the second one saw, and none that came after.

The answer lies sealed on its request; the message to the worker names it by its digest. Until the worker has come no
other answer is taken; one that lies there all the same waits for its own second person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import outbox

DIGEST = "answer"
"""The member of the worker's message, and of what an operator approves, that names the answer."""


class Waiting(Protocol):
    """A request on which a sealed answer waits, or none."""

    id: str
    citizen_id: str
    sealed_answer: bytes | None


@dataclass(frozen=True, slots=True)
class AnswerApproval:
    """How the answers to one kind of request wait for their second person.

    `kind`: of the approval. `topic`: of the outbox, by which the worker, who has the packs and the keys at hand, does
    what was approved. `named`: the member of its message that is the request's id. `open_request`: the request while
    it may be answered, or None. `shown`: columns of it that the second person sees.
    """

    kind: str
    topic: str
    named: str
    open_request: Callable[[Session, str], Waiting | None]
    shown: tuple[str, ...] = ()

    def seen(self, session: Session, asked_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
        """Which answer waits, by its digest; raises Refusal `not-found` where none does."""
        row = self._waiting(session, asked_id)
        return {name: getattr(row, name) for name in self.shown} | {DIGEST: digest(row.sealed_answer)}

    def execute(self, session: Session, asked_id: str, _: Mapping[str, Any], now: datetime) -> None:
        """Let the worker give the answer that waits, and no other; raises as `seen` does."""
        row = self._waiting(session, asked_id)
        message = {self.named: row.id, DIGEST: digest(row.sealed_answer)}
        outbox.put(session, self.topic, message, now=now, citizen_id=row.citizen_id)

    def _waiting(self, session: Session, asked_id: str) -> Waiting:
        row = self.open_request(session, asked_id)
        if row is None or row.sealed_answer is None:
            raise Refusal("not-found")
        return row


def digest(sealed_answer: bytes | None) -> str:
    """The name (SHA-256, hex) of an answer."""
    return hashlib.sha256(sealed_answer or b"").hexdigest()


def check_free(session: Session, row: Waiting) -> None:
    """Raises Refusal `approval-pending` where what lies on the request was approved and the worker has yet to come."""
    if row.sealed_answer and outbox.waits(session, row.citizen_id, {DIGEST: digest(row.sealed_answer)}):
        raise Refusal("approval-pending")
