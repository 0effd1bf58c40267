"""Expiry and deletion: where they look for what is due, and the proofs that they leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

POSITIVE = sa.text("ended_on is null")
ADVERSE = sa.text("ended_on is not null")
EXPIRING = sa.text("ended_on is not null and status = 'active'")


def upgrade() -> None:
    """Make them."""
    op.create_index("ix_records_term", "records", ["expires_on"], postgresql_where=POSITIVE)
    op.create_index("ix_records_expiring", "records", ["expires_on"], postgresql_where=EXPIRING)
    op.create_index("ix_records_ended", "records", ["ended_on"], postgresql_where=ADVERSE)
    op.create_table(
        "deletion_proofs",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("deleted_on", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(32), nullable=False),
        sa.Column("commitment", sa.LargeBinary(32), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_deletion_proofs")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("deletion_proofs")
    for name in ("ix_records_ended", "ix_records_expiring", "ix_records_term"):
        op.drop_index(name, "records")
