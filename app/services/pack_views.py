"""Versions of packs as an operator reads them: how each stands, what it changes, what may be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import unified_diff
from typing import Any

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.pack import Pack, PackError
from app.domain.pack_diff import differences
from app.domain.packs import Packs
from app.services.pack_picture import picture
from app.services.pack_publishing import KIND, NOTICE_DAYS
from app.services.pack_standing import kept
from app.store import approvals, operators
from app.store import packs as store
from app.store.approvals import APPROVED, PENDING
from app.store.packs import PROPOSED, RELEASE, SCHEDULED, SIMULATED, PackVersion

IN_FORCE, RETIRED = "in_force", "retired"
STATUSES = (PROPOSED, SIMULATED, SCHEDULED, IN_FORCE, RETIRED, store.WITHDRAWN)


def listed(session: Session, packs: Packs, code: str, now: datetime) -> list[dict[str, Any]]:
    """Every version of a pack, newest first; raises Refusal `not-found` for a code that nobody ever proposed."""
    rows = store.of_code(session, code)
    kept = {row.version for row in rows}
    told = [_view(session, packs, row, now) for row in rows]
    told += [_shipped(pack, packs) for pack in packs.versions(code) if pack.version not in kept]
    if not told:
        raise Refusal("not-found")
    return sorted(told, key=lambda each: -each["version"])


def one(session: Session, packs: Packs, code: str, version: int, now: datetime) -> dict[str, Any]:
    """One version with its text, what that changes against the one in force, its simulation and the picture of it.

    Raises Refusal `not-found`.
    """
    row = store.get(session, code, version)
    if row is None:
        raise Refusal("not-found")
    figures, new = row.simulation, _read(session, row, packs)
    old = packs.get(row.code)
    return _view(session, packs, row, now) | {
        "text": row.text,
        "diff": _diff(session, packs, row),
        "changes": differences(old, new) if old and new else [],
        "grades": {grade.code: grade.name for pack in (old, new) if pack for grade in pack.grades},
        "simulation": figures,
        "picture": picture(figures) if figures else None,
    }


def waiting(session: Session, packs: Packs, now: datetime) -> list[dict[str, Any]]:
    """The versions that are not decided yet, and those that are announced for a coming day, oldest first."""
    rows = store.with_status(session, PROPOSED, SIMULATED, SCHEDULED)
    told = [_view(session, packs, row, now) for row in rows]
    return [each for each in told if each["status"] not in (IN_FORCE, RETIRED)]


def view(session: Session, packs: Packs, row: PackVersion, now: datetime) -> dict[str, Any]:
    """The version as it stands."""
    return _view(session, packs, row, now)


def _view(session: Session, packs: Packs, row: PackVersion, now: datetime) -> dict[str, Any]:
    asked = approvals.last(session, KIND, row.id)
    approved_by = asked.decided_by if asked and asked.status == APPROVED else None
    names = operators.names(session, {row.proposed_by, approved_by or "", row.withdrawn_by or ""})
    waiting = asked.id if asked and asked.status == PENDING and asked.expires_at > now else None
    status = _status(packs, row, now)
    return {
        "id": row.id,
        "code": row.code,
        "version": row.version,
        "name": present.name if (present := packs.get(row.code)) else None,
        "status": status,
        "sha256": row.sha256,
        "reason": row.reason or None,
        "by_release": row.proposed_by == RELEASE,
        "proposed_by": None if row.proposed_by == RELEASE else names.get(row.proposed_by, row.proposed_by),
        "proposed_at": row.proposed_at,
        "simulated_at": row.simulated_at,
        "approval_id": waiting,
        "approved_by": names.get(approved_by, approved_by) if approved_by else None,
        "approved_at": row.approved_at,
        "notice": {"zh": row.notice_zh, "en": row.notice_en} if row.notice_zh and row.notice_en else None,
        "notice_days": NOTICE_DAYS,
        "effective_on": row.effective_on,
        "withdrawn_by": names.get(row.withdrawn_by, row.withdrawn_by) if row.withdrawn_by else None,
        "withdrawn_at": row.withdrawn_at,
        "allowed_actions": _allowed(status, waiting) if _ahead(row, now) else [],
    }


def _shipped(pack: Pack, packs: Packs) -> dict[str, Any]:
    """A version of the release that the worker has not kept yet."""
    status = IN_FORCE if packs.get(pack.code) == pack else RETIRED
    told = {"code": pack.code, "version": pack.version, "name": pack.name, "status": status, "by_release": True}
    return told | {"notice_days": NOTICE_DAYS, "allowed_actions": []}


def _status(packs: Packs, row: PackVersion, now: datetime) -> str:
    """How it stands; one whose day came and that does not hold, as it could not be read, stays scheduled."""
    if row.status != SCHEDULED or row.effective_on is None or row.effective_on > day_of(now):
        return row.status
    present = packs.get(row.code)
    if present is None or present.version < row.version:
        return row.status
    return IN_FORCE if present.version == row.version else RETIRED


def _ahead(row: PackVersion, now: datetime) -> bool:
    return row.effective_on is None or row.effective_on > day_of(now)


def _allowed(status: str, waiting: str | None) -> list[str]:
    """What may be done about it; a version whose publication waits for a second person is decided there."""
    free = [] if waiting else ["publish", "simulate"]
    return {
        PROPOSED: ["simulate", "withdraw"],
        SIMULATED: [*free, "withdraw"],
        SCHEDULED: ["withdraw"],
    }.get(status, [])


def _read(session: Session, row: PackVersion, packs: Packs) -> Pack | None:
    try:
        return kept(session, row, packs)
    except PackError:
        return None


def _diff(session: Session, packs: Packs, row: PackVersion) -> str | None:
    """What the text changes against the version in force, as a unified diff; None where there is none to compare."""
    present = packs.get(row.code)
    old = store.get(session, row.code, present.version) if present else None
    if old is None or old.id == row.id:
        return None
    names = (f"{old.code} {old.version}", f"{row.code} {row.version}")
    lines: Sequence[str] = list(unified_diff(old.text.splitlines(), row.text.splitlines(), *names, lineterm="", n=3))
    return "\n".join(lines)
