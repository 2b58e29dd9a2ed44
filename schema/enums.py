"""How enums are described: each value with the words that the screen uses for it, in its noun's file."""

from enum import Enum
from typing import Any, TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from errors import DeclarationError
from models import Base
from models.catalogs import Catalog
from models.labels import Label, declare_enum, declare_fields
from resolvers.mutation import ErrorPolicy
from resolvers.relation import Deleted, OrderDirection

E = TypeVar("E", bound=type[Enum])


def label(es: str, en: str, description: str = "", catalog: Catalog[Any] | None = None) -> Label:
    """What people call a value or a field in Spanish and in English. The description of a value follows its Spanish
    words in the schema; the catalog is that of the codes that a field holds."""
    return Label(es, en, f"{es}: {description}" if description else f"{es}.", catalog)


def name_fields(model: type[Base], **labels: Label) -> None:
    """Says what people call the fields of a row, which the history names when they change."""
    declare_fields(model.__tablename__, labels)


def describe(cls: E, description: str, name: str | None = None, **values: Label) -> E:
    """Makes a GraphQL enum of a Python one, whose names are its values; each value needs its label."""
    described: Any = cls
    if not hasattr(cls, "__strawberry_definition__"):  # a resolver that names it may have been there first
        described = strawberry.enum(cls)
    definition: StrawberryEnumDefinition = described.__strawberry_definition__
    definition.name = name or definition.name
    definition.description = description
    names = [value.name for value in definition.values]
    for each in names:
        if each not in values:
            raise DeclarationError(
                f'{cls.__name__}.{each} has no label: add {each}=label("…", "…") to describe({cls.__name__}, …) in'
                " schema/"
            )
    for each in values:
        if each not in names:
            raise DeclarationError(f"schema/ describes {each}, which {cls.__name__} does not have")
    declare_enum(cls, definition.name, {each: values[each] for each in names})
    for value in definition.values:
        value.description = values[value.name].description
    return described


# Of no noun

describe(
    OrderDirection,
    "Direction of an order.",
    name="FichaOrderDirection",
    ASC=label("Ascendente", "Ascending"),
    DESC=label("Descendente", "Descending"),
)
describe(
    Deleted,
    "Whether a list shows what was deleted.",
    name="DeletedRecords",
    EXCLUDE=label("Sin eliminados", "Without deleted", "only what is not deleted."),
    INCLUDE=label("Con eliminados", "With deleted", "both."),
    ONLY=label("Solo eliminados", "Deleted only", "only what is deleted."),
)
describe(
    ErrorPolicy,
    "What to do with the valid rows of a bulk mutation if some are invalid.",
    name="BulkErrorPolicy",
    REJECT_ALL=label("Rechazar todo", "Reject all", "nothing is saved unless every row is valid."),
    REJECT_FAILED_ROWS=label("Rechazar las filas con errores", "Reject failed rows", "the valid rows are saved."),
    IGNORE_FAILED=label(
        "Ignorar lo inválido",
        "Ignore what is invalid",
        "as REJECT_FAILED_ROWS; in addition, a row is saved without its invalid values if they are optional.",
    ),
)
