"""Scans: a partner scans the code that a citizen shows, and may then ask once, for one scenario (api.md, Identity)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import codes
from app.store import partners
from app.store import scans as store
from app.store.base import new_id
from app.store.pii import PiiBox
from app.store.scans import Scan

LIFETIME = timedelta(minutes=15)


def scan(session: Session, pii: PiiBox, *, partner_id: str, livemode: bool, code: str, now: datetime) -> Scan:
    """Use up a check code and open a scan of fifteen minutes; it shows the partner nothing about the person.

    Raises Refusal `partner-suspended`, or `code-not-valid` for any code that is not a live check code, such as that of
    a citizen of the other mode or of another partner's test citizen.
    """
    partner = partners.get(session, partner_id)
    if partner is None or not partner.active:
        raise Refusal("partner-suspended")
    citizen_id = codes.redeem(session, code, "check", now, (partner_id, livemode)).citizen_id
    scan = Scan(
        scan_id=new_id("scn"),
        citizen_id=citizen_id,
        partner_id=partner_id,
        citizen_ref=pii.pairwise_subject(partner_id, citizen_id),
        livemode=livemode,
        scanned_at=now,
        expires_at=now + LIFETIME,
    )
    store.add(session, scan)
    return scan


def for_check(session: Session, partner_id: str, livemode: bool, scan_id: str, now: datetime) -> Scan:
    """The scan, locked, that may still answer a check. Raises Refusal `not-found` or `scan-not-valid`."""
    scan = _live(session, partner_id, livemode, scan_id, now)
    if scan.decision_id is not None:
        raise Refusal("scan-not-valid", field="/scan_id")
    return scan


def for_order(session: Session, partner_id: str, livemode: bool, scan_id: str, now: datetime) -> Scan:
    """The scan, locked, that has answered a check and may open one order of that scenario.

    Raises Refusal `not-found` for another partner's scan and one of the other mode, `scan-not-valid` for one that is
    over or answered nothing.
    """
    scan = _live(session, partner_id, livemode, scan_id, now)
    if scan.decision_id is None:
        raise Refusal("scan-not-valid", field="/scan_id")
    return scan


def _live(session: Session, partner_id: str, livemode: bool, scan_id: str, now: datetime) -> Scan:
    scan = store.find(session, partner_id, scan_id)
    if scan is None or scan.livemode != livemode:
        raise Refusal("not-found", field="/scan_id")
    if scan.expires_at <= now:
        raise Refusal("scan-not-valid", field="/scan_id")
    return scan
