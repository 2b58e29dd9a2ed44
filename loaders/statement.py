"""Statements: SQL made of the declarations, compiled once for each shape that is asked for."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from typing import cast as cast_type

from psycopg.pq.abc import PGresult
from sqlalchemy import BindParameter
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from database import wire
from loaders.entity import Hidden, Query
from loaders.recent import Recent
from loaders.stopping import check

Make = Callable[[tuple[Any, ...]], Any]
"""Makes the requested value from a result's tuple."""


class _Compiler(PGDialect_psycopg.statement_compiler):
    """Writes what a declaration says into the statement: only what comes with an execution is sent with it."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **kwargs: Any) -> str:
        visit = cast_type("Any", super()).visit_bindparam  # untyped in SQLAlchemy
        return visit(bindparam, *args, **kwargs | {"literal_binds": bindparam.value is not None})

    def visit_hidden(self, hidden: Hidden, hides: bool, **kwargs: Any) -> str:
        visit = cast_type("Any", super()).visit_binary
        return visit(hidden, hides=hides, **kwargs) if hides else "false"

    def visit_select(self, *args: Any, **kwargs: Any) -> str:
        check()
        return cast_type("Any", super()).visit_select(*args, **kwargs)


class _Dialect(PGDialect_psycopg):
    statement_compiler = _Compiler


# PostgreSQL's own numbered binds: psycopg would look for its named ones in every text that it is given, and some of
# ours have tens of thousands of characters.
_DIALECT = _Dialect(paramstyle="numeric_dollar")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with binds `$1`, `$2`, …, their names, and a function from a result's tuple to the value: (key, row) in
    batches of children, (key, cursor, row) in pages. Without it the result is one text, read as the bytes it is.
    Where what it reads is decided by a filter or a search, PostgreSQL plans it `by_values`, each time anew."""

    sql: str
    names: Sequence[str]
    make: Make | None
    by_values: bool = False

    @classmethod
    def of(cls, query: Query, make: Make | None = None, *, hides: bool = True, by_values: bool = False) -> "Statement":
        """The query's statement. One that `hides` nothing is for viewers who may see all kinds of history events."""
        compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True, "hides": hides})
        return cls(compiled.string, tuple(dict.fromkeys(compiled.positiontup or ())), make, by_values)

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values of the binds, in their order."""
        return [values[name] for name in self.names]

    def read(self, result: PGresult) -> Any:
        """The requested value."""
        if self.make is None:
            return result.get_value(0, 0) or b""
        return [self.make(values) for values in wire.rows(result)]


MOST_BYTES = 16 << 20
"""About what the statements of the dataloaders may take up: a filter can have any number of shapes."""
_BYTES_OF_A_CHARACTER = 8
"""Of a statement, with its shape."""

_compiled: Recent[Hashable, Statement] = Recent(
    MOST_BYTES, lambda _, statement: len(statement.sql) * _BYTES_OF_A_CHARACTER
)


def compiled(shape: Hashable, make: Callable[[], Statement]) -> Statement:
    """The statement of that shape: a relation, with what else decides its SQL."""
    return _compiled.remember(shape, make)
