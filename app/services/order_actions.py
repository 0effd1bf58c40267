"""What partners and citizens do to an order. Each takes one step or raises what the table refuses; none commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.errors import Refusal
from app.domain.order import Action, Ask, allowed_actions
from app.domain.pack import Pack
from app.domain.payments import PaymentProvider
from app.domain.scenario import Path, Registry
from app.services import eligibility, order_views, payments
from app.services.order_steps import Side, step, take
from app.services.orders import citizen_view, has_room, log_look
from app.store import orders
from app.store.order_rows import OrderRow


def act_as_partner(session: Session, side: Side, actor: Actor, order_id: str, asked: Ask) -> dict[str, Any]:
    """Complete, adjust, cancel or mark-paid, as `asked` says; the partner's view of the order after it."""
    row = take(session, side, order_id)
    step(session, row, asked, side.request_id)
    log_look(session, row, actor, f"order.{asked.action}", asked.now)
    return order_views.for_partner(row, asked.now)


def act_as_citizen(session: Session, side: Side, order_id: str, action: Action, now: datetime) -> dict[str, Any]:
    """Decline or cancel; the citizen's view of the order after it."""
    row = take(session, side, order_id)
    step(session, row, Ask(action=action, actor=ActorKind.CITIZEN, now=now), side.request_id)
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
    allowed = allowed_actions(row.order, ActorKind.CITIZEN, now)
    if Action.CONFIRM not in allowed:
        return None
    decided = eligibility.decide_for(session, registry, packs, row.citizen_id, row.scenario, now)
    row.decision_id = decided.decision_id
    if decided.outcome.path != Path.CREDIT:
        return Refusal("credit-not-open", field="/path", allowed_actions=allowed)
    if not has_room(session, registry, row):
        return Refusal("open-orders-full", field="/path", allowed_actions=allowed)
    return None


def pay(session: Session, side: Side, order_id: str, live: PaymentProvider | None, now: datetime) -> dict[str, Any]:
    """Pay what is due; `live` is the deployment's provider, None where it has none.

    Raises Refusal `state-conflict` where nothing is due and `payment-provider-missing` for a live order without one.
    """
    row = take(session, side, order_id)
    payment = None
    if Action.PAY in allowed_actions(row.order, ActorKind.CITIZEN, now):
        provider = payments.provider_for(row.livemode, live)
        payment = provider.collect(key=f"{row.id}:{row.version}", order_id=row.id, amount=row.amount_due, now=now)
    step(session, row, Ask(action=Action.PAY, actor=ActorKind.CITIZEN, now=now, payment=payment), side.request_id)
    return citizen_view(session, row, now)
