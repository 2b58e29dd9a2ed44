"""The database's own part of what Citus needs to distribute the tables by company, held without the engine."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from models.base import Base
from tests.distributable import DISTRIBUTED, faults, of_function, tables_of

ALL_COMPANIES = {
    # In which companies somebody is a collaborator is asked before it is known which one they are of.
    "ficha_memberships",
    # It was asked once, when the ledger began, by a migration before any distribution.
    "ficha_open_ledger",
}
MOST_CHARACTERS = 54
"""Of a name that is one in the whole schema: Citus adds the number of the part of the table."""


@pytest.fixture
def owner_connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url) as connection:
        yield connection


FUNCTIONS = """
select proname, lanname, pg_get_functiondef(p.oid), coalesce(prosrc, '')
from pg_proc p join pg_language l on l.oid = prolang
where pronamespace = 'public'::regnamespace and proname like 'ficha\\_%' and prokind = 'f' order by 1
"""
TRANSITION = """
select proname, array_remove(array_agg(distinct name::text), null) from pg_trigger t
join pg_proc p on p.oid = tgfoid cross join unnest(array[tgoldtable, tgnewtable]) name
where not tgisinternal group by 1
"""


def test_functions_ask_for_one_company_by_a_value(owner_connection: psycopg.Connection[Any]) -> None:
    transition = dict(owner_connection.execute(TRANSITION).fetchall())
    found: dict[str, Any] = {}
    for name, language, definition, source in owner_connection.execute(FUNCTIONS).fetchall():
        if name in ALL_COMPANIES:
            continue
        if language == "sql":
            wrong = sorted(tables_of(source)) if source.strip() else []
        else:
            wrong = of_function(definition, transition.get(name, ()))
        if wrong:
            found[name] = wrong
    assert found == {}


def test_no_reference_of_a_company_is_set_to_null(owner_connection: psycopg.Connection[Any]) -> None:
    query = """
        select conname from pg_constraint join pg_attribute a on a.attrelid = conrelid and a.attnum = any (conkey)
        where contype = 'f' and attname = 'company_id' and (confdeltype in ('n', 'd') or confupdtype in ('n', 'd'))
    """
    assert owner_connection.execute(query).fetchall() == []


def test_names_have_room_for_the_number_of_a_part(owner_connection: psycopg.Connection[Any]) -> None:
    query = """
        select conname from pg_constraint where connamespace = 'public'::regnamespace and length(conname) > %(most)s
        union all
        select tgname from pg_trigger where not tgisinternal and length(tgname) > %(most)s
        union all
        select relname from pg_class where relnamespace = 'public'::regnamespace and length(relname) > %(most)s
    """
    assert owner_connection.execute(query, {"most": MOST_CHARACTERS}).fetchall() == []


def test_every_table_of_a_company_is_known() -> None:
    others = {table.name for table in Base.metadata.sorted_tables} - DISTRIBUTED
    assert others == {"company", "sat_product", "sat_publication", "sat_unit", "taxpayer_list", "taxpayer_listing"}


TIED = [
    "select * from client where company_id = $1",
    "select * from client c join contact k on k.company_id = $1 and k.client_id = c.id where c.company_id = $1::uuid",
    "select 1 from (select 1) one left join client c on c.company_id = '5803eb8d-81cd-4557-8719-26632d2fa434'",
    "update deal d set title = v.title from unnest($1::uuid[], $2::text[]) v (id, title)"
    " where d.company_id = $3 and d.id = v.id",
    "insert into deal (company_id, id) values ($1, $2), ($1, $3)",
    "with gone as (delete from deal where company_id = $1 returning id) select * from gone",
    "select * from company where id = $1",
]
LOOSE = [
    "select * from client",
    "select * from client where company_id = ficha_company()",
    "select * from client c join contact k on k.company_id = c.company_id where c.company_id = $1",
    "select * from client where company_id = $1 or id = $2",
    "select (select count(*) from deal) from client where company_id = $1",
    "select * from client where company_id = $1 union all select * from client",
    "update deal d set title = v.title from unnest($1::uuid[], $2::uuid[]) v (company_id, id)"
    " where d.company_id = v.company_id and d.id = v.id",
    "delete from deal where id = $1",
    "insert into client_tally with taken as (delete from client_tally where company_id = $1 returning *)"
    " select * from taken",
    "insert into deal select * from deal where company_id = $1",
]


@pytest.mark.parametrize("sql", TIED, ids=range(len(TIED)))
def test_a_statement_of_one_company_is_seen(sql: str) -> None:
    assert faults(sql) == []


@pytest.mark.parametrize("sql", LOOSE, ids=range(len(LOOSE)))
def test_a_statement_of_any_company_is_seen(sql: str) -> None:
    assert faults(sql)


FUNCTION = """
create function f() returns trigger language plpgsql as $$
declare own uuid; one record;
begin
    {body}
    return null;
end $$
"""


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("perform 1 from client where company_id = own;", 0),
        ("perform 1 from client c where c.company_id = new.company_id;", 0),
        ("perform 1 from client c where c.company_id = ficha_company();", 1),
        ("own := (select company_id from client limit 1);", 1),
        ("if exists (select from client) then return null; end if;", 1),
        ("for one in select company_id, id from made loop perform 1 from client where company_id = one.company_id; end"
         " loop;", 0),
        ("insert into client_tally (company_id) select company_id from made;", 2),
        ("update client c set kind = made.kind from made where c.company_id = own and c.id = made.id;", 1),
    ],
    ids=["variable", "new", "function", "assigned", "condition", "in turn", "inserted", "joined"],
)  # fmt: skip
def test_the_queries_of_a_function_are_seen(body: str, number: int) -> None:
    assert len(of_function(FUNCTION.format(body=body), ["made"])) == number
