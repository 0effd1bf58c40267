"""The credit office answers reviews (guardrail 11): a queue without people, a look that its person sees, an answer.

An answer that changes something is a proposal first: a second operator approves it, the worker gives it. A changed
decision stays as it was made, for it was made; the person's word stands in for the score at the next checks of that
scenario. A changed item goes to its department as a dispute and counts for nothing until it is settled.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.errors import FieldError, Refusal
from app.domain.record import Status as RecordStatus
from app.domain.review import Kind, Status, holds_until
from app.domain.scenario import GATES, Path, Registry
from app.services import approvals, decisions, review_items, reviews
from app.services.approved_answers import check_free, digest
from app.services.decisions import OwnDecision
from app.services.filing import Desk
from app.services.review_approval import REVIEWS
from app.services.review_items import Effect
from app.services.reviews import Review
from app.store import access_log, citizens, events, operators, records
from app.store import reviews as store
from app.store.pii import PiiBox
from app.store.reviews import ReviewRow

PURPOSE = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the office says, with its reason in words for the person."""

    outcome: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """A review before the office: the decision, or the record and its effect, and the answer that waits, if any."""

    review: Review
    decision: OwnDecision | None
    effect: Effect | None
    proposed: Answer | None


def queue(session: Session, *, after: str | None, limit: int) -> Sequence[ReviewRow]:
    """What waits for an answer, what is overdue first; who asks and what they say is not in it."""
    return store.queue(session, after=after, limit=limit)


def read(session: Session, desk: Desk, registry: Registry, operator_id: str, review_id: str) -> Case:
    """One review with what it is about; a look that its person sees. Raises Refusal `not-found`."""
    row = _row(session, review_id)
    answer, _ = _proposed(desk.pii, row)
    review = reviews.opened(desk.pii, row)
    if review.kind is Kind.DECISION:
        _log(session, row, operator_id, "review.read", desk.now, fields=("decision", "statement"))
        decision = decisions.one(session, desk.pii, registry, row.citizen_id, review.subject)
        return Case(review, decision, None, answer)
    _log(session, row, operator_id, "review.read", desk.now, fields=("records", "statement"))
    return Case(review, None, review_items.effect(session, desk, row.citizen_id, review.subject), answer)


def answer(
    session: Session, desk: Desk, registry: Registry, operator_id: str, review_id: str, said: Answer
) -> tuple[Review, str | None]:
    """Answer a review and tell its person; one that changes something waits for a second operator.

    Returns the review and the proposal's id. Raises Refusal `not-found`, `review-answered`, `approval-pending`, or
    `validation` where there is nothing that the answer could change.
    """
    citizens.hold(session, _row(session, review_id).citizen_id)
    row = _row(session, review_id, held=True)
    if row.status != Status.RECEIVED:
        raise Refusal("review-answered", allowed_actions=[])
    check_free(session, row)
    if said.outcome is Status.STANDS:
        return _give(session, desk, operator_id, row, said), None
    _check_change(session, registry, row)
    told = json.dumps([operator_id, said.reason], ensure_ascii=False)
    store.propose(session, row, desk.pii.encrypt(told, context=store.answer_context(row.id)))
    proposal = approvals.propose(
        session, kind=REVIEWS.kind, target=row.id, data={}, operator_id=operator_id, now=desk.now
    )
    return reviews.opened(desk.pii, row), proposal["id"]


def _check_change(session: Session, registry: Registry, row: ReviewRow) -> None:
    """Only the score is the office's to judge: neither a person's own choice nor an unpaid order is."""
    if row.kind == Kind.ITEM:
        record = records.get(session, row.citizen_id, row.subject)
        able = record is not None and record.status == RecordStatus.ACTIVE
    else:
        decision = reviews.decision_of(session, row)
        closed = {reason.code for reason in decision.reasons} & set(GATES)
        able = decision.path is Path.STANDARD and not closed and decision.scenario in registry
    if not able:
        told = "There is nothing here that a person's word could change; say why in an answer that it stands."
        raise Refusal("validation", errors=[FieldError("/outcome", "nothing-to-change", told)])


def apply(session: Session, desk: Desk, review_id: str, approved: str) -> None:
    """Give the answer that a second operator approved, by its digest; twice is once, a misfit waits anew."""
    if store.citizen_of(session, review_id) is None:
        return
    row = _row(session, review_id, held=True)
    said, operator_id = _proposed(desk.pii, row)
    if row.status != Status.RECEIVED or said is None or digest(row.sealed_answer) != approved:
        return
    trial = session.begin_nested()
    try:
        _give(session, desk, operator_id, row, said)
    except Refusal:  # the record changed since: the office answers again
        trial.rollback()
        store.propose(session, row, None)
    else:
        trial.commit()


def _give(session: Session, desk: Desk, operator_id: str, row: ReviewRow, said: Answer) -> Review:
    until, led_to = None, None
    if said.outcome is Status.CHANGED and row.kind == Kind.ITEM:
        office = replace(desk, actor=_actor(session, operator_id))
        led_to = review_items.put_to_source(session, office, row.citizen_id, row.subject, said.reason)
    elif said.outcome is Status.CHANGED:
        until = holds_until(desk.now)
    sealed = desk.pii.encrypt(said.reason, context=store.reason_context(row.id))
    store.settle(session, row, said.outcome, sealed, desk.now, holds_until=until, led_to=led_to)
    done = f"review.{said.outcome}"
    _log(session, row, operator_id, done, desk.now, fields=())
    events.tell(session, row.citizen_id, done, {"review_id": row.id}, desk.now)
    return reviews.one(session, desk.pii, row.citizen_id, row.id)


def _row(session: Session, review_id: str, *, held: bool = False) -> ReviewRow:
    citizen_id = store.citizen_of(session, review_id)
    row = store.get(session, citizen_id, review_id, held=held) if citizen_id else None
    if row is None:
        raise Refusal("not-found")
    return row


def _proposed(pii: PiiBox, row: ReviewRow) -> tuple[Answer | None, str]:
    """The answer that waits, and who proposed it."""
    if row.sealed_answer is None:
        return None, ""
    operator_id, reason = json.loads(pii.decrypt(row.sealed_answer, context=store.answer_context(row.id)))
    return Answer(outcome=Status.CHANGED, reason=reason), operator_id


def _log(session: Session, row: ReviewRow, operator_id: str, action: str, now: datetime, fields: Sequence[str]) -> None:
    access_log.append(
        session,
        row.citizen_id,
        now=now,
        actor=_actor(session, operator_id),
        action=action,
        purpose=PURPOSE,
        fields=fields,
        ref=row.id,
    )


def _actor(session: Session, operator_id: str) -> Actor:
    operator = operators.get(session, operator_id)
    return Actor(ActorKind.OPERATOR, operator_id, operator.name if operator else "信用办")
