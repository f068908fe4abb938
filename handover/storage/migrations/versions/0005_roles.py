"""roles: what an account may do; whoever was first becomes the administrator"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("roles", sa.String(length=60), nullable=False, server_default="raadgiver")
        )
    op.execute(
        "UPDATE accounts SET roles = 'administrator leder raadgiver' WHERE id = "
        "(SELECT id FROM accounts WHERE disabled_at IS NULL ORDER BY created_at, id LIMIT 1)"
    )


def downgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("roles")
