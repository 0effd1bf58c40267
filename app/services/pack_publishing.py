"""Publishing a version of a pack (app/services/version_publishing.py): it fits what else is in force and coming."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.services import pack_standing, pack_versions
from app.services.pack_versions import SERIES
from app.services.version_publishing import LONGEST_SIMULATED, NOTICE_DAYS, Publishing
from app.store import enrolments
from app.store.packs import PackVersion

__all__ = ["KIND", "LONGEST_SIMULATED", "NOTICE_DAYS", "PUBLISHING", "execute", "proposal", "seen"]

KIND = SERIES.kind


def _in_force(session: Session, code: str, day: date) -> int | None:
    pack = pack_standing.approved(session).on(day).get(code)
    return pack.version if pack else None


def _check_fits(session: Session, row: PackVersion, today: date) -> None:
    pack_standing.check_fits(pack_versions.checked(session, row), pack_standing.approved(session), today)


def _touched(session: Session, row: PackVersion) -> int:
    return enrolments.count_in_city(session, row.city)


PUBLISHING = Publishing(SERIES, _in_force, _check_fits, _touched)
proposal, seen, execute = PUBLISHING.proposal, PUBLISHING.seen, PUBLISHING.execute
