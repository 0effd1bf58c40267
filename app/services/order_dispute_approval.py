"""A ruling that changes what an order costs is two people's word: proposed by one operator, done by another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.errors import Refusal
from app.domain.order_dispute import UNSETTLED, charged
from app.services.order_disputes import Ruling, settle
from app.store import access_log, orders
from app.store import order_disputes as store
from app.store.order_disputes import OrderDisputeRow
from app.store.order_rows import OrderRow

KIND = "order_disputes.resolve"
OFFICE = Actor(ActorKind.OPERATOR, "office", "信用办")


def seen(session: Session, dispute_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """How the order stands: its version, and what it costs in fen. Raises Refusal `not-found` where nothing is open."""
    row, _dispute = _found(session, dispute_id)
    return {"order_id": row.id, "version": row.version, "charged": charged(row.order)}


def execute(session: Session, dispute_id: str, data: Mapping[str, Any], now: datetime) -> None:
    """Bring the order to the amount that both agreed on; raises as `settle` does."""
    row, dispute = _found(session, dispute_id, held=True)
    ruling = Ruling(actor=ActorKind.OPERATOR, amount=int(data["amount"]), sealed_reason=dispute.sealed_proposal)
    settle(session, row, dispute, ruling, now)
    access_log.append(
        session, row.citizen_id, now=now, actor=OFFICE, action="order_dispute.settled", purpose="order_dispute",
        fields=("order",), ref=row.id,
    )  # fmt: skip


def name(session: Session, dispute_id: str, _: Mapping[str, Any]) -> str:
    """What people call it: the order's number at its partner."""
    dispute = store.find(session, dispute_id)
    row = orders.find(session, dispute.order_id) if dispute else None
    return row.external_order_no if row else dispute_id


def _found(session: Session, dispute_id: str, *, held: bool = False) -> tuple[OrderRow, OrderDisputeRow]:
    found = store.find(session, dispute_id)
    row = orders.find(session, found.order_id, lock=held) if found else None
    dispute = store.find(session, dispute_id, held=held)
    if row is None or dispute is None or dispute.status not in UNSETTLED or dispute.escalated_at is None:
        raise Refusal("not-found")
    return row, dispute
