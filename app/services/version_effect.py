"""What the clock does about versions: keeping those of a release, and telling those whom a coming one touches.

Cities are gone through in parts, one transaction a part; a kill repeats at most the part that it interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.wording import Words
from app.services.versions import Series
from app.store import events, outbox
from app.store.versions import PROPOSED, SCHEDULED, WITHDRAWN, Row


def keep_shipped(
    session: Session,
    series: Series[Row],
    shipped: Mapping[tuple[str, int], Callable[[], dict[str, Any]]],
    in_force: Mapping[str, Any],
    now: datetime,
) -> int:
    """Keep the release's versions, given by code and version with what makes their columns; how many were new.

    The first of a code is in force at once, with the columns `in_force`; a later one is a proposal like any other, so
    that no release changes anything unannounced.
    """
    if not shipped.keys() - series.rows.kept(session):
        return 0
    series.rows.hold(session)
    kept = series.rows.kept(session)
    begun = {row.code for row in series.rows.with_status(session, SCHEDULED)}
    new = []
    for (code, version), columns in shipped.items():
        if (code, version) not in kept:
            done = {"status": SCHEDULED, "effective_on": day_of(now), "told": 1, **in_force}
            new.append(columns() | (done if code not in begun else {}))
            begun.add(code)
    for row in series.rows.add(session, *new) if new else ():
        if row.status == PROPOSED:
            outbox.put(session, series.topic, {"version_id": row.id}, now=now)
    return len(new)


def is_told(row: Row) -> bool:
    """Whether everyone whom a version touches has the notice that it has come to."""
    return row.event_id is None or row.told >= row.parts


def tell(
    session: Session, series: Series[Row], row: Row, cities: Collection[str], name: Words | None, now: datetime
) -> None:
    """Tell one part of the members of `cities` that a version is announced, or taken back: `pack.announced`…

    Nobody is told of what can no longer be named.
    """
    if name is not None and row.event_id is not None:
        kind = f"{series.name}.{'withdrawn' if row.status == WITHDRAWN else 'announced'}"
        data = {
            series.name: row.code,
            "version": row.version,
            "name_zh": name.zh,
            "name_en": name.en,
            "effective_on": row.effective_on.isoformat() if row.effective_on else "",
            "notice_zh": row.notice_zh,
            "notice_en": row.notice_en,
        }
        events.tell_city(session, cities, row.event_id, kind, data, now, part=row.told, parts=row.parts)
    row.told += 1
    session.flush()
