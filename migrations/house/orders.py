"""The tables of orders and their transitions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Make them."""
    _order_transitions()
    _orders()
    _indexes_of_orders()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("orders")
    op.drop_table("order_transitions")


def _order_transitions() -> None:
    op.create_table(
        "order_transitions",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.String(length=32), nullable=True),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("reason_code", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("amount_due", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "order_id", "sequence", name=op.f("pk_order_transitions")),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.String(length=64), nullable=False),
        sa.Column("citizen_ref", sa.String(length=64), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("external_order_no", sa.String(length=64), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("scan_id", sa.String(length=64), nullable=True),
        sa.Column("consent_id", sa.String(length=64), nullable=True),
        sa.Column("decision_id", sa.String(length=64), nullable=True),
        sa.Column("scenario", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("service_end_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pay_days", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=16), nullable=True),
        sa.Column("bill", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("amount_due", sa.BigInteger(), nullable=False),
        sa.Column("amount_paid", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("return_overdue", sa.Boolean(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment_reference", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forget_at_end", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_orders")),
    )


def _indexes_of_orders() -> None:
    op.create_unique_constraint("uq_orders_scan", "orders", ["citizen_id", "scan_id"])
    op.create_unique_constraint(
        op.f("uq_orders_citizen_id_partner_id_external_order_no"),
        "orders",
        ["citizen_id", "partner_id", "external_order_no"],
    )
    op.create_index(
        "ix_orders_owed",
        "orders",
        ["citizen_id", "family"],
        unique=False,
        postgresql_where=sa.text("status in ('payment_due', 'overdue')"),
    )
    op.create_index("ix_orders_partner", "orders", ["partner_id", "id"], unique=False)
    op.create_index(
        "ix_orders_timer", "orders", ["timer_at"], unique=False, postgresql_where=sa.text("timer_at is not null")
    )
