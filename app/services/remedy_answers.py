"""What its department left unanswered, at the desk: a queue without people, a look that its person sees, an outcome.

The office never takes the department's place in the facts. A disputed record is withdrawn for want of proof, or stands
on the department's document; a repair follows the department's document. Either is proposed by one operator
and approved by another (remedy_approval.py); until then a disputed record counts for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.calendar import day_of
from app.domain.errors import FieldError, Refusal
from app.domain.pack import Pack
from app.domain.remedy import OPEN, Status
from app.services import approvals, disputes, remedy_cases, repairs
from app.services.approved_answers import check_free, digest
from app.services.filing import Desk
from app.services.remedy_approval import REMEDIES, answer_context, kind_of
from app.services.remedy_cases import Case
from app.store import citizens, operators, remedies
from app.store.pii import PiiBox
from app.store.remedies import NAMES, DisputeRow, RepairRow, Row

DISPUTE_OUTCOMES = (Status.UPHELD, Status.WITHDRAWN)
"""What the desk may say of a dispute; a department that corrects its record does that by entering it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the office says: `document` is the department's, needless only where a record is withdrawn without proof."""

    outcome: Status
    reason: str
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """A case before the office, and the outcome that waits for a second operator, if any."""

    case: Case
    proposed: Said | None


def queue(session: Session, kind: type[Row], now: datetime, *, after: str | None, limit: int) -> Sequence[Row]:
    """What was due before today, the oldest first; who asks and what they say is not in it."""
    return remedies.overdue(session, kind, day_of(now), after=after, limit=limit)


def read(session: Session, pii: PiiBox, kind: type[Row], operator_id: str, asked_id: str, now: datetime) -> Overdue:
    """One overdue request in full; a look that its person sees. Raises Refusal `not-found`."""
    row = _overdue(session, kind, asked_id, now)
    case = remedy_cases.shown(session, pii, row, _actor(session, operator_id), now)
    said, _ = _proposed(pii, row)
    return Overdue(case, said)


def propose(
    session: Session, pii: PiiBox, kind: type[Row], operator_id: str, asked_id: str, said: Said, now: datetime
) -> str:
    """Put an outcome before a second operator; returns the proposal's id.

    Raises Refusal `not-found`, `approval-pending`, or `validation` without the department's document.
    """
    citizen_id = remedies.citizen_of(session, kind, asked_id)
    if citizen_id is not None:
        citizens.hold(session, citizen_id)
    row = _overdue(session, kind, asked_id, now)
    check_free(session, row)
    if said.document is None and said.outcome is not Status.WITHDRAWN:
        raise Refusal("validation", errors=[FieldError("/document", "missing", "The department's document.")])
    told = json.dumps([operator_id, said.outcome, said.reason, said.document], ensure_ascii=False)
    remedies.propose(session, row, pii.encrypt(told, context=answer_context(row)))
    remedy_cases.log(session, row, _actor(session, operator_id), f"{NAMES[kind]}.proposed", now)
    proposal = approvals.propose(session, kind=REMEDIES.kind, target=row.id, data={}, operator_id=operator_id, now=now)
    return str(proposal["id"])


def apply(
    session: Session, packs: Mapping[str, Pack], pii: PiiBox, asked_id: str, approved: str, now: datetime
) -> None:
    """Give the outcome that a second operator approved, by its digest; twice is once, what ended stays as it is."""
    kind = kind_of(asked_id)
    citizen_id = remedies.citizen_of(session, kind, asked_id)
    found = remedies.get(session, kind, citizen_id, asked_id) if citizen_id else None
    if citizen_id is None or found is None:
        return
    row = remedy_cases.held(session, kind, found.source, citizen_id, asked_id)
    said, operator_id = _proposed(pii, row)
    if row.status not in OPEN or said is None or digest(row.sealed_answer) != approved:
        return
    desk = Desk(packs, pii, _actor(session, operator_id), now)
    if isinstance(row, DisputeRow):
        answer = disputes.Answer(outcome=said.outcome, reason=said.reason, document=said.document)
        disputes.settle(session, desk, row, answer)
    else:
        decision = repairs.Answer(outcome=said.outcome, reason=said.reason, document=said.document or "")
        repairs.settle(session, desk, row, decision)


def _overdue(session: Session, kind: type[Row], asked_id: str, now: datetime) -> Row:
    citizen_id = remedies.citizen_of(session, kind, asked_id)
    row = remedies.get(session, kind, citizen_id, asked_id, held=True) if citizen_id else None
    if row is None or row.status not in OPEN or row.due_on >= day_of(now):
        raise Refusal("not-found")
    return row


def _proposed(pii: PiiBox, row: DisputeRow | RepairRow) -> tuple[Said | None, str]:
    """The outcome that waits, and who proposed it."""
    if row.sealed_answer is None:
        return None, ""
    operator_id, outcome, reason, document = json.loads(pii.decrypt(row.sealed_answer, context=answer_context(row)))
    return Said(outcome=Status(outcome), reason=reason, document=document), operator_id


def _actor(session: Session, operator_id: str) -> Actor:
    operator = operators.get(session, operator_id)
    return Actor(ActorKind.OPERATOR, operator_id, operator.name if operator else "信用办")
