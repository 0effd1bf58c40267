"""Rotating data keys and the master secret while everyone goes on. Each step may be killed and begun again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column
from sqlalchemy.orm import Session

from app.store import data_keys, sealing
from app.store.data_keys import FIELD, MOST_VERSIONS, DataKey
from app.store.pii import PiiBox

SETTLED = timedelta(minutes=1)
"""By when every process has read a new version, so that none writes under the one before."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a walk: rows `found` under an older key, those `changed` to the new one, and where it ended."""

    found: int
    changed: int
    last: Sequence[Any]


def listed(session: Session) -> Sequence[DataKey]:
    """Every data key, wrapped."""
    return data_keys.everything(session)


def rotate(session: Session, pii: PiiBox) -> tuple[int, bool]:
    """Begin a new version for everything written from now on; the version, and whether it is new.

    While rows are left under an older one, the present version stays: re-encrypt them first. Raises OverflowError after
    255 versions.
    """
    pii.renew()
    data_keys.alone(session)
    fields = [row for row in data_keys.everything(session) if row.purpose == FIELD]
    newest = fields[-1].version
    if any(row.emptied_at is None for row in fields[:-1]):
        return newest, False
    if newest == MOST_VERSIONS:
        raise OverflowError(f"{MOST_VERSIONS} versions: begin a new database")
    data_keys.add_version(session, pii.master_secrets, newest + 1)
    return newest + 1, True


def reencrypt(session: Session, pii: PiiBox, column: Column[Any], *, after: Sequence[Any], limit: int) -> Batch:
    """Encrypt up to `limit` rows of a sealed column under the newest key, those after the key `after`."""
    rows = sealing.older(session, column, pii.version, after=after, limit=limit)
    changed = sealing.reseal(session, pii, column, rows) if rows else 0
    return Batch(len(rows), changed, sealing.key_of(column, rows[-1]) if rows else after)


def finish(session: Session, pii: PiiBox, now: datetime) -> bool:
    """Note that nothing is left under older keys; False where something is, or where a late process may still write."""
    if any(sealing.any_older(session, column, pii.version) for column in sealing.sealed_columns()):
        return False
    newest = next(row for row in data_keys.everything(session) if (row.purpose, row.version) == (FIELD, pii.version))
    if now - newest.created_at < SETTLED:
        return False
    data_keys.mark_emptied(session, pii.version, now)
    return True


def rewrap(session: Session, pii: PiiBox) -> int:
    """Wrap every data key under the present master secret; how many were not. Raises WrongMasterSecret."""
    pii.renew()
    return data_keys.rewrap(session, pii.master_secrets)
