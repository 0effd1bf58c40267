"""Deliveries of events to webhook endpoints: a queue with leases, and the log that partners read.

A courier takes a delivery for a while, posts it outside any transaction and writes what came of it. One that is killed
in between never writes; when its lease is over another takes the delivery, so that it comes at least once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, Id, JsonList, Moment

PENDING, DELIVERED, FAILED, CANCELED = "pending", "delivered", "failed", "canceled"
_WAITS = text("status = 'pending'")


def _to(table: str) -> Any:
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


class WebhookDelivery(Base):
    """One event for one endpoint. `next_at` is when it is tried next, NULL for at once; leased while someone does.

    `attempts` holds for each {at, status, error, ms}; `manual` is true where the partner asked for it anew.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_due", "endpoint_id", text("next_at nulls first"), "id", postgresql_where=_WAITS),
        Index("uq_webhook_deliveries_waiting", "event_id", "endpoint_id", unique=True, postgresql_where=_WAITS),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    event_id: Mapped[Id] = _to("partner_events")
    endpoint_id: Mapped[Id] = _to("webhook_endpoints")
    status: Mapped[Id]
    attempts: Mapped[JsonList]
    manual: Mapped[bool] = mapped_column(Boolean)
    next_at: Mapped[Moment | None]
    leased_until: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    created_at: Mapped[Moment]
