"""What the clock does about packs: telling a city of a coming version, and making its members due on its first day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.pack import Pack
from app.domain.packs import Packs
from app.services import version_effect
from app.services.pack_versions import SERIES, digest
from app.services.version_effect import is_told
from app.store import enrolments
from app.store import packs as store
from app.store.packs import RELEASE, SCHEDULED, WITHDRAWN, PackVersion


def keep_shipped(session: Session, shipped: Mapping[str, Pack], now: datetime) -> int:
    """Keep the release's packs, by their texts, as versions; how many were new (app/services/version_effect.py)."""
    made = {
        (pack.code, pack.version): partial(
            store.values, pack, text=text, sha256=digest(text), proposed_by=RELEASE, now=now
        )
        for text, pack in shipped.items()
    }
    return version_effect.keep_shipped(session, SERIES, made, {"marked": 1}, now)


def step(session: Session, packs: Packs, now: datetime) -> int:
    """Do one part of what is to be told or to take effect; 0 where nothing is left."""
    for row in store.with_status(session, SCHEDULED, WITHDRAWN):
        if not is_told(row):
            pack = packs.version(row.code, row.version) or packs.get(row.code)
            version_effect.tell(session, SERIES, row, [row.city], pack.name if pack else None, now)
            return 1
        if row.marked < row.parts and row.status == SCHEDULED and _reached(packs, row):
            _mark(session, row, now)
            return 1
    return 0


def _reached(packs: Packs, row: PackVersion) -> bool:
    """Whether its day has come in this process too, which looks the versions up once a minute."""
    pack = packs.get(row.code)
    return pack is not None and pack.version >= row.version


def _mark(session: Session, row: PackVersion, now: datetime) -> None:
    enrolments.mark_city_due(session, row.city, day_of(now), part=row.marked, parts=row.parts)
    row.marked += 1
    session.flush()
