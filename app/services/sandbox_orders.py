"""What a test citizen does with its order when its partner says so: by the services that a person's app calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import Actor, ActorKind
from app.domain.errors import Refusal
from app.domain.order import Action, Ask
from app.domain.order_dispute import Kind
from app.domain.pack import Pack
from app.domain.scenario import Path, Registry
from app.services import order_actions, order_disputes, order_payments, order_views, orders
from app.services.order_steps import Side, take
from app.store import sandbox
from app.store.order_rows import OrderRow
from app.store.pii import PiiBox


@dataclass(frozen=True, slots=True)
class Stage:
    """Who asks, and what the play needs; `now` is our time."""

    registry: Registry
    packs: Mapping[str, Pack]
    pii: PiiBox
    partner_id: str
    actor: Actor
    request_id: str
    now: datetime


STATEMENT = "沙箱测试：我对这笔费用有异议。"
"""What a test citizen says in a dispute."""
Act = Callable[[Session, Stage, OrderRow, Side], None]


def simulate(session: Session, stage: Stage, order_id: str, action: str) -> dict[str, Any]:
    """Let the test citizen act, one of ACTIONS; the order as its partner reads it after that, a logged look.

    Raises Refusal `not-found`, `sandbox-order-of-a-person` for an order of anyone but a test citizen, and what the
    order's table refuses to a person.
    """
    row = take(session, Side(ActorKind.PARTNER, stage.partner_id, livemode=False), order_id)
    if not sandbox.is_test(row.citizen_id):
        raise Refusal("sandbox-order-of-a-person")
    ACTIONS[action](session, stage, row, Side(ActorKind.CITIZEN, row.citizen_id, livemode=False))
    orders.log_look(session, row, stage.actor, "order.read", stage.now)
    return order_views.for_partner(session, [row], stage.now)[0]


def _confirm(path: Path) -> Act:
    def act(session: Session, stage: Stage, row: OrderRow, side: Side) -> None:
        answer = order_actions.confirm(session, stage.registry, stage.packs, side, row.id, path, stage.now)
        if isinstance(answer, Refusal):
            raise answer

    return act


def _does(action: Action) -> Act:
    def act(session: Session, stage: Stage, row: OrderRow, side: Side) -> None:
        order_actions.act_as_citizen(session, side, row.id, action, stage.now)

    return act


def _pay(session: Session, stage: Stage, row: OrderRow, side: Side) -> None:
    asked = Ask(action=Action.PAY, actor=ActorKind.CITIZEN, now=stage.now)
    order_payments.start(session, row, asked, None)
    order_payments.move_in_sandbox(session, row, stage.now)


def _fail_collection(session: Session, stage: Stage, row: OrderRow, side: Side) -> None:
    """The next attempt to move money for this order fails."""
    row.sandbox_failures += 1
    session.flush()


def _dispute(session: Session, stage: Stage, row: OrderRow, side: Side) -> None:
    kind = Kind.CHARGE if row.bill else Kind.SERVICE
    order_disputes.open(session, stage.pii, side, row.id, kind=kind, statement=STATEMENT, now=stage.now)


def _withdraw_dispute(session: Session, stage: Stage, row: OrderRow, side: Side) -> None:
    order_disputes.withdraw(session, stage.pii, side, row.id, row.dispute_id or "", stage.now)


ACTIONS: Mapping[str, Act] = {
    "confirm": _confirm(Path.CREDIT),
    "confirm-standard": _confirm(Path.STANDARD),
    "decline": _does(Action.DECLINE),
    "cancel": _does(Action.CANCEL),
    "pay": _pay,
    "fail-collection": _fail_collection,
    "dispute": _dispute,
    "withdraw-dispute": _withdraw_dispute,
    "agree-extension": _does(Action.AGREE_EXTENSION),
    "refuse-extension": _does(Action.REFUSE_EXTENSION),
}
"""What may be simulated, by its name on the wire."""
