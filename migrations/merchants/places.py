"""Revision 0004: places that accept a benefit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY


def upgrade() -> None:
    """Make the table of places: of merchants, never of people."""
    op.create_table(
        "places",
        *(
            sa.Column(name, sa.String(length), nullable=False)
            for name, length in (
                ("id", 64), ("partner_id", 64), ("city", 64), ("name_zh", 80), ("name_en", 80), ("address_zh", 200),
                ("address_en", 200), ("opening_zh", 200), ("opening_en", 200),
            )
        ),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("scenarios", ARRAY(sa.String(64)), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
    )  # fmt: skip
    op.create_index("ix_places_partner_id", "places", ["partner_id"])
    op.create_index("ix_places_city", "places", ["city"])
    op.create_index("ix_places_latitude_longitude", "places", ["latitude", "longitude"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("places")
