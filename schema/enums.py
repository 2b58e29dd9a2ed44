"""How enums are described: each value with the word that the screen uses for it, in its noun's file."""

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from domain.problem import ProblemCode, problem_codes
from errors import DeclarationError
from resolvers.client import Deleted
from resolvers.mutation import ErrorPolicy
from resolvers.relation import OrderDirection

E = TypeVar("E", bound=type[Enum])


def describe(cls: E, description: str, name: str | None = None, **values: str) -> E:
    """Makes a GraphQL enum of a Python one, whose names are its values; each value needs its description."""
    described: Any = cls
    if not hasattr(cls, "__strawberry_definition__"):  # a resolver that names it may have been there first
        described = strawberry.enum(cls, name=name)
    definition: StrawberryEnumDefinition = described.__strawberry_definition__
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

if TYPE_CHECKING:
    UserErrorCode = ProblemCode
else:
    UserErrorCode = Enum("UserErrorCode", problem_codes())
    describe(
        UserErrorCode,
        "What is or may be wrong with a value or with the request.",
        **{name: code.en for name, code in problem_codes().items()},
    )
describe(OrderDirection, "Direction of an order.", ASC="Ascending.", DESC="Descending.")
describe(
    Deleted,
    "Whether a list shows what was deleted.",
    EXCLUDE="Only what is not deleted.",
    INCLUDE="Both.",
    ONLY="Only what is deleted (eliminados).",
)
describe(
    ErrorPolicy,
    "What to do with the valid rows of a bulk mutation if some are invalid.",
    REJECT_ALL="Nothing is saved unless every row is valid.",
    REJECT_FAILED_ROWS="The valid rows are saved.",
    IGNORE_FAILED="As REJECT_FAILED_ROWS; in addition, a row is saved without its invalid values if they are optional.",
)
