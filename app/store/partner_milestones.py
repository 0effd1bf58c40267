"""What a partner has shown in the sandbox, once and for all, and how many orders it opened on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Integer, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment
from app.store.webhooks import WebhookEndpoint


class PartnerMilestone(Base):
    """Something that a partner did for the first time, such as reading a statement's file."""

    __tablename__ = "partner_milestones"
    partner_id: Mapped[Id] = mapped_column(primary_key=True)
    code: Mapped[Id] = mapped_column(primary_key=True)
    reached_at: Mapped[Moment]


class PartnerDay(Base):
    """How many orders a partner with a daily cap opened on a day of Shanghai."""

    __tablename__ = "partner_days"
    partner_id: Mapped[Id] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    orders: Mapped[int] = mapped_column(Integer)


def reach(session: Session, partner_id: str, code: str, now: datetime) -> None:
    """Note that the partner has done this; only the first time counts."""
    row = insert(PartnerMilestone).values(partner_id=partner_id, code=code, reached_at=now)
    session.execute(row.on_conflict_do_nothing())


def reached(session: Session, partner_id: str) -> Mapping[str, datetime]:
    """What the partner has done, and when first."""
    rows = session.scalars(select(PartnerMilestone).where(PartnerMilestone.partner_id == partner_id))
    return {row.code: row.reached_at for row in rows}


def webhook_answered(session: Session, partner_id: str) -> bool:
    """Whether an endpoint of the partner's has taken a delivery."""
    took = WebhookEndpoint.partner_id == partner_id, WebhookEndpoint.last_success_at.is_not(None)
    return session.scalar(select(WebhookEndpoint.id).where(*took).limit(1)) is not None


def take_order(session: Session, partner_id: str, day: date, most: int) -> bool:
    """Count one more order of this day, held until the transaction ends; False where the day has `most` already."""
    first = insert(PartnerDay).values(partner_id=partner_id, day=day, orders=1)
    more = first.on_conflict_do_update(
        index_elements=[PartnerDay.partner_id, PartnerDay.day],
        set_={"orders": PartnerDay.orders + 1},
        where=PartnerDay.orders < most,
    )
    return session.scalar(more.returning(PartnerDay.orders)) is not None
