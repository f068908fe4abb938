"""the name that citizens are told, an address for reminders, and the reminders of a day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handover.storage.tables import Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shown_name", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("mail", sa.String(length=254), nullable=True))
    op.create_table(
        "reminders",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_reminders_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_reminders")),
    )


def downgrade() -> None:
    op.drop_table("reminders")
    for name in (
        "mail",
        "shown_name",
    ):  # a batch would make the table anew, without sessions
        op.drop_column("accounts", name)
