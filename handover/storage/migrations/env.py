"""Run by Alembic; the connection is handed in by ``handover.storage.migrate``."""

from __future__ import annotations

from alembic import context

from handover.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
