"""That the database holds what it says it holds: references within the company, conditions, keys, computed columns,
triggers, and the walls between companies. What a crash without `fsync`, a copy by hand or a disk broke is found here;
the rules are read from PostgreSQL's own catalog, so that nothing can be forgotten."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

_MEND: Final = "Look for what wrote them past the database's rules, and mend or restore them."

_REFERENCES: Final = """
select c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,
    array(select attname from unnest(c.conkey) with ordinality k(n, i)
        join pg_attribute a on (a.attrelid, a.attnum) = (c.conrelid, k.n) order by i),
    array(select attname from unnest(c.confkey) with ordinality k(n, i)
        join pg_attribute a on (a.attrelid, a.attnum) = (c.confrelid, k.n) order by i)
from pg_constraint c
where c.contype = 'f' and c.conparentid = 0 and c.connamespace = 'public'::regnamespace
order by 2, 1
"""
_CONDITIONS: Final = """
select conrelid::regclass::text, array_agg(conname order by conname),
    array_agg(pg_get_expr(conbin, conrelid) order by conname)
from pg_constraint
where contype = 'c' and convalidated and conparentid = 0 and connamespace = 'public'::regnamespace
group by 1 order by 1
"""
# Keys over expressions too; rows with a null are alike to none.
_KEYS: Final = """
select i.indexrelid::regclass::text, i.indrelid::regclass::text,
    array(select pg_get_indexdef(i.indexrelid, n, true) from generate_series(1, i.indnkeyatts) n),
    pg_get_expr(i.indpred, i.indrelid)
from pg_index i
join pg_class t on t.oid = i.indrelid
where i.indisunique and t.relnamespace = 'public'::regnamespace and not t.relispartition
order by 1
"""
_COMPUTED: Final = """
select a.attrelid::regclass::text, array_agg(a.attname order by a.attname),
    array_agg(pg_get_expr(d.adbin, d.adrelid) order by a.attname)
from pg_attribute a
join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
join pg_class t on t.oid = a.attrelid
where a.attgenerated = 's' and t.relnamespace = 'public'::regnamespace and not t.relispartition
group by 1 order by 1
"""
_OFF: Final = """
select g.tgrelid::regclass::text, g.tgname from pg_trigger g
join pg_class t on t.oid = g.tgrelid
where t.relnamespace = 'public'::regnamespace and g.tgenabled not in ('O', 'A') order by 1, 2
"""
_INVALID: Final = """
select i.indrelid::regclass::text, i.indexrelid::regclass::text from pg_index i
join pg_class t on t.oid = i.indrelid
where t.relnamespace = 'public'::regnamespace and not (i.indisvalid and i.indisready) order by 1, 2
"""
_UNWALLED: Final = """
select distinct t.oid::regclass::text from pg_class t
join pg_attribute a on a.attrelid = t.oid and a.attname = 'company_id' and not a.attisdropped
where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
    and not (t.relrowsecurity and exists (select from pg_policy p where p.polrelid = t.oid))
order by 1
"""


def structure_findings(connection: Connection) -> Iterator[str]:
    """One line for each rule that rows break, and each that holds no more: how many, and what to do."""
    yield from _references(connection)
    yield from _conditions(connection)
    yield from _keys(connection)
    yield from _computed(connection)
    for table, trigger in connection.execute(_OFF).fetchall():
        yield f"{table}: the trigger {trigger} is off. Switch it on, and look at what was written meanwhile."
    for table, index in connection.execute(_INVALID).fetchall():
        yield f"{table}: the index {index} is not valid. Build it anew (reindex index concurrently)."
    for (table,) in connection.execute(_UNWALLED).fetchall():
        yield f"{table}: no wall between companies. Serve nobody before its row-level security is back."


def _references(connection: Connection) -> Iterator[str]:
    for name, table, target, columns, keys in connection.execute(_REFERENCES).fetchall():
        stated = sql.SQL(" and ").join(sql.SQL("r.{} is not null").format(sql.Identifier(each)) for each in columns)
        same = sql.SQL(" and ").join(
            sql.SQL("t.{} = r.{}").format(sql.Identifier(key), sql.Identifier(column))
            for key, column in zip(keys, columns, strict=True)
        )
        query = sql.SQL("select count(*) from {} r where {} and not exists (select from {} t where {})")
        number = _number(connection, query.format(_named(table), stated, _named(target), same))
        if number:
            yield f"{table}: {number} rows lead to no row of {target} in their company ({name}). {_MEND}"


def _conditions(connection: Connection) -> Iterator[str]:
    for table, names, conditions in connection.execute(_CONDITIONS).fetchall():
        counts = ", ".join(f"count(*) filter (where not ({each}))" for each in conditions)
        for name, number in zip(names, _counted(connection, counts, table), strict=True):
            if number:
                yield f"{table}: {number} rows break {name}. {_MEND}"


def _keys(connection: Connection) -> Iterator[str]:
    # An index that is broken would find no row twice: the tables are read.
    with connection.transaction():
        for way in ("indexscan", "indexonlyscan", "bitmapscan"):
            connection.execute(f"set local enable_{way} = off".encode())
        for name, table, parts, condition in connection.execute(_KEYS).fetchall():
            stated = [f"({part}) is not null" for part in parts] + ([condition] if condition else [])
            query = (
                f"select count(*) from (select from {table} where {' and '.join(stated)}"  # noqa: S608  # the catalog's
                f" group by {', '.join(f'({part})' for part in parts)} having count(*) > 1) twice"
            )
            number = _number(connection, query.encode())
            if number:
                yield f"{table}: {number} keys are there more than once ({name}). {_MEND}"


def _computed(connection: Connection) -> Iterator[str]:
    for table, columns, terms in connection.execute(_COMPUTED).fetchall():
        counts = ", ".join(
            f'count(*) filter (where "{column}" is distinct from ({term}))'
            for column, term in zip(columns, terms, strict=True)
        )
        for column, number in zip(columns, _counted(connection, counts, table), strict=True):
            if number:
                yield (
                    f"{table}: {column} of {number} rows is not what it is computed from. Write these rows anew (update"
                    " of any column to itself), and build the table's indexes anew."
                )


def _counted(connection: Connection, counts: str, table: str) -> Sequence[int]:
    # Names and terms are PostgreSQL's own words.
    row = connection.execute(f"select {counts} from {table}".encode()).fetchone()  # noqa: S608
    return row or ()


def _number(connection: Connection, query: sql.Composed | bytes) -> int:
    row = connection.execute(query).fetchone()
    return row[0] if row else 0


def _named(table: str) -> sql.SQL:
    return sql.SQL(table)  # pyright: ignore[reportArgumentType]  # regclass has quoted it
