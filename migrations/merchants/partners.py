"""Revision 0004: partners as merchants with caps, contacts and a stage; their keys; what they have shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

MOMENT = sa.DateTime(timezone=True)
PIN = "update oauth_clients set api_version = '2026-11-21' where kind in ('partner', 'counter')"
"""The version of the API that every client of before was written for."""


def upgrade() -> None:
    """Every partner so far is a merchant of its own, without caps; its clients keep the version that they know."""
    _partners()
    op.add_column("oauth_clients", sa.Column("api_version", sa.String(length=10), nullable=True))
    op.execute(PIN)
    _tables()


def _partners() -> None:
    op.add_column("partners", sa.Column("merchant_id", sa.String(length=64), nullable=True))
    op.execute("update partners set merchant_id = id")
    op.alter_column("partners", "merchant_id", nullable=False)
    op.create_unique_constraint(op.f("uq_partners_merchant_id_livemode"), "partners", ["merchant_id", "livemode"])
    for name, kind in (
        ("website", sa.String(length=500)),
        ("sealed_contacts", sa.LargeBinary()),
        ("orders_per_day", sa.Integer()),
        ("order_fen", sa.BigInteger()),
        ("suspended_reason", sa.String(length=500)),
        ("suspended_at", MOMENT),
    ):
        op.add_column("partners", sa.Column(name, kind, nullable=True))


def _tables() -> None:
    op.create_table(
        "partner_keys",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("merchant_id", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("thumbprint", sa.String(length=64), nullable=False),
        sa.Column("jwk", JSONB(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("revoked_by", sa.String(length=64), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_keys")),
        sa.UniqueConstraint("merchant_id", "thumbprint", name=op.f("uq_partner_keys_merchant_id_thumbprint")),
    )
    op.create_index("ix_partner_keys_client", "partner_keys", ["client_id", "id"])
    op.create_table(
        "partner_milestones",
        sa.Column("partner_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("reached_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "code", name=op.f("pk_partner_milestones")),
    )
    op.create_table(
        "partner_days",
        sa.Column("partner_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "day", name=op.f("pk_partner_days")),
    )


def downgrade() -> None:
    """Forget it; the clients' keys stay, for they stand with the clients."""
    for table in ("partner_days", "partner_milestones", "partner_keys"):
        op.drop_table(table)
    op.drop_column("oauth_clients", "api_version")
    op.drop_constraint(op.f("uq_partners_merchant_id_livemode"), "partners")
    for name in (
        "suspended_at", "suspended_reason", "order_fen", "orders_per_day", "sealed_contacts", "website", "merchant_id"
    ):  # fmt: skip
        op.drop_column("partners", name)
