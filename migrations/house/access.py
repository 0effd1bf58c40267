"""The tables of the access log and its chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Make them."""
    _access_chain()
    _access_heads()
    _access_log()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("access_log")
    op.drop_table("access_heads")
    op.drop_table("access_chain")


def _access_chain() -> None:
    op.create_table(
        "access_chain",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "number", name=op.f("pk_access_chain")),
    )


def _access_heads() -> None:
    op.create_table(
        "access_heads",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_access_heads")),
    )


def _access_log() -> None:
    op.create_table(
        "access_log",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.String(length=64)), nullable=False),
        sa.Column("scenario", sa.String(length=64), nullable=True),
        sa.Column("ref", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "number", name=op.f("pk_access_log")),
        postgresql_partition_by="HASH (citizen_id)",
    )
