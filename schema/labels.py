"""Beside each field that is a value of an enum, its label: `state` and `stateLabel`.

They are made for all types at once, before the schema is, so that no type declares one and none lacks it. A type that
declares the field itself, as `RecordChangedEvent.changeLabel`, keeps its own.
"""

from collections.abc import Iterable, Iterator
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

WITHOUT: frozenset[Any] = frozenset({FichaProblemCode, catalogs.PersonKind})
"""A problem has its message. The regimes of a kind of person are chosen by it; nobody is shown the list."""


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
    if not isinstance(kind, StrawberryEnumDefinition) or kind.wrapped_cls in WITHOUT:
        return None
    name = field.graphql_name or to_camel_case(field.python_name)
    shown = list[str] if is_list else str
    label: Any = answered(answers.label(field, ENUMS[kind.name]), _described(name, is_list=is_list))
    label.python_name = f"{field.python_name.removesuffix('s') if is_list else field.python_name}_label{'s' * is_list}"
    label.graphql_name = f"{name.removesuffix('s') if is_list else name}Label{'s' * is_list}"
    label.type_annotation = StrawberryAnnotation(shown | None if is_optional else shown)
    return label


def _described(name: str, *, is_list: bool) -> str:
    if is_list:
        return f"The labels (etiquetas) of `{name}`, in the viewer's language and in the same order."
    return f"The label (etiqueta) of `{name}`, in the viewer's language."
