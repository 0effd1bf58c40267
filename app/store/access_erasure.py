"""What is taken out of the access log, and how its chain says so and stays whole (guardrails 12, 13).

Of one who leaves every row goes. Of a look that named what is deleted, the look stays and the name goes.

A row commits to all that it says, its reference too. Without the reference it is another row; a link of its own at the
end of the chain commits to that other row, so the chain stays whole and what happened to it can be counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.store import access_chain, access_log
from app.store.access_log import AccessLogRow
from app.store.arrays import paired


def without_name(number: int, commitment: bytes) -> bytes:
    """The commitment of a link that says: the row of this number names nothing any more, and commits to this now."""
    return hashlib.sha256(b"without its reference " + number.to_bytes(8, "big") + commitment).digest()


def forget(session: Session, named: Collection[tuple[str, str]]) -> None:
    """Take these references out of the looks at people, each given with the person at whom."""
    looks = delete(AccessLogRow).where(paired(AccessLogRow.citizen_id, AccessLogRow.ref, named))
    found = session.execute(looks.returning(*AccessLogRow.__table__.columns)).mappings().all()
    for values in sorted(found, key=lambda values: (str(values["citizen_id"]), int(values["number"]))):
        bare = AccessLogRow(**{**values, "ref": None})  # the table lets nobody change a row: it is written anew
        session.execute(insert(AccessLogRow).values({**values, "ref": None}))
        said = without_name(bare.number, access_log.commit(bare))
        access_chain.link_alone(session, bare.citizen_id, _always(said))
    session.flush()


def _always(commitment: bytes) -> Callable[[int], bytes]:
    return lambda _: commitment


def erasure(number: int) -> bytes:
    """The commitment of a link that says: every row before this number was erased, as the person who left asked."""
    return hashlib.sha256(b"erased before " + number.to_bytes(8, "big")).digest()


def erase(session: Session, citizen_id: str) -> int:
    """Delete a person's rows with their salts, and say so in the chain, which stays whole; returns how many went."""
    if access_chain.head(session, citizen_id) is None:
        return 0
    access_chain.link_alone(session, citizen_id, erasure)
    gone = delete(AccessLogRow).where(AccessLogRow.citizen_id == citizen_id).returning(AccessLogRow.number)
    return len(session.scalars(gone).all())
