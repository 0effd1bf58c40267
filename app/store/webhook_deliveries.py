"""Deliveries of events to webhook endpoints: a queue with leases, and the log that partners read.

A courier takes a delivery for a while, posts it outside any transaction and writes what came of it. One that is killed
in between never writes; when its lease is over another takes the delivery, so that it comes at least once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.base import Base, Id, JsonList, Moment, new_id
from app.store.partner_events import CHANNEL
from app.store.webhooks import WebhookEndpoint

PENDING, DELIVERED, FAILED, CANCELED = "pending", "delivered", "failed", "canceled"
STATUSES = (PENDING, DELIVERED, FAILED, CANCELED)
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Long ago by every clock, those of sandboxes too."""
_WAITS = text("status = 'pending'")


def _to(table: str) -> Any:
    return mapped_column(ForeignKey(f"{table}.id", ondelete="CASCADE"), index=True)


class WebhookDelivery(Base):
    """One event for one endpoint. `next_at` is when it is tried next; leased while someone does.

    `attempts` holds for each {at, status_code, error, ms}; `manual` is true where the partner asked for it anew.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_due", "endpoint_id", "next_at", "event_id", postgresql_where=_WAITS),
        Index("uq_webhook_deliveries_waiting", "event_id", "endpoint_id", unique=True, postgresql_where=_WAITS),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    event_id: Mapped[Id] = _to("partner_events")
    endpoint_id: Mapped[Id] = _to("webhook_endpoints")
    status: Mapped[Id]
    attempts: Mapped[JsonList]
    manual: Mapped[bool] = mapped_column(Boolean)
    next_at: Mapped[Moment]
    leased_until: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    created_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours for a while, with its event and what its endpoint needs; `made` attempts before it."""

    delivery_id: str
    endpoint_id: str
    made: int
    event_id: str
    partner_id: str
    livemode: bool
    type: str
    data: Mapping[str, Any]
    at: datetime
    url: str
    sealed_keys: bytes
    sealed_old_keys: bytes | None
    old_keys_until: datetime | None
    failing: bool


_CLAIM = text(
    """
    with due as (
      select id from (select d.id, d.next_at, d.event_id, e.partner_id,
        row_number() over (partition by e.partner_id order by d.next_at, d.event_id) as place
      from webhook_endpoints e join partners p on p.id = e.partner_id
      cross join lateral (
        select id, next_at, event_id from webhook_deliveries
        where endpoint_id = e.id and status = 'pending' and next_at <= :now
          and (leased_until is null or leased_until <= :now)
        order by next_at, event_id
        limit greatest(0, case when e.last_success_at is null then 1 else :each end
          - coalesce(cast(cast(:busy as jsonb) ->> e.id as integer), 0))
        for update skip locked
      ) d
      where e.status = 'enabled' and p.status = 'active' and (e.failing_since is not null) = :failing
        and (e.paused_until is null or e.paused_until <= :now)
      ) theirs
      where place <= :of_one - coalesce(cast(cast(:busy as jsonb) ->> partner_id as integer), 0)
      order by next_at, event_id limit :seats
    )
    update webhook_deliveries d set leased_until = :lease
    from due, partner_events v, webhook_endpoints e
    where d.id = due.id and v.id = d.event_id and e.id = d.endpoint_id
    returning d.id, e.id, jsonb_array_length(d.attempts), v.id, v.partner_id, v.livemode, v.type, v.data, v.at,
      e.url, e.sealed_keys, e.sealed_old_keys, e.old_keys_until, e.failing_since is not null
    """
)


def claim(
    session: Session,
    now: datetime,
    lease: datetime,
    *,
    failing: bool,
    seats: int,
    each: int,
    of_one: int,
    busy: Mapping[str, int],
) -> list[Claim]:
    """Take up to `seats` due deliveries until `lease`, of endpoints that are `failing` or not.

    Of one endpoint at most `each`, and one until the first went well, of one partner `of_one`, both less those under
    way already by `busy`, which counts by the ids of both; none of a suspended partner.
    """
    if seats < 1:
        return []
    asked = {"now": now, "lease": lease, "failing": failing, "seats": seats, "each": each, "of_one": of_one}
    rows = [Claim(*row) for row in session.execute(_CLAIM, {**asked, "busy": json.dumps(busy)})]
    return sorted(rows, key=lambda one: one.event_id)


_DELIVERED = text(
    """
    with mine as (
      select d.id, g.attempt from webhook_deliveries d
      join unnest(cast(:ids as varchar[]), cast(:attempts as varchar[])) as g(id, attempt) on g.id = d.id
      where d.status = 'pending' for update of d skip locked
    )
    update webhook_deliveries d
    set status = 'delivered', ended_at = :now, leased_until = null,
      attempts = d.attempts || cast(mine.attempt as jsonb)
    from mine where d.id = mine.id
    """
)
_WELL = text(
    """
    update webhook_endpoints e
    set failing_since = null, warned_at = null, paused_until = null, slow_downs = 0, last_success_at = :now
    where e.id in (
      select id from webhook_endpoints
      where id = any(cast(:ids as varchar[])) and (failing_since is not null or paused_until is not null
        or last_success_at is null or last_success_at < :now - interval '1 minute')
      order by id for no key update skip locked)
    """
)


def delivered(session: Session, attempts: Mapping[str, Mapping[str, Any]], endpoints: set[str], now: datetime) -> None:
    """Close these deliveries, each with its last attempt; their endpoints are well. A row that someone holds is left.

    It is tried again when its lease is over: to wait here could be to wait in a circle.
    """
    values = {"ids": list(attempts), "attempts": [json.dumps([one]) for one in attempts.values()], "now": now}
    session.execute(_DELIVERED, values)
    session.execute(_WELL, {"ids": list(endpoints), "now": now})


def held(session: Session, delivery_id: str) -> WebhookDelivery | None:
    """A delivery that waits, held until the transaction ends; None where it is gone, over or held by another."""
    row = WebhookDelivery
    query = select(row).where(row.id == delivery_id, row.status == PENDING).with_for_update(skip_locked=True)
    return session.scalar(query.execution_options(populate_existing=True))


def cancel(session: Session, endpoint_id: str, now: datetime) -> None:
    """Give up all that waits for an endpoint."""
    row = WebhookDelivery
    waiting = row.endpoint_id == endpoint_id, row.status == PENDING
    session.execute(update(row).where(*waiting).values(status=CANCELED, ended_at=now, leased_until=None))


def of_event(session: Session, event_id: str) -> Sequence[tuple[WebhookDelivery, str]]:
    """The deliveries of an event with the URL of each, oldest first."""
    row, endpoint = WebhookDelivery, WebhookEndpoint
    query = select(row, endpoint.url).join(endpoint, endpoint.id == row.endpoint_id).where(row.event_id == event_id)
    found = session.execute(query.order_by(row.created_at, row.id).execution_options(populate_existing=True))
    return [(delivery, url) for delivery, url in found]


def count_waiting(session: Session, endpoint_ids: Sequence[str]) -> dict[str, int]:
    """How many deliveries wait for each of these endpoints; none: absent."""
    row = WebhookDelivery
    waiting = row.status == PENDING, row.endpoint_id.in_(endpoint_ids)
    counted = select(row.endpoint_id, func.count()).where(*waiting).group_by(row.endpoint_id)
    return dict(session.execute(counted).all())


def again(session: Session, event_id: str, endpoint_ids: Sequence[str], now: datetime) -> None:
    """Deliver an event anew to these endpoints; where it waits already it is tried at once, and not twice."""
    rows = [
        {"id": new_id("whd"), "event_id": event_id, "endpoint_id": endpoint_id, "status": PENDING, "attempts": [],
         "manual": True, "next_at": AT_ONCE, "created_at": now}
        for endpoint_id in sorted(endpoint_ids)
    ]  # fmt: skip
    put = insert(WebhookDelivery).on_conflict_do_update(
        index_elements=["event_id", "endpoint_id"], index_where=_WAITS, set_={"next_at": AT_ONCE}
    )
    session.execute(put, rows)
    session.execute(text(f"notify {CHANNEL}"))
