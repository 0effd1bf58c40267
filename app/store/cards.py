"""Name cards: what a holder shows by default, and the cards that people hold of each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import LargeBinary, String, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment, sealed


class NameCard(Base):
    """A person's own choices: nickname, the kind of name and the fields that are ticked unless they say otherwise."""

    __tablename__ = "name_cards"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    sealed_nickname: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("nickname:{citizen_id}"))
    name_kind: Mapped[Id]
    fields: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    updated_at: Mapped[Moment]


class HeldCard(Base):
    """A card that `citizen_id` holds of `given_by`. Both rows of one exchange live and die together."""

    __tablename__ = "held_cards"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    exchange_id: Mapped[Id] = mapped_column(index=True)
    given_by: Mapped[Id] = mapped_column(index=True, info={"citizen": True})
    sealed_face: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("held_cards:{id}"))
    received_at: Mapped[Moment]


def context(citizen_id: str) -> str:
    """What the ciphertext of a nickname is bound to."""
    return f"nickname:{citizen_id}"


def own(session: Session, citizen_id: str) -> NameCard | None:
    """The person's choices, or None where they never made any."""
    query = select(NameCard).where(NameCard.citizen_id == citizen_id)
    return session.scalar(query.execution_options(populate_existing=True))


def save(
    session: Session, citizen_id: str, *,
    sealed_nickname: bytes | None, name_kind: str, fields: list[str], now: datetime,
) -> None:  # fmt: skip
    """Write the person's choices over those before."""
    values = {"sealed_nickname": sealed_nickname, "name_kind": name_kind, "fields": fields, "updated_at": now}
    new = insert(NameCard).values(citizen_id=citizen_id, **values)
    session.execute(new.on_conflict_do_update(index_elements=[NameCard.citizen_id], set_=values))


def seal_nickname(session: Session, citizen_id: str, sealed_nickname: bytes) -> None:
    """Take over a nickname from before it was sealed, unless its person chose another meanwhile."""
    empty = NameCard.citizen_id == citizen_id, NameCard.sealed_nickname.is_(None)
    session.execute(update(NameCard).where(*empty).values(sealed_nickname=sealed_nickname))


def add(session: Session, cards: Sequence[HeldCard]) -> None:
    """Keep the cards of one exchange."""
    session.add_all(cards)
    session.flush()


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[str]:
    """The ids of cards that someone holds, newest first, older than the id `before`."""
    query = select(HeldCard.id).where(HeldCard.citizen_id == citizen_id)
    if before:
        query = query.where(HeldCard.id < before)
    return session.scalars(query.order_by(HeldCard.id.desc()).limit(limit)).all()


def find(session: Session, citizen_id: str, card_id: str) -> HeldCard | None:
    """One card that `citizen_id` holds, or None."""
    return session.scalar(select(HeldCard).where(HeldCard.citizen_id == citizen_id, HeldCard.id == card_id))


def remove_exchange(session: Session, exchange_id: str) -> None:
    """Take the cards of one exchange from both sides."""
    session.execute(delete(HeldCard).where(HeldCard.exchange_id == exchange_id))


def remove_between(session: Session, one: str, other: str) -> None:
    """Take from both sides every card that these two hold of each other; their exchanges wait for one another here."""
    pair = " ".join(sorted((one, other)))
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"exchange:{pair}", 0))))
    pairs = tuple_(HeldCard.citizen_id, HeldCard.given_by)
    session.execute(delete(HeldCard).where(pairs.in_([(one, other), (other, one)])))


def counterpart(session: Session, card: HeldCard) -> HeldCard | None:
    """The card that the giver of `card` holds of its holder, from the same exchange; None once it was removed."""
    wanted = HeldCard.citizen_id == card.given_by, HeldCard.exchange_id == card.exchange_id
    return session.scalar(select(HeldCard).where(*wanted))
