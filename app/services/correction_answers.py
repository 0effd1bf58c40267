"""The credit office answers corrections: a queue without people, a look that its person sees, an answer with reasons.

An answer that changes a record is a proposal first: a second operator approves it (approvals.py), the worker gives it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.correction import About, Remedy, Status
from app.domain.errors import Refusal
from app.services import approvals, correction_remedies, corrections, statements
from app.services.approved_answers import check_free, digest
from app.services.correction_approval import CORRECTIONS
from app.services.correction_remedies import Answer
from app.services.corrections import Correction
from app.services.filing import Desk
from app.store import access_log, citizens, events, operators, records
from app.store import corrections as store
from app.store.corrections import CorrectionRow
from app.store.pii import PiiBox
from app.store.records import RecordRow

PURPOSE = "correction"


@dataclass(frozen=True, slots=True)
class Case:
    """A request before the office: what is held of the one field, or the record, and the answer that waits, if any.

    `said`: the person's statement on the record, or None.
    """

    correction: Correction
    held: str | None
    record: RecordRow | None
    proposed: Answer | None
    said: str | None = None


def queue(session: Session, *, after: str | None, limit: int) -> Sequence[CorrectionRow]:
    """What waits for an answer, the oldest first; who asks and what they say is not in it."""
    return store.queue(session, after=after, limit=limit)


def read(session: Session, pii: PiiBox, operator_id: str, correction_id: str, now: datetime) -> Case:
    """One request with what it is about; a look that its person sees. Raises Refusal `not-found`."""
    row = _row(session, correction_id)
    found = corrections.opened(pii, row)
    record = records.get(session, row.citizen_id, row.record_id) if row.record_id else None
    seen = "records" if record else found.field
    _log(session, row, operator_id, "correction.read", now, fields=(seen, "statement"))
    answer, _ = _proposed(pii, row)
    said = statements.text_on(session, pii, row.citizen_id, record.id) if record else None
    return Case(found, _held(session, pii, row.citizen_id, found), record, answer, said)


def answer(
    session: Session, desk: Desk, operator_id: str, correction_id: str, said: Answer
) -> tuple[Correction, str | None]:
    """Answer a request and tell its person; one that changes a record waits for a second operator.

    Returns the request and the proposal's id. Raises Refusal `not-found`, `correction-answered`, `approval-pending`, or
    `validation` where remedy, document or values do not fit.
    """
    citizens.hold(session, _row(session, correction_id).citizen_id)
    row = _row(session, correction_id, held=True)
    if row.status != Status.RECEIVED:
        raise Refusal("correction-answered", allowed_actions=[])
    check_free(session, row)
    record = correction_remedies.needed(session, row, said)
    if record is None:
        return _give(session, desk, operator_id, row, said), None
    correction_remedies.rehearse(session, desk, record, said)
    store.propose(session, row, desk.pii.encrypt(_written(said, operator_id), context=store.answer_context(row.id)))
    proposal = approvals.propose(
        session, kind=CORRECTIONS.kind, target=row.id, data={}, operator_id=operator_id, now=desk.now
    )
    return corrections.opened(desk.pii, row), proposal["id"]


def apply(session: Session, desk: Desk, correction_id: str, approved: str) -> None:
    """Give the answer that a second operator approved, by its digest; twice is once, a misfit waits anew."""
    if store.citizen_of(session, correction_id) is None:
        return
    row = _row(session, correction_id, held=True)
    said, operator_id = _proposed(desk.pii, row)
    if row.status != Status.RECEIVED or said is None or digest(row.sealed_answer) != approved:
        return
    trial = session.begin_nested()
    try:
        if record := correction_remedies.needed(session, row, said):
            correction_remedies.put_right(session, desk, record, said)
        _give(session, desk, operator_id, row, said)
    except Refusal:  # the record changed since: the office answers again
        trial.rollback()
        store.propose(session, row, None)
    else:
        trial.commit()


def _give(session: Session, desk: Desk, operator_id: str, row: CorrectionRow, said: Answer) -> Correction:
    store.settle(session, row, said.outcome, desk.now, said.remedy, said.reason, said.document)
    done = f"correction.{said.outcome}"
    _log(session, row, operator_id, done, desk.now, fields=())
    events.tell(session, row.citizen_id, done, {"correction_id": row.id}, desk.now)
    return corrections.one(session, desk.pii, row.citizen_id, row.id)


def _row(session: Session, correction_id: str, *, held: bool = False) -> CorrectionRow:
    citizen_id = store.citizen_of(session, correction_id)
    row = store.get(session, citizen_id, correction_id, held=held) if citizen_id else None
    if row is None:
        raise Refusal("not-found")
    return row


def _written(said: Answer, operator_id: str) -> str:
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.values.items()}
    told: dict[str, Any] = {"reason": said.reason, "document": said.document, "remedy": said.remedy, "values": values}
    return json.dumps([operator_id, told], ensure_ascii=False)


def _proposed(pii: PiiBox, row: CorrectionRow) -> tuple[Answer | None, str]:
    """The answer that waits, and who proposed it."""
    if row.sealed_answer is None:
        return None, ""
    operator_id, told = json.loads(pii.decrypt(row.sealed_answer, context=store.answer_context(row.id)))
    told["remedy"] = Remedy(told["remedy"])
    return Answer(outcome=Status.ACCEPTED, **told), operator_id


def _held(session: Session, pii: PiiBox, citizen_id: str, found: Correction) -> str | None:
    """What is held of the one field of the identity that the request is about; of a number only its ends."""
    known = citizens.vouched(session, pii, citizen_id) if found.about is About.IDENTITY else None
    if known is None:
        return None
    number = known.id_number and f"{known.id_number[:6]}********{known.id_number[-4:]}"
    return {"name": known.name, "id_number": number, "city": known.city}[found.field]


def _log(
    session: Session, row: CorrectionRow, operator_id: str, action: str, now: datetime, fields: Sequence[str]
) -> None:
    operator = operators.get(session, operator_id)
    access_log.append(
        session,
        row.citizen_id,
        now=now,
        actor=Actor(ActorKind.OPERATOR, operator_id, operator.name if operator else "信用办"),
        action=action,
        purpose=PURPOSE,
        fields=fields,
        ref=row.id,
    )
