"""accounts: one-time codes, the municipality's own login, and a trail that nobody can rewrite"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REFUSED = "the audit trail is only ever added to"
SQLITE = {
    "audit_no_update": "BEFORE UPDATE ON audit",
    "audit_no_delete": "BEFORE DELETE ON audit",
    # INSERT OR REPLACE deletes without asking the trigger above.
    "audit_no_replace": "BEFORE INSERT ON audit WHEN EXISTS "
    "(SELECT 1 FROM audit WHERE id = NEW.id)",
}
POSTGRESQL = {
    "audit_no_change": "BEFORE UPDATE OR DELETE ON audit FOR EACH ROW",
    "audit_no_truncate": "BEFORE TRUNCATE ON audit FOR EACH STATEMENT",
}


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("issuer", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("subject", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("otp_secret", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("otp_since", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("otp_step", sa.Integer(), nullable=True))
        # An index, not a constraint: SQLite would make the table anew, and sessions go with it.
        batch_op.create_index("ix_accounts_identity", ["issuer", "subject"], unique=True)
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_recovery_codes_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("id_token", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("detail", sa.String(length=100), nullable=True))
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, event in SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END")
        return
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
    )
    for name, event in POSTGRESQL.items():
        op.execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION audit_refuse()")


def _unguard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
        return
    for name in POSTGRESQL:
        op.execute(f"DROP TRIGGER {name} ON audit")
    op.execute("DROP FUNCTION audit_refuse()")


def downgrade() -> None:
    _unguard()
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_at"))
        batch_op.drop_column("detail")
        batch_op.drop_column("about")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("id_token")
    op.drop_table("recovery_codes")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_index("ix_accounts_identity")
        for name in ("otp_step", "otp_since", "otp_secret", "subject", "issuer", "must_change"):
            batch_op.drop_column(name)
