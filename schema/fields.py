"""How a type declares its fields: a column by its description alone, a relation and a connection by their kind."""

from typing import Any

import strawberry

from resolvers import relation as answers


def column(description: str, **options: Any) -> Any:
    """A field that is the row's attribute of the same name."""
    return strawberry.field(description=description, **options)


def related(description: str, **options: Any) -> Any:
    """A field that is the entity's relation of the same name."""
    return strawberry.field(resolver=answers.related, description=description, **options)


def connection(description: str, filter_input: Any, order_input: Any) -> Any:
    """A field that is the entity's connection of the same name, or the root's where there is no entity."""
    return strawberry.field(resolver=answers.connected(filter_input, order_input), description=description)
