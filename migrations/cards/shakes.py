"""The table of shakes. It is unlogged: no place of anyone is in a write-ahead log, a replica or a backup of files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "shakes",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("sealed_nickname", sa.LargeBinary(), nullable=True),
        sa.Column("ticks", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("asks", sa.String(length=64), nullable=True),
        sa.Column("given", sa.ARRAY(sa.String(length=64)), nullable=False),
        sa.Column("card_id", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_shakes")),
        sa.UniqueConstraint("id", name=op.f("uq_shakes_id")),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_shakes_latitude_longitude", "shakes", ["latitude", "longitude"], unique=False)
    op.create_index(op.f("ix_shakes_ends_at"), "shakes", ["ends_at"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("shakes")
