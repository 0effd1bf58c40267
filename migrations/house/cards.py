"""The tables of name cards and codes of a moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Make them."""
    _held_cards()
    _moment_codes()
    _name_cards()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("name_cards")
    op.drop_table("moment_codes")
    op.drop_table("held_cards")


def _held_cards() -> None:
    op.create_table(
        "held_cards",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("exchange_id", sa.String(length=64), nullable=False),
        sa.Column("given_by", sa.String(length=64), nullable=False),
        sa.Column("sealed_face", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_held_cards")),
    )
    op.create_index(op.f("ix_held_cards_exchange_id"), "held_cards", ["exchange_id"], unique=False)
    op.create_index(op.f("ix_held_cards_given_by"), "held_cards", ["given_by"], unique=False)


def _moment_codes() -> None:
    op.create_table(
        "moment_codes",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("ticks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_moment_codes")),
    )
    op.create_index(op.f("ix_moment_codes_citizen_id"), "moment_codes", ["citizen_id"], unique=False)


def _name_cards() -> None:
    op.create_table(
        "name_cards",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("nickname", sa.String(length=40), nullable=True),
        sa.Column("name_kind", sa.String(length=64), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_name_cards")),
    )
