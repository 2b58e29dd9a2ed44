"""The SQL of a page of a connection, and of how many rows its pages have; made from the declarations.

What has no parent to vouch for it is also held against the viewer's sight: all clients, or only those assigned to them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    REAL,
    BindParameter,
    ColumnElement,
    FromClause,
    Text,
    Uuid,
    and_,
    any_,
    case,
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
    union_all,
)
from sqlalchemy.types import TypeEngine

from loaders.deleted import Deleted
from loaders.entity import SEES_ALL, VIEWER, Columns, Dated, Entity, Hidden, Query, bind, of_company
from loaders.few import MOST_PARTS, Among, amounts_in, decides, few_of, few_of_deleted, few_of_search, has_word
from loaders.filters import Shape, columns_of, condition
from loaders.ordering import InParts, Newest, Stepwise
from loaders.relation import KEYS, Connection, parents
from loaders.rows import Joined, Joins
from loaders.statement import Statement, compiled
from models.base import alias_of
from models.viewer import Permission

RELEVANCE = "RELEVANCE"
"""The order of a ranked search, best match first."""


@dataclass(frozen=True, slots=True)
class Order:
    """One term of an order."""

    name: str
    descending: bool
    hidden: frozenset[Permission] = frozenset()
    """What the viewer lacks to see all that it goes by, where it is by the `Newest` of several."""

    def of_row(self, entity: type[Entity], c: Columns) -> ColumnElement[Any]:
        """What a row with these columns is ordered by."""
        order = entity.orders[self.name]
        return order.seen(c, self.hidden) if isinstance(order, Newest) else order(c)


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
    whole: bool = False
    """Whether a ranked search finds every row that has the words, of which a filter or an order chooses; otherwise it
    finds the best, some hundreds of words that very many rows have."""
    through: tuple[str, ...] = ()
    """The relations in whose rows the words of a search may be as well; see `Entity.search_through`."""
    size: int = 0
    """How many rows at most. Part of the shape, as PostgreSQL plans better for a number that it knows."""
    prefix: str = ""
    """What the names of its binds begin with."""
    deleted: Deleted | None = None
    """What is shown of what was deleted; None where that is as the relation says."""

    def bind(self, name: str, type_: TypeEngine[Any]) -> BindParameter[Any]:
        """One of its values."""
        return bind(self.prefix + name, type_)

    def counted(self, *, filtered: bool = True) -> "Page":
        """The shape of all rows that the pages are cut from; not `filtered`, of all that there are."""
        whole = replace(self, order=(), backward=False, cursor=None, size=0)
        return whole if filtered else replace(whole, filter=(), search=False, whole=False, through=())


@dataclass(frozen=True, slots=True)
class Parent:
    """Whose children are read: those of the row with this key, in a select to which the tables `outer` are known; or
    those of many parents at once, which are told apart later."""

    key: ColumnElement[Any] | None = None
    outer: Sequence[FromClause] = ()

    def restrict(self, query: Query, relation: Connection, table: FromClause) -> Query:
        """The query, of the parent's children in the table alone."""
        if relation.key and self.key is not None:
            query = query.where(table.c[relation.key] == self.key)
        return query.correlate(*self.outer) if self.outer else query


ANY = Parent()


def rows(relation: Connection, shape: Page, parent: Parent = ANY, *, sees_all: bool, ahead: bool = True) -> FromClause:
    """The rows of a page in no order, each with its place in it (`t0_`, `t1_`, …). `ahead` one row more is read, which
    tells that there are more."""
    cuts = list(_Cuts(relation, shape if ahead else replace(shape, size=shape.size - 1), parent, sees_all).cuts())
    if len(cuts) == 1:
        return cuts[0].lateral()
    every = union_all(*cuts).subquery()
    return _first(select(every), _places_of(relation, shape, every), shape).lateral()


def in_order(relation: Connection, shape: Page, page: FromClause, *, backward: bool = False) -> Sequence[Any]:
    """What the rows of a page are ordered by, or from the last to the first one."""
    return [_directed(term, backward) for term in _places_of(relation, shape, page)]


def _places_of(relation: Connection, shape: Page, page: FromClause) -> "list[Term]":
    """The order's terms, of rows that have their places."""
    nullable = relation.target.nullable_orders()
    descending = [term.descending or term.name == RELEVANCE for term in shape.order]
    terms = [
        Term(page.c[f"t{i}_"], downward, term.name in nullable)
        for i, (term, downward) in enumerate(zip(shape.order, descending, strict=True))
    ]
    return [*terms, Term(page.c[f"t{len(terms)}_"], descending[-1] if descending else False)]


def _first(query: Query, terms: "Sequence[Term]", shape: Page) -> Query:
    """The first rows of the query, in the page's direction: as many as the page has, and one."""
    return query.order_by(*(_directed(term, shape.backward) for term in terms)).limit(shape.size + 1)


@dataclass(frozen=True, slots=True)
class _Cuts:
    """What a page is cut from: queries that have the first rows beyond its cursor, each among some of the list's rows.
    Of an order `InParts` each reads a range of an index."""

    relation: Connection
    shape: Page
    parent: Parent
    sees_all: bool

    def cuts(self) -> Iterator[Query]:
        """Cuts in which the whole page is: one for most lists.

        The statement's plan is kept for all of its values, so that PostgreSQL cannot choose by them. Where few rows may
        pass the filter, an index is asked first how many there are: then the list begins at these or goes through all
        rows, and reads nothing the other way. In the order of a value that changes with the day, the lapsed rows are
        apart.
        """
        entity, shape = self.relation.target, self.shape
        if self.relation.key or (shape.search and entity.search is None):
            yield self._whole(alias_of(entity.model))
            return
        order = entity.orders.get(shape.order[0].name) if shape.order else None
        so_far: tuple[ColumnElement[bool], ...] = ()
        for few in islice(_few(entity, shape, order), MOST_PARTS):
            table = alias_of(entity.model)
            yield self._whole(table, *so_far, ~few.more, few.has(table.c["id"]))
            so_far = (*so_far, few.more)
        if isinstance(order, InParts):
            yield from self._parts(order, so_far)
        else:
            for table in order.parts(entity.model) if isinstance(order, Dated) else (alias_of(entity.model),):
                yield self._whole(table, *so_far)

    def _whole(self, table: FromClause, *among: ColumnElement[bool]) -> Query:
        hits, source = _searched(self.relation.target, table, self.shape)
        terms = _terms(self.relation.target, table, hits, self.shape)
        rows = self._select(table, source, among, terms)
        return _first(rows.where(beyond(terms, self.shape)), terms, self.shape)

    def _parts(self, order: InParts, among: Sequence[ColumnElement[bool]]) -> Iterator[Query]:
        shape = self.shape
        if self._at is not False or shape.backward:
            if not isinstance(order, Stepwise):
                yield self._with_value(among)
            else:
                if self._at:
                    yield self._steps(order, among, here=True)
                yield self._steps(order, among)
        if shape.order[0].name in self.relation.target.nullable_orders() and not (self._at and shape.backward):
            yield self._without_value(order, among)

    @property
    def _at(self) -> bool | None:
        """Whether the cursor is at a row that has the value which the order begins with; None without a cursor."""
        return self.shape.cursor[0] if self.shape.cursor else None

    def _with_value(self, among: Sequence[ColumnElement[bool]]) -> Query:
        table, first, rest = self._table()
        terms = [replace(first, nullable=False), *rest]
        rows = self._select(table, table, among, terms).where(first.column.is_not(null()))
        return _first(rows.where(beyond(terms, self.shape)) if self._at else rows, terms, self.shape)

    def _without_value(self, order: InParts, among: Sequence[ColumnElement[bool]]) -> Query:
        table, first, rest = self._table()
        value = table.c[order.on] if isinstance(order, Stepwise) else first.column
        rows = self._select(table, table, among, [replace(first, column=cast(null(), first.column.type)), *rest])
        rows = rows.where(value.is_(null()))
        # The value is named first, although it is the same in all: PostgreSQL takes the index for no other order.
        terms = [Term(value, rest[0].descending), *rest]
        return _first(rows.where(beyond(rest, self.shape, since=1)) if self._at is False else rows, terms, self.shape)

    def _steps(self, order: Stepwise, among: Sequence[ColumnElement[bool]], *, here: bool = False) -> Query:
        """Of each step as many rows as the page has: of the cursor's own step those beyond it (`here`), of the steps
        beyond that step any."""
        table, first, rest = self._table()
        # In their order already: then PostgreSQL goes no further than to the step that fills the page.
        values = order.steps()
        steps = values.order_by(
            _directed(Term(values.selected_columns["place_"], first.descending), self.shape.backward)
        ).subquery()
        rows = self._select(table, table, among, rest, since=1).where(table.c[order.on] == steps.c["key_"])
        rows = _first(rows.where(beyond(rest, self.shape, since=1)) if here else rows, rest, self.shape)
        of_step = rows.correlate(*self.parent.outer, steps).lateral()

        place = Term(steps.c["place_"], first.descending)
        rest = [replace(term, column=of_step.c[f"t{i}_"]) for i, term in enumerate(rest, 1)]
        columns = (of_step.c[name] for name in self.relation.target.columns(table))
        query = select(*columns, *_places([place, *rest])).select_from(steps.join(of_step, true()))
        if here:
            query = query.where(place.column == _place(self.shape, 0, place))
        elif self._at:
            query = query.where(beyond([place], self.shape))
        return _first(self.parent.restrict(query, self.relation, table), [place, *rest], self.shape)

    def _table(self) -> "tuple[FromClause, Term, list[Term]]":
        """The list's rows, the first term of their order, and its other terms."""
        table = alias_of(self.relation.target.model)
        first, *rest = _terms(self.relation.target, table, None, self.shape)
        return table, first, rest

    def _select(
        self,
        table: FromClause,
        source: FromClause,
        among: Sequence[ColumnElement[bool]],
        terms: "Sequence[Term]",
        *,
        since: int = 0,
    ) -> Query:
        """The list's rows, with their places in the order."""
        query = select(*self.relation.target.columns(table).values(), *_places(terms, since)).select_from(source)
        query = query.where(*_matches(self.relation, table, self.shape, self.sees_all), *among)
        return self.parent.restrict(query, self.relation, table)


def _few(entity: type[Entity], shape: Page, order: Any = None) -> Iterator[Among]:
    """The rows among which are all that have the words of the search and pass the filter, where an index says that they
    may be few."""
    if shape.search and entity.search is not None:
        yield from few_of_search(entity, func.ficha_fold(shape.bind("search", Text())), shape.through)
    if shape.deleted is Deleted.ONLY:
        yield from few_of_deleted(entity)
    yield from few_of(entity, shape.filter, order)


def _places(terms: "Sequence[Term]", since: int = 0) -> Iterator[ColumnElement[Any]]:
    """The values of the terms, the first of which is the `since`th of the order."""
    return (term.column.label(f"t{i}_") for i, term in enumerate(terms, since))


def by_values(relation: Connection, shape: Page) -> bool:
    """Whether the values of a filter or a search decide which rows of the company are read. The children of one parent
    are found by its key, whatever the values."""
    return not relation.key and (shape.search or decides(relation.target, shape.filter))


def page(relation: Connection, shape: Page, joins: Joins, *, sees_all: bool) -> Statement:
    """A page of each parent's children, or of all rows for a relation without a parent: (key or None, cursor, row)."""
    joined = Joined.of(relation.target, joins)
    return compiled((relation, shape, joined, sees_all), lambda: _page(relation, shape, joined, sees_all=sees_all))


def _page(relation: Connection, shape: Page, joined: Joined, *, sees_all: bool) -> Statement:
    make = joined.maker()
    if not relation.key:
        page = rows(relation, shape, sees_all=sees_all)
        order = in_order(relation, shape, page, backward=shape.backward)
        query = joined.select(page, cursor(relation.target, shape, page)).order_by(*order)
        decided = by_values(relation, shape)
        return Statement.of(query, lambda values: (None, values[0], make(values[1:])), by_values=decided)
    keys = parents()
    key = keys.c["key_"]
    page = rows(relation, shape, Parent(key, [keys]), sees_all=sees_all)
    place = cursor(relation.target, shape, page)
    order = in_order(relation, shape, page, backward=shape.backward)
    query = joined.select(page, key, place, source=keys.join(page, true())).order_by(key, *order)
    return Statement.of(query, lambda values: (values[0], values[1], make(values[2:])))


def number(
    relation: Connection, shape: Page, parent: Parent = ANY, *, sees_all: bool, hidden: bool = False
) -> tuple[FromClause, Query]:
    """How many rows the pages of a connection have altogether; or how many `hidden` ones, kept from the viewer, match
    the shape's filter. Also the table that they are in."""
    if hidden:
        table, query = _number_hidden(relation, shape)
    elif not relation.key and not shape.search and (tallied := _tallied(relation.target, shape.filter, sees_all)):
        table, query = tallied
    else:
        table, query = _number_matching(relation, shape, sees_all)
    return table, parent.restrict(query, relation, table)


def _number_matching(relation: Connection, shape: Page, sees_all: bool) -> tuple[FromClause, Query]:
    entity = relation.target

    def count(table: FromClause) -> Query:
        _, source = _searched(entity, table, shape)
        return select(func.count()).select_from(source).where(*_matches(relation, table, shape, sees_all))

    table = alias_of(entity.model)
    if relation.key or (shape.search and entity.search is None):
        return table, count(table)
    dated = next((amount for amount, _ in amounts_in(entity, shape.filter) if isinstance(amount, Dated)), None)
    if dated is not None:
        lasting, lapsed = (count(part).scalar_subquery() for part in dated.parts(entity.model))
        return table, select(lasting + lapsed)
    few = next(_few(entity, shape), None)
    if few is None:
        return table, count(table)
    among = alias_of(entity.model)
    some = count(among).where(few.has(among.c["id"])).scalar_subquery()
    return table, select(case((few.more, count(table).scalar_subquery()), else_=some))


def _number_hidden(relation: Connection, shape: Page) -> tuple[FromClause, Query]:
    table = alias_of(relation.target.model)
    matches = condition(relation.target, table, shape.filter)
    hidden = Hidden(table.c["kind"])
    return table, select(func.count()).select_from(table).where(*of_company(table, matches, hidden))


def _tallied(entity: type[Entity], filter: Shape, sees_all: bool) -> tuple[FromClause, Query] | None:
    """The number of all of the entity's rows for which the filter holds, and the table, if its tally can tell."""
    tally = entity.tally
    if tally is None or tally.condition not in filter:
        return None
    rest = tuple(part for part in filter if part != tally.condition)
    if not columns_of(entity, rest) <= tally.columns:
        return None
    table = alias_of(tally.model)
    seen = true() if sees_all else table.c["owner_id"] == VIEWER
    number = func.coalesce(func.sum(table.c["number"]), 0)
    return table, select(number).where(*of_company(table, condition(entity, table, rest), seen))


def count(relation: Connection, shape: Page, *, sees_all: bool, hidden: bool = False) -> Statement:
    """The number of rows, or of hidden ones: (key or None, count). A parent of none is left out."""

    def make() -> Statement:
        table, query = number(relation, shape, sees_all=sees_all, hidden=hidden)
        if not relation.key:
            decided = by_values(relation, shape)
            return Statement.of(query, lambda values: (None, values[0]), by_values=decided)
        key = table.c[relation.key]
        query = query.add_columns(key).where(key == any_(KEYS)).group_by(key)
        return Statement.of(query, lambda values: (values[1], values[0]))

    return compiled((relation, shape, sees_all, hidden), make)


def _searched(entity: type[Entity], table: FromClause, shape: Page) -> tuple[FromClause | None, FromClause]:
    """The hits of a ranked search if there is one, and the entity's table joined to them."""
    if not shape.search or entity.search is not None:
        return None, table
    hits = (
        func.ficha_find_clients(
            func.ficha_fold(shape.bind("search", Text())), VIEWER, SEES_ALL, true() if shape.whole else false()
        )
        .table_valued(column("client_id", Uuid()), column("rank", REAL()))
        .alias("hit")
    )
    return hits, table.join(hits, table.c["id"] == hits.c["client_id"])


def _matches(relation: Connection, table: FromClause, shape: Page, sees_all: bool) -> Iterator[ColumnElement[bool]]:
    """What holds for every row of a connection, whatever the page."""
    entity = relation.target
    yield from relation.showing(shape.deleted).conditions(table, condition(entity, table, shape.filter))
    if not relation.key:
        yield entity.sight(table, sees_all=sees_all)
    if shape.search and entity.search is not None:
        # A search that is not ranked: each of its words is somewhere in the text.
        words = (
            func.string_to_table(func.ficha_fold(shape.bind("search", Text())), " ")
            .table_valued(column("word", Text()))
            .render_derived("of")
        )
        missing = ~has_word(entity.search(table.c), words.c.word)
        elsewhere = (_is_in(entity, table, name, words) for name in shape.through)
        yield ~exists().select_from(words).where(missing, *(~is_there for is_there in elsewhere))


def _is_in(entity: type[Entity], table: FromClause, name: str, words: FromClause) -> ColumnElement[bool]:
    """Whether a word is in the text of what the relation leads to. Asked only of words that the row itself lacks."""
    relation = entity.relations[name]
    linked = relation.linked(table, table.c[relation.on])
    text = entity.search_through[name](linked.table.c)
    there = exists().select_from(linked.table).where(*linked.conditions, has_word(text, words.c["word"]))
    return there.correlate(table, words)


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
        else Term(term.of_row(entity, table.c), term.descending, term.name in entity.nullable_orders())
        for term in shape.order
    ]
    return [*terms, Term(table.c["id"], terms[-1].descending if terms else False)]


def order_types(entity: type[Entity], order: tuple[Order, ...]) -> Sequence[TypeEngine[Any]]:
    """The types of a cursor's values."""
    return [*(_order_type(entity, term.name) for term in order), entity.table.c["id"].type]


@cache
def _order_type(entity: type[Entity], name: str) -> TypeEngine[Any]:
    return REAL() if name == RELEVANCE else entity.orders[name](entity.table.c).type


def _directed(term: Term, backward: bool) -> ColumnElement[Any]:
    """Rows without the value come last, and so first when the page is cut from the end."""
    ordered = term.column.desc() if term.descending != backward else term.column.asc()
    if not term.nullable:
        return ordered
    return ordered.nulls_first() if backward else ordered.nulls_last()


def cursor(entity: type[Entity], shape: Page, page: FromClause) -> ColumnElement[str]:
    """The cursor of one of the page's rows."""
    return encoded(entity, shape, [cast(page.c[f"t{i}_"], Text) for i in range(len(shape.order) + 1)])


def encoded(entity: type[Entity], shape: Page, places: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
    """A row's place in the order, as text: base64url of a JSON array of the order's name and the texts of the row's
    values in it."""
    values = func.json_build_array(literal(order_name(entity, shape.order), Text()), *places)
    text = func.encode(func.convert_to(cast(values, Text), "UTF8"), "base64")
    return func.translate(text, literal_column(r"E'+/=\n'"), literal_column("'-_'"))


def order_name(entity: type[Entity], order: Sequence[Order]) -> str:
    """Says in a cursor what order it belongs to."""
    return " ".join([entity.table.name, *(f"{term.name}:{'DESC' if term.descending else 'ASC'}" for term in order)])


def _place(shape: Page, index: int, term: Term) -> ColumnElement[Any]:
    """One of a cursor's values."""
    value = shape.bind(f"c{index}", term.column.type)
    # A rank is a `real`: as a `double precision`, which psycopg would send, it would be another number.
    return cast(value, REAL()) if isinstance(term.column.type, REAL) else value


def beyond(terms: Sequence[Term], shape: Page, *, since: int = 0) -> ColumnElement[bool]:
    """Whether a row lies beyond the cursor `c0`, `c1`, …, in the page's direction, by these terms of the order, the
    first of which is the `since`th."""
    if shape.cursor is None:
        return true()
    binds = [_place(shape, index, term) for index, term in enumerate(terms, since)]
    less = {term.descending != shape.backward for term in terms}
    if len(less) == 1 and not any(term.nullable for term in terms):
        place, here = tuple_(*(term.column for term in terms)), tuple_(*binds)
        return place < here if less.pop() else place > here

    alternatives: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for term, value, present in zip(terms, binds, shape.cursor[since:], strict=False):
        after = term.column < value if term.descending != shape.backward else term.column > value
        if not present:
            # Nothing lies beyond the rows without the value; all that have it lie before them.
            after = term.column.is_not(null()) if shape.backward else false()
        elif term.nullable and not shape.backward:
            after = or_(after, term.column.is_(null()))
        alternatives.append(and_(*same, after))
        same.append(term.column == value if present else term.column.is_(null()))
    return or_(*alternatives)
