"""Runs the migrations on the connection that `server.migrate` hands over, or on FICHA_DATABASE_URL for alembic's own command."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine

from models import Base
from server.migrate import sqlalchemy_url


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(sqlalchemy_url(os.environ["FICHA_DATABASE_URL"])).connect() as own:
        run(own)
