"""Global ids: opaque to clients, they carry their type and stay the same for ever: `cli_` and the row's UUID."""

import re
from collections.abc import Mapping
from functools import cache
from uuid import UUID

from errors import BadInput
from loaders.entity import Entity, entities

CANONICAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def encode(entity: type[Entity], id: UUID) -> str:
    """The global id of a row."""
    return f"{entity.prefix}_{id}"


def read_id(value: str, field: str) -> tuple[type[Entity], str]:
    """The entity, and the row's id as text for PostgreSQL; BAD_ID if it is not a valid id."""
    prefix, _, text = value.partition("_")
    entity = _by_prefix().get(prefix)
    # UUID() also takes braces, urn: and capitals; one record has one id.
    if entity and CANONICAL.fullmatch(text):
        return entity, text
    raise BadInput("BAD_ID", "El identificador no es válido.", field)


def read_as(entity: type[Entity], value: str, field: str) -> str:
    """The text of the row's id, where only one kind is expected."""
    start = len(entity.prefix) + 1
    if entity.is_node and value.startswith(f"{entity.prefix}_") and CANONICAL.fullmatch(value, start):
        return value[start:]
    read_id(value, field)
    raise BadInput("BAD_ID", "El identificador es de otro tipo de registro.", field)


def decode_as(entity: type[Entity], value: str, field: str) -> UUID:
    """The row's id, where only one kind is expected."""
    return UUID(read_as(entity, value, field))


@cache
def _by_prefix() -> Mapping[str, type[Entity]]:
    return {entity.prefix: entity for entity in entities() if entity.is_node}
