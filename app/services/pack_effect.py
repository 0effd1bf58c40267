"""What the clock does about packs: telling a city of a coming version, and making its members due on its first day.

A city is gone through in parts, one transaction a part; a kill repeats at most the part that it interrupted.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.pack import Pack
from app.domain.packs import Packs
from app.services import pack_versions
from app.store import enrolments, events, outbox
from app.store import packs as store
from app.store.packs import RELEASE, SCHEDULED, WITHDRAWN, PackVersion

log = logging.getLogger(__name__)

ANNOUNCED, TAKEN_BACK = "pack.announced", "pack.withdrawn"


def keep_shipped(session: Session, shipped: Mapping[str, Pack], now: datetime) -> int:
    """Keep the release's packs, by their texts, as versions; how many were new.

    The first of a code is in force at once; a later one is a proposal like any other, so that no release changes a
    score unannounced.
    """
    known = set(store.kept(session))
    new = {text: pack for text, pack in shipped.items() if (pack.code, pack.version) not in known}
    for text, pack in new.items():
        _keep(session, pack, text, now)
    return len(new)


def _keep(session: Session, pack: Pack, text: str, now: datetime) -> None:
    store.hold(session)
    first = not any(row.status == SCHEDULED for row in store.of_code(session, pack.code))
    done = {"status": SCHEDULED, "effective_on": day_of(now), "told": 1, "marked": 1} if first else {}
    sha256 = pack_versions.digest(text)
    row = store.add(session, pack, text=text, sha256=sha256, proposed_by=RELEASE, now=now, **done)
    if row is not None and not first:
        outbox.put(session, pack_versions.SIMULATE, {"version_id": row.id}, now=now)


def step(session: Session, packs: Packs, now: datetime) -> int:
    """Do one part of what is to be told or to take effect; 0 where nothing is left."""
    for row in store.with_status(session, SCHEDULED, WITHDRAWN):
        if row.event_id is not None and row.told < row.parts:
            _tell(session, packs, row, now)
            return 1
        if row.marked < row.parts and row.status == SCHEDULED and _reached(packs, row):
            _mark(session, row, now)
            return 1
    return 0


def _reached(packs: Packs, row: PackVersion) -> bool:
    """Whether its day has come in this process too, which looks the versions up once a minute."""
    pack = packs.get(row.code)
    return pack is not None and pack.version >= row.version


def _tell(session: Session, packs: Packs, row: PackVersion, now: datetime) -> None:
    pack = packs.version(row.code, row.version) or packs.get(row.code)
    kind = TAKEN_BACK if row.status == WITHDRAWN else ANNOUNCED
    if pack is not None and row.event_id is not None:
        data = {
            "pack": row.code,
            "version": row.version,
            "name_zh": pack.name.zh,
            "name_en": pack.name.en,
            "effective_on": row.effective_on.isoformat() if row.effective_on else "",
            "notice_zh": row.notice_zh,
            "notice_en": row.notice_en,
        }
        events.tell_city(session, row.city, row.event_id, kind, data, now, part=row.told, parts=row.parts)
    row.told += 1
    session.flush()


def _mark(session: Session, row: PackVersion, now: datetime) -> None:
    enrolments.mark_city_due(session, row.city, day_of(now), part=row.marked, parts=row.parts)
    row.marked += 1
    session.flush()
