"""hand-overs of every state in the order of the queue"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_handovers_order", "handovers", ["rank", "created_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_handovers_order", "handovers")
