"""One step of an order: locked, decided by the table, kept with its history, told to the citizen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import Ask, Status, Transition, decide
from app.domain.standing_order import STARTED, TOLD
from app.services import kept_promises, partner_books, partner_events, quotas
from app.services.order_notices import data_of
from app.store import events, orders
from app.store.order_rows import OrderRow


@dataclass(frozen=True, slots=True)
class Side:
    """Who stands at the order's counter or holds its phone: `owner` is the partner's or the citizen's id."""

    kind: ActorKind
    owner: str
    livemode: bool
    request_id: str | None = None


def take(session: Session, side: Side, order_id: str, *, lock: bool = True) -> OrderRow:
    """The order of this side, locked for a step; raises Refusal `not-found` for anyone else's and the other mode's."""
    row = orders.find(session, order_id, lock=lock)
    owner = row and (row.citizen_id if side.kind is ActorKind.CITIZEN else row.partner_id)
    if row is None or owner != side.owner or (side.kind is ActorKind.PARTNER and row.livemode != side.livemode):
        raise Refusal("not-found")
    return row


def step(session: Session, row: OrderRow, asked: Ask, request_id: str | None = None) -> Transition:
    """Take the step on a locked order, by the order's own clock; raises what app/domain/order.py refuses."""
    before = row.order
    taken = decide(before, replace(asked, now=row.moment(asked.now)))
    if taken.before is Status.ACTIVE and taken.order.status is Status.CANCELED:
        quotas.give_back(session, row, taken.at)
    orders.advance(session, row, taken, request_id)
    partner_books.note(session, row, before, taken, asked.now)
    tell(session, row, taken, asked.now)
    return taken


def tell(session: Session, row: OrderRow, taken: Transition, now: datetime) -> None:
    """Put the step into the citizen's inbox, and tell the partner."""
    kept_promises.follow(session, row, taken, now)
    kind = TOLD if taken.reason_code == STARTED else taken.event
    events.tell(session, row.citizen_id, kind, data_of(row, taken), now)
    _tell_partner(session, row, taken, now)


def _tell_partner(session: Session, row: OrderRow, taken: Transition, now: datetime) -> None:
    """Ids, status and sequence alone. The partner's own act is in the log already; who left has none any more."""
    about = {"dispute_id": row.dispute_id} if taken.event.startswith("dispute.") else {}
    partner_events.tell(
        session, partner_id=row.partner_id, livemode=row.livemode, type=taken.event, citizen_id=row.citizen_id, now=now,
        data={"status": taken.order.status.value, **about}, order_id=row.id, sequence=taken.order.version,
        logged=taken.actor is not ActorKind.PARTNER and not row.forget_at_end,
    )  # fmt: skip
