"""Operations over all of the schema, made from its own description, and what their answers may hold.

Every object is asked for its `__typename` and all of its fields; records that a field leads to are asked for their id
alone, since each kind of record is walked from its own ids. A field that is added is walked the same day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
)

from schema import sdl

SCHEMA: GraphQLSchema = build_schema(sdl())
NODE = cast("GraphQLInterfaceType", SCHEMA.type_map["Node"])

ARGUMENTS: Mapping[str, str] = {
    "query": '"an"',
    "code": '"06000"',
    "on": '"2026-01-01"',
    "day": '"2026-01-01"',
    "from": '"2025-09-01"',
    "to": '"2026-01-01"',
}
"""Values for required arguments that are no ids, by the argument's name."""


def node_types() -> Sequence[GraphQLObjectType]:
    """Every kind of record."""
    return sorted(SCHEMA.get_possible_types(NODE), key=lambda type: type.name)


def is_record(type: GraphQLNamedType) -> bool:
    """Whether it is a kind of record, or an interface of such."""
    return type is NODE or (isinstance(type, GraphQLObjectType | GraphQLInterfaceType) and NODE in type.interfaces)


def scopes_of(type: GraphQLNamedType) -> frozenset[str]:
    """What one needs to see objects of the type, as `@requiresScopes` says; of a connection: to see its records."""
    if isinstance(type, GraphQLInterfaceType):
        return frozenset.intersection(*(scopes_of(each) for each in SCHEMA.get_possible_types(type)))
    if isinstance(type, GraphQLObjectType) and type.name.endswith("Connection"):
        return scopes_of(get_named_type(type.fields["nodes"].type))
    return _declared(type)


def _declared(declared: GraphQLNamedType | GraphQLField) -> frozenset[str]:
    for directive in (declared.ast_node and declared.ast_node.directives) or ():
        if directive.name.value == "requiresScopes":
            [[*names]] = [
                [scope.value for scope in group.values] for group in cast("Any", directive.arguments[0].value).values
            ]
            return frozenset(names)
    return frozenset()


def arguments(owner: str, name: str, given: Mapping[str, GraphQLArgument]) -> str:
    """The required arguments, and long pages."""
    values: list[str] = []
    for argument, declared in given.items():
        if argument == "first":
            values.append("first: 20")
        elif is_required_argument(declared):
            assert argument in ARGUMENTS, f"tests/security/walk.py needs a value for {owner}.{name}({argument}:)"
            values.append(f"{argument}: {ARGUMENTS[argument]}")
    return f"({', '.join(values)})" if values else ""


def selection(type: GraphQLNamedType, within: tuple[str, ...] = ()) -> str:
    """All fields of an object type; of a record that a field leads to, the id."""
    parts = ["__typename"]
    for name, field in cast("GraphQLObjectType", type).fields.items():
        target = get_named_type(field.type)
        asked = f"{name}{arguments(type.name, name, field.args)}"
        if not is_composite_type(target):
            parts.append(asked)
        elif is_record(target):
            parts.append(f"{asked} {{ __typename id }}")
        elif target.name not in within:
            parts.append(f"{asked} {selection(target, (*within, target.name))}")
    return "{ " + " ".join(parts) + " }"


def codes(type: GraphQLNamedType, within: tuple[str, ...] = ()) -> str:
    """The codes of a payload's errors, of a bulk's rows too, and nothing else; empty where there are none."""
    parts: list[str] = []
    for name, field in cast("GraphQLObjectType", type).fields.items():
        target = get_named_type(field.type)
        if name == "code":
            parts.append(name)
        elif is_object_type(target) and not is_record(target) and target.name not in within:
            below = codes(target, (*within, target.name))
            parts += [f"{name} {below}"] * bool(below)
    return f"{{ {' '.join(parts)} }}" * bool(parts)


@cache
def nodes_query(type: str, number: int) -> str:
    """Every field of so many records of this type, `n0`, `n1`, …, whose ids are the variables `i0`, `i1`, …"""
    declared = " ".join(f"$i{each}: ID!" for each in range(number))
    asked = " ".join(f"n{each}: node(id: $i{each}) {{ ...Everything }}" for each in range(number))
    return f"query ({declared}) {{ {asked} }} fragment Everything on {type} {selection(SCHEMA.type_map[type])}"


def root_fields(type: GraphQLObjectType) -> Mapping[str, GraphQLField]:
    """The root's fields that need no id."""
    return {
        name: field
        for name, field in type.fields.items()
        if not any(is_required_argument(arg) and get_named_type(arg.type).name == "ID" for arg in field.args.values())
    }


def roots_queries() -> Iterator[str]:
    """Each field that a query can start from without an id, with all of its fields."""
    query = cast("GraphQLObjectType", SCHEMA.query_type)
    for name, field in root_fields(query).items():
        if name == "client":  # wants one of two optional arguments
            continue
        target = get_named_type(field.type)
        below = f" {selection(target)}" if is_composite_type(target) else ""
        yield f"{{ __typename {name}{arguments('Query', name, field.args)}{below} }}"


Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Seen:
    """What became of one field: where, what one needs to see it, and whether it was null."""

    path: Path
    scopes: frozenset[str]
    is_null: bool


def seen(value: Any, path: Path = ()) -> Iterator[Seen]:
    """Every field in an answer, of objects that say their type."""
    if isinstance(value, list):
        for number, item in enumerate(cast("list[Any]", value)):
            yield from seen(item, (*path, number))
    elif isinstance(value, dict):
        fields = getattr(SCHEMA.type_map.get(value.get("__typename", "")), "fields", {})
        for name, part in cast("dict[str, Any]", value).items():
            if name in fields:
                needed = scopes_of(get_named_type(fields[name].type)) | _declared(fields[name])
                yield Seen((*path, name), needed, part is None)
            yield from seen(part, (*path, name))


SCALARS: Mapping[str, Any] = {
    "Boolean": True,
    "Date": "2026-01-01",
    "DateTime": "2026-01-01T00:00:00Z",
    "Decimal": "1.00",
    "EmailAddress": "prueba@demo.mx",
    "Int": 1,
    "String": "Prueba",
    "UUID": "5d1f2a90-6c1b-4e57-9b1c-2f0c6a7e0003",
    "YearMonth": "2026-01",
}
"""Values of what an input must be given, by the type's name."""


def example(type: GraphQLInputType, id: str, others: Mapping[str, str]) -> Any:
    """A value of an input type: what must be given, and ids: those of `others` by the field's name, otherwise `id`."""
    named = get_named_type(type)
    if is_list_type(get_nullable_type(type)):
        return [example(named, id, others)]
    if isinstance(named, GraphQLInputObjectType):
        return {
            name: example(field.type, others.get(name, id), others)
            for name, field in named.fields.items()
            if is_required_input_field(field) or (name in ("id", "ids", "clientId"))
        } | ({"validateOnly": True} if "validateOnly" in named.fields else {})
    if isinstance(named, GraphQLEnumType):
        return next(iter(named.values))
    return id if named.name == "ID" else SCALARS[named.name]


def ids_in(type: GraphQLInputType) -> bool:
    """Whether the input can name a record."""
    named = get_named_type(type)
    return named.name == "ID" or (
        isinstance(named, GraphQLInputObjectType)
        and any(
            name in ("id", "ids", "clientId", "rows") and ids_in(field.type) for name, field in named.fields.items()
        )
    )
