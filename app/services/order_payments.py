"""Money for an order: written down first, moved outside the order's lock, its result a step of its own.

A payment's row is committed before the provider is asked, under the row's id as the key. Who asks holds that row and no
other; killed, it lets go, and the next worker asks again with the same key, so that nothing is paid twice or lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from app.domain.access import ActorKind
from app.domain.errors import Refusal
from app.domain.order import Action, Ask, Order, begin
from app.domain.order_effects import promise_refund
from app.domain.order_terms import Payment
from app.domain.payments import PaymentProvider
from app.services.order_steps import step
from app.services.payments import provider_for
from app.store import order_payments, orders, outbox
from app.store.base import connection_lost, new_id
from app.store.order_payments import FAILED, PENDING, SUCCEEDED, PaymentRow
from app.store.order_rows import OrderRow, write

log = logging.getLogger(__name__)

RULED = "dispute"
"""The reason code of a refund that the end of a dispute brought (app/services/order_disputes.py)."""
REFUND_AGAIN, REFUND_DAYS = timedelta(days=1), 30
"""A refund of a dispute that failed is tried anew a day later, on so many days."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)


def start(
    session: Session, row: OrderRow, asked: Ask, live: PaymentProvider | None, request_id: str | None = None
) -> PaymentRow:
    """Write down a payment that `asked` (pay, collect, refund) needs on a locked order; the worker moves the money.

    Raises what the order's table refuses, and Refusal `payment-provider-missing` for a live order without a provider.
    """
    provider_for(row.livemode, live)
    return put_down(session, row, asked, request_id)


def put_down(session: Session, row: OrderRow, asked: Ask, request_id: str | None = None) -> PaymentRow:
    """As `start`, where it is known that there is a provider: money that went through one goes back by it."""
    payment_id = new_id("rfd" if asked.action is Action.REFUND else "pay")
    order = begin(row.order, replace(asked, charge=payment_id, now=row.moment(asked.now)))
    return _put_down(session, row, order, payment_id, asked, request_id)


def _put_down(
    session: Session, row: OrderRow, order: Order, payment_id: str, asked: Ask, request_id: str | None
) -> PaymentRow:
    amount = (asked.amount or 0) if asked.action is Action.REFUND else row.amount_due
    fails, row.sandbox_failures = row.sandbox_failures > 0, max(row.sandbox_failures - 1, 0)
    row.payments_begun += 1
    write(row, order)
    payment = PaymentRow(
        citizen_id=row.citizen_id, id=payment_id, order_id=row.id, partner_id=row.partner_id, livemode=row.livemode,
        action=asked.action.value, actor=asked.actor.value, amount=amount,
        reason_code=asked.reason_code, status=PENDING, request_id=request_id, tries=0,
        pretend_failure=fails and not row.livemode, created_at=row.moment(asked.now),
    )  # fmt: skip
    session.add(payment)
    session.flush()
    outbox.wake(session)
    return payment


def move_next(sessions: sessionmaker[Session], live: PaymentProvider | None, now: datetime) -> bool:
    """Move the next pending payment's money and take its step; False where none is due."""
    with sessions.begin() as session:
        payment = order_payments.claim(session, now)
        if payment is None:
            return False
        if payment.action != Action.COLLECT or payment.tries:
            _apart(session, payment, now, lambda: _move(session, payment, live, now))
            return True
        one = payment.citizen_id, payment.id
        if not _apart(session, payment, now, lambda: _drop_if_disputed(session, payment, now)):
            return True
        payment.tries = 1
    _move_held(sessions, live, now, *one)
    return True


def _drop_if_disputed(session: Session, payment: PaymentRow, now: datetime) -> None:
    """A collection whose order its citizen disputed before anyone asked for it ends here, and moves nothing.

    That it will be asked for is committed before it is, so that a killed worker's successor knows that it may have
    been: then only the provider can tell what became of it, and is asked in a dispute, too.
    """
    row = orders.find(session, payment.order_id, lock=True)
    if row is not None and row.disputed_at:
        payment.status, payment.ended_at = FAILED, row.moment(now)
        write(row, replace(row.order, charge=None))


def move(
    sessions: sessionmaker[Session], live: PaymentProvider | None, now: datetime, citizen_id: str, payment_id: str
) -> str:
    """Move this payment's money, unless a worker did: `succeeded`, `failed`, or `pending` while nobody knows."""
    _move_held(sessions, live, now, citizen_id, payment_id)
    with sessions.begin() as session:
        ended = order_payments.find(session, citizen_id, payment_id)
        return ended.status if ended else PENDING


def _move_held(
    sessions: sessionmaker[Session], live: PaymentProvider | None, now: datetime, citizen_id: str, payment_id: str
) -> None:
    with sessions.begin() as session:
        payment = order_payments.hold(session, citizen_id, payment_id)
        if payment is not None:
            _apart(session, payment, now, lambda: _move(session, payment, live, now))


def move_in_sandbox(session: Session, row: OrderRow, now: datetime) -> None:
    """Move what is to be collected in the caller's own transaction, as the sandbox's provider moves no money."""
    payment = order_payments.hold(session, row.citizen_id, row.charge_id or "")
    if payment is not None and not payment.livemode:
        _move(session, payment, None, now)


def _apart(session: Session, payment: PaymentRow, now: datetime, work: Callable[[], None]) -> bool:
    """Do a part in a savepoint: a payment that fails there is put off, and stops no other; whether it did not."""
    payment_id = payment.id
    try:
        with session.begin_nested():
            work()
    except Exception as failure:
        if connection_lost(failure):
            raise
        log.error("payment %s cannot go on: %s", payment_id, type(failure).__name__)
        _put_off(payment, now)
        return False
    return True


def _put_off(payment: PaymentRow, now: datetime) -> None:
    payment.retry_at = now + min(FIRST_WAIT * 2.0 ** min(payment.tries, 20), LONGEST_WAIT)
    payment.tries += 1


def _move(session: Session, payment: PaymentRow, live: PaymentProvider | None, now: datetime) -> None:
    row = orders.find(session, payment.order_id)
    if row is None:
        return
    try:
        receipt = _ask(row, payment, live, now)
    except Exception as silence:  # whatever a provider raises, nobody knows whether money moved
        log.warning("payment %s has no answer: %s", payment.id, type(silence).__name__)
        _put_off(payment, now)
        return
    _end(session, payment, receipt, now)


def _ask(row: OrderRow, payment: PaymentRow, live: PaymentProvider | None, now: datetime) -> Payment | None:
    """The provider's receipt; None where no money moved. Raises anything where nobody knows."""
    provider = provider_for(payment.livemode, live, fails=payment.pretend_failure)
    key, at, reference = payment.id, row.moment(now), row.payment_reference or ""
    try:
        if payment.action == Action.REFUND:
            return provider.refund(key=key, order_id=row.id, reference=reference, amount=payment.amount, now=at)
        return provider.collect(key=key, order_id=row.id, amount=payment.amount, now=at)
    except Refusal as refusal:
        if refusal.code != "payment-failed":
            raise
        return None


def _end(session: Session, payment: PaymentRow, receipt: Payment | None, now: datetime) -> None:
    """The result is one step of the order; a payment of the citizen's own that failed is none."""
    row = orders.find(session, payment.order_id, lock=True)
    if row is None:
        return
    payment.status, payment.ended_at = SUCCEEDED if receipt else FAILED, row.moment(now)
    payment.reference = receipt.reference if receipt else None
    if receipt is None and payment.action == Action.PAY:
        write(row, replace(row.order, charge=None))
        return
    step(session, row, _result(payment, receipt, now), payment.request_id)
    if receipt is None and payment.action == Action.REFUND and payment.reason_code == RULED:
        _refund_again(session, row, payment, now)


def _refund_again(session: Session, row: OrderRow, failed: PaymentRow, now: datetime) -> None:
    """What a dispute gave back is owed: it is tried anew day by day, and nobody can promise it twice meanwhile."""
    if order_payments.failures(session, row, RULED) >= REFUND_DAYS:
        return
    asked, anew = _result(failed, None, now), new_id("rfd")
    order = promise_refund(row.order, failed.amount)
    _put_down(session, row, order, anew, asked, failed.request_id).retry_at = now + REFUND_AGAIN
    session.flush()


def _result(payment: PaymentRow, receipt: Payment | None, now: datetime) -> Ask:
    return Ask(
        action=Action(payment.action), actor=ActorKind(payment.actor), now=now, reason_code=payment.reason_code,
        amount=payment.amount, payment=receipt, charge=payment.id,
    )  # fmt: skip
