"""Makes and removes the triggers of `models.guards`. A migration that comes with a new or a changed rule makes them
again: what is there already stays, or is replaced."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import ProgrammingError

from models.guards import APPLICATION_ALONE, FUNCTIONS, guards


def install() -> None:
    """Makes the functions, and the triggers of the tables and columns that are there by now; a function's body is not
    looked at before it is called."""
    connection = op.get_bind()
    for statement in FUNCTIONS.values():
        connection.exec_driver_sql(statement.replace("%", "%%"))
    for signature in APPLICATION_ALONE:
        op.execute(f"revoke execute on function {signature} from public")
        op.execute(f"grant execute on function {signature} to ficha_app")
    for guard in guards():
        if connection.scalar(sa.text("select to_regclass(:table)"), {"table": guard.table}):
            savepoint = connection.begin_nested()
            try:
                connection.exec_driver_sql(guard.statement)
            except ProgrammingError:
                savepoint.rollback()
            else:
                savepoint.commit()


def remove() -> None:
    """Removes all of them."""
    connection = op.get_bind()
    there = "select tgname, tgrelid::regclass::text from pg_trigger where tgname like 'tg\\_%' and not tgisinternal"
    for name, table in connection.execute(sa.text(there)).all():
        op.execute(f"drop trigger {name} on {table}")
    for signature in reversed(FUNCTIONS):
        op.execute(f"drop function if exists {signature}")
