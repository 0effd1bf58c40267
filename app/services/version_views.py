"""Versions as an operator reads them: how each stands, what its text changes, what may be done about it."""

from __future__ import annotations

from datetime import datetime
from difflib import unified_diff
from typing import Any

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.wording import Words
from app.services.version_publishing import NOTICE_DAYS
from app.services.versions import Series
from app.store import approvals, operators
from app.store.approvals import APPROVED, PENDING
from app.store.versions import PROPOSED, RELEASE, SCHEDULED, SIMULATED, WITHDRAWN, Row

IN_FORCE, RETIRED = "in_force", "retired"
STATUSES = (PROPOSED, SIMULATED, SCHEDULED, IN_FORCE, RETIRED, WITHDRAWN)


def view(
    session: Session, series: Series[Row], row: Row, now: datetime, *, name: Words | None, in_force: int | None
) -> dict[str, Any]:
    """The version as it stands; `name` and `in_force` (a version) are those of what holds under its code today."""
    asked = approvals.last(session, series.kind, row.id)
    approved_by = asked.decided_by if asked and asked.status == APPROVED else None
    names = operators.names(session, {row.proposed_by, approved_by or "", row.withdrawn_by or ""})
    waiting = asked.id if asked and asked.status == PENDING and asked.expires_at > now else None
    status = _status(row, in_force, now)
    return {
        "id": row.id,
        "code": row.code,
        "version": row.version,
        "name": name,
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


def shipped(code: str, version: int, name: Words, *, in_force: bool) -> dict[str, Any]:
    """A version of the release that the worker has not kept yet."""
    status = IN_FORCE if in_force else RETIRED
    told = {"code": code, "version": version, "name": name, "status": status, "by_release": True}
    return told | {"notice_days": NOTICE_DAYS, "allowed_actions": []}


def is_open(told: dict[str, Any]) -> bool:
    """Whether a version still waits for something: its decision, or its day."""
    return told["status"] not in (IN_FORCE, RETIRED)


def lines_changed(session: Session, series: Series[Row], row: Row, in_force: int | None) -> str | None:
    """What the text changes against the version in force, as a unified diff; None where there is none to compare."""
    old = series.rows.get(session, row.code, in_force) if in_force else None
    if old is None or old.id == row.id:
        return None
    names = (f"{old.code} {old.version}", f"{row.code} {row.version}")
    return "\n".join(unified_diff(old.text.splitlines(), row.text.splitlines(), *names, lineterm="", n=3))


def _status(row: Row, in_force: int | None, now: datetime) -> str:
    """How it stands; one whose day came and that does not hold, as it could not be read, stays scheduled."""
    if row.status != SCHEDULED or _ahead(row, now) or in_force is None or in_force < row.version:
        return row.status
    return IN_FORCE if in_force == row.version else RETIRED


def _ahead(row: Row, now: datetime) -> bool:
    return row.effective_on is None or row.effective_on > day_of(now)


def _allowed(status: str, waiting: str | None) -> list[str]:
    """What may be done about it; a version whose publication waits for a second person is decided there."""
    free = [] if waiting else ["publish", "simulate"]
    return {
        PROPOSED: ["simulate", "withdraw"],
        SIMULATED: [*free, "withdraw"],
        SCHEDULED: ["withdraw"],
    }.get(status, [])
