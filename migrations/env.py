"""Runs the migrations on the connection that `server.migrate` hands over."""

from alembic import context

from migrations.autogenerate import build_walls
from models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_server_default=True,
    process_revision_directives=build_walls,
    transaction_per_migration=True,
    on_version_apply=context.config.attributes.get("note"),
)
with context.begin_transaction():
    context.run_migrations()
