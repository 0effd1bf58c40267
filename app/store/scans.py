"""Scans of a citizen's code by a partner: fifteen minutes, one check. Short-lived, looked up by their own key."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Boolean, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store import outer_ids
from app.store.base import Base, Id, Moment
from app.store.direct import Prepared


class ScanRow(Base):
    """One scan. `scenario` and `decision_id` are those of the one check that it answered."""

    __tablename__ = "scans"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    id: Mapped[Id] = mapped_column(primary_key=True)
    citizen_id: Mapped[Id] = mapped_column(index=True)
    partner_id: Mapped[Id]
    citizen_ref: Mapped[Id]
    livemode: Mapped[bool] = mapped_column(Boolean)
    scanned_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    scenario: Mapped[str | None] = mapped_column(String(64))
    decision_id: Mapped[str | None] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as a value; `scenario` and `decision_id` are None until it has answered a check."""

    scan_id: str
    citizen_id: str
    partner_id: str
    citizen_ref: str
    livemode: bool
    scanned_at: datetime
    expires_at: datetime
    scenario: str | None = None
    decision_id: str | None = None


def add(session: Session, scan: Scan) -> None:
    """Keep a new scan, and forget those of the same person that are over."""
    over = ScanRow.citizen_id == scan.citizen_id, ScanRow.expires_at <= scan.scanned_at
    session.execute(delete(ScanRow).where(*over))
    outer_ids.register(session, scan.citizen_ref, "citizen_ref", scan.citizen_id)
    row = ScanRow(
        id=scan.scan_id,
        citizen_id=scan.citizen_id,
        partner_id=scan.partner_id,
        citizen_ref=scan.citizen_ref,
        livemode=scan.livemode,
        scanned_at=scan.scanned_at,
        expires_at=scan.expires_at,
    )
    session.add(row)
    session.flush()


_FIELDS = [field.name for field in fields(Scan) if field.name != "scan_id"]
_FIND = Prepared(
    f"select id, {', '.join(_FIELDS)} from scans where id = %(id)s and partner_id = %(partner_id)s for update"  # noqa: S608 - our fields
)
_ANSWER = Prepared("update scans set scenario = %(scenario)s, decision_id = %(decision_id)s where id = %(id)s")


def find(session: Session, partner_id: str, scan_id: str) -> Scan | None:
    """The partner's scan of this id, over or not; None for another's. Locked until the transaction ends."""
    found = _FIND.ask(session, {"id": scan_id, "partner_id": partner_id})
    return Scan(*found[0]) if found else None


def answer(session: Session, scan_id: str, scenario: str, decision_id: str) -> None:
    """Note the one check that a scan, locked by `find`, has answered."""
    _ANSWER.ask(session, {"id": scan_id, "scenario": scenario, "decision_id": decision_id})


def prune(session: Session, now: datetime) -> None:
    """Forget the scans that are over."""
    session.execute(delete(ScanRow).where(ScanRow.expires_at <= now))
