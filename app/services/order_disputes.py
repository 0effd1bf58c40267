"""Disputes of orders, from their citizen's side to their end: opened, taken back, sent to the office, settled.

Whoever changes a dispute holds its order first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.kept_promise import RecordStatus
from app.domain.order import Action, Ask
from app.domain.order_dispute import (
    MOST_OF_AN_ORDER,
    UNSETTLED,
    DisputeStatus,
    Kind,
    Resolution,
    change,
    check_kind,
    desk_from,
)
from app.domain.order_terms import Bill
from app.services import order_payments
from app.services.order_steps import Side, step, take
from app.store import events, orders
from app.store import order_disputes as store
from app.store.base import new_id
from app.store.order_disputes import OrderDisputeRow
from app.store.order_rows import OrderRow
from app.store.pii import PiiBox

REASON = order_payments.RULED
"""The reason code of what a dispute does to an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """How a dispute ends: by whom, with the order at `amount` fen (None: as it stands), and why, sealed."""

    actor: ActorKind
    amount: int | None = None
    withdrawn: bool = False
    sealed_reason: bytes | None = None
    request_id: str | None = None


def open(
    session: Session, pii: PiiBox, side: Side, order_id: str, *, kind: Kind, statement: str, now: datetime
) -> dict[str, Any]:
    """Dispute an order of one's own: its clocks, its collection and its record stand still until it is settled.

    Raises Refusal `not-found`, `state-conflict`, `dispute-needs-bill`, and `disputes-full` after three of one order.
    """
    row = take(session, side, order_id)
    check_kind(kind, row.order)
    dispute_id = new_id("odp")
    _show(row, dispute_id, DisputeStatus.OPEN, None)
    asked = Ask(action=Action.DISPUTE, actor=ActorKind.CITIZEN, now=now, reason_code=kind.value)
    step(session, row, asked, side.request_id)
    if store.count(session, row.citizen_id, row.id) >= MOST_OF_AN_ORDER:
        raise Refusal("disputes-full", limit=MOST_OF_AN_ORDER, allowed_actions=[])
    dispute = OrderDisputeRow(
        citizen_id=row.citizen_id,
        id=dispute_id,
        order_id=row.id,
        partner_id=row.partner_id,
        livemode=row.livemode,
        kind=kind.value,
        status=DisputeStatus.OPEN.value,
        sealed_statement=pii.encrypt(statement, context=f"order_disputes:{dispute_id}"),
        opened_at=now,
        desk_at=_ours(row, now),
    )
    store.add(session, dispute)
    return for_citizen(pii, dispute)


def listed(session: Session, pii: PiiBox, side: Side, order_id: str) -> list[dict[str, Any]]:
    """The disputes of one's own order, newest first; at most three. Raises Refusal `not-found`."""
    row = take(session, side, order_id, lock=False)
    return [for_citizen(pii, dispute) for dispute in store.of_order(session, row.citizen_id, row.id)]


def withdraw(
    session: Session, pii: PiiBox, side: Side, order_id: str, dispute_id: str, now: datetime
) -> dict[str, Any]:
    """Take one's own dispute back; all goes on as it was. Raises Refusal `not-found`, `dispute-settled`."""
    row, dispute = _mine(session, side, order_id, dispute_id)
    ruling = Ruling(actor=ActorKind.CITIZEN, withdrawn=True, request_id=side.request_id)
    settle(session, row, dispute, ruling, now)
    return for_citizen(pii, dispute)


def to_the_desk(
    session: Session, pii: PiiBox, side: Side, order_id: str, dispute_id: str, now: datetime
) -> dict[str, Any]:
    """Ask the credit office once the partner has answered; twice is once. Raises as `withdraw`, and `dispute-waits`."""
    _, dispute = _mine(session, side, order_id, dispute_id)
    if dispute.status == DisputeStatus.OPEN:
        raise Refusal("dispute-waits", allowed_actions=["withdraw"])
    dispute.escalated_at = dispute.escalated_at or now
    session.flush()
    return for_citizen(pii, dispute)


def _mine(session: Session, side: Side, order_id: str, dispute_id: str) -> tuple[OrderRow, OrderDisputeRow]:
    row = take(session, side, order_id)
    dispute = store.find(session, dispute_id, held=True)
    if dispute is None or (dispute.citizen_id, dispute.order_id) != (row.citizen_id, row.id):
        raise Refusal("not-found")
    return row, unsettled(dispute)


def unsettled(dispute: OrderDisputeRow) -> OrderDisputeRow:
    """The dispute, while it is open; raises Refusal `dispute-settled`."""
    if dispute.status not in UNSETTLED:
        raise Refusal("dispute-settled", allowed_actions=[])
    return dispute


def settle(session: Session, row: OrderRow, dispute: OrderDisputeRow, ruling: Ruling, now: datetime) -> None:
    """End an open dispute, held with its order; the clocks go on with the time that was left.

    Raises Refusal `amount-increase`, `amount-over-limit`, or `state-conflict` while a payment is under way.
    """
    resolution = Resolution.WITHDRAWN if ruling.withdrawn else Resolution.CONFIRMED
    if ruling.amount is not None:
        resolution = _charge(session, row, ruling, ruling.amount, now)
    _show(row, dispute.id, DisputeStatus.RESOLVED, resolution)
    if row.record_status == RecordStatus.PENDING_OBJECTION and row.record_at:
        row.record_at += now - dispute.opened_at
    asked = Ask(action=Action.RESOLVE, actor=ruling.actor, now=now, reason_code=resolution.value)
    step(session, row, asked, ruling.request_id)
    dispute.status, dispute.resolution, dispute.resolved_at = DisputeStatus.RESOLVED.value, resolution.value, now
    dispute.resolved_by, dispute.amount = ruling.actor.value, ruling.amount
    dispute.sealed_reason, dispute.sealed_proposal = ruling.sealed_reason, None
    session.flush()


def _charge(session: Session, row: OrderRow, ruling: Ruling, amount: int, now: datetime) -> Resolution:
    """Bring what the order costs down to `amount` fen."""
    wanted = change(row.order, amount)
    asked = Ask(action=Action.RESOLVE, actor=ruling.actor, now=now, reason_code=REASON, amount=wanted.amount)
    if wanted.action is Action.REFUND:
        order_payments.put_down(session, row, _with(asked, wanted.action), ruling.request_id)
    elif wanted.action is Action.CLOSE and ruling.actor is ActorKind.PARTNER:
        step(session, row, _with(asked, Action.COMPLETE), ruling.request_id)
    elif wanted.action:
        step(session, row, _with(asked, wanted.action), ruling.request_id)
    return wanted.resolution


def _with(asked: Ask, action: Action) -> Ask:
    return Ask(
        action=action, actor=asked.actor, now=asked.now, reason_code=asked.reason_code, amount=asked.amount,
        bill=Bill(0) if action is Action.COMPLETE else None,
    )  # fmt: skip


def pass_deadlines(session: Session, now: datetime, limit: int = 50) -> int:
    """Send what its partner left open for too long to the credit office; how many. Repeat it until 0."""
    late = store.late(session, now, limit)
    for dispute in late:
        dispute.escalated_at = now
        tell(session, dispute, "dispute.at_desk", now)
    session.flush()
    return len(late)


def tell(session: Session, dispute: OrderDisputeRow, kind: str, now: datetime) -> None:
    """Put what happened to a dispute into its citizen's inbox."""
    row = orders.find(session, dispute.order_id)
    data = {"dispute_id": dispute.id, "order_id": dispute.order_id, "title": row.title if row else ""}
    events.tell(session, dispute.citizen_id, kind, data, now)


def answer_by(row: OrderRow, now: datetime) -> datetime:
    """When what is put to one side at `now` goes to the credit office, by our clock."""
    return _ours(row, now)


def _ours(row: OrderRow, now: datetime) -> datetime:
    ahead = row.moment(now) - now
    return desk_from(now + ahead) - ahead


def _show(row: OrderRow, dispute_id: str, status: DisputeStatus, resolution: Resolution | None) -> None:
    row.dispute_id, row.dispute_status, row.dispute_resolution = dispute_id, status.value, resolution


def for_citizen(pii: PiiBox, dispute: OrderDisputeRow) -> dict[str, Any]:
    """A dispute as its citizen reads it."""
    return facts(pii, dispute) | {"allowed_actions": _allowed(dispute)}


def _allowed(dispute: OrderDisputeRow) -> Sequence[str]:
    if dispute.status not in UNSETTLED:
        return []
    asks = dispute.status == DisputeStatus.ANSWERED and dispute.escalated_at is None
    return ["withdraw", "to-the-desk"] if asks else ["withdraw"]


def facts(pii: PiiBox, dispute: OrderDisputeRow) -> dict[str, Any]:
    """What both sides and the office read of a dispute: their own words, and those said to them."""
    opened = {
        "statement": pii.decrypt(dispute.sealed_statement, context=f"order_disputes:{dispute.id}"),
        "response": _opened(pii, dispute.sealed_response, f"order_disputes.response:{dispute.id}"),
        "explanation": _opened(pii, dispute.sealed_reason, reason_context(dispute.id)),
    }
    return thin(dispute) | opened


def thin(dispute: OrderDisputeRow) -> dict[str, Any]:
    """A dispute without anybody's words."""
    plain = (
        "id", "order_id", "kind", "status", "livemode", "opened_at", "answered_at", "resolved_at", "resolution",
        "resolved_by", "amount",
    )  # fmt: skip
    waits = dispute.status in UNSETTLED and dispute.escalated_at is None
    return {name: getattr(dispute, name) for name in plain} | {
        "at_desk": dispute.escalated_at is not None,
        "desk_at": dispute.desk_at if waits else None,
    }


def reason_context(dispute_id: str) -> str:
    """What the ciphertext of a reason is bound to."""
    return f"order_disputes.reason:{dispute_id}"


def _opened(pii: PiiBox, sealed: bytes | None, context: str) -> str | None:
    return None if sealed is None else pii.decrypt(sealed, context=context)
