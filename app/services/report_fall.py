"""Reports fall where what they show stands no more: the link is over, the document and the paper are gone, once and for

good, and their person is told (guardrail 12). Whoever looks at one asks first; what changes records says so here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.store import events
from app.store import reports as store
from app.store.reports import ReportRow

SUPERSEDED = "superseded"


def records_changed(session: Session, citizen_ids: Collection[str], now: datetime) -> int:
    """Let these people's reports fall that show what stands no more; how many did."""
    if not citizen_ids:
        return 0
    return supersede(session, store.fallen(session, citizen_ids, day_of(now)), now)


def supersede(session: Session, rows: Sequence[ReportRow], now: datetime) -> int:
    """Let these reports, which are held, fall; how many they are."""
    for row in rows:
        was_live = row.over_at > now
        store.end(session, row, SUPERSEDED, now)
        if was_live:
            events.tell(session, row.citizen_id, "report.superseded", {"report_id": row.id}, now)
    return len(rows)
