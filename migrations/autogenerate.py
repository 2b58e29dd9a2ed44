"""What Alembic's autogenerate does not see by itself: CHECK constraints, the wall around a company's new table, and
what the application may do with it and with a new column. That a constraint is NOT VALID yet is no difference.

PostgreSQL writes a CHECK in its own words. To compare, the models' tables are made once in a schema of their own, which
is rolled back.
"""

from collections.abc import Iterator
from typing import Any

from alembic.autogenerate import comparators
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.util import DispatchPriority
from sqlalchemy import CheckConstraint, Connection, text
from sqlalchemy.sql.elements import conv

from models import Base
from models.rights import rights_on, updatable

_SCRATCH = "ficha_models"
_CHECKS = text(
    "select relname, conname, pg_get_constraintdef(pg_constraint.oid)"
    " from pg_constraint join pg_class on pg_class.oid = conrelid"
    " where contype = 'c' and relnamespace = to_regnamespace(:schema)"
)

Checks = dict[tuple[str, str], str]
"""A constraint's definition by its table's name and its own."""


def _checks(connection: Connection, schema: str) -> Checks:
    rows = connection.execute(_CHECKS, {"schema": schema})
    return {(table, name): definition.removesuffix(" NOT VALID") for table, name, definition in rows}


def _checks_of_models(connection: Connection) -> Checks:
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(f"create schema {_SCRATCH}")
        scratch = connection.execution_options(schema_translate_map={None: _SCRATCH})
        Base.metadata.create_all(scratch, checkfirst=False)
        return _checks(connection, _SCRATCH)
    finally:
        savepoint.rollback()
        connection.execution_options(schema_translate_map=None)


def _differences(connection: Connection) -> Iterator[ops.MigrateOperation]:
    """What makes the database's CHECKs those of the models, in the tables that both have."""
    there, declared = _checks(connection, "public"), _checks_of_models(connection)
    tables = {table for table, _ in there}
    stated = {
        (table.name, str(constraint.name)): str(constraint.sqltext)
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    for key in sorted({*there, *declared}):
        table, name = key[0], conv(key[1])  # whole already: the naming convention is not applied again
        if table not in tables or there.get(key) == declared.get(key):
            continue
        if key in there:
            old = there[key].removeprefix("CHECK ")
            yield ops.DropConstraintOp(
                name, table, type_="check", _reverse=ops.CreateCheckConstraintOp(name, table, old)
            )
        if key in declared:
            yield ops.CreateCheckConstraintOp(name, table, stated[key])


@comparators.dispatch_for("schema", priority=DispatchPriority.LAST)  # columns first
def compare_checks(context: AutogenContext, upgrade: ops.UpgradeOps, _schemas: Any) -> None:
    """Adds what differs between the CHECKs of the models and those of the database."""
    assert context.connection is not None  # noqa: S101  # autogenerate compares with a database
    upgrade.ops.extend(_differences(context.connection))


def build_walls(_context: Any, _revision: Any, directives: list[ops.MigrationScript]) -> None:
    """Gives each new table of a company its wall: row-level security, its policy, and the application's rights. A new
    column that the application changes gets its right."""
    for script in directives:
        upgrade = script.upgrade_ops
        for table in [name for each in (upgrade.ops if upgrade else ()) if (name := _owned_table(each))]:
            for statement in (
                f"alter table {table} enable row level security",
                f"create policy company on {table} using (company_id = ficha_company())"
                " with check (company_id = ficha_company())",
                f"grant {rights_on(table)} on {table} to ficha_app",
            ):
                assert upgrade  # noqa: S101  # the table's operation is in it
                upgrade.ops.append(ops.ExecuteSQLOp(statement))
        for table, column in [*_new_columns(upgrade)] if upgrade else ():
            assert upgrade  # noqa: S101  # the column's operation is in it
            upgrade.ops.append(ops.ExecuteSQLOp(f"grant update ({column}) on {table} to ficha_app"))


def _new_columns(upgrade: ops.UpgradeOps) -> Iterator[tuple[str, str]]:
    """Table and name of each new column that the application may change."""
    for modified in upgrade.ops:
        for each in modified.ops if isinstance(modified, ops.ModifyTableOps) else ():
            if isinstance(each, ops.AddColumnOp) and each.column.name in updatable(each.table_name):
                yield each.table_name, each.column.name


def _owned_table(operation: ops.MigrateOperation) -> str | None:
    """The name of the table that the operation makes, if a company owns its rows."""
    if not isinstance(operation, ops.CreateTableOp):
        return None
    names = [getattr(column, "name", "") for column in operation.columns]
    return operation.table_name if "company_id" in names else None
