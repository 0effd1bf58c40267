"""What the two sides see of an order: the same facts, and what each may do next. Never a name, a score or a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.order import Action, Order, allowed_actions
from app.domain.order_clocks import collection_ends_at, next_attempt_at
from app.store import order_payments, partners
from app.store.order_payments import SUCCEEDED, PaymentRow
from app.store.order_rows import OrderRow, OrderTransition
from app.store.partners import Partner

CURRENCY = "CNY"


def for_partner(session: Session, rows: Sequence[OrderRow], now: datetime) -> list[dict[str, Any]]:
    """The orders as their partner reads them: the citizen is a pairwise reference."""
    payments = order_payments.of_orders(session, rows)
    return [
        _facts(row, [payment for payment in payments.get(row.id, ()) if not _tried_alone(payment)])
        | {
            "citizen_ref": row.citizen_ref,
            "scan_id": row.scan_id,
            "consent_id": row.consent_id,
            "allowed_actions": allowed_actions(row.order, ActorKind.PARTNER, row.moment(now)),
        }
        for row in rows
    ]


def for_citizen(session: Session, rows: Sequence[OrderRow], now: datetime) -> list[dict[str, Any]]:
    """The orders as their citizen reads them: the partner by name, and the decision that lies behind the path."""
    payments = order_payments.of_orders(session, rows)
    names = partners.by_id(session, {row.partner_id for row in rows})
    return [
        _facts(row, payments.get(row.id, ()))
        | {
            "partner": {"id": row.partner_id} | _names(names.get(row.partner_id)),
            "decision_id": row.decision_id,
            "record": row.record_status and _record(row),
            "allowed_actions": allowed_actions(row.order, ActorKind.CITIZEN, row.moment(now)),
        }
        for row in rows
    ]


def of_transition(step: OrderTransition) -> dict[str, Any]:
    """One step of the history; both sides see the same."""
    return {
        "sequence": step.sequence,
        "from": step.before,
        "to": step.after,
        "action": step.action,
        "actor": step.actor,
        "reason_code": step.reason_code or None,
        "event": step.event,
        "amount": step.amount,
        "amount_due": step.amount_due,
        "at": step.at,
        "request_id": step.request_id,
    }


def of_refund(payment: PaymentRow) -> dict[str, Any]:
    """One refund; both sides see the same."""
    return {
        "id": payment.id,
        "order_id": payment.order_id,
        "amount": payment.amount,
        "currency": CURRENCY,
        "status": payment.status,
        "reason_code": payment.reason_code,
        "reference": payment.reference,
        "livemode": payment.livemode,
        "created_at": payment.created_at,
        "ended_at": payment.ended_at,
    }


def _names(partner: Partner | None) -> dict[str, str]:
    return {"name_zh": partner.name_zh, "name_en": partner.name_en} if partner else {}


def _facts(row: OrderRow, payments: Sequence[PaymentRow]) -> dict[str, Any]:
    order = row.order
    return asdict(order.terms) | {
        "id": row.id,
        "currency": CURRENCY,
        "status": order.status,
        "path": order.path,
        "outcome": order.outcome,
        "bill": order.bill and asdict(order.bill),
        "collection": _collection(order, payments),
        "refunds": [of_refund(payment) for payment in payments if payment.action == Action.REFUND] or None,
        "extension": order.proposed_end_by and {"service_end_by": order.proposed_end_by},
        "return_overdue": order.return_overdue,
        "dispute": row.dispute_id and _dispute(row),
        "livemode": row.livemode,
        "version": order.version,
        "created_at": order.created_at,
        "updated_at": row.updated_at,
        "closed_at": order.closed_at,
    }


def _dispute(row: OrderRow) -> dict[str, Any]:
    return {"id": row.dispute_id, "status": row.dispute_status, "resolution": row.dispute_resolution}


def _record(row: OrderRow) -> dict[str, Any]:
    """Of the citizen alone: that there is one would tell the partner who has opted in."""
    return {"status": row.record_status, "at": row.record_at, "record_id": row.record_id}


def _collection(order: Order, payments: Sequence[PaymentRow]) -> dict[str, Any] | None:
    if order.bill is None:
        return None
    receipt = order.payment
    return {
        "amount_due": order.amount_due,
        "amount_paid": order.amount_paid,
        "amount_refunded": order.amount_refunded or None,
        "due_at": order.due_at,
        "paid_at": receipt and receipt.paid_at,
        "reference": receipt and receipt.reference,
        "attempts": [_attempt(payment) for payment in payments if payment.action != Action.REFUND] or None,
        "next_attempt_at": next_attempt_at(order),
        "ends_at": collection_ends_at(order),
    }


def _tried_alone(payment: PaymentRow) -> bool:
    """Whether a citizen tries to pay, or could not: no step of the order, and nothing that its partner needs."""
    return payment.actor == ActorKind.CITIZEN and payment.status != SUCCEEDED


def _attempt(payment: PaymentRow) -> dict[str, Any]:
    return {
        "at": payment.created_at,
        "actor": payment.actor,
        "amount": payment.amount,
        "status": payment.status,
        "ended_at": payment.ended_at,
    }
