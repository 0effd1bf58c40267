"""The clock of a partner's sandbox: its test citizens live in its own time, everyone else in ours.

An order of a test citizen carries how far it is ahead (`OrderRow.clock_ahead`). Putting the clock ahead lets each timer
that lies on the way ring at its own moment, in order, and brings the ends of scans and consents as much nearer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import order_payments, order_timers
from app.store import sandbox, sandbox_upkeep
from app.store.order_rows import OrderRow, write

MOST_AT_ONCE, MOST_AHEAD = timedelta(days=366), timedelta(days=3 * 366)
MOST_RINGS = 2000
"""More timers than 50 test citizens have in a year; a bound, should one ring for ever."""


def moment(session: Session, partner_id: str, livemode: bool, now: datetime) -> datetime:
    """What time it is in the partner's sandbox; `now` for a live partner."""
    return now if livemode else now + sandbox.offset(session, partner_id)


def advance(session: Session, partner_id: str, by: timedelta, now: datetime) -> int:
    """Put the partner's sandbox ahead; how many timers of orders rang on the way.

    Raises Refusal `sandbox-busy`, and `sandbox-clock-too-far` beyond MOST_AHEAD.
    """
    if not sandbox.hold_whole(session, partner_id):
        raise Refusal("sandbox-busy")
    goal = sandbox.offset(session, partner_id) + by
    if goal > MOST_AHEAD:
        raise Refusal("sandbox-clock-too-far", field="/seconds", limit=int(MOST_AHEAD.total_seconds()))
    people = sandbox.of_partner(session, partner_id)
    rows = sandbox_upkeep.orders_of(session, partner_id, people)
    rung = _ring_until(session, rows, goal, now)
    for row in rows:
        _put(row, goal)
    session.flush()
    sandbox_upkeep.bring_nearer(session, people, by)
    sandbox.put_ahead(session, partner_id, int(goal.total_seconds()), now)
    return rung


def _ring_until(session: Session, rows: Sequence[OrderRow], goal: timedelta, now: datetime) -> int:
    """Each timer up to the goal at its own moment, the earliest first, whosever it is."""
    for rung in range(MOST_RINGS):
        timers = [(row.moment(row.timer_at), row.id, row) for row in rows if row.timer_at is not None]
        at, _, row = min(timers, default=(now + MOST_AHEAD, "", None))
        if row is None or at > now + goal:
            return rung
        _put(row, max(row.clock_ahead, at - now))
        _ring(session, row, now)
    return MOST_RINGS


def _ring(session: Session, row: OrderRow, now: datetime) -> None:
    """Ring, and let the sandbox's provider answer at once where money is to be collected."""
    order_timers.ring(session, row, None, now)
    if row.charge_id:
        order_payments.move_in_sandbox(session, row, now)


def _put(row: OrderRow, to: timedelta) -> None:
    row.clock_ahead = to
    write(row, row.order)
