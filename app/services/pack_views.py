"""Versions of packs as an operator reads them: how each stands, what it changes, what may be done about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.pack import Pack, PackError
from app.domain.pack_diff import differences
from app.domain.packs import Packs
from app.services import version_views
from app.services.pack_picture import picture
from app.services.pack_standing import kept
from app.services.pack_versions import SERIES
from app.services.version_views import STATUSES
from app.store import packs as store
from app.store.packs import PROPOSED, SCHEDULED, SIMULATED, PackVersion

__all__ = ["STATUSES", "listed", "one", "view", "waiting"]


def listed(session: Session, packs: Packs, code: str, now: datetime) -> list[dict[str, Any]]:
    """Every version of a pack, newest first; raises Refusal `not-found` for a code that nobody ever proposed."""
    rows = store.of_code(session, code)
    kept = {row.version for row in rows}
    told = [view(session, packs, row, now) for row in rows]
    told += [_shipped(pack, packs) for pack in packs.versions(code) if pack.version not in kept]
    if not told:
        raise Refusal("not-found")
    return sorted(told, key=lambda each: -each["version"])


def one(session: Session, packs: Packs, code: str, version: int, now: datetime) -> dict[str, Any]:
    """One version with its text, what that changes against the one in force, its simulation and the picture of it.

    Raises Refusal `not-found`.
    """
    row = store.get(session, code, version)
    if row is None:
        raise Refusal("not-found")
    figures, new = row.simulation, _read(session, row, packs)
    old = packs.get(row.code)
    return view(session, packs, row, now) | {
        "text": row.text,
        "diff": version_views.lines_changed(session, SERIES, row, old.version if old else None),
        "changes": differences(old, new) if old and new else [],
        "grades": {grade.code: grade.name for pack in (old, new) if pack for grade in pack.grades},
        "simulation": figures,
        "picture": picture(figures) if figures else None,
    }


def waiting(session: Session, packs: Packs, now: datetime) -> list[dict[str, Any]]:
    """The versions that are not decided yet, and those that are announced for a coming day, oldest first."""
    rows = store.with_status(session, PROPOSED, SIMULATED, SCHEDULED)
    return [told for row in rows if version_views.is_open(told := view(session, packs, row, now))]


def view(session: Session, packs: Packs, row: PackVersion, now: datetime) -> dict[str, Any]:
    """The version as it stands."""
    present = packs.get(row.code)
    name, version = (present.name, present.version) if present else (None, None)
    return version_views.view(session, SERIES, row, now, name=name, in_force=version)


def _shipped(pack: Pack, packs: Packs) -> dict[str, Any]:
    return version_views.shipped(pack.code, pack.version, pack.name, in_force=packs.get(pack.code) == pack)


def _read(session: Session, row: PackVersion, packs: Packs) -> Pack | None:
    try:
        return kept(session, row, packs)
    except PackError:
        return None
