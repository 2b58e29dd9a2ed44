"""Global ids: opaque to clients, they carry their type and stay the same for ever: `cli_` and the row's UUID."""

from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, literal

from errors import BadInput
from loaders.entity import Entity, entities


def encode(entity: type[Entity], id: UUID) -> str:
    """The global id of a row."""
    return f"{entity.prefix}_{id}"


def encoded(entity: type[Entity], column: ColumnElement[UUID]) -> ColumnElement[str]:
    """`encode`, as SQL."""
    return literal(f"{entity.prefix}_", Text()).concat(cast(column, Text))


def decode(value: str, field: str) -> tuple[type[Entity], UUID]:
    """The kind and the row's id; BAD_ID where the text is no id of ours."""
    prefix, _, text = value.partition("_")
    for entity in entities():
        if entity.is_node and entity.prefix == prefix:
            try:
                id = UUID(text)
            except ValueError:
                break
            # UUID() also takes braces, urn: and capitals; one record has one id.
            if str(id) == text:
                return entity, id
            break
    raise BadInput("BAD_ID", "El identificador no es válido.", field)


def decode_as(entity: type[Entity], value: str, field: str) -> UUID:
    """The row's id, where only one kind is expected."""
    kind, id = decode(value, field)
    if kind is not entity:
        raise BadInput("BAD_ID", "El identificador es de otro tipo de registro.", field)
    return id
