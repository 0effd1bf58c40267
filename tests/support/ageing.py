"""Records that age: a clock that goes forward, and the worker that comes round each night."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.domain.calendar import day_of
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.members import a_penalty, file_rows


def on_day(clock: Clock, day: date) -> None:
    """Let it be noon of `day` in Shanghai."""
    clock.advance(days=(day - day_of(clock())).days)


def night(kit: Kit) -> None:
    """What a worker does that wakes up now, to the last portion."""
    worker = Worker(kit)
    while worker.work():
        pass


def old_penalty(session: Session, kit: Kit, number: str, ended_on: date, **changed: Any) -> str:
    """File a penalty of some days ago whose act ended on `ended_on`; its record id."""
    row = a_penalty(number, day_of(kit.clock()) - timedelta(days=30), serious=True)
    filed = file_rows(session, kit, "transport", row | {"ended_on": ended_on.isoformat()} | changed)
    assert filed[0].record_id, filed
    return filed[0].record_id
