"""Operators of the credit office: real names with roles; they log in through the same platform as citizens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Boolean, String, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment, new_id


class Operator(Base):
    """A person who may use the desk, known by the keyed hash of their identity number."""

    __tablename__ = "operators"
    id: Mapped[Id] = mapped_column(primary_key=True)
    number_key: Mapped[Id] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[Moment]


def put(session: Session, number_key: str, name: str, roles: list[str], now: datetime) -> str:
    """Make a person an operator, or give one other roles; returns the operator's id."""
    row = insert(Operator).values(
        id=new_id("opr"), number_key=number_key, name=name, roles=roles, active=True, created_at=now
    )
    changed = row.on_conflict_do_update(
        index_elements=[Operator.number_key], set_={"name": name, "roles": roles, "active": True}
    )
    return session.execute(changed.returning(Operator.id)).scalar_one()


def get(session: Session, operator_id: str) -> Operator | None:
    """The operator with this id, active or not."""
    return session.scalar(select(Operator).where(Operator.id == operator_id))


def held(session: Session, operator_id: str) -> Operator | None:
    """The operator as they are now, with their row held until the transaction ends."""
    query = select(Operator).where(Operator.id == operator_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def by_number(session: Session, number_key: str) -> Operator | None:
    """The active operator with this identity number's keyed hash."""
    return session.scalar(select(Operator).where(Operator.number_key == number_key, Operator.active))


def listed(session: Session, *, before: str | None, limit: int) -> Sequence[Operator]:
    """Operators, newest first, older than the id `before`."""
    query = select(Operator).order_by(Operator.id.desc()).limit(limit)
    return session.scalars(query.where(Operator.id < before) if before else query).all()


def names(session: Session, operator_ids: Iterable[str]) -> dict[str, str]:
    """Operator id → name."""
    query = select(Operator.id, Operator.name).where(Operator.id.in_(list(operator_ids)))
    return {row.id: row.name for row in session.execute(query)}
