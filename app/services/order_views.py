"""What the two sides see of an order: the same facts, and what each may do next. Never a name, a score or a reason."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.domain.access import ActorKind
from app.domain.order import Order, allowed_actions
from app.store.order_rows import OrderRow, OrderTransition
from app.store.partners import Partner

CURRENCY = "CNY"


def for_partner(row: OrderRow, now: datetime) -> dict[str, Any]:
    """The order as its partner reads it: the citizen is a pairwise reference."""
    return _facts(row) | {
        "citizen_ref": row.citizen_ref,
        "scan_id": row.scan_id,
        "consent_id": row.consent_id,
        "allowed_actions": allowed_actions(row.order, ActorKind.PARTNER, row.moment(now)),
    }


def for_citizen(row: OrderRow, partner: Partner | None, now: datetime) -> dict[str, Any]:
    """The order as its citizen reads it: the partner by name, and the decision that lies behind the path."""
    names = {"name_zh": partner.name_zh, "name_en": partner.name_en} if partner else {}
    return _facts(row) | {
        "partner": {"id": row.partner_id} | names,
        "decision_id": row.decision_id,
        "allowed_actions": allowed_actions(row.order, ActorKind.CITIZEN, row.moment(now)),
    }


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
        "amount_due": step.amount_due,
        "at": step.at,
        "request_id": step.request_id,
    }


def _facts(row: OrderRow) -> dict[str, Any]:
    order = row.order
    return asdict(order.terms) | {
        "id": row.id,
        "currency": CURRENCY,
        "status": order.status,
        "path": order.path,
        "outcome": order.outcome,
        "bill": order.bill and asdict(order.bill),
        "collection": _collection(order),
        "return_overdue": order.return_overdue,
        "livemode": row.livemode,
        "version": order.version,
        "created_at": order.created_at,
        "updated_at": row.updated_at,
    }


def _collection(order: Order) -> dict[str, Any] | None:
    if order.bill is None:
        return None
    paid = {"paid_at": order.payment.paid_at, "reference": order.payment.reference} if order.payment else {}
    due = {"due_at": order.due_at} if order.due_at else {}
    return {"amount_due": order.amount_due, "amount_paid": order.amount_paid} | due | paid
