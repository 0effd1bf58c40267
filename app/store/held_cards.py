"""The cards that people hold of each other (名片夹): at most one of each person, sealed, and only until its term ends.

Of a card that was withdrawn the row stays, so that its holder is told that it is no longer shown; its face, its ticks
and the note on it are deleted, not hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, delete, func, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store import citizens
from app.store.arrays import among
from app.store.base import Base, Id, Moment, sealed


class HeldCard(Base):
    """A card that `citizen_id` holds of `given_by`: what it shows, what was ticked for it, until when, and the note.

    `known_as` is how the giver knows the holder; `shown_entity` the legal entity whose role it shows.
    """

    __tablename__ = "held_cards"
    __table_args__ = (
        UniqueConstraint("given_by", "citizen_id"),
        Index("ix_held_cards_expires_at", "expires_at"),
        {"info": {"on_leave": "delete"}},
    )
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    given_by: Mapped[Id] = mapped_column(info={"citizen": True})
    source: Mapped[Id] = mapped_column(server_default="exchange")
    sealed_face: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("held_cards:{id}"))
    sealed_ticks: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("held_cards_ticks:{id}"))
    sealed_known_as: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("held_cards_known_as:{id}"))
    shown_entity: Mapped[Id | None]
    sealed_note: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("held_cards_note:{id}"))
    received_at: Mapped[Moment]
    updated_at: Mapped[Moment | None]
    expires_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]


_NOTHING = {"sealed_face": None, "sealed_ticks": None, "sealed_note": None, "shown_entity": None}


def meet(session: Session, one: str, other: str) -> None:
    """Let whatever these two do with each other's cards wait for one another, and neither leave, until the end of

    this transaction. One pair a transaction, before anything else is written in it.
    """
    citizens.stay(session, (one, other))
    pair = " ".join(sorted((one, other)))
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"exchange:{pair}", 0))))


def put(session: Session, row: HeldCard) -> None:
    """Keep a card instead of the one that its holder held of the same giver before."""
    before = HeldCard.citizen_id == row.citizen_id, HeldCard.given_by == row.given_by
    session.execute(delete(HeldCard).where(*before))
    session.add(row)
    session.flush()


def listed(session: Session, citizen_id: str, now: datetime, *, before: str | None, limit: int) -> Sequence[str]:
    """The ids of cards that someone holds, newest first, older than the id `before`."""
    query = select(HeldCard.id).where(HeldCard.citizen_id == citizen_id, HeldCard.expires_at > now)
    if before:
        query = query.where(HeldCard.id < before)
    return session.scalars(query.order_by(HeldCard.id.desc()).limit(limit)).all()


def givers(session: Session, citizen_id: str, card_ids: Collection[str]) -> Sequence[str]:
    """Who gave these cards to their holder."""
    held = HeldCard.citizen_id == citizen_id, among(HeldCard.id, card_ids)
    return session.scalars(select(HeldCard.given_by).where(*held)).all()


def held(session: Session, citizen_id: str, card_ids: Collection[str], now: datetime) -> Sequence[HeldCard]:
    """Those of these cards that someone holds, newest first."""
    query = select(HeldCard).where(HeldCard.citizen_id == citizen_id, among(HeldCard.id, card_ids))
    query = query.where(HeldCard.expires_at > now).order_by(HeldCard.id.desc())
    return session.scalars(query.execution_options(populate_existing=True)).all()


def given_listed(
    session: Session, citizen_id: str, now: datetime, *, before: str | None, limit: int
) -> Sequence[HeldCard]:
    """Cards that someone gave and that are held, newest first, older than the id `before`."""
    query = select(HeldCard).where(HeldCard.given_by == citizen_id, HeldCard.expires_at > now)
    if before:
        query = query.where(HeldCard.id < before)
    return session.scalars(query.order_by(HeldCard.id.desc()).limit(limit)).all()


def given(session: Session, citizen_id: str, card_id: str, now: datetime) -> HeldCard | None:
    """One card that `citizen_id` gave and that is held, or None."""
    query = select(HeldCard).where(HeldCard.given_by == citizen_id, HeldCard.id == card_id, HeldCard.expires_at > now)
    return session.scalar(query.execution_options(populate_existing=True))


def given_and_shown(session: Session, citizen_id: str) -> Sequence[HeldCard]:
    """Every card that someone gave and that still shows something."""
    query = select(HeldCard).where(HeldCard.given_by == citizen_id, HeldCard.sealed_face.is_not(None))
    return session.scalars(query.execution_options(populate_existing=True)).all()


def between(session: Session, holder: str, giver: str) -> HeldCard | None:
    """The card that `holder` holds of `giver`, over or not; or None."""
    query = select(HeldCard).where(HeldCard.citizen_id == holder, HeldCard.given_by == giver)
    return session.scalar(query.execution_options(populate_existing=True))


def remove_between(session: Session, one: str, other: str) -> None:
    """Take from both sides the cards that these two hold of each other."""
    pairs = tuple_(HeldCard.citizen_id, HeldCard.given_by)
    session.execute(delete(HeldCard).where(pairs.in_([(one, other), (other, one)])))


def withdraw(session: Session, card: HeldCard, now: datetime) -> None:
    """Delete what a card shows, with the note on it."""
    here = HeldCard.citizen_id == card.citizen_id, HeldCard.id == card.id
    session.execute(update(HeldCard).where(*here).values(**_NOTHING, withdrawn_at=now))


def withdraw_showing(session: Session, citizen_id: str, entity_id: str, now: datetime) -> int:
    """Delete what every card shows that `citizen_id` gave with their role in this entity; how many there were."""
    showing = HeldCard.given_by == citizen_id, HeldCard.shown_entity == entity_id
    gone = update(HeldCard).where(*showing).values(**_NOTHING, withdrawn_at=now).returning(HeldCard.id)
    return len(session.scalars(gone).all())


def expire(session: Session, now: datetime, limit: int) -> int:
    """Delete up to so many cards whose term is over; how many there were."""
    over = select(HeldCard.citizen_id, HeldCard.id).where(HeldCard.expires_at <= now)
    # As a CTE it is read once; a subquery may be read again for each row, and its limit would hold for each.
    some = over.order_by(HeldCard.expires_at).limit(limit).with_for_update(skip_locked=True).cte("over")
    these = tuple_(HeldCard.citizen_id, HeldCard.id).in_(select(some.c.citizen_id, some.c.id))
    gone = delete(HeldCard).where(these).returning(HeldCard.id)
    return len(session.scalars(gone).all())
