"""What a migration takes from releases that do not know it, by the catalogs of PostgreSQL before and after it: however
it was written, a column is gone or is there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from database.opening import APPLICATION_ROLE

_COLUMNS = """
select relname || '.' || attname, format_type(atttypid, atttypmod), attnotnull,
    atthasdef or attidentity <> '' or attgenerated <> ''
from pg_attribute join pg_class on pg_class.oid = attrelid
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') and attnum > 0 and not attisdropped
    and not relispartition
"""
_FUNCTIONS = """
select proname || '(' || pg_get_function_identity_arguments(oid) || ')', pg_get_function_result(oid)
from pg_proc where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype and not exists (
    select from pg_depend where objid = pg_proc.oid and classid = 'pg_proc'::regclass and deptype = 'e'
)
"""
_RIGHTS = """
select privilege_type || ' of ' || table_name from information_schema.table_privileges
where table_schema = 'public' and grantee = %(role)s
union all
select privilege_type || ' of ' || table_name || '.' || column_name from information_schema.column_privileges
where table_schema = 'public' and grantee = %(role)s
"""
_LIMITED = re.compile(r"(?:character varying|numeric)\((\d+)(?:,(\d+))?\)")
_WIDER = {
    "smallint": ("integer", "bigint"),
    "integer": ("bigint",),
    "character varying": ("text",),
}


@dataclass(frozen=True)
class Column:
    """What a release that writes or reads the column rests on."""

    type: str
    not_null: bool
    has_default: bool

    @property
    def must_be_stated(self) -> bool:
        """Whether an INSERT that does not name it is refused."""
        return self.not_null and not self.has_default


@dataclass(frozen=True)
class Surface:
    """What of a database a release can name."""

    columns: Mapping[str, Column]
    functions: Mapping[str, str]
    rights: frozenset[str]

    @classmethod
    def of(cls, connection: psycopg.Connection[Any]) -> "Surface":
        """Read from the catalogs."""
        return cls(
            {name: Column(*rest) for name, *rest in connection.execute(_COLUMNS)},
            dict(connection.execute(_FUNCTIONS).fetchall()),
            frozenset(right for (right,) in connection.execute(_RIGHTS, {"role": APPLICATION_ROLE})),
        )


def taken(before: Surface, after: Surface) -> list[str]:
    """What a release that knew `before` misses in `after`, in sentences."""
    return sorted({*_of_columns(before, after), *_of_functions(before, after), *_of_rights(before, after)})


def _of_columns(before: Surface, after: Surface) -> Iterator[str]:
    tables = {name.partition(".")[0] for name in after.columns}
    for name, old in before.columns.items():
        table = name.partition(".")[0]
        if table not in tables:
            yield f"{table} is gone"
        elif (new := after.columns.get(name)) is None:
            yield f"{name} is gone"
        else:
            if not _holds(new.type, old.type):
                yield f"{name} was {old.type} and is {new.type}"
            if new.not_null and not old.not_null:
                yield f"{name} is no longer null"
            if new.must_be_stated and old.has_default:
                yield f"{name} has no default"
    known = {name.partition(".")[0] for name in before.columns}
    for name, new in after.columns.items():
        if name not in before.columns and name.partition(".")[0] in known and new.must_be_stated:
            yield f"{name} is new, and neither null nor has it a default"


def _holds(new: str, old: str) -> bool:
    """Whether a column of one type takes all values of another's."""
    if new == old or new in _WIDER.get(old.partition("(")[0], ()):
        return True
    one, other = _LIMITED.fullmatch(new), _LIMITED.fullmatch(old)
    if not one or not other or new.partition("(")[0] != old.partition("(")[0]:
        return False
    scales = int(one[2] or 0), int(other[2] or 0)
    return scales[0] >= scales[1] and int(one[1]) - scales[0] >= int(other[1]) - scales[1]


def _of_functions(before: Surface, after: Surface) -> Iterator[str]:
    for name, result in before.functions.items():
        if name not in after.functions:
            yield f"{name} is gone"
        elif after.functions[name] != result:
            yield f"{name} returned {result} and returns {after.functions[name]}"


def _of_rights(before: Surface, after: Surface) -> Iterator[str]:
    there = {name for column in after.columns for name in (column, column.partition(".")[0])}
    for right in before.rights - after.rights:
        of_table = right.partition(".")[0]  # of all of its columns
        if right.partition(" of ")[2] in there and (right == of_table or of_table not in before.rights):
            yield f"{APPLICATION_ROLE} may no longer {right.replace(' of ', ' ', 1).lower()}"
