"""How every view of the desk opens its transaction: role checked, deed written to the audit trail, both or neither."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from app.services import desk
from app.services.approval_kinds import KINDS
from app.services.desk import Deed
from app.web.kit import now, transaction
from auth.guard import caller


@contextmanager
def reading(action: str, target: str = "", **data: Any) -> Iterator[Session]:
    """A transaction for any operator, auditors included."""
    with _audited(Deed(action, target, data)) as session:
        yield session


@contextmanager
def changing(action: str, target: str = "", **data: Any) -> Iterator[Session]:
    """A transaction for operators who may change things."""
    with _audited(Deed(action, target, data, desk.WRITERS)) as session:
        yield session


@contextmanager
def proposing(kind: str, target: str = "", **data: Any) -> Iterator[Session]:
    """A transaction for operators who may propose a risky action of this kind."""
    with _audited(Deed("approvals.propose", target, {"kind": kind, **data}, KINDS[kind].roles)) as session:
        yield session


@contextmanager
def _audited(deed: Deed) -> Iterator[Session]:
    with transaction() as session:
        desk.enter(session, caller().operator_id, deed, g.request_id, now())
        yield session
