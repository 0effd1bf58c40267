"""The partner's answer to a dispute of an order, and the credit office's ruling where that was not the end of it.

A ruling that changes what the order costs is proposed by one operator and approved by another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.errors import Refusal
from app.domain.order_dispute import UNSETTLED, DisputeStatus, change, charged
from app.services import approvals, order_dispute_approval, partner_events
from app.services.order_disputes import Ruling, answer_by, facts, reason_context, settle, tell, thin, unsettled
from app.services.order_steps import Side
from app.store import access_log, operators, orders, partners
from app.store import order_disputes as store
from app.store.order_disputes import OrderDisputeRow
from app.store.order_rows import OrderRow
from app.store.pii import PiiBox

PURPOSE = "order_dispute"
FIELDS = ("order", "statement")


@dataclass(frozen=True, slots=True)
class Said:
    """What the office says: the order at `amount` fen (None: as it stands), and why, to both sides."""

    reason: str
    amount: int | None = None


def listed_for_partner(
    session: Session, side: Side, actor: Actor, now: datetime, *,
    before: str | None, limit: int, status: str | None, order_id: str | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The partner's disputes, newest first, up to `limit` and one more, without anybody's words.

    One logged look for each of the first `limit`: on what it is, and how it ended, is in no event.
    """
    rows = store.of_partner(
        session, side.owner, livemode=side.livemode, before=before, limit=limit + 1, status=status, order_id=order_id
    )
    for row in sorted(rows[:limit], key=lambda row: row.citizen_id):  # one order of locking for all: no deadlock
        _log(session, row, actor, "order_dispute.read", now, ("order",))
    return [thin(row) | {"allowed_actions": _allowed(row)} for row in rows]


def read_by_partner(
    session: Session, pii: PiiBox, side: Side, actor: Actor, dispute_id: str, now: datetime
) -> dict[str, Any]:
    """One dispute with its words; a look that the citizen sees. Raises Refusal `not-found`."""
    row, dispute = _of_partner(session, side, dispute_id)
    _log(session, dispute, actor, "order_dispute.read", now)
    return _for_partner(pii, row, dispute)


def respond(
    session: Session, pii: PiiBox, side: Side, actor: Actor, dispute_id: str, text: str, now: datetime
) -> dict[str, Any]:
    """Say something to the citizen, who then decides or asks the office. Once; raises Refusal `dispute-answered`."""
    row, dispute = _of_partner(session, side, dispute_id, held=True)
    if unsettled(dispute).status == DisputeStatus.ANSWERED:
        raise Refusal("dispute-answered", allowed_actions=_allowed(dispute))
    dispute.sealed_response = pii.encrypt(text, context=f"order_disputes.response:{dispute.id}")
    dispute.status, dispute.answered_at, dispute.desk_at = DisputeStatus.ANSWERED.value, now, answer_by(row, now)
    row.dispute_status = dispute.status
    session.flush()
    _log(session, dispute, actor, "order_dispute.answered", now)
    tell(session, dispute, "dispute.answered", now)
    partner_events.tell(
        session, partner_id=row.partner_id, livemode=row.livemode, type="dispute.answered", order_id=row.id, now=now,
        data={"dispute_id": dispute.id, "status": row.status}, citizen_id=row.citizen_id, logged=False,
    )  # fmt: skip
    return _outcome(row, dispute)


def accept(
    session: Session, pii: PiiBox, side: Side, actor: Actor, dispute_id: str, amount: int, text: str | None,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Settle it: from now on the order costs `amount` fen in all. Raises Refusal `not-found` and as `settle` does."""
    row, dispute = _of_partner(session, side, dispute_id, held=True)
    reason = pii.encrypt(text, context=reason_context(dispute_id)) if text else None
    ruling = Ruling(actor=ActorKind.PARTNER, amount=amount, sealed_reason=reason, request_id=side.request_id)
    settle(session, row, unsettled(dispute), ruling, now)
    _log(session, dispute, actor, "order_dispute.accepted", now)
    return _outcome(row, dispute)


def _of_partner(
    session: Session, side: Side, dispute_id: str, *, held: bool = False
) -> tuple[OrderRow, OrderDisputeRow]:
    found = store.find(session, dispute_id)
    mine = found is not None and (found.partner_id, found.livemode) == (side.owner, side.livemode)
    if found is None or not mine:
        raise Refusal("not-found")
    return _with_order(session, found, held=held)


def _with_order(session: Session, found: OrderDisputeRow, *, held: bool) -> tuple[OrderRow, OrderDisputeRow]:
    row = orders.find(session, found.order_id, lock=held)
    dispute = store.find(session, found.id, held=True) if held else found
    if row is None or dispute is None:
        raise Refusal("not-found")
    return row, dispute


def _for_partner(pii: PiiBox, row: OrderRow, dispute: OrderDisputeRow) -> dict[str, Any]:
    return facts(pii, dispute) | _outcome(row, dispute)


def _outcome(row: OrderRow, dispute: OrderDisputeRow) -> dict[str, Any]:
    """What an act of the partner's answers: nobody's words are in it, as that answer is kept to be given again."""
    return thin(dispute) | {
        "external_order_no": row.external_order_no,
        "charged": charged(row.order),
        "allowed_actions": _allowed(dispute),
    }


def _allowed(dispute: OrderDisputeRow) -> Sequence[str]:
    if dispute.status not in UNSETTLED:
        return []
    return ["respond", "accept"] if dispute.status == DisputeStatus.OPEN else ["accept"]


def queue(session: Session, *, after: str | None, limit: int) -> list[dict[str, Any]]:
    """What waits for the credit office, the oldest first; whose it is, and what they say, is not in it."""
    return [thin(row) | {"partner_id": row.partner_id} for row in store.at_the_desk(session, after=after, limit=limit)]


def read_by_office(session: Session, pii: PiiBox, operator_id: str, dispute_id: str, now: datetime) -> dict[str, Any]:
    """One dispute at the desk with its order; a look that the citizen sees. Raises Refusal `not-found`."""
    row, dispute = _at_the_desk(session, dispute_id, held=False)
    _log(session, dispute, _actor(session, operator_id), "order_dispute.read", now)
    partner = partners.get(session, row.partner_id)
    order = {name: getattr(row, name) for name in ("title", "scenario", "amount_due", "amount_paid", "path")}
    return facts(pii, dispute) | {
        "partner_id": row.partner_id,
        "partner_name": partner.name_zh if partner else row.partner_id,
        "order": order | {"status": row.status, "cap": row.amount, "external_order_no": row.external_order_no},
        "charged": charged(row.order),
        "proposed": dispute.sealed_proposal is not None,
    }


def rule(
    session: Session, pii: PiiBox, operator_id: str, dispute_id: str, said: Said, now: datetime
) -> tuple[dict[str, Any], str | None]:
    """Confirm the order as it stands, at once; or propose what it shall cost: then the approval's id comes with it.

    Raises Refusal `not-found`, `approval-pending`, `amount-increase`, `amount-over-limit`.
    """
    sealed = pii.encrypt(said.reason, context=reason_context(dispute_id))
    actor = _actor(session, operator_id)
    if said.amount is None:
        row, dispute = _at_the_desk(session, dispute_id, held=True)
        settle(session, row, dispute, Ruling(actor=ActorKind.OPERATOR, sealed_reason=sealed), now)
        _log(session, dispute, actor, "order_dispute.confirmed", now)
        return thin(dispute), None
    row, dispute = _at_the_desk(session, dispute_id, held=False)
    change(row.order, said.amount)
    data: Mapping[str, Any] = {"amount": said.amount}
    proposal = approvals.propose(
        session, kind=order_dispute_approval.KIND, target=dispute.id, data=data, operator_id=operator_id, now=now
    )
    dispute.sealed_proposal = sealed
    session.flush()
    _log(session, dispute, actor, "order_dispute.proposed", now)
    return thin(dispute), str(proposal["id"])


def _at_the_desk(session: Session, dispute_id: str, *, held: bool) -> tuple[OrderRow, OrderDisputeRow]:
    found = store.find(session, dispute_id)
    if found is None or found.escalated_at is None or found.status not in UNSETTLED:
        raise Refusal("not-found")
    row, dispute = _with_order(session, found, held=held)
    return row, unsettled(dispute)


def _log(
    session: Session, dispute: OrderDisputeRow, actor: Actor, action: str, now: datetime, fields: Sequence[str] = FIELDS
) -> None:
    access_log.append(
        session, dispute.citizen_id, now=now, actor=actor, action=action, purpose=PURPOSE, fields=fields,
        ref=dispute.order_id,
    )  # fmt: skip


def _actor(session: Session, operator_id: str) -> Actor:
    operator = operators.get(session, operator_id)
    return Actor(ActorKind.OPERATOR, operator_id, operator.name if operator else "信用办")
