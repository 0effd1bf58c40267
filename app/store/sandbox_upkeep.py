"""What moving a sandbox's clock does to the rows of its test citizens, and how they go for good."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.store import leaving
from app.store.codes import MomentCode
from app.store.consents import ConsentRow
from app.store.order_disputes import OrderDisputeRow
from app.store.order_rows import OrderRow
from app.store.sandbox import SandboxCitizen
from app.store.scans import ScanRow

LEDGERS = ("access_chain", "access_heads")
"""What stays of one that is removed: numbers that mean nothing, as of anyone who leaves (app/store/access_log.py)."""
_PLAIN = {"synchronize_session": False}


def erase(session: Session, citizen_id: str) -> None:
    """Delete what leaving lets stay of a person, as a test citizen is none: all but the links of its access log."""
    for table in leaving.tables_of_people():
        if table.name not in LEDGERS:
            theirs = or_(*(column == citizen_id for column in leaving.people_columns(table)))
            session.execute(delete(table).where(theirs))


def orders_of(session: Session, partner_id: str, citizen_ids: Collection[str]) -> Sequence[OrderRow]:
    """The orders of these citizens with this partner, held until the transaction ends."""
    query = select(OrderRow).where(OrderRow.partner_id == partner_id, OrderRow.citizen_id.in_(citizen_ids))
    held = query.order_by(OrderRow.citizen_id, OrderRow.id).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).all()


def count_orders(session: Session, partner_id: str) -> int:
    """How many orders the partner's test citizens have, ended ones too."""
    theirs = select(SandboxCitizen.citizen_id).where(SandboxCitizen.partner_id == partner_id)
    counted = select(func.count()).where(OrderRow.citizen_id.in_(theirs), OrderRow.partner_id == partner_id)
    return session.scalar(counted) or 0


def bring_nearer(session: Session, citizen_ids: Collection[str], by: timedelta) -> None:
    """Let what these citizens' codes, scans, consents and open disputes wait for come so much sooner by our clock."""
    for column in (MomentCode.expires_at, ScanRow.expires_at, ConsentRow.expires_at, OrderDisputeRow.desk_at):
        theirs = update(column.class_).where(column.class_.citizen_id.in_(citizen_ids))
        session.execute(theirs.values({column: column - by}), execution_options=_PLAIN)
