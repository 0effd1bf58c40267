"""Versions of offers as an operator reads them: how each stands, what it changes, what may be done about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.offer import Offer
from app.domain.offer_changes import offer_changes
from app.domain.scenario import Registry
from app.services import offer_versions, version_views
from app.services.offer_shelf import shipped_text
from app.services.offer_versions import SERIES
from app.store.offers import OfferVersion
from app.store.versions import PROPOSED, SCHEDULED, SIMULATED


def listed(session: Session, registry: Registry, code: str, now: datetime) -> list[dict[str, Any]]:
    """Every version of an offer, newest first; raises Refusal `not-found` for a code that nobody ever proposed."""
    rows = SERIES.rows.of_code(session, code)
    told = [view(session, registry, row, now) for row in rows]
    present = _present(registry, code)
    if present and present.version not in {row.version for row in rows}:
        told.append(version_views.shipped(code, present.version, present.name, in_force=True))
    if not told:
        raise Refusal("not-found")
    return sorted(told, key=lambda each: -each["version"])


def one(session: Session, registry: Registry, code: str, version: int, now: datetime) -> dict[str, Any]:
    """One version with its text, what that changes against the one in force, and its simulation.

    Raises Refusal `not-found`.
    """
    row, present = SERIES.rows.get(session, code, version), _present(registry, code)
    if row is None and present and present.version == version:
        shipped = version_views.shipped(code, version, present.name, in_force=True)
        return shipped | {"text": shipped_text(present)[0], "changes": []}
    if row is None:
        raise Refusal("not-found")
    new = offer_versions.kept(row)
    return view(session, registry, row, now) | {
        "text": row.text,
        "diff": version_views.lines_changed(session, SERIES, row, present.version if present else None),
        "changes": offer_changes(present, new) if present and new else [],
        "simulation": row.simulation,
    }


def waiting(session: Session, registry: Registry, now: datetime) -> list[dict[str, Any]]:
    """The versions that are not decided yet, and those that are announced for a coming day, oldest first."""
    rows = SERIES.rows.with_status(session, PROPOSED, SIMULATED, SCHEDULED)
    return [told for row in rows if version_views.is_open(told := view(session, registry, row, now))]


def view(session: Session, registry: Registry, row: OfferVersion, now: datetime) -> dict[str, Any]:
    """The version as it stands."""
    present = _present(registry, row.code)
    own = present or offer_versions.kept(row)
    version = present.version if present else None
    return version_views.view(session, SERIES, row, now, name=own.name if own else None, in_force=version)


def _present(registry: Registry, code: str) -> Offer | None:
    return registry.offer(code) if code in registry else None
