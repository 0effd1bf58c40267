"""Publishing a version of an offer (app/services/version_publishing.py)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.services import offer_versions
from app.services.offer_versions import SERIES
from app.services.version_publishing import Publishing
from app.store import enrolments
from app.store.offers import OfferVersion
from app.store.versions import SCHEDULED


def _in_force(session: Session, code: str, day: date) -> int | None:
    """The version that every shelf holds: the last one whose day has come and that can be read."""
    rows = [row for row in SERIES.rows.of_code(session, code) if row.status == SCHEDULED and row.effective_on]
    reached = [row for row in rows if row.effective_on and row.effective_on <= day and offer_versions.kept(row)]
    return max(reached, key=lambda row: (row.effective_on or day, row.id)).version if reached else None


def _check_fits(_: Session, row: OfferVersion, __: date) -> None:
    offer_versions.checked(row)


def _touched(session: Session, row: OfferVersion) -> int:
    return enrolments.count_in_city(session, *row.cities)


PUBLISHING = Publishing(SERIES, _in_force, _check_fits, _touched)
