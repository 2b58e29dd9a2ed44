"""How enums are described: each value with the word that the screen uses for it, in its noun's file."""

from enum import Enum
from typing import Any, TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from errors import DeclarationError
from resolvers.mutation import ErrorPolicy
from resolvers.relation import Deleted, OrderDirection

E = TypeVar("E", bound=type[Enum])


def describe(cls: E, description: str, name: str | None = None, **values: str) -> E:
    """Makes a GraphQL enum of a Python one, whose names are its values; each value needs its description."""
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
                f"{cls.__name__}.{each} has no description: add {each}=… to describe({cls.__name__}, …) in schema/"
            )
    for each in values:
        if each not in names:
            raise DeclarationError(f"schema/ describes {each}, which {cls.__name__} does not have")
    for value in definition.values:
        value.description = values[value.name]
    return described


# Of no noun

describe(OrderDirection, "Direction of an order.", name="FichaOrderDirection", ASC="Ascending.", DESC="Descending.")
describe(
    Deleted,
    "Whether a list shows what was deleted.",
    name="DeletedRecords",
    EXCLUDE="Only what is not deleted.",
    INCLUDE="Both.",
    ONLY="Only what is deleted (eliminados).",
)
describe(
    ErrorPolicy,
    "What to do with the valid rows of a bulk mutation if some are invalid.",
    name="BulkErrorPolicy",
    REJECT_ALL="Nothing is saved unless every row is valid.",
    REJECT_FAILED_ROWS="The valid rows are saved.",
    IGNORE_FAILED="As REJECT_FAILED_ROWS; in addition, a row is saved without its invalid values if they are optional.",
)
