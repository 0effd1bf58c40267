"""Risky actions that wait for a second person, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Json, Moment, new_id

PENDING, APPROVED, REJECTED, EXPIRED = "pending", "approved", "rejected", "expired"


class Approval(Base):
    """One proposal. `seen` is how its target stood when it was made; `outcome` what came of it, without secrets."""

    __tablename__ = "approvals"
    __table_args__ = (
        Index(
            "ix_approvals_waiting",
            "kind",
            "target",
            unique=True,
            postgresql_where=text("status = 'pending' AND target <> ''"),
        ),
        Index("ix_approvals_status", "status", "id"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[Id]
    target: Mapped[str] = mapped_column(String(64))
    data: Mapped[Json]
    seen: Mapped[Json]
    reason: Mapped[str] = mapped_column(String(500))
    status: Mapped[Id]
    proposed_by: Mapped[Id]
    proposed_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[Moment | None]
    decision_reason: Mapped[str | None] = mapped_column(String(500))
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


def add(
    session: Session,
    *,
    kind: str,
    target: str,
    data: Mapping[str, Any],
    seen: Mapping[str, Any],
    reason: str,
    proposed_by: str,
    now: datetime,
    expires_at: datetime,
) -> Approval | None:
    """Keep a proposal; None where the same action on the same target waits already."""
    late = (Approval.kind == kind, Approval.target == target, Approval.status == PENDING, Approval.expires_at <= now)
    session.execute(update(Approval).where(*late).values(status=EXPIRED))
    row = insert(Approval).values(
        id=new_id("apv"),
        kind=kind,
        target=target,
        data=data,
        seen=seen,
        reason=reason,
        status=PENDING,
        proposed_by=proposed_by,
        proposed_at=now,
        expires_at=expires_at,
    )
    return session.scalar(row.on_conflict_do_nothing().returning(Approval))


def get(session: Session, approval_id: str) -> Approval | None:
    """The proposal with this id."""
    return session.scalar(select(Approval).where(Approval.id == approval_id))


def held(session: Session, approval_id: str) -> Approval | None:
    """The proposal, as it is now, with its row held until the transaction ends: of two who decide, one waits."""
    query = select(Approval).where(Approval.id == approval_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def listed(session: Session, *, waiting: bool, now: datetime, before: str | None, limit: int) -> Sequence[Approval]:
    """Proposals, newest first, older than the id `before`: those that wait, or those that are over."""
    open_now = (Approval.status == PENDING) & (Approval.expires_at > now)
    query = select(Approval).where(open_now if waiting else ~open_now).order_by(Approval.id.desc()).limit(limit)
    return session.scalars(query.where(Approval.id < before) if before else query).all()


def last(session: Session, kind: str, target: str) -> Approval | None:
    """The latest proposal of this kind about this target, whatever became of it."""
    query = select(Approval).where(Approval.kind == kind, Approval.target == target).order_by(Approval.id.desc())
    return session.scalar(query.limit(1).execution_options(populate_existing=True))
