"""Global ids: opaque to clients, they carry their type and stay the same for ever: `cli_` and the row's UUID."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from uuid import UUID

from errors import BadInput
from loaders.entity import Entity, entities

CANONICAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def encode(entity: type[Entity], id: UUID) -> str:
    """The global id of a row."""
    return f"{entity.prefix}_{id}"


def read(value: str, field: str) -> tuple[type[Entity], str]:
    """The kind and the text of the row's id, which PostgreSQL reads; BAD_ID where it is no id of ours."""
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
    read(value, field)
    raise BadInput("BAD_ID", "El identificador es de otro tipo de registro.", field)


def read_all(entity: type[Entity], values: Sequence[str], field: str) -> list[str]:
    """`read_as` for each of them, faster where all are right."""
    start = len(entity.prefix) + 1
    whole, length = ",".join(values), start + 36 + len(",")
    # Ids are of one length: when that of all together is right, no comma is anywhere but between two.
    if entity.is_node and len(whole) + 1 == length * len(values) and _many(entity).fullmatch(f"{whole},"):
        return [value[start:] for value in values]
    return [read_as(entity, value, field) for value in values]


def decode_as(entity: type[Entity], value: str, field: str) -> UUID:
    """The row's id, where only one kind is expected."""
    return UUID(read_as(entity, value, field))


@cache
def _many(entity: type[Entity]) -> re.Pattern[str]:
    return re.compile(f"({entity.prefix}_{CANONICAL.pattern},)+")


@cache
def _by_prefix() -> Mapping[str, type[Entity]]:
    return {entity.prefix: entity for entity in entities() if entity.is_node}
