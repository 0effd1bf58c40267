"""The tables of people: who they are to us, their opting in, their inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Make them."""
    _citizen_events()
    _citizens()
    _enrolments()
    _outer_ids()
    _preferences()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("preferences")
    op.drop_table("outer_ids")
    op.drop_table("enrolments")
    op.drop_table("citizens")
    op.drop_table("citizen_events")


def _citizen_events() -> None:
    op.create_table(
        "citizen_events",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_citizen_events")),
    )


def _citizens() -> None:
    op.create_table(
        "citizens",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("city", sa.String(length=64), nullable=False),
        sa.Column("assurance_level", sa.String(length=64), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_id_number", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_citizens")),
    )


def _enrolments() -> None:
    op.create_table(
        "enrolments",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("notice_version", sa.String(length=64), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_enrolments")),
    )
    op.create_index("ix_enrolments_due", "enrolments", ["due_on"], unique=False)


def _outer_ids() -> None:
    op.create_table(
        "outer_ids",
        sa.Column("outer_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("outer_id", name=op.f("pk_outer_ids")),
    )
    op.create_index(op.f("ix_outer_ids_citizen_id"), "outer_ids", ["citizen_id"], unique=False)


def _preferences() -> None:
    op.create_table(
        "preferences",
        sa.Column("citizen_id", sa.String(length=64), nullable=False),
        sa.Column("scenario", sa.String(length=64), nullable=False),
        sa.Column("prefers_standard", sa.Boolean(), nullable=False),
        sa.Column("declared", postgresql.ARRAY(sa.String(length=64)), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "scenario", name=op.f("pk_preferences")),
    )
