"""Mapped classes and statements as a session needs them: their SQL, and how values go in and come out."""

import collections
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, cast

import orjson
from psycopg.pq.abc import PGresult
from sqlalchemy import ARRAY, JSON, BindParameter, Boolean, Enum, FromClause, MetaData, Table, inspect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Mapper, configure_mappers
from sqlalchemy.sql.compiler import OPERATORS
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import TextClause

from database.wire import Sent, rows

Convert = Callable[[Any], Any] | None

_COMPANY: Final = "company_id"
"""A session's rows are all of one company."""
_MOST_BINDS: Final = 65_535
"""Of one statement, in PostgreSQL's protocol."""


class _Compiler(PGDialect_psycopg.statement_compiler):
    """One statement serves a list of any length: `in` takes an array."""

    def visit_in_op_binary(self, binary: Any, operator: Any, **kwargs: Any) -> str:
        return self._among(binary, "= any", **kwargs) or cast("Any", self)._generate_generic_binary(
            binary, OPERATORS[operator], **kwargs
        )

    def visit_not_in_op_binary(self, binary: Any, operator: Any, **kwargs: Any) -> str:
        visit = cast("Any", super()).visit_not_in_op_binary
        return self._among(binary, "<> all", **kwargs) or visit(binary, operator, **kwargs)

    def _among(self, binary: Any, words: str, **kwargs: Any) -> str | None:
        values = binary.right
        if not isinstance(values, BindParameter) or not values.expanding:
            return None
        several = cast("Any", values)
        array: Any = BindParameter(several.key, several.value, ARRAY(several.type))
        return f"{self.process(binary.left, **kwargs)} {words} ({self.process(array, **kwargs)})"


class _Dialect(PGDialect_psycopg):
    statement_compiler = _Compiler
    supports_statement_cache = True


DIALECT: Final = _Dialect(paramstyle="numeric_dollar")


def _into(kind: Any) -> Convert:
    """How a value of the type is sent, where psycopg does not know by itself."""
    if isinstance(kind, JSON):
        return _json
    return kind.dialect_impl(DIALECT).bind_processor(DIALECT)


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _out_of(kind: Any) -> Convert:
    """What becomes of a value that psycopg has read: the member of an enum."""
    return kind.dialect_impl(DIALECT).result_processor(DIALECT, None) if isinstance(kind, Enum) else None


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapped class: its table's columns by name, its key, and what is written for rows of it."""

    model: type[Any]
    order: int
    """Of its table: after those that it refers to."""
    table: str
    key: Sequence[str]
    names: Sequence[str]
    into: Mapping[str, Convert]
    out_of: Sequence[tuple[int, Callable[[Any], Any]]]
    arrays: Mapping[str, str]
    """The type of an array of a column's values; a column of arrays has none."""
    defaults: Mapping[str, Any]
    """The values that the database gives a new row, as far as they are written in the table."""
    places: Sequence[int]
    """Of the key's columns among all."""
    blank: Callable[[], Any]

    def new(self, values: Mapping[str, Any]) -> Any:
        """A record with these values, without what SQLAlchemy's constructor tells of each."""
        if unknown := values.keys() - self.into.keys():
            raise TypeError(f"{self.model.__name__} has no {', '.join(sorted(unknown))}")
        record = self.blank()
        record.__dict__.update(values)
        return record

    def sent(self, name: str, value: Any) -> Any:
        """The value of a column as it is sent."""
        convert = self.into[name]
        return value if convert is None or value is None else convert(value)

    def insert(self, names: Sequence[str], rows: Sequence[Mapping[str, Any]], *, arrays: bool = True) -> list[Sent]:
        """Adds the rows, all by one statement where their columns allow it: selected from `arrays`, which Citus cannot
        send to another server, or as a list of values."""
        into = f"insert into {self.table} ({', '.join(names)})"
        if arrays and len(rows) > 1 and all(name in self.arrays for name in names):
            return [(f"{into} select * from {self._unnest(names)}", self._columns(names, rows))]  # noqa: S608
        most = 1 if arrays else _MOST_BINDS // len(names)
        return [self._values(into, names, rows[start : start + most]) for start in range(0, len(rows), most)]

    def _values(self, into: str, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Sent:
        """Adds the rows by a list of their values."""
        width = len(names)
        of_rows = (range(start + 1, start + width + 1) for start in range(0, width * len(rows), width))
        lists = ", ".join(f"({', '.join(f'${number}' for number in numbers)})" for numbers in of_rows)
        return f"{into} values {lists}", [self.sent(name, row[name]) for row in rows for name in names]

    def update(self, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[Sent]:
        """Writes these columns of the rows, which have the key's too."""
        all_of = (*self.key, *names)
        if len(rows) > 1 and all(name in self.arrays for name in all_of):
            # The company is stated once: where companies are on several servers, it tells which one.
            once = [name for name in self.key if name == _COMPANY]
            each = [name for name in all_of if name not in once]
            set_ = ", ".join(f"{name} = v.{name}" for name in names)
            same = [f"t.{name} = v.{name}" for name in self.key if name not in once]
            same += [f"t.{name} = ${len(each) + 1}" for name in once]
            source = f"{self._unnest(each)} as v({', '.join(each)})"
            values = [*self._columns(each, rows), *(rows[0][name] for name in once)]
            return [(f"update {self.table} t set {set_} from {source} where {' and '.join(same)}", values)]  # noqa: S608
        numbers = {name: number for number, name in enumerate(all_of, 1)}
        set_ = ", ".join(f"{name} = ${numbers[name]}" for name in names)
        same = " and ".join(f"{name} = ${numbers[name]}" for name in self.key)
        sql = f"update {self.table} set {set_} where {same}"  # noqa: S608
        return [(sql, [self.sent(name, row[name]) for name in all_of]) for row in rows]

    def delete(self, rows: Sequence[Mapping[str, Any]]) -> list[Sent]:
        """Removes the rows of these keys."""
        same = " and ".join(f"{name} = ${number}" for number, name in enumerate(self.key, 1))
        return [(f"delete from {self.table} where {same}", [row[name] for name in self.key]) for row in rows]  # noqa: S608

    def select(self, names: Sequence[str], lock: str = "") -> str:
        """All columns of the row of a key, whose columns come in the order of `names`."""
        same = " and ".join(f"{name} = ${number}" for number, name in enumerate(names, 1))
        return f"select {', '.join(self.names)} from {self.table} where {same}{lock}"  # noqa: S608

    def _unnest(self, names: Sequence[str]) -> str:
        arrays = (f"${number}::{self.arrays[name]}" for number, name in enumerate(names, 1))
        return f"unnest({', '.join(arrays)})"

    def _columns(self, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        return [[self.sent(name, row[name]) for row in rows] for name in names]

    def values(self, row: Sequence[Any]) -> list[Any]:
        """The columns' values of a row that was read."""
        values = list(row)
        for place, convert in self.out_of:
            if values[place] is not None:
                values[place] = convert(values[place])
        return values


@cache
def _order(metadata: MetaData) -> Mapping[Table, int]:
    """The tables' places, each after those that it refers to."""
    return {table: place for place, table in enumerate(metadata.sorted_tables)}


@cache
def mapped(model: type[Any]) -> Mapped:
    """What a session knows of a mapped class. Attributes have their columns' names."""
    configure_mappers()  # SQLAlchemy's session does; before that a record has no attributes
    mapper = cast("Mapper[Any]", inspect(model))
    table = cast("Table", mapper.local_table)
    names = [column.name for column in table.columns]
    key = [column.name for column in table.primary_key]
    processors = ((place, _out_of(column.type)) for place, column in enumerate(table.columns))
    return Mapped(
        model=model,
        order=_order(table.metadata)[table],
        table=table.name,
        key=key,
        names=names,
        into={column.name: _into(column.type) for column in table.columns},
        out_of=[(place, convert) for place, convert in processors if convert],
        arrays={
            column.name: f"{DIALECT.type_compiler_instance.process(column.type)}[]"
            for column in table.columns
            if not isinstance(column.type, ARRAY)
        },
        defaults={column.name: _default(column) for column in table.columns},
        places=[list(table.columns).index(column) for column in table.primary_key],
        blank=mapper.class_manager.new_instance,
    )


def _default(column: Any) -> Any:
    """The value that a new row has where it is not stated; None where only the database knows it."""
    default = getattr(column.server_default, "arg", None)
    text = default.text if isinstance(default, TextClause) else default
    if not isinstance(text, str) or "(" in text:
        return None
    kind = column.type
    bare = text.strip("'")
    match kind:
        case Enum():
            return cast("Any", _out_of(kind))(bare)
        case JSON():
            return json.loads(bare)
        case ARRAY():
            return [] if bare == "{}" else None
        case Boolean():
            return bare == "true"
        case _:
            return kind.python_type(bare)


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a row belongs together: a record's columns, or one value."""

    start: int
    end: int
    of: Mapped | None
    convert: Convert


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement's SQL, and what its rows are."""

    sql: str
    names: Sequence[str]
    into: Mapping[str, Any]
    parts: Sequence[_Part]
    row: Callable[[Sequence[Any]], Any]
    words: frozenset[str] | None
    """The names of tables are among them; None where a function of ours may read any table."""
    acts: bool
    """Whether it changes rows."""
    source: Any = field(repr=False)
    """SQLAlchemy's, which knows the values that were written into the first statement of this shape."""

    def values(self, extracted: Any) -> list[Any]:
        """The values of the binds, in their order."""
        values = self.source.construct_params(extracted_parameters=extracted, _check=False)
        into = self.into
        return [
            into[name](value) if name in into and value is not None else value
            for name, value in ((name, values[name]) for name in self.names)
        ]

    def read(self, result: PGresult, load: Callable[[Mapped, Sequence[Any]], Any]) -> list[tuple[Any, ...]]:
        """The rows; `load` makes a record."""
        if not self.parts:  # SQL in words, or nothing comes back
            return rows(result) if result.nfields else []
        if len(self.parts) == result.nfields and all(part.of is None and not part.convert for part in self.parts):
            return [self.row(row) for row in rows(result)]
        return [self.row([_read(part, row, load) for part in self.parts]) for row in rows(result)]


def _read(part: _Part, row: Sequence[Any], load: Callable[[Mapped, Sequence[Any]], Any]) -> Any:
    if part.of:
        return load(part.of, row[part.start : part.end])
    value = row[part.start]
    return part.convert(value) if part.convert and value is not None else value


_MOST_SHAPES: Final = 1_000
_shapes: OrderedDict[Any, Compiled] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Filled:
    """A statement that was compiled before, and the values of its binds."""

    shape: Compiled
    values: list[Any]


def often(statement: Any) -> Callable[..., Filled]:
    """A statement with binds by name (`bindparam`) that is sent often: to make one anew takes as long as all else that
    a short command does. It is called with their values."""
    make = cache(lambda: _compile(statement, None))

    def fill(**values: Any) -> Filled:
        shape = make()
        return Filled(shape, [values[name] for name in shape.names])

    return fill


def compiled(statement: Any) -> tuple[Compiled, list[Any]]:
    """The statement's SQL, compiled once for each shape, and the values of its binds."""
    if isinstance(statement, Filled):
        return statement.shape, statement.values
    key = statement._generate_cache_key()  # as SQLAlchemy's own connection does
    if key is None:
        shape = _compile(statement, None)
        return shape, shape.values(None)
    known = _shapes.get(key.key)
    if known is None:
        known = _shapes[key.key] = _compile(statement, key)
        if len(_shapes) > _MOST_SHAPES:
            _shapes.popitem(last=False)
    else:
        _shapes.move_to_end(key.key)
    return known, known.values(key.bindparams)


def _compile(statement: Any, key: Any) -> Compiled:
    source: Any = DIALECT.statement_compiler(DIALECT, statement, cache_key=key)
    names = tuple(dict.fromkeys(source.positiontup or ()))
    columns = source._result_columns  # names and types of what comes back
    parts = list(_parts(statement, columns))
    labels = [_label(columns, part) for part in parts]
    row: Any = cast("Any", collections.namedtuple)("Row", labels, rename=True)._make if parts else tuple
    words = frozenset(re.findall(r"\w+", source.string))
    acts = bool(_CHANGES.search(source.string)) or _ERASES in words
    opaque = any(word.startswith("ficha_") for word in words)
    into = source._bind_processors
    return Compiled(source.string, names, into, parts, row, None if opaque else words, acts, source)


_CHANGES: Final = re.compile(r"\bINSERT INTO\b|\bDELETE FROM\b|(?<!FOR )(?<!KEY )\bUPDATE\b")
_ERASES: Final = "ficha_erase_client"


def _label(columns: Sequence[Any], part: _Part) -> str:
    return part.of.model.__name__ if part.of else columns[part.start].keyname


def _parts(statement: Any, columns: Sequence[Any]) -> Iterator[_Part]:
    start = 0
    for model in _selected(statement) if columns else ():
        of = mapped(model) if model else None
        end = start + (len(of.names) if of else 1)
        yield _Part(start, end, of, None if of else _out_of(columns[start].type))
        start = end
    for place in range(start, len(columns)):
        yield _Part(place, place + 1, None, _out_of(columns[place].type))


def _selected(statement: Any) -> list[Any]:
    """What is selected or returned, in order: the mapped class where it is a record, None where it is a value."""
    if isinstance(statement, UpdateBase):
        returned: Sequence[Any] = cast("Any", statement)._returning
        tables = (cast("Any", each)._annotations if isinstance(each, FromClause) else None for each in returned)
        return [each and each["parententity"].class_ for each in tables]
    described = getattr(statement, "column_descriptions", ())
    entities = (each.get("entity") if each["expr"] is each.get("entity") else None for each in described)
    return [each and inspect(each).mapper.class_ for each in entities]
