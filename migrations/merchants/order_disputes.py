"""Revision 0004: disputes of orders, and the good record of a kept promise."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_UNSETTLED = sa.text("status <> 'resolved'")
_PENDING = sa.text("record_status = 'pending_objection'")
_ON_ORDERS = ("dispute_id", "dispute_status", "dispute_resolution", "record_status", "record_id")


def upgrade() -> None:
    """Add the table of disputes, the choice about records, and what an order says of both."""
    for name in _ON_ORDERS:
        op.add_column("orders", sa.Column(name, sa.String(64)))
    op.add_column("orders", sa.Column("record_at", sa.DateTime(timezone=True)))
    op.create_index("ix_orders_record", "orders", ["record_at"], postgresql_where=_PENDING)
    _disputes()
    op.create_table(
        "record_choices",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("kept_promises", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_record_choices")),
    )


def _disputes() -> None:
    names = ("citizen_id", "id", "order_id", "partner_id", "kind", "status")
    moments = ("escalated_at", "answered_at", "resolved_at")
    op.create_table(
        "order_disputes",
        *(sa.Column(name, sa.String(64), nullable=False) for name in names),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("sealed_statement", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.LargeBinary()) for name in ("sealed_response", "sealed_proposal", "sealed_reason")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("opened_at", "desk_at")),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in moments),
        sa.Column("resolution", sa.String(64)),
        sa.Column("resolved_by", sa.String(64)),
        sa.Column("amount", sa.BigInteger()),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_order_disputes")),
    )
    open_ = ["citizen_id", "order_id"]
    op.create_index("uq_order_disputes_open", "order_disputes", open_, unique=True, postgresql_where=_UNSETTLED)
    op.create_index("ix_order_disputes_id", "order_disputes", ["id"])
    op.create_index("ix_order_disputes_partner", "order_disputes", ["partner_id", "id"])
    op.create_index("ix_order_disputes_desk", "order_disputes", ["desk_at"], postgresql_where=_UNSETTLED)


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("record_choices")
    op.drop_table("order_disputes")
    op.drop_index("ix_orders_record", "orders")
    for name in (*_ON_ORDERS, "record_at"):
        op.drop_column("orders", name)
