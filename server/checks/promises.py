"""Rows from before the database held what it holds now: those that break a constraint which is NOT VALID yet, or that a
trigger of `models.guards` would refuse today."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from server.checks.rule import listed
from server.settings import Settings

_UNPROVED = """
select conrelid::regclass::text, conname, pg_get_expr(conbin, conrelid)
from pg_constraint
where contype = 'c' and not convalidated and connamespace = 'public'::regnamespace
order by 1, 2
"""
_BREACHES = "select count(*), (array_agg({key} order by {key}))[1:5] from {table} where not ({condition})"

RULES: Final[Mapping[str, LiteralString]] = {
    "the sums of an issued document are not those of its lines": """
        select d.id from sales_document d
        left join lateral (
            select sum(l.amount) as amount, sum(l.discount) as discount from sales_document_line l
            where (l.company_id, l.client_id, l.sales_document_id) = (d.company_id, d.client_id, d.id)
        ) line on true
        left join lateral (
            select
                coalesce(sum(t.amount) filter (where t.kind = 'TRANSFERRED'), 0) as transferred,
                coalesce(sum(t.amount) filter (where t.kind = 'WITHHELD'), 0) as withheld,
                greatest(count(distinct (t.kind, t.tax, t.factor, t.rate)), 1) as number
            from sales_document_tax t
            where (t.company_id, t.client_id, t.sales_document_id) = (d.company_id, d.client_id, d.id)
        ) tax on true, ficha_tolerance(d.currency, d.uuid) off
        where d.state not in ('DRAFT', 'CANCELLED') and (
            line.amount is null or abs(d.subtotal - line.amount) > off or abs(d.discount - line.discount) > off
            or abs(d.tax - tax.transferred) > off * tax.number or abs(d.withheld - tax.withheld) > off * tax.number
        )
    """,
    "a tax is on a line of another document": """
        select t.sales_document_id from sales_document_tax t
        join sales_document_line l on (l.company_id, l.client_id, l.id) = (t.company_id, t.client_id, t.line_id)
        where l.sales_document_id <> t.sales_document_id
    """,
    "the exchange rate of the company's own currency is not 1": """
        select d.id from sales_document d join company c on c.id = d.company_id and c.currency = d.currency
        where d.exchange_rate <> 1
    """,
    "the RFC of a client's CFDI data is not the client's": """
        select p.client_id from cfdi_profile p
        join client c on (c.company_id, c.id) = (p.company_id, p.client_id)
        where p.valid_to is null and p.rfc is distinct from c.rfc and c.converted_into_id is null
    """,
    "a file has two current revisions": """
        select series_id from document where replaced_at is null group by company_id, series_id having count(*) > 1
    """,
    "an erased record is there": """
        select t.id from tombstone t join client c on (c.company_id, c.id) = (t.company_id, t.id)
    """,
    "a series goes on behind a folio that it gave out": """
        select s.id from folio_series s where exists (
            select from sales_document d
            where (d.company_id, d.type, d.series) = (s.company_id, s.type, s.series) and d.number > s.last_number
        )
    """,
}
"""The rules of several rows, each with the ids of those that break it."""


def breaches(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """One line for each constraint and each rule that rows break: how many, and the first of them."""
    for table, name, condition in connection.execute(_UNPROVED).fetchall():
        number, first = _breaking(connection, table, condition)
        if number:
            yield f"{table}: {number} rows break {name}, {condition}: {listed(first, number)}. Correct them."
    for rule, query in RULES.items():
        ids = [id for (id,) in connection.execute(query)]
        if ids:
            yield f"{len(ids)} times {rule}: {listed(sorted(ids)[:5], len(ids))}. Correct them."


def validate(settings: Settings) -> Iterator[str]:
    """Validates the constraints that no row breaks, one by one; one line each. Rows are read and written meanwhile."""
    with psycopg.connect(settings.direct_url, autocommit=True) as connection:
        for table, name, condition in connection.execute(_UNPROVED).fetchall():
            if _breaking(connection, table, condition)[0] == 0:
                statement = sql.SQL("alter table {} validate constraint {}")
                connection.execute(statement.format(sql.SQL(table), sql.Identifier(name)))
                yield f"{table}: {name} is valid"


def _breaking(connection: psycopg.Connection[Any], table: str, condition: str) -> tuple[int, list[Any]]:
    """How many rows break the condition, and what the first of them are known by."""
    keys = "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s"
    columns = {column for (column,) in connection.execute(keys, [table])}
    key = next(name for name in ("id", "client_id", "company_id") if name in columns)
    # The table's name and the condition are PostgreSQL's own words.
    query = _BREACHES.format(key=key, table=table, condition=condition)
    number, first = connection.execute(query.encode()).fetchall()[0]
    return number, first or []
