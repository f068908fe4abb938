"""telephony: lines, codes, SMS in and out"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("number_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number_hash", name=op.f("pk_opt_outs")),
    )
    op.create_table(
        "lines",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("speaks", sa.Boolean(), nullable=False),
        sa.Column("sent_seq", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_lines_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_lines")),
    )
    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lines_number_hash"), ["number_hash"], unique=False)

    op.create_table(
        "links",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_links_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_links_conversation_id"), ["conversation_id"], unique=False
        )

    op.create_table(
        "sms_in",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("sid_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("turn", sa.String(length=100), nullable=True),
        sa.Column("ready_at", sa.DateTime(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_sms_in_conversation_id_conversations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_in")),
        sa.UniqueConstraint("sid_hash", name=op.f("uq_sms_in_sid_hash")),
    )
    with op.batch_alter_table("sms_in", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sms_in_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sms_in_received_at"), ["received_at"], unique=False)

    op.create_table(
        "sms_out",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("through_seq", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sid", sa.String(length=34), nullable=True),
        sa.Column("failure", sa.String(length=20), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_sms_out_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_out")),
        sa.UniqueConstraint(
            "conversation_id", "through_seq", "part", name=op.f("uq_sms_out_conversation_id")
        ),
    )
    with op.batch_alter_table("sms_out", schema=None) as batch_op:
        batch_op.create_index("ix_sms_out_due", ["next_try_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sms_out", schema=None) as batch_op:
        batch_op.drop_index("ix_sms_out_due")

    op.drop_table("sms_out")
    with op.batch_alter_table("sms_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sms_in_received_at"))
        batch_op.drop_index(batch_op.f("ix_sms_in_conversation_id"))

    op.drop_table("sms_in")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_links_conversation_id"))

    op.drop_table("links")
    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lines_number_hash"))

    op.drop_table("lines")
    op.drop_table("opt_outs")
