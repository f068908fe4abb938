"""call-backs with their times and what was tried; when cases were taken"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handover.storage.tables import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callbacks",
        sa.Column("handover_id", sa.String(length=36), nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.Column("due_from", Moment(), nullable=True),
        sa.Column("due_to", Moment(), nullable=True),
        sa.Column("agreed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handovers.id"],
            name=op.f("fk_callbacks_handover_id_handovers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("handover_id", name=op.f("pk_callbacks")),
    )
    op.create_index(
        "ix_callbacks_open",
        "callbacks",
        ["due_from"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "callback_attempts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("handover_id", sa.String(length=36), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handovers.id"],
            name=op.f("fk_callback_attempts_handover_id_handovers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_attempts")),
    )
    op.create_index(
        op.f("ix_callback_attempts_handover_id"), "callback_attempts", ["handover_id"], unique=False
    )
    op.create_index("ix_handovers_taken", "handovers", ["claimed_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_handovers_taken", table_name="handovers")
    op.drop_index(op.f("ix_callback_attempts_handover_id"), table_name="callback_attempts")
    op.drop_table("callback_attempts")
    op.drop_index("ix_callbacks_open", table_name="callbacks")
    op.drop_table("callbacks")
