"""Name cards: what a holder shows unless they say otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import LargeBinary, String, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.domain import card
from app.domain.card import NameKind, Ticks
from app.store.base import Base, Id, Json, Moment, sealed


class NameCard(Base):
    """A person's own choices: nickname, the kind of name and the fields that are ticked unless they say otherwise."""

    __tablename__ = "name_cards"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    sealed_nickname: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("nickname:{citizen_id}"))
    name_kind: Mapped[Id]
    fields: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    honours: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))
    entity: Mapped[Id | None]
    updated_at: Mapped[Moment]


class CardAvatar(Base):
    """The picture of a person that their card may show, made anew here, and when they agreed to that."""

    __tablename__ = "card_avatars"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    sealed_avatar: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("card_avatars:{citizen_id}"))
    agreed_at: Mapped[Moment]


class CardPreset(Base):
    """Ticks that a person keeps under a name of their own."""

    __tablename__ = "card_presets"
    __table_args__ = ({"info": {"on_leave": "delete"}},)
    citizen_id: Mapped[Id] = mapped_column(primary_key=True)
    id: Mapped[Id] = mapped_column(primary_key=True)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("card_presets:{id}"))
    ticks: Mapped[Json]
    saved_at: Mapped[Moment]


def context(citizen_id: str) -> str:
    """What the ciphertext of a nickname is bound to."""
    return f"nickname:{citizen_id}"


def own(session: Session, citizen_id: str) -> NameCard | None:
    """The person's choices, or None where they never made any."""
    query = select(NameCard).where(NameCard.citizen_id == citizen_id)
    return session.scalar(query.execution_options(populate_existing=True))


def ticks(row: NameCard) -> Ticks:
    """What the person's choices tick."""
    honours = None if row.honours is None else frozenset(row.honours)
    return Ticks(NameKind(row.name_kind), frozenset(row.fields), honours, row.entity)


def save(
    session: Session, citizen_id: str, *,
    sealed_nickname: bytes | None, ticks: Ticks, now: datetime,
) -> None:  # fmt: skip
    """Write the person's choices over those before."""
    values = {
        "sealed_nickname": sealed_nickname,
        "name_kind": ticks.name,
        "fields": card.in_order(ticks.fields),
        "honours": None if ticks.honours is None else sorted(ticks.honours),
        "entity": ticks.entity,
        "updated_at": now,
    }
    new = insert(NameCard).values(citizen_id=citizen_id, **values)
    session.execute(new.on_conflict_do_update(index_elements=[NameCard.citizen_id], set_=values))


def seal_nickname(session: Session, citizen_id: str, sealed_nickname: bytes) -> None:
    """Take over a nickname from before it was sealed, unless its person chose another meanwhile."""
    empty = NameCard.citizen_id == citizen_id, NameCard.sealed_nickname.is_(None)
    session.execute(update(NameCard).where(*empty).values(sealed_nickname=sealed_nickname))


def avatar(session: Session, citizen_id: str) -> CardAvatar | None:
    """The person's avatar, or None."""
    query = select(CardAvatar).where(CardAvatar.citizen_id == citizen_id)
    return session.scalar(query.execution_options(populate_existing=True))


def save_avatar(session: Session, citizen_id: str, sealed_avatar: bytes, now: datetime) -> None:
    """Keep an avatar instead of the one before."""
    values = {"sealed_avatar": sealed_avatar, "agreed_at": now}
    new = insert(CardAvatar).values(citizen_id=citizen_id, **values)
    session.execute(new.on_conflict_do_update(index_elements=[CardAvatar.citizen_id], set_=values))


def delete_avatar(session: Session, citizen_id: str) -> None:
    """Delete the avatar, if there is one, and its tick: a later one shows only where it is ticked again."""
    session.execute(delete(CardAvatar).where(CardAvatar.citizen_id == citizen_id))
    unticked = func.array_remove(NameCard.fields, "avatar")
    session.execute(update(NameCard).where(NameCard.citizen_id == citizen_id).values(fields=unticked))


def untick_role(session: Session, citizen_id: str, entity_id: str) -> None:
    """Take the tick of a role in this entity off the person's card: one that comes back waits for a tick of its own."""
    mine = NameCard.citizen_id == citizen_id, NameCard.entity == entity_id
    unticked = func.array_remove(NameCard.fields, "legal_role")
    session.execute(update(NameCard).where(*mine).values(fields=unticked, entity=None))


def presets(session: Session, citizen_id: str) -> Sequence[CardPreset]:
    """The person's own presets, oldest first."""
    query = select(CardPreset).where(CardPreset.citizen_id == citizen_id)
    return session.scalars(query.order_by(CardPreset.id)).all()


def add_preset(session: Session, row: CardPreset) -> None:
    """Keep a preset."""
    session.add(row)
    session.flush()


def delete_preset(session: Session, citizen_id: str, preset_id: str) -> bool:
    """Delete a preset; whether there was one."""
    gone = delete(CardPreset).where(CardPreset.citizen_id == citizen_id, CardPreset.id == preset_id)
    return bool(session.scalars(gone.returning(CardPreset.id)).all())
