"""The SQL of every read, made from the declarations and compiled once for each shape that is asked for.

All of it reads one company's rows and names that company itself, beside the row-level security of the database. What
has no parent to vouch for it is also held against the viewer's sight: all clients, or only those assigned to them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from typing import cast as cast_type

from psycopg.pq.abc import PGresult
from sqlalchemy import (
    ARRAY,
    REAL,
    BindParameter,
    ColumnElement,
    FromClause,
    Text,
    Uuid,
    and_,
    any_,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.types import TypeEngine

import models
from database import wire
from loaders.entity import (
    COMPANY,
    HIDDEN_KINDS,
    VIEWER,
    Computed,
    Connection,
    Entity,
    Query,
    ToMany,
    ToOne,
    Where,
    bind,
)
from loaders.filters import Shape, columns_of, condition
from loaders.recent import Recent
from loaders.rows import Make, maker, row_type
from loaders.stopping import check

RELEVANCE = "RELEVANCE"
"""The order of a ranked search, best match first."""


class _Compiler(PGDialect_psycopg.statement_compiler):
    """Writes what a declaration says into the statement: only what comes with an execution is sent with it."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **kwargs: Any) -> str:
        visit = cast_type("Any", super()).visit_bindparam  # untyped in SQLAlchemy
        return visit(bindparam, *args, **kwargs | {"literal_binds": bindparam.value is not None})

    def visit_select(self, *args: Any, **kwargs: Any) -> str:
        check()
        return cast_type("Any", super()).visit_select(*args, **kwargs)


class _Dialect(PGDialect_psycopg):
    statement_compiler = _Compiler


# PostgreSQL's own numbered binds: psycopg would look for its named ones in every text that it is given, and some of
# ours have tens of thousands of characters.
_DIALECT = _Dialect(paramstyle="numeric_dollar")
KEYS = bind("keys", ARRAY(Uuid()))


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with binds `$1`, `$2`, …, their names, and what makes a result's tuple into what is asked: (key, row) in
    batches of children, (key, cursor, row) in pages. Without it the result is one row of texts, read as the bytes they
    are."""

    sql: str
    names: Sequence[str]
    make: Make | None

    @classmethod
    def of(cls, query: Query, make: Make | None = None) -> "Statement":
        compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        return cls(compiled.string, tuple(dict.fromkeys(compiled.positiontup or ())), make)

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values of the binds, in their order."""
        return [values[name] for name in self.names]

    def read(self, result: PGresult) -> Any:
        """What was asked."""
        if self.make is None:
            return [result.get_value(0, number) or b"" for number in range(result.nfields)]
        return [self.make(values) for values in wire.rows(result)]


@dataclass(frozen=True, slots=True)
class Order:
    """One term of an order."""

    name: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The shape of a page: all that decides its SQL. The values that go with it are binds."""

    order: tuple[Order, ...] = ()
    backward: bool = False
    """Whether the page is cut from the end (`last`, `before`)."""
    cursor: tuple[bool, ...] | None = None
    """For a page that starts at a cursor: whether each of its values, in the order's terms, is there (or null)."""
    filter: Shape = ()
    search: bool = False
    size: int = 0
    """How many rows at most. Part of the shape, as PostgreSQL plans better for a number that it knows."""
    prefix: str = ""
    """What the names of its binds begin with."""

    def bind(self, name: str, type_: TypeEngine[Any]) -> BindParameter[Any]:
        """One of its values."""
        return bind(self.prefix + name, type_)


def company_key(entity: type[Entity]) -> str:
    """The column that holds the company."""
    return "company_id" if "company_id" in entity.table.c else "id"


def sight(entity: type[Entity], source: FromClause) -> ColumnElement[bool]:
    """Whether a viewer who sees only the clients assigned to them sees the row."""
    if entity.client_key is None:
        return true()
    clients = models.Client.__table__.alias()
    return exists().where(
        clients.c["company_id"] == COMPANY,
        clients.c["id"] == source.c[entity.client_key],
        clients.c["owner_id"] == VIEWER,
    )


def joined(
    entity: type[Entity], table: FromClause, source: FromClause, joins: Sequence[ToOne]
) -> tuple[list[Any], FromClause]:
    """The columns of the entity's rows in `table` and of what is joined to them, and `source` with those joins."""
    columns: list[Any] = list(entity.columns(table).values())
    for relation in joins:
        other = relation.target.table.alias()
        link = and_(other.c["company_id"] == COMPANY, other.c[relation.key] == table.c[relation.on])
        source = source.outerjoin(other, and_(link, *conditions(relation.target, other, relation.where)))
        # Labelled, as two joined rows may have columns of one name.
        columns += [c.label(f"{relation.name}__{name}") for name, c in relation.target.columns(other).items()]
    return columns, source


@lru_cache(1024)
def by_key(
    entity: type[Entity], key: str, where: Where | None, joins: tuple[ToOne, ...], sees_all: bool = True
) -> Statement:
    """Rows whose `key` is one of the keys: (key, row)."""
    table = entity.table
    columns, source = joined(entity, table, table, joins)
    query = (
        select(table.c[key].label("key_"), *columns)
        .select_from(source)
        .where(table.c[company_key(entity)] == COMPANY, table.c[key] == any_(bind("keys", ARRAY(table.c[key].type))))
        .where(*conditions(entity, table, where), true() if sees_all else sight(entity, table))
    )
    return Statement.of(query, _keyed(maker(entity, joins)))


@lru_cache(1024)
def to_many(relation: ToMany, joins: tuple[ToOne, ...]) -> Statement:
    """All children of the parents, in order: (key, row)."""
    table = relation.target.table
    columns, source = joined(relation.target, table, table, joins)
    query = (
        select(table.c[relation.key].label("key_"), *columns)
        .select_from(source)
        .where(table.c["company_id"] == COMPANY, table.c[relation.key] == any_(KEYS))
        .where(*conditions(relation.target, table, relation.where))
        .order_by(table.c[relation.key], *(table.c[name] for name in relation.order))
    )
    return Statement.of(query, _keyed(maker(relation.target, joins)))


@lru_cache(1024)
def computed(relation: Computed) -> Statement:
    """What is computed for the parents: (key, row)."""
    keys = parents()
    rows = relation.statement(keys, keys.c.key_).lateral()
    query = select(keys.c.key_, *(rows.c[name] for name in relation.columns)).select_from(keys).join(rows, true())
    return Statement.of(query, _keyed(row_type(relation.row_name, relation.columns, relation)._make))


Restrict = Callable[[Query, FromClause], Query]
"""Narrows a statement by a condition on its table."""


def _unrestricted(query: Query, _: FromClause) -> Query:
    return query


def rows(relation: Connection, shape: Page, sees_all: bool, restrict: Restrict = _unrestricted) -> FromClause:
    """The rows of a page, numbered from 1 (`n_`, of `of_`) in the page's direction, each with its `cursor_` and what
    that is made of (`t0_`, `t1_`, …). `restrict` is given the statement and the table, to say of which parent."""
    entity = relation.target
    table, hits, source = _searched(entity, shape)
    terms = _terms(entity, table, hits, shape)
    query = (
        select(*entity.columns(table).values(), *(term.column.label(f"t{i}_") for i, term in enumerate(terms)))
        .select_from(source)
        .where(*_wanted(relation, table, shape, sees_all), beyond(terms, shape))
        .order_by(*(_directed(term, shape.backward) for term in terms))
        .limit(shape.size + 1)
    )
    kept = restrict(query, table).lateral()
    # The cursors of the rows that are kept alone: PostgreSQL would make those of all before it sorts and cuts.
    place = cursor(entity, shape, [kept.c[f"t{i}_"] for i in range(len(terms))])
    numbers = (func.row_number().over().label("n_"), func.count().over().label("of_"))
    return select(*numbers, place.label("cursor_"), *kept.c).select_from(kept).lateral()


MOST_BYTES = 8 << 20
"""About what the statements of pages may take up, and those of counts: a filter can have any number of shapes."""
_BYTES_OF_A_CHARACTER = 8
"""Of a statement, with its shape."""


def _bytes(_: Any, statement: Statement) -> int:
    return len(statement.sql) * _BYTES_OF_A_CHARACTER


_pages: Recent[Any, Statement] = Recent(MOST_BYTES, _bytes)
_counts: Recent[Any, Statement] = Recent(MOST_BYTES, _bytes)


def page(relation: Connection, shape: Page, joins: tuple[ToOne, ...], sees_all: bool) -> Statement:
    """A page of each parent's children, or of all rows for a relation without a parent: (key or None, cursor, row)."""
    key = relation, shape, joins, sees_all
    return _pages.get(key) or _pages.put(key, _page(*key))


def _page(relation: Connection, shape: Page, joins: tuple[ToOne, ...], sees_all: bool) -> Statement:
    make = maker(relation.target, joins)
    if not relation.key:
        kept = rows(relation, shape, sees_all)
        columns, source = joined(relation.target, kept, kept, joins)
        query = select(kept.c.cursor_, *columns).select_from(source).order_by(kept.c.n_)
        return Statement.of(query, lambda values: (None, values[0], make(values[1:])))
    keys = parents()

    def of_parent(query: Query, table: FromClause) -> Query:
        return query.where(table.c[relation.key] == keys.c.key_).correlate(keys)

    kept = rows(relation, shape, sees_all, of_parent)
    columns, source = joined(relation.target, kept, keys.join(kept, true()), joins)
    query = select(keys.c.key_, kept.c.cursor_, *columns).select_from(source).order_by(keys.c.key_, kept.c.n_)
    return Statement.of(query, lambda values: (values[0], values[1], make(values[2:])))


def number_hidden(relation: Connection, shape: Page) -> tuple[FromClause, Query]:
    """How many events are kept from the viewer, of those that the shape's filter asks for. Also the table."""
    table = relation.target.table.alias()
    wanted = (table.c["company_id"] == COMPANY, condition(relation.target, table, shape.filter))
    return table, select(func.count()).select_from(table).where(*wanted, table.c["kind"] == any_(HIDDEN_KINDS))


def number(relation: Connection, shape: Page, sees_all: bool) -> tuple[FromClause, Query]:
    """How many rows the pages of a connection have altogether. Also the table."""
    if not relation.key and not shape.search and (tallied := _tallied(relation.target, shape.filter, sees_all)):
        return tallied
    table, _, source = _searched(relation.target, shape)
    return table, select(func.count()).select_from(source).where(*_wanted(relation, table, shape, sees_all))


def _tallied(entity: type[Entity], filter: Shape, sees_all: bool) -> tuple[FromClause, Query] | None:
    """The number of all of the entity's rows for which the filter holds, and the table, if its tally can tell."""
    tally = entity.tally
    if tally is None or tally.given not in filter:
        return None
    rest = tuple(part for part in filter if part != tally.given)
    if not columns_of(entity, rest) <= tally.columns:
        return None
    table = tally.table.alias()
    seen = true() if sees_all else table.c["owner_id"] == VIEWER
    number = func.coalesce(func.sum(table.c["number"]), 0)
    return table, select(number).where(table.c["company_id"] == COMPANY, condition(entity, table, rest), seen)


def count(relation: Connection, shape: Page, sees_all: bool, hidden: bool = False) -> Statement:
    """The number of rows, or of hidden ones: (key or None, count). A parent of none is left out."""
    key = relation, shape, sees_all, hidden
    return _counts.get(key) or _counts.put(key, _count(*key))


def _count(relation: Connection, shape: Page, sees_all: bool, hidden: bool) -> Statement:
    table, query = number_hidden(relation, shape) if hidden else number(relation, shape, sees_all)
    if not relation.key:
        return Statement.of(query, lambda values: (None, values[0]))
    key = table.c[relation.key]
    query = query.add_columns(key).where(key == any_(KEYS)).group_by(key)
    return Statement.of(query, lambda values: (values[1], values[0]))


def conditions(entity: type[Entity], table: FromClause, where: Where | None) -> list[ColumnElement[bool]]:
    """Which of the entity's rows are there for the viewer, and are what the relation leads to."""
    return [holds(table.c) for holds in (entity.visible, where) if holds]


def parents() -> FromClause:
    """The keys of the parents as rows."""
    return func.unnest(KEYS).table_valued(column("key_", Uuid())).render_derived("parent")


def _keyed(make: Make) -> Make:
    return lambda values: (values[0], make(values[1:]))


def _searched(entity: type[Entity], shape: Page) -> tuple[FromClause, FromClause | None, FromClause]:
    """The table, the hits of a ranked search if there is one, and the two joined."""
    table = entity.table.alias()
    if not shape.search or entity.search is not None:
        return table, None, table
    hits = (
        func.ficha_search_clients(func.ficha_fold(shape.bind("search", Text())))
        .table_valued(column("client_id", Uuid()), column("rank", REAL()))
        .alias("hit")
    )
    return table, hits, table.join(hits, hits.c["client_id"] == table.c["id"])


def _wanted(relation: Connection, table: FromClause, shape: Page, sees_all: bool) -> Iterator[ColumnElement[bool]]:
    """What holds for every row of a connection, whatever the page."""
    entity = relation.target
    yield table.c[company_key(entity)] == COMPANY
    yield condition(entity, table, shape.filter)
    yield from conditions(entity, table, relation.where)
    if not relation.key and not sees_all:
        yield sight(entity, table)
    if shape.search and entity.search is not None:
        # A search that is not ranked: each of its words is somewhere in the text.
        words = (
            func.string_to_table(func.ficha_fold(shape.bind("search", Text())), " ")
            .table_valued(column("word", Text()))
            .render_derived("of")
        )
        yield ~exists().select_from(words).where(func.strpos(entity.search(table.c), words.c.word) == 0)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of an order as SQL."""

    column: ColumnElement[Any]
    descending: bool
    nullable: bool = False


def _terms(entity: type[Entity], table: FromClause, hits: FromClause | None, shape: Page) -> list[Term]:
    """The order's terms, ended by the id, which makes every place in the order unique."""
    terms = [
        Term(hits.c["rank"], True)
        if term.name == RELEVANCE and hits is not None
        else Term(entity.orders[term.name](table.c), term.descending, term.name in entity.nullable_orders())
        for term in shape.order
    ]
    return [*terms, Term(table.c["id"], terms[-1].descending if terms else False)]


@lru_cache(1024)
def order_types(entity: type[Entity], order: tuple[Order, ...]) -> Sequence[TypeEngine[Any]]:
    """The types of a cursor's values."""
    table = entity.table
    types: list[TypeEngine[Any]] = [
        REAL() if term.name == RELEVANCE else entity.orders[term.name](table.c).type for term in order
    ]
    return [*types, table.c["id"].type]


def _directed(term: Term, backward: bool) -> ColumnElement[Any]:
    """Rows without the value come last, and so first when the page is cut from the end."""
    ordered = term.column.desc() if term.descending != backward else term.column.asc()
    if not term.nullable:
        return ordered
    return ordered.nulls_first() if backward else ordered.nulls_last()


def cursor(entity: type[Entity], shape: Page, terms: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
    """A row's place in the order, as text: base64url of a JSON array of the order's name and the row's values in it."""
    name = literal(order_name(entity, shape.order), Text())
    values = func.json_build_array(name, *(cast(term, Text) for term in terms))
    encoded = func.encode(func.convert_to(cast(values, Text), "UTF8"), "base64")
    return func.translate(encoded, literal_column(r"E'+/=\n'"), literal_column("'-_'"))


def order_name(entity: type[Entity], order: Sequence[Order]) -> str:
    """Says in a cursor what order it belongs to."""
    return " ".join([entity.table.name, *(f"{term.name}:{'DESC' if term.descending else 'ASC'}" for term in order)])


def _place(shape: Page, index: int, term: Term) -> ColumnElement[Any]:
    """One of a cursor's values."""
    value = shape.bind(f"c{index}", term.column.type)
    # A rank is a `real`: as a `double precision`, which psycopg would send, it would be another number.
    return cast(value, REAL()) if isinstance(term.column.type, REAL) else value


def beyond(terms: Sequence[Term], shape: Page) -> ColumnElement[bool]:
    """Whether a row lies beyond the cursor `c0`, `c1`, …, in the page's direction."""
    if shape.cursor is None:
        return true()
    binds = [_place(shape, index, term) for index, term in enumerate(terms)]
    less = {term.descending != shape.backward for term in terms}
    if len(less) == 1 and not any(term.nullable for term in terms):
        place, here = tuple_(*(term.column for term in terms)), tuple_(*binds)
        return place < here if less.pop() else place > here

    alternatives: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for term, value, present in zip(terms, binds, shape.cursor, strict=True):
        after = term.column < value if term.descending != shape.backward else term.column > value
        if not present:
            # Nothing lies beyond the rows without the value; all that have it lie before them.
            after = term.column.is_not(null()) if shape.backward else false()
        elif term.nullable and not shape.backward:
            after = or_(after, term.column.is_(null()))
        alternatives.append(and_(*same, after))
        same.append(term.column == value if present else term.column.is_(null()))
    return or_(*alternatives)
