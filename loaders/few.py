"""Where a list begins: at the rows that pass one part of its filter, if an index says that they are few.

Under row-level security PostgreSQL looks up in an index only what leakproof operators compare. Parts of texts and
decimals are not: `ficha_having` and `ficha_between` look them up as the tables' owner, within the company's wall, and
return ids alone. What the viewer sees is for the list's own conditions.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from typing import cast as cast_type

from sqlalchemy import (
    ARRAY,
    CTE,
    Boolean,
    ColumnElement,
    FromClause,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    any_,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import array

import models
from loaders.entity import VIEWER, Dated, Entity, Query, Where, bind, of_company
from loaders.filters import Shape, Value, compared, passes, passes_in_cents, range_of, values_in
from loaders.relation import Amount, Computed, Link, ToFirst, ToManyThrough
from models.base import alias_of

FEW = 2_000
"""Up to so many of its rows that may pass the filter, a list begins at them. Of more, it looks at its rows in their
order: enough of them pass soon."""
MOST_PARTS = 3
"""Parts of a filter of which a list asks how many rows pass: each of them writes the list once more."""

MOST_VALUES = 10
"""Values of a filter up to which it is planned for them: of twelve, through six relations, planning took 80 ms."""

RANGES = frozenset({"eq", "in_", "lt", "lte", "gt", "gte"})
"""Tests that an index of the column answers."""
GROUPS = ("and_", "or_", "not_")
"""The names of a filter's parts that join others."""
_PARTLY = ("where", "using")
"""Options of an index that is of some rows, or of no use for a comparison."""
_WORDS = frozenset({"eq", "in_", "contains", "starts_with"})
"""Tests of texts that an index of their trigrams answers."""


@dataclass(frozen=True, slots=True)
class Few:
    """Rows among which are all that pass: those of `table` for which the `conditions` hold. Their ids are in the column
    `id`, and any of `more` says that there are others as well."""

    table: FromClause
    conditions: Sequence[ColumnElement[bool]]
    id: str = "id"
    more: Sequence[ColumnElement[bool]] = ()

    def ids(self) -> Query:
        """The ids of the rows."""
        return select(self.table.c[self.id].label("id")).where(*of_company(self.table, *self.conditions))


@dataclass(frozen=True, slots=True)
class Among:
    """The ids of rows among which are all that pass, at most `FEW` and one; and whether there are more."""

    ids: CTE
    more: ColumnElement[bool]

    @classmethod
    def of(cls, ids: Query, more: Sequence[ColumnElement[bool]] = ()) -> "Among":
        cut = ids.limit(FEW + 1).cte()
        beyond = exists(select(cut.c["id"]).offset(FEW).limit(1))
        return cls(cut, or_(*more, beyond) if more else beyond)

    def has(self, id: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether an id is one of them."""
        ids = select(self.ids.c["id"])
        return id == any_(func.array(ids.scalar_subquery(), type_=ARRAY(Uuid())))


def few_of(entity: type[Entity], filter: Shape, order: Any = None) -> Iterator[Among]:
    """By each of the filter's parts that an index answers: the rows among which are all that pass. That which the list
    is in the `order` of begins at the first that pass anyway."""
    yield from (Among.of(ids) for ids in _by_amounts(entity, filter, order))
    yield from (Among.of(few.ids(), few.more) for few in _parts(entity, filter))


def few_of_sight(entity: type[Entity], order: str | None) -> Iterator[Among]:
    """The rows of the clients that are assigned to the viewer, who sees no others. In an `order` that an index has by
    owner, they are read in it."""
    if entity.client_key is not None and order not in entity.orders_of_sight:
        yield _of_clients(entity, lambda c: c["owner_id"] == VIEWER)


def few_of_deleted(entity: type[Entity]) -> Iterator[Among]:
    """The rows of deleted clients, which count as deleted where rows cannot be deleted themselves."""
    if entity.client_key == "client_id" and "deleted_at" not in entity.table.c:
        yield _of_clients(entity, lambda c: c["deleted_at"].is_not(null()))


def _of_clients(entity: type[Entity], which: Where) -> Among:
    """The entity's rows of those clients."""
    clients = alias_of(models.Client)
    of = Among.of(select(clients.c["id"]).where(*of_company(clients, which(clients.c))))
    if entity.client_key == "id":
        return of
    table = alias_of(entity.model)
    ids = select(table.c["id"]).where(*of_company(table, of.has(table.c["client_id"])))
    return Among.of(ids, (of.more,))


def decides(entity: type[Entity], filter: Shape) -> bool:
    """Whether PostgreSQL plans for the values of a filter. Not for amounts in cents, of which an index is asked first
    by the plan that is kept; nor for more values, where planning takes longer than it saves."""
    amounts = [name for name, part in filter or () if _is_of_cents(entity, name, part)]
    return 0 < values_in(tuple((name, part) for name, part in filter or () if name not in amounts)) <= MOST_VALUES


def _is_of_cents(entity: type[Entity], name: str, part: Shape) -> bool:
    relation = entity.relations.get(name)
    return isinstance(relation, Computed) and all(of in relation.cents for of, _ in part or ())


def few_of_search(entity: type[Entity], words: ColumnElement[str], through: Collection[str]) -> Iterator[Among]:
    """As `few_of`, by the longest of the folded words: it is in the row's own text or in one of those that the
    relations lead to. Nothing, where no index has the text."""
    if not entity.searched:
        return
    word = func.string_to_table(words, " ").table_valued(column("word", Text())).render_derived("of")
    longest = select(word.c["word"]).order_by(func.length(word.c["word"]).desc()).limit(1).cte()
    part = select(longest.c["word"]).scalar_subquery()
    among = [_among(func.ficha_having(entity.searched, array([part]), "word", FEW + 1))]
    for name in through:
        relation = cast_type("Link", entity.relations[name])
        target = relation.target
        if target.searched:
            there = _among(func.ficha_having(target.searched, array([part]), "word", FEW + 1))
        else:
            table = alias_of(target.model)
            text = entity.search_through[name](table.c)
            there = Among.of(select(table.c["id"]).where(*of_company(table, has_word(text, part))))
        rows = alias_of(entity.model)
        linked = select(rows.c["id"]).where(*of_company(rows, there.has(rows.c[relation.on])))
        among.append(Among.of(linked, (there.more,)))
    if len(among) == 1:
        yield among[0]
    else:
        every = union_all(*(select(each.ids.c["id"]) for each in among)).subquery()
        yield Among.of(select(every.c["id"]), [each.more for each in among])


def has_word(text: ColumnElement[str], word: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a word is in the folded text. Of one or two characters there are no trigrams but at the beginnings of
    words: there they are looked for, and numbers as whole words."""
    blank = literal(" ", Text())
    anywhere, beginning = func.strpos(text, word) > 0, func.strpos(blank + text, blank + word) > 0
    whole = func.strpos(blank + text + blank, blank + word + blank) > 0
    number = word.regexp_match(literal("^[0-9]+$", Text()))
    return case((func.length(word) > 2, anywhere), (number, whole), else_=beginning)


def amounts_in(entity: type[Entity], filter: Shape) -> Iterator[tuple[Amount, Any]]:
    """The amounts in cents for which every row that passes the filter passes these tests."""
    for name, part in filter or ():
        relation = entity.relations.get(name)
        if name == "and_":
            for item in part or ():
                yield from amounts_in(entity, item)
        elif isinstance(relation, Computed):
            yield from ((relation.cents[of], tests) for of, tests in part or () if of in relation.cents and tests)


def _by_amounts(entity: type[Entity], filter: Shape, order: Any) -> Iterator[Query]:
    for amount, tests in amounts_in(entity, filter):
        if (bounds := range_of(tests)) and amount is not order:
            dated = isinstance(amount, Dated)
            table = amount.lasting(entity.model) if dated else alias_of(entity.model)
            cents = amount(table.c)
            # Without an order PostgreSQL may leave the index for the whole table.
            ids = select(table.c["id"]).where(*of_company(table, passes_in_cents(cents, bounds))).order_by(cents)
            among = [select(ids.subquery().c["id"]), *([amount.lapsed()] if dated else ())]
            yield select(union_all(*among).subquery().c["id"])


def _parts(entity: type[Entity], filter: Shape) -> Iterator[Few]:
    for name, part in filter or ():
        if name == "and_":
            for item in part or ():
                yield from _parts(entity, item)
        elif part is None or name in ("or_", "not_"):
            continue
        elif relation := entity.relations.get(name):
            if isinstance(relation, Computed):
                yield from _of_computed(entity, relation, part)
            elif isinstance(relation, Link) and not isinstance(relation, ToManyThrough):
                yield from _through(entity, relation, part)
        elif name in entity.table.c or name in entity.derived:
            yield from _of_column(entity, name, part)
        elif name in entity.spans:
            table = alias_of(entity.model)
            yield Few(table, (entity.spans[name].condition(table, part),))


def _through(entity: type[Entity], relation: Link, part: Shape) -> Iterator[Few]:
    """The rows that the relation leads to, from those of its rows that are few."""
    inner = [shape for name, shape in part if name == "some"] if relation.many else [part]
    for shape in inner:
        few_of_target = [*_of_cents(relation.target, shape), *_parts(relation.target, shape)]
        if relation.on == "id" and not relation.many and not few_of_target and not isinstance(relation, ToFirst):
            # Hardly any row has one.
            few_of_target = [Few(alias_of(relation.target.model), ())]
        for few in few_of_target:
            if relation.on == "id":
                if few.id == "id":
                    yield replace(few, conditions=(*few.conditions, *relation.conditions(few.table)), id=relation.key)
            elif relation.key in ("id", few.id) and _is_indexed(entity, relation.on):
                table, among = alias_of(entity.model), Among.of(few.ids(), few.more)
                # Where there are none, nothing is looked for.
                any_of_them = exists(select(among.ids.c["id"]))
                yield Few(table, (any_of_them, among.has(table.c[relation.on])), more=(among.more,))


def _of_cents(entity: type[Entity], filter: Shape) -> Iterator[Few]:
    for ids in _by_amounts(entity, filter, None):
        table, among = alias_of(entity.model), Among.of(ids)
        yield Few(table, (among.has(table.c["id"]),), more=(among.more,))


def _of_computed(entity: type[Entity], relation: Computed, part: Shape) -> Iterator[Few]:
    """By amounts and values that the row itself has, or one of another table for it."""
    for name, tests in part:
        if name == "and_":
            for item in tests or ():
                yield from _of_computed(entity, relation, item)
        if tests is None or name in GROUPS or not (bounds := range_of(tests)):
            continue
        table = alias_of(entity.model)
        if place := relation.places.get(name):
            yield _rows_of(table, func.ficha_between(place, *_bounds(bounds), FEW + 1))
        elif within := relation.within.get(name):
            yield _rows_of(table, func.ficha_between(*within(*_bounds(bounds)), FEW + 1))
        elif stated := relation.stated.get(name):
            terms = alias_of(stated)
            yield Few(terms, (passes(terms.c[str(name)], bounds),), id="client_id")
        elif name in relation.of_row:
            yield Few(table, (passes(relation.of_row[name](table.c), bounds),))


def is_indexed_part(entity: type[Entity], name: str, part: Shape) -> bool:
    """Whether an index that PostgreSQL may use below row-level security has the rows that pass a part of a filter."""
    relation = entity.relations.get(name)
    if isinstance(relation, Computed):
        return _is_of_cents(entity, name, part)
    if name == "deleted_at" or name in entity.spans:
        return True
    indexed = name in entity.table.c and _is_indexed(entity, name)
    return indexed and all(test in RANGES for test, _ in part or ())


def parts_of(tests: Shape) -> set[str]:
    """The tests with a value."""
    return {operator for operator, value in tests if isinstance(value, Value)}


def _of_column(entity: type[Entity], name: str, tests: Shape) -> Iterator[Few]:
    table = alias_of(entity.model)
    ranges = tuple(test for test in tests if test[0] in RANGES)
    parts = [(operator, value) for operator, value in tests if operator in _WORDS and isinstance(value, Value)]
    place = entity.places.get(name)
    if entity.is_small:
        yield Few(table, (passes(compared(entity, table, name), tests),))
    elif name in entity.rare and parts_of(tests) == {"eq"}:
        [(_, value)] = tests
        holds = bind(value.name, Boolean())
        yield Few(table, (entity.expression(table, name),), more=(~holds,))
    elif isinstance(entity.expression(table, name).type, Numeric):
        if place and (bounds := range_of(ranges)):
            yield _rows_of(table, func.ficha_between(place, *_bounds(bounds), FEW + 1))
    elif ranges and _is_indexed(entity, name):
        yield Few(table, (passes(compared(entity, table, name), ranges),))
    elif place and tests and tests[0][0] == "has" and isinstance(tests[0][1], Value):
        yield _rows_of(table, func.ficha_having(place, array([bind(tests[0][1].name, Text())]), "whole", FEW + 1))
    elif place and parts:
        operator, value = parts[0]
        texts = bind(value.name, ARRAY(Text())) if operator == "in_" else array([bind(value.name, Text())])
        spot = "beginning" if operator == "starts_with" else "anywhere"
        yield _rows_of(table, func.ficha_having(place, texts, spot, FEW + 1))
    elif parts and _is_indexed(entity, name):
        yield _spelt_so(entity, name, tests)


def _bounds(tests: Shape) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The least and the greatest of the amounts that may pass."""
    amounts = [(operator, cast(bind(value.name, Numeric()), Numeric)) for operator, value in tests]
    least = [amount for operator, amount in amounts if operator in ("eq", "gt", "gte")]
    greatest = [amount for operator, amount in amounts if operator in ("eq", "lt", "lte")]
    return (
        func.greatest(*least) if least else cast(null(), Numeric),
        func.least(*greatest) if greatest else cast(null(), Numeric),
    )


def _among(function: Any) -> Among:
    """The ids that the function returns."""
    return Among.of(select(function.table_valued(column("id", Uuid())).render_derived().c["id"]))


def _rows_of(table: FromClause, function: Any) -> Few:
    """The rows whose ids the function returns."""
    among = _among(function)
    return Few(table, (among.has(table.c["id"]),), more=(among.more,))


def _spelt_so(entity: type[Entity], name: str, tests: Shape) -> Few:
    """The rows with one of those values of the column that pass, of which an index has each but once."""
    first, next_, table = alias_of(entity.model), alias_of(entity.model), alias_of(entity.model)
    least = select(func.min(first.c[name]).label("value")).where(*of_company(first))
    values = least.cte(recursive=True)
    beyond = select(func.min(next_.c[name])).where(*of_company(next_, next_.c[name] > values.c.value))
    values = values.union_all(select(beyond.scalar_subquery()).where(values.c.value.is_not(null())))
    cut = select(values.c.value).limit(FEW + 1).cte()
    passing = select(cut.c.value).where(passes(cut.c.value, tests)).scalar_subquery()
    among = table.c[name] == any_(func.array(passing, type_=ARRAY(Text())))
    return Few(table, (among,), more=(exists(select(cut.c.value).offset(FEW).limit(1)),))


def _is_indexed(entity: type[Entity], name: str) -> bool:
    """Whether an index of all rows begins with the column, within the company."""
    keys = [each for each in entity.table.constraints if isinstance(each, UniqueConstraint)]
    whole = [
        each
        for each in entity.table.indexes
        if all(each.dialect_options["postgresql"].get(option) in (None, False) for option in _PARTLY)
    ]
    return any([column.name for column in each.columns][1:2] == [name] for each in (*keys, *whole))
