"""Checks that every field of an input is read, and every field that is read is in an input; describes limits."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast, get_args

from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)
from sqlalchemy import Column, Table
from strawberry.types import get_object_definition

from domain.fields import DECLARED
from domain.inputs import Input, fields_of_input, input_of, is_added
from errors import file_of, mend
from loaders.entity import entities
from models import Base
from models.columns import limit_of, range_of
from resolvers.declarations import inner

_OF_ALL = frozenset({"validate_only"})
"""The fields that resolvers read, of every input."""


@dataclass(frozen=True)
class Taken:
    """An input, or one within it: the rows that it is about, and the command's view of it."""

    input: type
    rows: tuple[type[Base], ...]
    view: type[Input]
    command: Callable[..., Any]

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """Its fields by their names in Python."""
        return {field.python_name: field for field in get_object_definition(self.input, strict=True).fields}

    def within(self) -> "Iterator[Taken]":
        """Itself and the inputs within it."""
        yield self
        for name, field in self.fields.items():
            kind = inner(field.type)
            definition = get_object_definition(kind)
            if definition and definition.is_input:
                view = _view(self.view, name)
                yield from Taken(kind, _rows(kind), view, self.command).within()


def taken(inputs: Iterable[tuple[type, Callable[..., Any], type[Base]]]) -> list[Taken]:
    """All inputs, each with the row that it is about: those that it or a base is named after, as ContactInput, or that
    of its mutation's record."""
    return [
        each
        for kind, command, record in inputs
        for each in Taken(kind, _rows(kind) or (record,), input_of(command), command).within()
    ]


def _rows(kind: type) -> tuple[type[Base], ...]:
    models = {mapper.class_.__name__: mapper.class_ for mapper in Base.registry.mappers}
    models |= {entity.type_name: entity.model for entity in entities()}
    names = (cls.__name__.removesuffix("Input") for cls in kind.__mro__)
    return tuple(models[name] for name in names if name in models)


def _view(view: type[Input], name: str) -> type[Input]:
    """What the command names of an input within its own."""
    return next(_inputs_in(fields_of_input(view).get(name)), Input)


def _inputs_in(annotation: Any) -> Iterator[type[Input]]:
    if isinstance(annotation, type) and issubclass(annotation, Input):
        yield annotation
    for part in get_args(annotation):
        yield from _inputs_in(part)


# What is forgotten


def faults(inputs: Collection[Taken]) -> Iterator[str]:
    """Each field that one side has and the other lacks."""
    for each in inputs:
        if each.rows or each.view is not Input:
            yield from _unread(each)
    yield from _unstated(inputs)
    yield from _without_input(inputs)


def _unread(each: Taken) -> Iterator[str]:
    read = {*_OF_ALL, *fields_of_input(each.view)}.union(*(DECLARED.get(row, ()) for row in each.rows))
    for name in each.fields:
        if name not in read:
            row, of_command = each.rows[0], f"the input of {each.command.__name__} in {file_of(each.command)}"
            question = mend(name, read, f"add the column in {file_of(row)}, or name the field in {of_command}")
            place = f"{file_of(each.input)}: {each.input.__name__}.{name}"
            yield f"{place} is no column of {row.__name__} and not read by {each.command.__name__}: {question}"


def _unstated(inputs: Collection[Taken]) -> Iterator[str]:
    """What a command reads by name, but no input of its mutations has."""
    for view in {each.view for each in inputs}:
        of_view = [each for each in inputs if issubclass(each.view, view)]
        stated = {name for each in of_view for name in each.fields}
        names = {name for name, annotation in fields_of_input(view).items() if not is_added(annotation)}
        for name in sorted(names - stated):
            kind = of_view[0].input
            question = mend(name, stated) or f"add it to {kind.__name__} in {file_of(kind)}"
            yield f"{file_of(view)}: {view.__name__}.{name} is in no input of a mutation: {question}"


def _without_input(inputs: Collection[Taken]) -> Iterator[str]:
    """Columns that commands read from an input, but that no input has."""
    types = {entity.model: entity.type_name for entity in entities()}
    for row, names in DECLARED.items():
        of_row = [each for each in inputs if row in each.rows]
        stated = {name for each in of_row for name in each.fields}
        for name in sorted(names - stated):
            rules, schema = (file_of(row).replace("models", room) for room in ("domain", "schema"))
            yield (
                f"{file_of(row)}: {row.__name__}.{name} is in no input: add it to {types.get(row, row.__name__)}Input"
                f" in {schema}, or to `but` in {rules} where commands set it"
            )


# What descriptions say by themselves


def describe_limits(schema: GraphQLSchema, inputs: Iterable[Taken]) -> None:
    """Adds to the descriptions of texts how long they may be, and to those of numbers their bounds."""
    rows: dict[str, tuple[type[Base], ...]] = {}
    for entity in entities():
        for name in (entity.type_name, *entity.types()):
            rows[name] = (entity.model,)
    rows |= {get_object_definition(each.input, strict=True).name: each.rows for each in inputs}
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field in kind.fields.values():
                _describe(field, rows.get(name, ()))


_FIRST_CLAUSE = re.compile(r"^((?:\([^)]*\)|`[^`]*`|[;:.](?=\S)|[^;:.(`])*)")
"""Up to the first semicolon, colon or full stop, those in brackets and in quotes aside."""


def _describe(field: Any, rows: Iterable[type[Base]]) -> None:
    declared = field.extensions.get("strawberry-definition")
    if declared is None or declared.base_resolver:
        return
    kind = str(field.type).removesuffix("!")
    columns = (cast("Table", row.__table__).columns.get(declared.python_name) for row in rows)
    if says := next((said for column in columns if column is not None and (said := _limit(column, kind))), None):
        field.description = _FIRST_CLAUSE.sub(rf"\1, {says}", field.description, count=1)


def _limit(column: Column[Any], kind: str) -> str | None:
    """What a value of the column may be, where its type does not say it."""
    if kind == "String" and (limit := limit_of(column)):
        return f"at most {limit.most:,} characters"
    if kind == "Int" and (bounds := range_of(column)):
        return f"{bounds.least:,} to {bounds.most:,}"
    return None
