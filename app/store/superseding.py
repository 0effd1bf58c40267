"""Many records corrected at once: each is superseded, with its event, in a few statements however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.access import Actor
from app.domain.record import Status
from app.domain.remedy import OPEN
from app.store import records
from app.store.arrays import TEXT, among, unnested
from app.store.copying import copy_rows
from app.store.records import Known, RecordEvent, RecordRow
from app.store.remedies import DisputeRow, RepairRow

KIND = "corrected"


def supersede(session: Session, old: Sequence[Known], *, actor: Actor, now: datetime) -> None:
    """Let these records end as corrected; those with an open dispute or repair one by one, as that is settled too."""
    if not old:
        return
    asked_about = _asked_about(session, [one.record_id for one in old])
    for one in old:
        if one.record_id in asked_about:
            records.change_status(
                session, one.citizen_id, one.record_id, Status.CORRECTED, kind=KIND, actor=actor, now=now
            )
    _end(session, [one for one in old if one.record_id not in asked_about], actor, now)


def _asked_about(session: Session, record_ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for table in (DisputeRow, RepairRow):
        open_ones = select(table.record_id).where(among(table.record_id, record_ids), table.status.in_(OPEN))
        found.update(session.scalars(open_ones))
    return found


def _end(session: Session, old: Sequence[Known], actor: Actor, now: datetime) -> None:
    keys = unnested(owner=(TEXT, [one.citizen_id for one in old]), record=(TEXT, [one.record_id for one in old]))
    change = (
        update(RecordRow)
        .where(RecordRow.citizen_id == keys.c.owner, RecordRow.id == keys.c.record)
        .values(status=Status.CORRECTED, version=RecordRow.version + 1)
        .returning(RecordRow.citizen_id, RecordRow.id, RecordRow.version)
    )
    ended = session.execute(change.execution_options(synchronize_session=False)).all()
    same = {"kind": KIND, "status": str(Status.CORRECTED), "at": now}
    same |= {"actor_kind": str(actor.kind), "actor_id": actor.id, "actor_name": actor.name}
    rows = ({"citizen_id": owner, "record_id": record, "version": version, **same} for owner, record, version in ended)
    copy_rows(session, RecordEvent, rows)
