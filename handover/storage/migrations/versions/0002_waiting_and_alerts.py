"""since when a case waits, and the outbox of what is sent to the duty contacts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handover.storage.tables import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: SQLite's way of rebuilding the table would take notes and judgements along.
    since = sa.text("'1970-01-01 00:00:00'")
    op.add_column(
        "handovers", sa.Column("waiting_since", Moment(), nullable=False, server_default=since)
    )
    op.execute("UPDATE handovers SET waiting_since = created_at")
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("handover_id", sa.String(length=36), nullable=False),
        sa.Column("waiting_since", Moment(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("failure", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handovers.id"],
            name=op.f("fk_alerts_handover_id_handovers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint(
            "handover_id", "waiting_since", "step", "way", name=op.f("uq_alerts_handover_id")
        ),
    )
    op.create_index(
        "ix_alerts_unsent",
        "alerts",
        ["next_try_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("alerts")
    op.drop_column("handovers", "waiting_since")
