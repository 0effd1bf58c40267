"""Publishing a version of a pack: a finished simulation, a notice, a day ahead, and a second person (guardrail 15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import FieldError, Refusal
from app.services import pack_standing, pack_versions
from app.store import enrolments
from app.store import packs as store
from app.store.base import new_id
from app.store.packs import SCHEDULED, SIMULATED, PackVersion

KIND = "packs.publish"
NOTICE_DAYS = 7
"""Days between the notice to a city's members, at the approval, and the first day of the new version, at least."""
LONGEST_AHEAD = 365
LONGEST_SIMULATED = timedelta(days=30)
"""How long a simulation speaks for a city's members, who change: older ones are made again."""
PART = 100_000
"""Members who are told, and made due, in one transaction, about so many."""


def proposal(
    session: Session,
    code: str,
    version: int,
    *,
    notice_zh: str,
    notice_en: str,
    effective_on: date,
    now: datetime,
) -> tuple[str, dict[str, Any]]:
    """(target, data) of the approval that publishes a version.

    Raises Refusal `not-found`, `pack-settled`, `pack-not-simulated` where no simulation of the last 30 days compares it
    with the version in force, `pack-scheduled` where another version waits for its day, `pack-misfit` where it could
    not stand beside the packs of today or of a coming day, and `validation` for a day too near or too far.
    """
    row = pack_versions.held(session, code, version)
    _check(session, row, effective_on, now)
    data = {"code": code, "version": version, "notice_zh": notice_zh, "notice_en": notice_en}
    return row.id, data | {"effective_on": effective_on.isoformat()}


def seen(session: Session, version_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """How the version stands, and who proposed it, who may not approve it either; raises Refusal `not-found`."""
    known = store.by_id(session, version_id)
    if known is None:
        raise Refusal("not-found")
    row = pack_versions.held(session, known.code, known.version)
    return {
        "operator_id": row.proposed_by,
        "version_status": row.status,
        "sha256": row.sha256,
        "simulated_at": row.simulated_at.isoformat() if row.simulated_at else "",
    }


def execute(session: Session, version_id: str, data: Mapping[str, Any], now: datetime) -> None:
    """Announce the version: it is in force from its day on. Raises as `proposal`, as days have passed since."""
    known = store.by_id(session, version_id)
    if known is None:
        raise Refusal("not-found")
    row = pack_versions.held(session, known.code, known.version)
    effective_on = date.fromisoformat(data["effective_on"])
    _check(session, row, effective_on, now)
    row.status, row.effective_on, row.approved_at = SCHEDULED, effective_on, now
    row.notice_zh, row.notice_en = data["notice_zh"], data["notice_en"]
    row.event_id, row.parts = new_id("evt"), enrolments.count_in_city(session, row.city) // PART + 1
    session.flush()


def _check(session: Session, row: PackVersion, effective_on: date, now: datetime) -> None:
    today = day_of(now)
    if row.status == SIMULATED:
        _check_simulated(row, now)
        _check_against(session, row, today)
    elif row.status == store.PROPOSED:
        raise Refusal("pack-not-simulated")
    else:
        raise pack_versions.settled(row)
    first, last = today + timedelta(days=NOTICE_DAYS), today + timedelta(days=LONGEST_AHEAD)
    if not first <= effective_on <= last:
        detail = f"A day from {first.isoformat()}, so that people know {NOTICE_DAYS} days ahead, to {last.isoformat()}."
        raise Refusal("validation", errors=[FieldError("/effective_on", "date-out-of-range", detail)])


def _check_simulated(row: PackVersion, now: datetime) -> None:
    """Its simulation is of this text and not too old."""
    stale = row.simulated_at is None or now - row.simulated_at > LONGEST_SIMULATED
    if stale or (row.simulation or {}).get("sha256") != row.sha256:
        raise Refusal("pack-not-simulated")


def _check_against(session: Session, row: PackVersion, today: date) -> None:
    """Nothing newer was published, it was simulated against what is in force now, and it fits what else is coming."""
    published = [each for each in store.of_code(session, row.code) if each.status == SCHEDULED and each.effective_on]
    coming = [each for each in published if each.effective_on and each.effective_on > today]
    if coming:
        raise Refusal("pack-scheduled", version=coming[0].version)
    approved = pack_standing.approved(session)
    in_force = approved.on(today).get(row.code)
    if in_force and (row.simulation or {}).get("against") != in_force.version:
        raise Refusal("pack-not-simulated")
    if any(each.version > row.version for each in published):
        raise pack_versions.settled(row)
    pack_standing.check_fits(pack_versions.checked(session, row), approved, today)
