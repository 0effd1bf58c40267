"""Data keys and the life of signing keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Make them. Signing keys from before sign from the moment they were made."""
    op.create_table(
        "data_keys",
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("purpose", "version", name=op.f("pk_data_keys")),
    )
    for name in ("signs_from", "withdrawn_at"):
        op.add_column("signing_keys", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("update signing_keys set signs_from = created_at")
    op.alter_column("signing_keys", "signs_from", nullable=False)
    op.alter_column("signing_keys", "sealed_private", nullable=True)


def downgrade() -> None:
    """Drop them. What was sealed under data keys that are gone cannot be read: its rows are of no use any more."""
    op.execute("delete from signing_keys")
    op.alter_column("signing_keys", "sealed_private", nullable=False)
    for name in ("withdrawn_at", "signs_from"):
        op.drop_column("signing_keys", name)
    op.drop_table("data_keys")
