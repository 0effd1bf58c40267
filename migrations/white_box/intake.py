"""How far a department's file has been filed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

COUNTS = ("rows", "accepted", "corrected", "duplicates", "refused", "not_stored")


def upgrade() -> None:
    """Add the columns; a file that is not complete begins again, and what it stored counts as duplicate."""
    op.add_column("batches", sa.Column("line", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("batches", sa.Column("trail", sa.String(length=64), nullable=True))
    op.add_column("batches", sa.Column("progressed_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("batches", "line", server_default=None)
    zero = ", ".join(f"{name} = 0" for name in COUNTS)
    op.execute(f"update batches set {zero} where status = 'processing'")  # noqa: S608 - names of columns, above
    op.execute(
        "delete from batch_refusals using batches"
        " where batches.id = batch_refusals.batch_id and batches.status = 'processing'"
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("progressed_at", "trail", "line"):
        op.drop_column("batches", name)
