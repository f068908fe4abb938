"""what leaders decide in the console, every version of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handover.storage.tables import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("section", "version", name=op.f("pk_decisions")),
    )


def downgrade() -> None:
    op.drop_table("decisions")
