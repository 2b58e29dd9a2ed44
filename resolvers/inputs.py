"""GraphQL inputs as plain values, without what is absent, and with the rows' ids in place of the global ones."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, cast, get_args

from strawberry import ID, UNSET

from domain.unparsed import BAD_ID, Unparsed
from errors import BadInput
from loaders.entity import Entity, entities
from loaders.ids import decode_as

OWN = "the record itself"
"""In place of a type's name: the type of the mutation's record."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What an id in an input is of."""

    type_name: str


def ref(type_name: str) -> Any:
    """The type of an input's field that is a global id of a record of this type."""
    return Annotated[ID, Reference(type_name)]


def plain(value: Any, own: type[Entity] | None = None) -> Any:
    """An input as dicts; `own` is the entity of the mutation's record. A global id of another kind is `Unparsed`."""
    if isinstance(value, Unparsed):
        return value
    if is_dataclass(value):
        of_ids = references(type(value))
        stated = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {
            name: _local(part, of, own) if (of := of_ids.get(name)) else plain(part, own)
            for name, part in stated
            if part is not UNSET
        }
    if isinstance(value, list):
        return [plain(part, own) for part in cast("list[Any]", value)]
    return value.value if isinstance(value, Enum) else value


def _local(value: Any, of: Reference, own: type[Entity] | None) -> Any:
    """The rows' ids of one or several global ids, or None."""
    entity = own if own and of.type_name == OWN else entity_named(of.type_name)
    if isinstance(value, list):
        return [_row_id(entity, id) for id in cast("list[str]", value)]
    return value if value is None else _row_id(entity, value)


def _row_id(entity: type[Entity], value: str) -> Any:
    try:
        return decode_as(entity, value, "id")
    except BadInput:
        return Unparsed.of(BAD_ID, value)


@cache
def references(input_type: type) -> Mapping[str, Reference]:
    """What the ids in an input are of, by the fields' names."""
    return {
        name: reference
        for cls in reversed(input_type.__mro__)
        for name, annotation in vars(cls).get("__annotations__", {}).items()
        if (reference := _reference(annotation))
    }


def _reference(annotation: Any) -> Reference | None:
    if references := [each for each in getattr(annotation, "__metadata__", ()) if isinstance(each, Reference)]:
        return references[0]
    return next(filter(None, map(_reference, get_args(annotation))), None)


@cache
def entity_named(type_name: str) -> type[Entity]:
    """The entity whose rows a type of the schema shows."""
    return next(entity for entity in entities() if entity.type_name == type_name)
