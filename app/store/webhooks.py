"""Partners' webhook endpoints: where events go, signed with what, and how well it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, LargeBinary, String, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, Moment, sealed


class WebhookEndpoint(Base):
    """An address of a partner. `status`: enabled | disabled, with why: `partner`, `gone` (410) or `failing`.

    `sealed_keys` is JSON: the HMAC secret and the Ed25519 seed, base64; those before sign too until `old_keys_until`.
    `failing_since` is the first failure after the last success; `paused_until` holds back one that asked for it.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (Index("ix_webhook_endpoints_partner_id_id", "partner_id", "id"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    partner_id: Mapped[Id]
    livemode: Mapped[bool] = mapped_column(Boolean)
    url: Mapped[str] = mapped_column(String(500))
    description: Mapped[str | None] = mapped_column(String(120))
    event_types: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    status: Mapped[Id]
    disabled_because: Mapped[str | None] = mapped_column(String(16))
    disabled_at: Mapped[Moment | None]
    sealed_keys: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("webhook-keys:{id}"))
    public_key: Mapped[Id]
    sealed_old_keys: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("webhook-old-keys:{id}"))
    old_public_key: Mapped[str | None] = mapped_column(String(64))
    old_keys_until: Mapped[Moment | None]
    failing_since: Mapped[Moment | None]
    warned_at: Mapped[Moment | None]
    paused_until: Mapped[Moment | None]
    slow_downs: Mapped[int] = mapped_column(Integer, default=0)
    last_success_at: Mapped[Moment | None]
    last_failure_at: Mapped[Moment | None]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


def add(session: Session, endpoint: WebhookEndpoint) -> None:
    """Keep a new endpoint."""
    session.add(endpoint)
    session.flush()


def find(
    session: Session, partner_id: str, endpoint_id: str, *, livemode: bool, lock: bool = False
) -> WebhookEndpoint | None:
    """A partner's endpoint, or None for another's and the other mode's; `lock` holds it until the transaction ends."""
    row = WebhookEndpoint
    query = select(row).where(row.id == endpoint_id, row.partner_id == partner_id, row.livemode == livemode)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalar(query)


def held(session: Session, endpoint_id: str) -> WebhookEndpoint | None:
    """An endpoint as it is now, held until the transaction ends, or None where it was deleted."""
    query = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).with_for_update(key_share=True)
    return session.scalar(query.execution_options(populate_existing=True))


def listed(
    session: Session, partner_id: str, *, livemode: bool | None = None, before: str | None = None, limit: int = 100
) -> Sequence[WebhookEndpoint]:
    """A partner's endpoints of one mode (None: of both), newest first, older than the id `before`."""
    row = WebhookEndpoint
    query = select(row).where(row.partner_id == partner_id).order_by(row.id.desc()).limit(limit)
    query = query if livemode is None else query.where(row.livemode == livemode)
    return session.scalars(query.where(row.id < before) if before else query).all()


def count(session: Session, partner_id: str, *, livemode: bool) -> int:
    """How many endpoints a partner has in a mode."""
    row = WebhookEndpoint
    mine = row.partner_id == partner_id, row.livemode == livemode
    return session.scalar(select(func.count()).select_from(row).where(*mine)) or 0


def forget_old_keys(session: Session, now: datetime) -> None:
    """Forget the keys that sign no more."""
    row = WebhookEndpoint
    over = update(row).where(row.old_keys_until <= now)
    session.execute(over.values(sealed_old_keys=None, old_public_key=None, old_keys_until=None))


def remove(session: Session, endpoint_id: str) -> None:
    """Delete an endpoint with all its deliveries."""
    session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id))
