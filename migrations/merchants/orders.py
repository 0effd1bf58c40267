"""Revision 0004: orders to their end: payments as rows, refunds, extensions, disputes that stop the clocks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_OWED = "status in ('payment_due', 'overdue')"
_OWED_OR_GIVEN_UP = "status in ('payment_due', 'overdue', 'written_off')"
_AMOUNTS = ("amount_collected", "amount_refunded", "amount_refunding", "held_seconds")
_COUNTS = ("attempts", "payments_begun", "sandbox_failures")
_MOMENTS = ("told_at", "proposed_end_by", "disputed_at", "closed_at")


def upgrade() -> None:
    """Add this subject's part."""
    _columns()
    _order_payments()
    _what_is_there_already()
    _index_of_owed(_OWED_OR_GIVEN_UP)


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("order_payments")
    op.drop_column("order_transitions", "amount")
    for name in (*_AMOUNTS, *_COUNTS, *_MOMENTS, "charge_id"):
        op.drop_column("orders", name)
    _index_of_owed(_OWED)


def _columns() -> None:
    for name in _AMOUNTS:
        op.add_column("orders", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    for name in _COUNTS:
        op.add_column("orders", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    for name in _MOMENTS:
        op.add_column("orders", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("charge_id", sa.String(length=64), nullable=True))
    op.add_column("order_transitions", sa.Column("amount", sa.BigInteger(), server_default="0", nullable=False))


def _order_payments() -> None:
    op.create_table(
        "order_payments",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.String(length=64), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("pretend_failure", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_order_payments")),
    )
    op.create_index("ix_order_payments_order", "order_payments", ["citizen_id", "order_id"])
    pending = sa.text("status = 'pending'")
    op.create_index("ix_order_payments_pending", "order_payments", ["id"], postgresql_where=pending)


def _what_is_there_already() -> None:
    """What was paid through us can be given back; what is overdue is collected from now on by the schedule."""
    op.execute("update orders set amount_collected = amount_paid where outcome = 'paid'")
    final = sa.column("status").not_in(["pending_confirmation", "active", "payment_due", "overdue"])
    orders = sa.table("orders", sa.column("closed_at"), sa.column("updated_at"))
    op.execute(sa.update(orders).values(closed_at=orders.c.updated_at).where(final))
    op.execute("update orders set told_at = updated_at, timer_at = due_at where status = 'overdue'")


def _index_of_owed(where: str) -> None:
    op.drop_index("ix_orders_owed", table_name="orders")
    op.create_index("ix_orders_owed", "orders", ["citizen_id", "family"], postgresql_where=sa.text(where))
