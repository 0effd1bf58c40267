"""Disputes, repairs, statements and pledges."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

OPEN = sa.text("status in ('submitted', 'verifying')")
KEY = ("citizen_id", "id")


def upgrade() -> None:
    """Make them."""
    evidence = sa.Column("sealed_evidence", sa.LargeBinary())
    _requests("disputes", *_texts("ground", "asked_by"), evidence)
    _requests("repairs")
    _statements()
    _notices()


def _requests(name: str, *own: sa.Column[Any]) -> None:
    op.create_table(
        name,
        *_texts("citizen_id", "id", "record_id", "source", "source_record_id", "status"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text()),
        sa.Column("document", sa.String(120)),
        sa.Column("sealed_statement", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary()),
        *own,
        sa.PrimaryKeyConstraint(*KEY, name=op.f(f"pk_{name}")),
    )
    op.create_index(f"uq_{name}_open", name, ["citizen_id", "record_id"], unique=True, postgresql_where=OPEN)
    op.create_index(f"ix_{name}_source_id", name, ["source", "id"])
    op.create_index(f"ix_{name}_due_on", name, ["due_on"], postgresql_where=OPEN)


def _statements() -> None:
    op.create_table(
        "record_statements",
        *_texts("citizen_id", "record_id"),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "record_id", name=op.f("pk_record_statements")),
    )
    op.create_table(
        "pledges",
        *_texts("citizen_id", "id", "status"),
        sa.Column("scenario", sa.String(64)),
        sa.Column("record_id", sa.String(64)),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_pledges")),
    )


def _notices() -> None:
    op.create_table(
        "partner_notices",
        *_texts("citizen_id", "id", "partner_id", "type", "citizen_ref"),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("consent_id", sa.String(64)),
        sa.Column("decision_id", sa.String(64)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_partner_notices")),
    )
    op.create_index("ix_partner_notices_partner_id_id", "partner_notices", ["partner_id", "id"])


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(64), nullable=False) for name in names]


def downgrade() -> None:
    """Drop them."""
    for name in ("partner_notices", "pledges", "record_statements", "repairs", "disputes"):
        op.drop_table(name)
