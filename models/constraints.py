"""Keys, references, indexes and checks, as many tables have them. Those of a company's rows are within the company."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, TextClause, text

from models.catalogs import Catalog
from models.columns import Range


def to_company() -> ForeignKeyConstraint:
    """The company that owns the row."""
    return ForeignKeyConstraint(["company_id"], ["company.id"])


def refers(table: str, *columns: str, key: Sequence[str] = ("id",), **options: Any) -> ForeignKeyConstraint:
    """A reference to a row of the same company: `columns` here are `key` there."""
    return ForeignKeyConstraint(
        ["company_id", *columns], [f"{table}.company_id", *(f"{table}.{k}" for k in key)], **options
    )


def of_record(table: str, column: str, **options: Any) -> ForeignKeyConstraint:
    """A reference to another row of the same client."""
    return refers(table, "client_id", column, key=("client_id", "id"), **options)


def of_client() -> ForeignKeyConstraint:
    """The client to whose record the row belongs; erasing the client erases the row."""
    return refers("client", "client_id", ondelete="CASCADE")


ALIVE: Final = "deleted_at is null"


def index(name: str, *columns: Any, where: str = "", **options: Any) -> Index:
    """An index by these columns within the company: unique if its name begins with `uq`, of all rows or of those alone
    for which `where` holds."""
    partly = {"postgresql_where": text(where)} if where else {}
    return Index(name, "company_id", *columns, unique=name.startswith("uq_"), **partly, **options)


def sorted_by(column: str) -> TextClause:
    """What an index has of texts that are ordered as a Spanish speaker does: see `loaders.entity.sort_key`. Alembic
    compares it without its collation, "C", which the migrations state."""
    return text(f"ficha_sort_key({column})")


def ranked_by(column: str, choices: type[StrEnum]) -> TextClause:
    """What an index has of an enum's values that are ordered as the enum declares them: see `loaders.ordering.rank`. As
    PostgreSQL writes it, for Alembic compares the texts."""
    whens = "".join(f"    WHEN '{each.value}'::text THEN {place}\n" for place, each in enumerate(choices))
    return text(f"(\nCASE {column}\n{whens}    ELSE NULL::integer\nEND)")


def trigrams(name: str, words: Any, where: str = "") -> Index:
    """An index by which folded text is found by any part of it."""
    key = words if isinstance(words, str) else words.name
    return index(name, words, where=where, postgresql_using="gin", postgresql_ops={key: "gin_trgm_ops"})


def one_of(column: str, cls: type[StrEnum]) -> CheckConstraint:
    """The check that goes with `choice`."""
    return CheckConstraint(f"{column} in ({', '.join(repr(m.value) for m in cls)})", name=column)


def length(column: str, most: int) -> CheckConstraint:
    """The check that goes with `line_of` and `text_of`; null passes."""
    return CheckConstraint(f"char_length({column}) between 1 and {most}", name=f"{column}_length")


def between(column: str, bounds: Range) -> CheckConstraint:
    """The check that goes with `number_of`; null passes."""
    return CheckConstraint(f"{column} between {bounds.least} and {bounds.most}", name=column)


EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+$"
"""What an e-mail address is at least. Inputs are read by `domain.email`."""


def matching(column: str, pattern: str) -> CheckConstraint:
    """The column matches PostgreSQL's pattern; null passes."""
    return CheckConstraint(f"{column} ~ '{pattern}'", name=column)


def one_code(column: str, catalog: Catalog[Any], *, unless: str = "", name: str = "") -> CheckConstraint:
    """The column is a code of the catalog, in force or not, `unless` something else holds; null passes."""
    codes = ", ".join(repr(entry.code) for entry in catalog)
    either = f"{unless} or " if unless else ""
    return CheckConstraint(f"{either}{column} in ({codes})", name=name or column)
