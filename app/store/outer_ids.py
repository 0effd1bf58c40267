"""The map from an outer id (a consent, an order, a pairwise reference …) to its citizen.

Tables of people are keyed by `citizen_id` first, so that a city can spread them over machines; this is the one look-up
that leads from an id in a URL to that key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id
from app.store.direct import Prepared


class OuterId(Base):
    """One outer id and whose it is."""

    __tablename__ = "outer_ids"
    __table_args__ = (
        {
            "info": {
                "on_leave": "delete",
                "but_keep": "kind in ('id_number', 'network_id', 'order', 'order_no')",
                "because": "the keyed hash that finds your login, and the ids of open orders",
            }
        },
    )
    outer_id: Mapped[Id] = mapped_column(primary_key=True)
    kind: Mapped[Id]
    citizen_id: Mapped[Id] = mapped_column(index=True)


_REGISTERED = Prepared("""
    insert into outer_ids (outer_id, kind, citizen_id) values (%(outer_id)s, %(kind)s, %(citizen_id)s)
    on conflict do nothing returning citizen_id
""")
_CITIZEN_OF = Prepared("select citizen_id from outer_ids where outer_id = %(outer_id)s and kind = %(kind)s")


def register(session: Session, outer_id: str, kind: str, citizen_id: str) -> str:
    """Remember whose `outer_id` is; the first to register wins. Returns the citizen it belongs to."""
    values = {"outer_id": outer_id, "kind": kind, "citizen_id": citizen_id}
    if _REGISTERED.ask(session, values):
        return citizen_id
    return citizen_of(session, outer_id, kind) or citizen_id


def register_many(session: Session, citizens: Mapping[str, str], kind: str) -> dict[str, str]:
    """As `register`, for many outer ids at once; outer id → the citizen that it belongs to."""
    rows = [{"outer_id": outer_id, "kind": kind, "citizen_id": citizens[outer_id]} for outer_id in sorted(citizens)]
    session.execute(insert(OuterId).on_conflict_do_nothing(), rows)
    found = select(OuterId.outer_id, OuterId.citizen_id).where(OuterId.outer_id.in_(citizens), OuterId.kind == kind)
    return dict(session.execute(found).all())


def citizen_of(session: Session, outer_id: str, kind: str) -> str | None:
    """The citizen behind `outer_id` of this kind, or None."""
    found = _CITIZEN_OF.ask(session, {"outer_id": outer_id, "kind": kind})
    return found[0][0] if found else None


def of_citizen(session: Session, citizen_id: str, kind: str) -> Sequence[str]:
    """The outer ids of this kind that lead to a citizen."""
    return session.scalars(select(OuterId.outer_id).where(OuterId.citizen_id == citizen_id, OuterId.kind == kind)).all()
