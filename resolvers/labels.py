"""The labels of the enums' values, in the viewer's language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from domain.fields import DECLARED
from domain.wording import amount_text, day_text, instant_text, month_text
from errors import file_of
from loaders.reads import Constant, Detail, Filled, InMemory, Labelled, Reads, Worded
from models.collaborator import Locale
from models.history import HistoryEventKind
from models.labels import ENUMS, Labels, fields_of
from resolvers.context import Context
from resolvers.reading import in_memory, resolver


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A value and its label."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class LabelledEnum:
    """An enum of the schema."""

    name: str
    values: Sequence[EnumValue]


@cache
def _enums(language: str) -> Sequence[LabelledEnum]:
    return [
        LabelledEnum(name, [EnumValue(value, label.text(language)) for value, label in labels.items()])
        for name, labels in sorted(ENUMS.items())
    ]


@in_memory
def all_labels(context: Context, language: Locale | None = None) -> Sequence[LabelledEnum]:
    """Every enum, in the language of the locale, or else in the viewer's."""
    return _enums(context.language if language is None else language.value[:2].lower())


def label(field: Any, labels: Labels) -> Any:
    """The resolver of the label of what another field shows: of a column, or of what its own resolver reads."""
    if field.base_resolver is None:
        return resolver(Labelled(labels, field.python_name))
    what: Reads = field.base_resolver.wrapped_func.reads
    match what:
        case Detail(key):
            return resolver(Labelled(labels, "details", key))
        case Constant(value):

            def text(context: Context) -> Any:
                return Labelled.text(labels, value(context.viewer), context.language)

            return resolver(InMemory(text))
        case Filled(columns, compute, unseen):

            def texts(context: Context, row: Mapping[str, Any]) -> Any:
                return Labelled.text(labels, compute(context, row), context.language)

            return resolver(Filled(columns, texts, unseen))
        case _:
            raise TypeError(f"{field.python_name}: the label of what {what} reads is not known")


WORDINGS: Mapping[str, Callable[[Context, Any], str]] = {
    "DateTime": lambda context, value: instant_text(value, context.language, context.viewer.time_zone),
    "Date": lambda context, value: day_text(value, context.language),
    "YearMonth": lambda context, value: month_text(value, context.language),
    "Decimal": lambda _, value: amount_text(value),
}
"""What people read for a value of a scalar, by its name in the schema."""


def worded(field: Any, scalar: str) -> Any:
    """The resolver of the text of what another field shows, as `label` is of an enum's value."""
    text = WORDINGS[scalar]
    if field.base_resolver is None:
        return resolver(Worded(scalar, field.python_name, text))
    what: Reads = field.base_resolver.wrapped_func.reads
    match what:
        case Detail(key):
            return resolver(Worded(scalar, "details", text, key))
        case Filled(columns, compute, unseen):

            def shown(context: Context, row: Mapping[str, Any]) -> str | None:
                value = compute(context, row)
                return None if value is None else text(context, value)

            return resolver(Filled(columns, shown, unseen))
        case _:
            raise TypeError(f"{field.python_name}: the text of what {what} reads is not known")


def faults() -> Iterator[str]:
    """A line for each field that people state, whose change the history tells, and that has no label."""
    tables = {kind.declared.noun.of for kind in HistoryEventKind if kind.declared.noun}
    for model, names in DECLARED.items():
        if model.__tablename__ in tables:
            for name in sorted(names - fields_of(model.__tablename__).keys()):
                yield (
                    f'{file_of(model)}: {model.__name__}.{name} has no label: add {name}=label("…", "…") to'
                    f" name_fields(models.{model.__name__}, …) in {file_of(model).replace('models', 'schema')}"
                )
