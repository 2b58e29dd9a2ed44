"""Beside each field that is a value of an enum, its label: `state` and `stateLabel`. Beside each day, instant, month
and amount, the text that people read for it: `dueOn` and `dueOnLabel`.

They are made for all types at once, before the schema is, so that no type declares one and none lacks it. A type that
declares the field itself, as `RecordChangedEvent.changeLabel`, keeps its own.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryContainer, StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType
from strawberry.utils.str_converters import to_camel_case

from models.labels import ENUMS
from resolvers import labels as answers
from schema import catalogs
from schema.fields import answered
from schema.problem import FichaProblemCode
from schema.scalars import YearMonth

WITHOUT: frozenset[Any] = frozenset({FichaProblemCode, catalogs.PersonKind})
"""A problem has its message. The regimes of a kind of person are chosen by it; nobody is shown the list."""


TEXTS: Mapping[str, str] = {"permissions": "FichaPermission", "scopes": "FichaPermission"}
"""Lists of texts that are values of an enum which GraphQL cannot name, as `clients:read`: by their Python name."""

SCALARS_IN_WORDS: Mapping[Any, str] = {
    datetime.datetime: "DateTime",
    datetime.date: "Date",
    Decimal: "Decimal",
    YearMonth: "YearMonth",
}
"""The scalars whose values have a text beside them, with their names in the schema."""

_WORDED: Mapping[str, str] = {
    "DateTime": "`{name}` as people read it, in the company's time zone: `29/11/2026 10:15`, in English"
    " `2026-11-29 10:15`.",
    "Date": "`{name}` as people read it: `29/11/2026`, in English `2026-11-29`.",
    "Decimal": "`{name}` as people read it: `1,250.00`.",
    "YearMonth": "`{name}` as people read it: `noviembre de 2026`.",
}


@strawberry.type(description="A value of an enum with its label (etiqueta): what people call it.")
class FichaEnumValue:
    value: str = strawberry.field(description="The value, as the API writes it.")
    label: str = strawberry.field(description="Its label (etiqueta), in the language asked for.")


@strawberry.type(description="An enum with the labels of its values (etiquetas), for clients that keep them.")
class FichaEnum:
    name: str = strawberry.field(description="The enum's name in the schema, as `SalesDocumentState`.")
    values: list[FichaEnumValue] = strawberry.field(description="All its values, in the schema's order.")


def add_labels(roots: Iterable[Any]) -> None:
    """Adds the labels to the types that the roots lead to."""
    for definition in _definitions(roots):
        names = {field.python_name for field in definition.fields}
        if definition.origin.__module__ == catalogs.__name__:
            continue  # a catalog's entry is the same for every viewer
        fields: list[StrawberryField] = []
        for field in definition.fields:
            fields.append(field)
            if (label := _label_of(field)) and label.python_name not in names:
                label.origin = definition.origin
                fields.append(label)
        definition.fields[:] = fields


def _definitions(roots: Iterable[Any]) -> Iterator[Any]:
    """The object types and interfaces that the roots lead to, each once."""
    waiting, seen = [*roots], set[int]()
    while waiting:
        kind: Any = waiting.pop()
        while isinstance(kind, StrawberryContainer | LazyType):
            kind = kind.of_type if isinstance(kind, StrawberryContainer) else kind.resolve_type()
        definition = get_object_definition(kind) if isinstance(kind, type) else None
        if definition is None or definition.is_input or id(definition) in seen:
            continue
        seen.add(id(definition))
        waiting += [interface.origin for interface in definition.interfaces]
        waiting += [field.type for field in definition.fields]
        yield definition


def _label_of(field: StrawberryField) -> Any:
    """The field of the label, or of the labels of a list; None for what is no enum."""
    kind: Any = field.type
    is_optional = isinstance(kind, StrawberryOptional)
    kind = kind.of_type if is_optional else kind
    is_list = isinstance(kind, StrawberryList)
    kind = kind.of_type if is_list else kind
    name = field.graphql_name or to_camel_case(field.python_name)
    if kind in SCALARS_IN_WORDS and not is_list:
        scalar = SCALARS_IN_WORDS[kind]
        text: Any = answered(answers.worded(field, scalar), _WORDED[scalar].format(name=name))
        return _named(text, f"{field.python_name}_label", f"{name}Label", str | None if is_optional else str)
    enum = TEXTS.get(field.python_name) if kind is str and is_list else None
    if isinstance(kind, StrawberryEnumDefinition) and kind.wrapped_cls not in WITHOUT:
        enum = kind.name
    if enum is None:
        return None
    shown = list[str] if is_list else str
    label: Any = answered(answers.label(field, ENUMS[enum]), _described(name, is_list=is_list))
    python_name = f"{field.python_name.removesuffix('s') if is_list else field.python_name}_label{'s' * is_list}"
    graphql_name = f"{name.removesuffix('s') if is_list else name}Label{'s' * is_list}"
    return _named(label, python_name, graphql_name, shown | None if is_optional else shown)


def _named(field: Any, python_name: str, graphql_name: str, kind: Any) -> Any:
    field.python_name, field.graphql_name = python_name, graphql_name
    field.type_annotation = StrawberryAnnotation(kind)
    return field


def _described(name: str, *, is_list: bool) -> str:
    if is_list:
        return f"The labels (etiquetas) of `{name}`, in the viewer's language and in the same order."
    return f"The label (etiqueta) of `{name}`, in the viewer's language."
