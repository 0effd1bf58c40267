"""Revision 0004: whether a citizen and a consent are live, the sandbox's clocks and its test citizens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add this subject's part."""
    op.add_column("citizens", sa.Column("livemode", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "update citizens set livemode = true where exists (select from partners where livemode)"
        " or exists (select from oauth_clients where livemode)"
    )
    op.add_column("consents", sa.Column("livemode", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "update consents set livemode = citizens.livemode from citizens"
        " where citizens.citizen_id = consents.citizen_id and citizens.livemode"
    )
    op.execute(
        "update oauth_clients set scopes = array_append(scopes, 'sandbox')"
        " where kind = 'partner' and not livemode and not 'sandbox' = any(scopes)"
    )
    op.add_column("orders", sa.Column("clock_ahead", sa.Interval(), server_default="0", nullable=False))
    _clocks()
    _citizens()


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("sandbox_citizens")
    op.drop_table("sandbox_clocks")
    op.execute("update oauth_clients set scopes = array_remove(scopes, 'sandbox')")
    op.drop_column("orders", "clock_ahead")
    op.drop_column("consents", "livemode")
    op.drop_column("citizens", "livemode")


def _clocks() -> None:
    op.create_table(
        "sandbox_clocks",
        sa.Column("partner_id", sa.String(length=64), nullable=False),
        sa.Column("offset_seconds", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_sandbox_clocks")),
    )


def _citizens() -> None:
    op.create_table(
        "sandbox_citizens",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("partner_id", sa.String(length=64), nullable=False),
        sa.Column("citizen_ref", sa.String(length=64), nullable=False),
        sa.Column("scenario", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_sandbox_citizens")),
        sa.UniqueConstraint("id", name=op.f("uq_sandbox_citizens_id")),
    )
    op.create_index("ix_sandbox_citizens_partner", "sandbox_citizens", ["partner_id", "id"], unique=False)
    op.create_index(op.f("ix_sandbox_citizens_removed_at"), "sandbox_citizens", ["removed_at"], unique=False)
