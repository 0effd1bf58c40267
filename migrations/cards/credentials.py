"""Revision 0005: credentials for wallets, and the status lists that say which of them were revoked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add this subject's part."""
    op.create_table(
        "status_lists",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("allotted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_lists")),
    )
    op.create_table(
        "status_entries",
        sa.Column("list_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("list_id", "idx", name=op.f("pk_status_entries")),
    )
    op.create_index(op.f("ix_status_entries_expires_at"), "status_entries", ["expires_at"], unique=False)
    op.create_index(
        "ix_status_entries_revoked",
        "status_entries",
        ["list_id", "idx"],
        unique=False,
        postgresql_where=sa.text("revoked"),
    )
    op.create_table(
        "credentials",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=True),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_credentials")),
    )
    op.create_index(op.f("ix_credentials_expires_at"), "credentials", ["expires_at"], unique=False)


def downgrade() -> None:
    """Take it away again; what phones hold cannot be revoked any more."""
    for table in ("credentials", "status_entries", "status_lists"):
        op.drop_table(table)
