"""Four eyes: one operator proposes a risky action, another approves it, and only then does it happen, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services.approval_kinds import KINDS, Kind
from app.store import approvals, operator_actions, operators
from app.store.approvals import APPROVED, EXPIRED, PENDING, REJECTED, Approval

LIFE = timedelta(days=7)
SECRET = ("number_key",)
"""Members of a proposal's data that nobody needs to read."""


def propose(
    session: Session,
    *,
    kind: str,
    target: str,
    data: Mapping[str, Any],
    operator_id: str,
    now: datetime,
    reason: str = "",
) -> dict[str, Any]:
    """Put an action before a second person; returns the proposal as `view` tells it.

    `target` is the id of what it changes, empty where it makes something new. Raises Refusal `role-missing`,
    `not-found` for a target that is not there, `approval-pending` where the same waits already.
    """
    known = KINDS[kind]
    _check_role(session, operator_id, known)
    seen = known.seen(session, target, data)
    row = approvals.add(
        session,
        kind=kind,
        target=target,
        data=data,
        seen=seen,
        reason=reason,
        proposed_by=operator_id,
        now=now,
        expires_at=now + LIFE,
    )
    if row is None:
        raise Refusal("approval-pending")
    return view(session, row, operator_id=operator_id, now=now)


def approve(session: Session, approval_id: str, *, operator_id: str, now: datetime, reason: str = "") -> dict[str, Any]:
    """Do what was proposed, once; returns the proposal, with what only this answer tells under `result`.

    Raises Refusal `not-found`, `role-missing`, `approval-decided` where it waits no longer, `approval-own` for the one
    who proposed it or whom it is about, and `approval-stale` where its target has changed since.
    """
    row, known = _waiting(session, approval_id, operator_id, now)
    if operator_id in _concerned(row):
        raise Refusal("approval-own")
    if known.seen(session, row.target, row.data) != row.seen:
        raise Refusal("approval-stale")
    done = known.execute(session, row.target, row.data, now)
    row.outcome = dict(done.outcome)
    _decide(session, row, APPROVED, operator_id, reason, now)
    trail = {"approval_id": row.id, "proposed_by": row.proposed_by}
    operator_actions.note(session, operator_id, row.kind, row.target, trail, "", now)
    return view(session, row, operator_id=operator_id, now=now) | {"result": {**done.outcome, **done.told}}


def reject(session: Session, approval_id: str, *, operator_id: str, now: datetime, reason: str) -> dict[str, Any]:
    """Let it not happen; the one who proposed it may take it back so. Raises as `approve` but for `approval-own`."""
    row, _ = _waiting(session, approval_id, operator_id, now)
    _decide(session, row, REJECTED, operator_id, reason, now)
    return view(session, row, operator_id=operator_id, now=now)


def get(session: Session, approval_id: str, *, operator_id: str, now: datetime) -> dict[str, Any]:
    """One proposal; raises Refusal `not-found`."""
    row = approvals.get(session, approval_id)
    if row is None:
        raise Refusal("not-found")
    return view(session, row, operator_id=operator_id, now=now)


def listed(
    session: Session, *, waiting: bool, operator_id: str, now: datetime, before: str | None, limit: int
) -> list[dict[str, Any]]:
    """Proposals that wait, or those that are over, newest first, up to `limit` and one more."""
    rows = approvals.listed(session, waiting=waiting, now=now, before=before, limit=limit + 1)
    return [view(session, row, operator_id=operator_id, now=now) for row in rows]


def view(session: Session, row: Approval, *, operator_id: str, now: datetime) -> dict[str, Any]:
    """The proposal as the operator `operator_id` reads it, with what they may do about it."""
    names = operators.names(session, {row.proposed_by, row.decided_by or ""})
    return {
        "id": row.id,
        "kind": row.kind,
        "target": row.target or None,
        "target_name": KINDS[row.kind].name(session, row.target, row.data),
        "data": {name: value for name, value in row.data.items() if name not in SECRET},
        "seen": row.seen,
        "reason": row.reason or None,
        "status": _status(row, now),
        "proposed_by": names.get(row.proposed_by, row.proposed_by),
        "proposed_at": row.proposed_at,
        "expires_at": row.expires_at,
        "decided_by": names.get(row.decided_by, row.decided_by) if row.decided_by else None,
        "decided_at": row.decided_at,
        "decision_reason": row.decision_reason or None,
        "allowed_actions": _allowed(session, row, operator_id, now),
    }


def _allowed(session: Session, row: Approval, operator_id: str, now: datetime) -> list[str]:
    if _status(row, now) != PENDING or not _has_role(session, operator_id, KINDS[row.kind]):
        return []
    return ["reject"] if operator_id in _concerned(row) else ["approve", "reject"]


def _concerned(row: Approval) -> tuple[str, ...]:
    """Who may not approve: the one who proposed it, and the one whom it is about."""
    return row.proposed_by, row.target, str(row.seen.get("operator_id", ""))


def _waiting(session: Session, approval_id: str, operator_id: str, now: datetime) -> tuple[Approval, Kind]:
    row = approvals.held(session, approval_id)
    if row is None:
        raise Refusal("not-found")
    _check_role(session, operator_id, KINDS[row.kind])
    if _status(row, now) != PENDING:
        raise Refusal("approval-decided", status=_status(row, now), allowed_actions=[])
    return row, KINDS[row.kind]


def _status(row: Approval, now: datetime) -> str:
    return EXPIRED if row.status == PENDING and row.expires_at <= now else row.status


def _decide(session: Session, row: Approval, status: str, operator_id: str, reason: str, now: datetime) -> None:
    row.status, row.decided_by, row.decided_at, row.decision_reason = status, operator_id, now, reason
    session.flush()


def _has_role(session: Session, operator_id: str, kind: Kind) -> bool:
    operator = operators.get(session, operator_id)
    return operator is not None and operator.active and bool(set(kind.roles) & set(operator.roles))


def _check_role(session: Session, operator_id: str, kind: Kind) -> None:
    if not _has_role(session, operator_id, kind):
        raise Refusal("role-missing", roles=", ".join(kind.roles))
