"""What partners and citizens do to an order. Each takes one step or raises what the table refuses; none commits.

What moves money is written down as a payment (app/services/order_payments.py); its result is the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from app.domain.access import Actor, ActorKind
from app.domain.errors import Refusal
from app.domain.order import Action, Ask, allowed_actions
from app.domain.pack import Pack
from app.domain.payments import PaymentProvider
from app.domain.scenario import Path, Registry
from app.services import eligibility, order_payments, order_views, quotas
from app.services.order_steps import Side, step, take
from app.services.orders import citizen_view, has_room, log_look
from app.store import order_payments as payment_rows
from app.store import orders
from app.store.order_payments import FAILED
from app.store.order_rows import OrderRow


def act_as_partner(session: Session, side: Side, actor: Actor, order_id: str, asked: Ask) -> dict[str, Any]:
    """Complete, adjust, cancel, mark-paid or write-off, as `asked` says; the partner's view of the order after it."""
    row = take(session, side, order_id)
    step(session, row, asked, side.request_id)
    return _seen(session, row, actor, asked)


def extend(session: Session, registry: Registry, side: Side, actor: Actor, order_id: str, asked: Ask) -> dict[str, Any]:
    """Propose a later end within the offer's limits; nothing changes until the citizen agrees."""
    row = take(session, side, order_id)
    step(session, row, replace(asked, limits=registry.offer(row.scenario).limits), side.request_id)
    return _seen(session, row, actor, asked)


def collect(
    session: Session, side: Side, actor: Actor, order_id: str, asked: Ask, live: PaymentProvider | None
) -> dict[str, Any]:
    """Begin one of the attempts to collect now; its result is told as an event."""
    row = take(session, side, order_id)
    order_payments.start(session, row, asked, live, side.request_id)
    return _seen(session, row, actor, asked)


def refund(
    session: Session, side: Side, actor: Actor, order_id: str, asked: Ask, live: PaymentProvider | None
) -> dict[str, Any]:
    """Begin to give back a part of what went through us; the refund, whose result is told as an event."""
    row = take(session, side, order_id)
    payment = order_payments.start(session, row, asked, live, side.request_id)
    log_look(session, row, actor, f"order.{asked.action}", asked.now)
    return order_views.of_refund(payment)


def refunds(session: Session, side: Side, actor: Actor, order_id: str, now: datetime) -> list[dict[str, Any]]:
    """The order's refunds, first to last; a logged look. Raises Refusal `not-found`."""
    row = take(session, side, order_id, lock=False)
    log_look(session, row, actor, "order.read", now)
    payments = payment_rows.of_orders(session, [row]).get(row.id, ())
    return [order_views.of_refund(payment) for payment in payments if payment.action == Action.REFUND]


def _seen(session: Session, row: OrderRow, actor: Actor, asked: Ask) -> dict[str, Any]:
    log_look(session, row, actor, f"order.{asked.action}", asked.now)
    return order_views.for_partner(session, [row], asked.now)[0]


def act_as_citizen(
    session: Session, side: Side, order_id: str, action: Action, now: datetime, *, end_by: datetime | None = None
) -> dict[str, Any]:
    """Decline, cancel, agree to an extension (to `end_by`) or refuse it; the citizen's view of the order after it."""
    row = take(session, side, order_id)
    step(session, row, Ask(action=action, actor=ActorKind.CITIZEN, now=now, end_by=end_by), side.request_id)
    return citizen_view(session, row, now)


def confirm(
    session: Session,
    registry: Registry,
    packs: Mapping[str, Pack],
    side: Side,
    order_id: str,
    path: Path,
    now: datetime,
) -> dict[str, Any] | Refusal:
    """Confirm on a path; credit is decided again at this moment, the ordinary path is always open.

    Where credit is not open the Refusal is returned, not raised: its decision, with the reasons, stays for the citizen.
    """
    orders.queue(session, side.owner)
    row = take(session, side, order_id)
    refused = _credit_refusal(session, registry, packs, row, now) if path is Path.CREDIT else None
    if refused:
        return refused
    asked = Ask(action=Action.CONFIRM, actor=ActorKind.CITIZEN, now=now, path=path, credit=True)
    step(session, row, asked, side.request_id)
    return citizen_view(session, row, now)


def _credit_refusal(
    session: Session, registry: Registry, packs: Mapping[str, Pack], row: OrderRow, now: datetime
) -> Refusal | None:
    allowed = allowed_actions(row.order, ActorKind.CITIZEN, row.moment(now))
    if Action.CONFIRM not in allowed:
        return None
    decided = eligibility.decide_for(session, registry, packs, row.citizen_id, row.scenario, now)
    row.decision_id = decided.decision_id
    if decided.outcome.path != Path.CREDIT:
        return Refusal("credit-not-open", field="/path", allowed_actions=allowed)
    if not has_room(session, registry, row):
        return Refusal("open-orders-full", field="/path", allowed_actions=allowed)
    if not quotas.take(session, registry.offer(row.scenario), row, now):
        return Refusal("offer-full-today", field="/path", allowed_actions=allowed)
    return None


def pay(
    sessions: sessionmaker[Session], side: Side, order_id: str, live: PaymentProvider | None, now: datetime
) -> dict[str, Any]:
    """Pay what is due; `live` is the deployment's provider, None where it has none. Commits the payment before it asks.

    Raises Refusal `state-conflict` where nothing is due, `payment-provider-missing` for a live order without a
    provider, and `payment-failed` where no money moved. Where the provider gives no answer the payment stays pending.
    """
    asked = Ask(action=Action.PAY, actor=ActorKind.CITIZEN, now=now)
    with sessions.begin() as session:
        payment = order_payments.start(session, take(session, side, order_id), asked, live, side.request_id)
        payment_id = payment.id
    if order_payments.move(sessions, live, now, side.owner, payment_id) == FAILED:
        raise Refusal("payment-failed")
    with sessions.begin() as session:
        return citizen_view(session, take(session, side, order_id, lock=False), now)
