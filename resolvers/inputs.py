"""GraphQL inputs as plain values, without what is absent, and with the rows' ids in place of the global ones."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache, partial
from typing import Annotated, Any, cast, get_args

from strawberry import ID, UNSET
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryList, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType
from strawberry.utils.str_converters import to_camel_case

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


Convert = Callable[[Any], Any]


@cache
def reader_of(kind: type, own: type[Entity] | None = None) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Makes of the values of an input that is taken `as_coerced` what `plain` makes of others. How is worked out once
    for each type: Strawberry's own conversion takes a twentieth of a short mutation's CPU."""
    of_ids, definition = references(kind), get_object_definition(kind, strict=True)
    fields = [_field(each, of_ids.get(each.python_name), own) for each in definition.fields]

    def read(values: Mapping[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, name, default, convert in fields:
            value = values.get(key, default)
            if value is not UNSET:
                result[name] = value if value is None or convert is None else convert(value)
        return result

    return read


def as_coerced(kind: type) -> None:
    """Has resolvers get the values of this input as graphql-core has coerced them, by the names of the schema."""

    def from_input(_kind: type, values: Mapping[str, Any], _context: Any) -> Mapping[str, Any]:
        return values

    get_object_definition(kind, strict=True).from_input = from_input


def _field(
    field: StrawberryField, of: Reference | None, own: type[Entity] | None
) -> tuple[str, str, Any, Convert | None]:
    """The field's name in the schema and in Python, the value that it has where it is absent, and what reads it."""
    key = field.graphql_name or to_camel_case(field.python_name)
    stated: Any = cast("Any", field).default  # untyped in dataclasses
    convert = partial(_local, of=of, own=own) if of else _converting(field.type, own)
    return key, field.python_name, None if stated is MISSING else stated, convert


def _converting(kind: Any, own: type[Entity] | None) -> Convert | None:
    """What reads a value of the type; None where it is taken as it is."""
    while isinstance(kind, StrawberryOptional | LazyType):
        kind = kind.of_type if isinstance(kind, StrawberryOptional) else kind.resolve_type()
    if isinstance(kind, StrawberryList):
        each = _converting(kind.of_type, own)
        return list if each is None else lambda values: [each(value) for value in values]
    if has_object_definition(kind):
        return reader_of(kind, own)
    return _value_of if has_enum_definition(kind) or isinstance(kind, StrawberryEnumDefinition) else None


def _value_of(member: Any) -> Any:
    return member.value if isinstance(member, Enum) else member


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
