"""Partners' events, webhook endpoints and deliveries; the notices that there were become events."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

PENDING = sa.text("status = 'pending'")
SCOPE = "webhooks"


def upgrade() -> None:
    """Make them, bring the notices over, and let every partner's own client manage its webhooks."""
    _events()
    _endpoints()
    _deliveries()
    op.execute(
        """
        insert into partner_events (id, partner_id, livemode, type, data, citizen_id, ref, at)
        select 'pev_' || substr(id, 5), partner_id, livemode, type, jsonb_strip_nulls(jsonb_build_object(
          'citizen_ref', citizen_ref, 'consent_id', consent_id, 'decision_id', decision_id)), citizen_id,
          coalesce(consent_id, decision_id), at from partner_notices
        """
    )
    op.drop_table("partner_notices")
    op.execute(
        f"update oauth_clients set scopes = array_append(scopes, '{SCOPE}')"  # noqa: S608 - a name of ours
        f" where kind = 'partner' and not '{SCOPE}' = any(scopes)"
    )


def _events() -> None:
    op.create_table(
        "partner_events",
        *_texts("id", "partner_id", "type"),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        *_texts("citizen_id", "ref", nullable=True),
        _moment("at", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_events")),
    )
    op.create_index("ix_partner_events_partner_id_id", "partner_events", ["partner_id", "id"])
    op.create_index("ix_partner_events_citizen_id", "partner_events", ["citizen_id"])
    op.create_index("ix_partner_events_at", "partner_events", ["at"])
    ends = sa.text("type in ('score.changed', 'decision.reconsidered')")
    op.create_index("ix_partner_events_that_end", "partner_events", ["citizen_id", "ref"], postgresql_where=ends)


def _endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        *_texts("id", "partner_id", "status", "public_key"),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("description", sa.String(120)),
        sa.Column("event_types", ARRAY(sa.String(64)), nullable=False),
        sa.Column("disabled_because", sa.String(16)),
        sa.Column("sealed_keys", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_old_keys", sa.LargeBinary()),
        sa.Column("old_public_key", sa.String(64)),
        sa.Column("slow_downs", sa.Integer(), nullable=False),
        *(_moment(name) for name in ("disabled_at", "old_keys_until", "failing_since", "warned_at", "paused_until")),
        *(_moment(name) for name in ("last_success_at", "last_failure_at")),
        *(_moment(name, nullable=False) for name in ("created_at", "updated_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_index("ix_webhook_endpoints_partner_id_id", "webhook_endpoints", ["partner_id", "id"])


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        *_texts("id", "status"),
        *(_parent(name) for name in ("event", "endpoint")),
        sa.Column("attempts", JSONB(), nullable=False),
        sa.Column("manual", sa.Boolean(), nullable=False),
        *(_moment(name) for name in ("leased_until", "ended_at")),
        *(_moment(name, nullable=False) for name in ("next_at", "created_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    due = ["endpoint_id", "next_at", "event_id"]
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", due, postgresql_where=PENDING)
    each = ["event_id", "endpoint_id"]
    name, table = "uq_webhook_deliveries_waiting", "webhook_deliveries"
    op.create_index(name, table, each, unique=True, postgresql_where=PENDING)
    op.create_index("ix_webhook_deliveries_event_id", "webhook_deliveries", ["event_id"])
    op.create_index("ix_webhook_deliveries_endpoint_id", "webhook_deliveries", ["endpoint_id"])


def _parent(name: str) -> sa.Column[Any]:
    key = f"{name}_id"
    table = {"event": "partner_events", "endpoint": "webhook_endpoints"}[name]
    named = op.f(f"fk_webhook_deliveries_{key}")
    return sa.Column(key, sa.String(64), sa.ForeignKey(f"{table}.id", name=named, ondelete="CASCADE"), nullable=False)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(64), nullable=nullable) for name in names]


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Drop them; the notices that are still told become notices again."""
    op.create_table(
        "partner_notices",
        *_texts("citizen_id", "id", "partner_id", "type", "citizen_ref"),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        *_texts("consent_id", "decision_id", nullable=True),
        _moment("at", nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_partner_notices")),
    )
    op.create_index("ix_partner_notices_partner_id_id", "partner_notices", ["partner_id", "id"])
    op.execute(
        """
        insert into partner_notices
          (citizen_id, id, partner_id, livemode, type, citizen_ref, consent_id, decision_id, at)
        select citizen_id, 'pnt_' || substr(id, 5), partner_id, livemode, type, data ->> 'citizen_ref',
          data ->> 'consent_id', data ->> 'decision_id', at
        from partner_events where type in ('score.changed', 'decision.reconsidered')
        """
    )
    for name in ("webhook_deliveries", "webhook_endpoints", "partner_events"):
        op.drop_table(name)
    op.execute(f"update oauth_clients set scopes = array_remove(scopes, '{SCOPE}')")  # noqa: S608 - a name of ours
