"""Revision 0005: legal entities, their public records, who speaks for each, and what its card shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

ID, MOMENT = sa.String(64), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "entities",
        sa.Column("id", ID, nullable=False),
        sa.Column("uscc", sa.String(18), nullable=False),
        sa.Column("source", ID, nullable=False),
        sa.Column("source_name", sa.String(120), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", ID, nullable=False),
        sa.Column("status", ID, nullable=False),
        sa.Column("city", ID, nullable=False),
        sa.Column("established_on", sa.Date(), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entities")),
        sa.UniqueConstraint("uscc", name=op.f("uq_entities_uscc")),
    )
    _representatives()
    _records()
    op.create_table(
        "entity_cards",
        sa.Column("citizen_id", ID, nullable=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("fields", ARRAY(sa.String(32)), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "entity_id", name=op.f("pk_entity_cards")),
    )


def _representatives() -> None:
    op.create_table(
        "entity_representatives",
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("number_key", ID, nullable=False),
        sa.Column("citizen_id", ID, nullable=True),
        sa.Column("role", ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_entity_representatives")),
    )
    for column in ("number_key", "citizen_id"):
        op.create_index(f"ix_entity_representatives_{column}", "entity_representatives", [column])


def _records() -> None:
    op.create_table(
        "entity_records",
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("kind", ID, nullable=False),
        sa.Column("document_no", sa.String(64), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("issuer", sa.String(100), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("legal_class", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("entity_id", "kind", "document_no", name=op.f("pk_entity_records")),
    )
    op.create_index("ix_entity_records_expires_on", "entity_records", ["expires_on"])


def downgrade() -> None:
    """Drop them."""
    for table in ("entity_cards", "entity_records", "entity_representatives", "entities"):
        op.drop_table(table)
