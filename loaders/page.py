"""The SQL of a page of a connection, and of how many rows its pages have; made from the declarations.

What has no parent to vouch for it is also held against the viewer's sight: all clients, or only those assigned to them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import (
    REAL,
    BindParameter,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    and_,
    any_,
    case,
    cast,
    collate,
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

from loaders.bounds import MOST, MOST_COUNTED, NUMBER, most_of, numbered, within
from loaders.deleted import Deleted
from loaders.entity import SEES_ALL, VIEWER, Columns, Dated, Entity, Hidden, Query, bind, of_company
from loaders.few import (
    MOST_PARTS,
    RANGES,
    Among,
    amounts_in,
    decides,
    few_of,
    few_of_deleted,
    few_of_search,
    few_of_sight,
    has_word,
    is_indexed_part,
)
from loaders.filters import Shape, Value, columns_of, condition
from loaders.ordering import InParts, Newest, Stepwise
from loaders.relation import KEYS, Amount, Connection, parents
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
    if not ahead:
        shape = replace(shape, size=shape.size - 1)
    cutter = _Cuts(relation, shape, parent, sees_all)
    cuts = list(cutter.cuts())
    if len(cuts) == 1:
        return cuts[0].lateral()
    every = union_all(*cuts).subquery()
    if cutter.are_in_order:
        # PostgreSQL reads a cut when those before it have not filled the page; to sort them it would read all.
        return select(every).limit(shape.size + 1).lateral()
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
            yield self._among(alias_of(entity.model))
            return
        order = self._order
        so_far: tuple[ColumnElement[bool], ...] = ()
        seen = () if self.sees_all else few_of_sight(entity, shape.order[0].name if shape.order else None)
        for few in islice(chain(seen, _few(entity, shape, order)), MOST_PARTS):
            table = alias_of(entity.model)
            yield self._among(table, *so_far, ~few.more, few.has(table.c["id"]))
            so_far = (*so_far, few.more)
        if isinstance(order, InParts):
            yield from self._parts(order, so_far)
        else:
            for table in order.parts(entity.model) if isinstance(order, Dated) else (alias_of(entity.model),):
                yield self._whole(table, *so_far)

    @property
    def are_in_order(self) -> bool:
        """Whether the rows of each come before those of the next. Where rows are few, all are in one of them."""
        return not isinstance(self._order, Dated)

    @property
    def _order(self) -> Any:
        """What the list is first ordered by."""
        order = self.shape.order
        return self.relation.target.orders.get(order[0].name) if order else None

    def _among(self, table: FromClause, *among: ColumnElement[bool]) -> Query:
        """Of rows that are few, or of one parent, or ranked by a search."""
        hits, source = _searched(self.relation.target, table, self.shape)
        terms = _terms(self.relation.target, table, hits, self.shape)
        query = select(*self.relation.target.columns(table).values(), *_places(terms)).select_from(source)
        query = query.where(*self._listed(table), *_passing(self.relation.target, table, self.shape), *among)
        query = self.parent.restrict(query, self.relation, table)
        return _first(query.where(beyond(terms, self.shape)), terms, self.shape)

    def _whole(self, table: FromClause, *among: ColumnElement[bool]) -> Query:
        """Of all rows in their order."""
        terms = _terms(self.relation.target, table, None, self.shape)
        if self.shape.cursor and self._order_beyond and self.sees_all:
            return self._beyond(self._order_beyond, table, among)
        return self._looked_at(table, terms, *among, since=0)

    def _parts(self, order: InParts, among: Sequence[ColumnElement[bool]]) -> Sequence[Query]:
        """The rows with the value that the order begins with, and those without it, which are the last."""
        shape = self.shape
        having: list[Query] = []
        lacking: list[Query] = []
        if self._at is not False or shape.backward:
            if not isinstance(order, Stepwise):
                having.append(self._with_value(among))
            else:
                having += [self._steps(order, among, here=True)] if self._at else []
                having.append(self._steps(order, among))
        if shape.order[0].name in self.relation.target.nullable_orders() and not (self._at and shape.backward):
            lacking.append(self._without_value(order, among))
        return [*lacking, *having] if shape.backward else [*having, *lacking]

    @property
    def _at(self) -> bool | None:
        """Whether the cursor is at a row that has the value which the order begins with; None without a cursor."""
        return self.shape.cursor[0] if self.shape.cursor else None

    def _with_value(self, among: Sequence[ColumnElement[bool]]) -> Query:
        table, first, rest = self._table()
        terms = [replace(first, nullable=False), *rest]
        return self._looked_at(table, terms, *among, first.column.is_not(null()), since=0 if self._at else None)

    def _without_value(self, order: InParts, among: Sequence[ColumnElement[bool]]) -> Query:
        table, first, rest = self._table()
        value = table.c[order.on] if isinstance(order, Stepwise) else first.column
        lead = _Lead(value, None)
        without = self._looked_at(table, rest, *among, lead=lead, since=1 if self._at is False else None).lateral()
        columns = (without.c[name] for name in self.relation.target.names())
        rest = [replace(term, column=without.c[f"t{i}_"]) for i, term in enumerate(rest)]
        return select(*columns, *_places([replace(first, column=cast(null(), first.column.type)), *rest]))

    def _steps(self, order: Stepwise, among: Sequence[ColumnElement[bool]], *, here: bool = False) -> Query:
        """Of each step as many rows as the page has: of the cursor's own step those beyond it (`here`), of the steps
        beyond that step any."""
        table, first, rest = self._table()
        values = order.steps()
        place = Term(values.selected_columns["place_"], first.descending)
        if here:
            values = values.where(place.column == _place(self.shape, 0, place))
        elif self._at:
            values = values.where(beyond([place], self.shape))
        # In their order already: then PostgreSQL goes no further than to the step that fills the page.
        values = values.order_by(_directed(place, self.shape.backward))
        steps = (select(numbered(values)) if order.are_many else values).subquery("steps")
        # By its name alone: SQLAlchemy would read the steps once more in each query within the lateral one.
        lead = _Lead(table.c[order.on], literal_column("steps.key_", steps.c["key_"].type))
        of_step = self._looked_at(table, rest, *among, lead=lead, since=1 if here else None).lateral()

        place = Term(steps.c["place_"], first.descending)
        rest = [replace(term, column=of_step.c[f"t{i}_"]) for i, term in enumerate(rest)]
        columns = (of_step.c[name] for name in self.relation.target.names())
        query = select(*columns, *_places([place, *rest])).select_from(steps.join(of_step, true()))
        if order.are_many:
            # In order already: see `_looked_at`.
            return query.where(within(steps, MOST, true())).limit(self.shape.size + 1)
        return _first(query, [place, *rest], self.shape)

    def _table(self) -> "tuple[FromClause, Term, list[Term]]":
        """The list's rows, the first term of their order, and its other terms."""
        table = alias_of(self.relation.target.model)
        first, *rest = _terms(self.relation.target, table, None, self.shape)
        return table, first, rest

    def _looked_at(
        self,
        table: FromClause,
        terms: "Sequence[Term]",
        *conditions: ColumnElement[bool],
        lead: "_Lead | None" = None,
        since: int | None = None,
    ) -> Query:
        """The first rows in this order, for which the conditions hold, that pass the filter and the search: of so many
        as a list looks at. `since` is which of the page's terms the first is, where they lie beyond its cursor."""
        entity, shape = self.relation.target, self.shape
        near, far = _near(entity, shape)
        lead = lead or _equal(entity, table, shape)
        ordered = [_directed(term, shape.backward) for term in ((lead.term(terms[0]), *terms) if lead else terms)]
        further = (
            lead.conditions(terms, shape, since)
            if lead
            else ()
            if since is None
            else (beyond(terms, shape, since=since),)
        )
        of_deleted = self._of_deleted
        shown = Deleted.INCLUDE if of_deleted else shape.deleted
        # Rows of other people's clients count as looked at: PostgreSQL would rather read all that are the viewer's.
        by_client = not self.sees_all and entity.client_key == "client_id"
        listed = (
            *_listed(self.relation, table, replace(shape, deleted=shown), self.sees_all or by_client),
            condition(entity, table, near),
            *_beginning(entity, table, shape),
            *conditions,
            *further,
        )
        if not (far or shape.search or of_deleted or by_client):
            rows = select(*entity.columns(table).values(), *_places(terms)).where(*listed)
            return rows.order_by(*ordered).limit(shape.size + 1)
        most = most_of(entity, far, search=shape.search)
        rows = numbered(select(*table.c, *_places(terms)).where(*listed).order_by(*ordered))
        places = (rows.c[f"t{i}_"] for i in range(len(terms)))
        query = select(*entity.columns(rows).values(), *places).select_from(rows)
        passing = [*_passing(entity, rows, replace(shape, filter=far))]
        if of_deleted:
            passing.append(Deleted.ONLY.of_client(entity, rows))
        if by_client:
            passing.append(entity.sight(rows, sees_all=False))
        # They are in order already. PostgreSQL would read all of them to sort them.
        return query.where(within(rows, most, *passing)).limit(shape.size + 1)

    def _beyond(self, place: str, table: FromClause, among: Sequence[ColumnElement[bool]]) -> Query:
        """The first rows beyond the cursor, whose ids a function has, in an order that PostgreSQL goes through from its
        beginning."""
        entity, shape = self.relation.target, self.shape
        first, last = _terms(entity, table, None, shape)
        value, id = (_place(shape, i, term) for i, term in enumerate((first, last)))
        descending = literal_column(str(first.descending is not shape.backward), Boolean())
        most = most_of(entity, shape.filter, search=shape.search)
        ids = (
            func.ficha_beyond(place, descending, cast(value, Text), cast(id, Uuid), most + 1)
            .table_valued(column("id", Uuid()), with_ordinality=NUMBER)
            .render_derived()
        )
        own = select(*table.c, *_places((first, last))).where(*of_company(table, table.c["id"] == ids.c["id"]))
        row = own.offset(literal_column("0")).lateral()
        rows = select(*row.c, ids.c[NUMBER]).select_from(ids.outerjoin(row, true())).where(*among).lateral()
        query = select(*entity.columns(rows).values(), rows.c["t0_"], rows.c["t1_"]).select_from(rows)
        passing = (rows.c["id"].is_not(null()), *self._listed(rows), *_passing(entity, rows, shape))
        return query.where(within(rows, most, *passing)).limit(shape.size + 1)

    def _listed(self, table: FromClause) -> Iterator[ColumnElement[bool]]:
        return _listed(self.relation, table, self.shape, self.sees_all)

    @property
    def _of_deleted(self) -> bool:
        """Whether the list shows the rows of deleted clients, which are hardly any."""
        return self.shape.deleted is Deleted.ONLY and "deleted_at" not in self.relation.target.table.c

    @property
    def _order_beyond(self) -> str:
        """What `ficha_beyond` calls the order."""
        entity, order = self.relation.target, self.shape.order
        return entity.orders_beyond.get(order[0].name, "") if len(order) == 1 else ""


@dataclass(frozen=True, slots=True)
class _Lead:
    """A value that all rows of a list have, and that an index (company, value, order) has before their order. It is
    compared as a range: of one value, PostgreSQL would rather go through the rows of all values, in an index of the
    order alone."""

    column: ColumnElement[Any]
    value: ColumnElement[Any] | None
    """None where they lack it."""

    def term(self, first: "Term") -> "Term":
        """Before the terms of the order, in the direction of the first."""
        return Term(self.column, first.descending)

    def conditions(self, terms: "Sequence[Term]", shape: Page, since: int | None) -> Sequence[ColumnElement[bool]]:
        """The rows with the value, beyond the cursor if there is one."""
        if self.value is None:
            return (self.column.is_(null()), true() if since is None else beyond(terms, shape, since=since))
        of_value = (self.column >= self.value, self.column <= self.value)
        if shape.cursor is None or since is None:
            return of_value
        if any(term.nullable or term.descending != terms[0].descending for term in terms):
            return (self.column == self.value, beyond(terms, shape, since=since))
        binds = [_place(shape, index, term) for index, term in enumerate(terms, since)]
        row, here = tuple_(self.column, *(term.column for term in terms)), tuple_(self.value, *binds)
        return (row < here, of_value[0]) if terms[0].descending != shape.backward else (row > here, of_value[1])


def _equal_part(entity: type[Entity], shape: Page) -> Shape:
    """The part of the filter that says what one value is, where an index has the rows with it in the list's order."""
    names = entity.orders_of_equals.get(shape.order[0].name, ()) if len(shape.order) == 1 else ()
    equals = (
        (name, part)
        for name, part in shape.filter or ()
        if name in names and [test for test, _ in part or ()] == ["eq"] and isinstance(part[0][1], Value)
    )
    return next(equals, ())


def _beginning(entity: type[Entity], table: FromClause, shape: Page) -> Iterator[ColumnElement[bool]]:
    """The range of the list's order in which the rows are that begin as the filter says: `n` and `ñ` are folded to one
    letter, and stand apart in the order."""
    for name, value in _beginnings(entity, shape):
        place = entity.orders[shape.order[0].name](table.c)
        folded = func.ficha_fold(bind(value.name, entity.table.c[name].type), type_=Text())
        least = collate(func.substring(folded, literal_column("'^[^n]*n?'"), type_=Text()), "C")
        yield and_(place >= least, place < least + func.chr(literal_column("1114111"), type_=Text()))


def _beginnings(entity: type[Entity], shape: Page) -> Iterator[tuple[str, Value]]:
    column = entity.orders_of_beginnings.get(shape.order[0].name) if shape.order else None
    for name, part in shape.filter or ():
        if name == column:
            yield from ((name, value) for test, value in part or () if test == "starts_with" and value is not None)


def _equal(entity: type[Entity], table: FromClause, shape: Page) -> _Lead | None:
    if not (part := _equal_part(entity, shape)):
        return None
    name, ((_, value),) = part
    column = entity.expression(table, name)
    return _Lead(column, bind(value.name, column.type))


def _near(entity: type[Entity], shape: Page) -> tuple[Shape, Shape]:
    """The parts of the filter by which the list is read, as an index of its order has the rows that pass in one place,
    or as nearly all pass; and the others."""
    first = entity.orders.get(shape.order[0].name) if shape.order else None
    column = first(entity.table.c) if first else None

    def is_near(name: str, part: Shape) -> bool:
        if name == "deleted_at" or (name, part) == _equal_part(entity, shape):
            return True
        if name in entity.spans:
            return column is entity.table.c[entity.spans[name].on]
        if name in entity.table.c:
            if not entity.table.c[name].nullable and ("eq", None) in (part or ()):
                return True  # no row passes
            return column is entity.table.c[name] and all(test in RANGES for test, _ in part or ())
        return any(amount is first for amount, _ in amounts_in(entity, ((name, part),)))

    near = tuple((name, part) for name, part in shape.filter or () if is_near(name, part))
    return near, tuple(each for each in shape.filter or () if each not in near)


def _few(entity: type[Entity], shape: Page, order: Any = None) -> Iterator[Among]:
    """The rows among which are all that have the words of the search and pass the filter, where an index says that they
    may be few."""
    if not (shape.search or shape.deleted is Deleted.ONLY or _near(entity, shape)[1]):
        return
    if shape.search and entity.search is not None:
        yield from few_of_search(entity, func.ficha_fold(shape.bind("search", Text())), shape.through)
    if shape.deleted is Deleted.ONLY:
        yield from few_of_deleted(entity)
    apart = {name for name, _ in _beginnings(entity, shape)}
    yield from few_of(entity, tuple(part for part in shape.filter if part[0] not in apart), order)


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
    the shape's filter. Also the table that they are in. Of a list of the whole company, those that pass of so many as
    it looks at: see `is_exact`."""
    entity = relation.target
    table = alias_of(entity.model)
    if hidden:
        table, query = _number_hidden(relation, shape)
    elif relation.key:
        query = select(func.count()).select_from(table).where(*_matches(relation, table, shape, sees_all))
    elif not shape.search and (tallied := _tallied(entity, shape.filter, sees_all)):
        table, query = tallied
    else:
        query = _Counts(relation, shape, sees_all).number()
    return table, parent.restrict(query, relation, table)


def is_exact(relation: Connection, shape: Page, *, sees_all: bool) -> Query | None:
    """Whether `number` is how many there are, and not only how many at least; None where it always is."""
    tallied = not shape.search and _tallied(relation.target, shape.filter, sees_all)
    return None if relation.key or tallied else _Counts(relation, shape, sees_all).is_exact()


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many rows a list of the whole company has. They are counted of those that an index says are few; otherwise
    of the first that are looked at, in any order."""

    relation: Connection
    shape: Page
    sees_all: bool

    def number(self) -> Query:
        """The rows that pass, as far as they are looked at."""
        if self._is_ranked:
            return select(func.least(self._matching(), MOST_COUNTED))
        return self._summed(
            self._passing,
            lambda rows: select(func.count().filter(and_(true(), *self._far(rows)))).select_from(rows),
            self._most,
        )

    def is_exact(self) -> Query:
        """Whether all are looked at."""
        if self._is_ranked:
            return select(self._matching() <= MOST_COUNTED)
        return self._summed(
            lambda _: select(true()),
            lambda rows: select(func.count() <= self._most).select_from(rows),
            self._most + 1,
        )

    def _summed(self, among: Callable[[Among], Query], whole: Callable[[FromClause], Query], most: int) -> Query:
        """Of few rows, or of as many as are looked at; of an amount that changes with the day, of both its parts."""
        dated = next((amount for amount, _ in self._amounts if isinstance(amount, Dated)), None)
        if dated is not None:
            one, other = (
                whole(self._looked_at(part, most)).scalar_subquery() for part in dated.parts(self._entity.model)
            )
            return select(and_(one, other) if isinstance(one.type, Boolean) else one + other)
        everything = whole(self._looked_at(alias_of(self._entity.model), most))
        few = next(_few(self._entity, self.shape), None)
        if few is None:
            return everything
        return select(case((few.more, everything.scalar_subquery()), else_=among(few).scalar_subquery()))

    def _passing(self, few: Among) -> Query:
        table = alias_of(self._entity.model)
        _, source = _searched(self._entity, table, self.shape)
        matches = _matches(self.relation, table, self.shape, self.sees_all)
        return select(func.count()).select_from(source).where(*matches, few.has(table.c["id"]))

    def _looked_at(self, table: FromClause, most: int) -> FromClause:
        """The first rows, in any order."""
        _, source = _searched(self._entity, table, self.shape)
        near = condition(self._entity, table, self._near)
        listed = _listed(self.relation, table, self.shape, self.sees_all)
        return select(*table.c).select_from(source).where(*listed, near).limit(most).subquery()

    def _far(self, rows: FromClause) -> Iterator[ColumnElement[bool]]:
        return _passing(self._entity, rows, replace(self.shape, filter=self._rest))

    def _matching(self) -> ColumnElement[int]:
        """The clients that have the words of a ranked search."""
        words = func.ficha_fold(self.shape.bind("search", Text()))
        return func.ficha_count_clients(words, VIEWER, SEES_ALL, MOST_COUNTED + 1, type_=Integer())

    @property
    def _is_ranked(self) -> bool:
        return self.shape.search and not self.shape.whole and self._entity.search is None

    @property
    def _entity(self) -> type[Entity]:
        return self.relation.target

    @property
    def _amounts(self) -> Sequence[tuple[Amount, Any]]:
        return list(amounts_in(self._entity, self.shape.filter))

    @property
    def _most(self) -> int:
        return most_of(self._entity, self._rest, search=self.shape.search, counted=True)

    @property
    def _near(self) -> Shape:
        """The parts of the filter for which an index has the rows that pass."""
        return tuple(each for each in self.shape.filter or () if is_indexed_part(self._entity, *each))

    @property
    def _rest(self) -> Shape:
        return tuple(each for each in self.shape.filter or () if each not in self._near)


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


def count(
    relation: Connection, shape: Page, *, sees_all: bool, hidden: bool = False, exact: bool = False
) -> Statement | None:
    """The number of rows, or of hidden ones: (key or None, count); a parent of none is left out. Or whether this is
    `exact`: None where it always is."""
    query = is_exact(relation, shape, sees_all=sees_all) if exact else None
    if exact and query is None:
        return None

    def make() -> Statement:
        table, counted = number(relation, shape, sees_all=sees_all, hidden=hidden)
        if not relation.key:
            decided = by_values(relation, shape)
            result = counted if query is None else query
            return Statement.of(result, lambda values: (None, values[0]), by_values=decided)
        key = table.c[relation.key]
        counted = counted.add_columns(key).where(key == any_(KEYS)).group_by(key)
        return Statement.of(counted, lambda values: (values[1], values[0]))

    return compiled((relation, shape, sees_all, hidden, exact), make)


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
    yield from _listed(relation, table, shape, sees_all)
    yield from _passing(relation.target, table, shape)


def _listed(relation: Connection, table: FromClause, shape: Page, sees_all: bool) -> Iterator[ColumnElement[bool]]:
    """What holds for every row of a connection, whatever its filter and its search."""
    yield from relation.showing(shape.deleted).conditions(table)
    if not relation.key:
        yield relation.target.sight(table, sees_all=sees_all)


def _passing(entity: type[Entity], table: FromClause, shape: Page) -> Iterator[ColumnElement[bool]]:
    """What holds for every row that passes the filter and has the words of the search."""
    yield condition(entity, table, shape.filter)
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
