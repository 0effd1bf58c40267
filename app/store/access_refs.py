"""Looks that named what is deleted: the look stays, the name goes, and the chain says that it did (guardrails 12, 13).

A row commits to all that it says, its reference too. Without the reference it is another row; a link of its own at the
end of the chain commits to that other row, so the chain stays whole and what happened to it can be counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.store import access_log
from app.store.access_log import AccessLogRow


def without_name(number: int, commitment: bytes) -> bytes:
    """The commitment of a link that says: the row of this number names nothing any more, and commits to this now."""
    return hashlib.sha256(b"without its reference " + number.to_bytes(8, "big") + commitment).digest()


def forget(session: Session, citizen_id: str, refs: Collection[str]) -> int:
    """Take these references out of a person's looks; returns how many looks named one."""
    named = delete(AccessLogRow).where(AccessLogRow.citizen_id == citizen_id, AccessLogRow.ref.in_(refs))
    found = session.execute(named.returning(*AccessLogRow.__table__.columns)).mappings().all()
    for values in sorted(found, key=lambda values: int(values["number"])):
        bare = AccessLogRow(**{**values, "ref": None})  # the table lets nobody change a row: it is written anew
        session.execute(insert(AccessLogRow).values({**values, "ref": None}))
        access_log.link_alone(session, citizen_id, without_name(bare.number, access_log.commit(bare)))
    session.flush()
    return len(found)
