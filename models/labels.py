"""What people call things, in Spanish (es-MX) and English: each value of an enum, each field of a row.

The texts are declared in the noun's file in `schema/`; here they are looked up by whatever shows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from errors import DeclarationError
from models.catalogs import Catalog

LANGUAGES: Final = ("es", "en")


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a value or of a field on a screen: a few words, the first one capitalized."""

    es: str
    en: str
    description: str = ""
    """The description of an enum's value in the schema."""
    catalog: Catalog[Any] | None = None
    """The catalog that a field holds codes of."""

    def text(self, language: str) -> str:
        """The label in `es` or `en`."""
        return self.en if language == "en" else self.es

    def within(self, language: str) -> str:
        """The label inside a sentence: "nota de venta", but "XML de un CFDI"."""
        text = self.text(language)
        return text if text[1:2].isupper() else text[:1].lower() + text[1:]


Labels = Mapping[str, Label]
"""The labels of an enum's values, or of a row's fields, by their codes in Python's and the schema's notation."""

ENUMS: Final[dict[str, Labels]] = {}
"""The labels of every enum of the schema, by its name there."""

_BY_CLASS: Final[dict[type[Enum], Labels]] = {}
FIELDS: Final[dict[str, dict[str, Label]]] = {}
"""The labels of the fields that the history names, by table."""


def declare_enum(cls: type[Enum], name: str, labels: Labels) -> None:
    """Keeps the labels of an enum, which has that name in the schema. DeclarationError for a label that is missing,
    or that is nothing but the code."""
    for value, label in labels.items():
        for language in LANGUAGES:
            if label.text(language).strip() in ("", value):
                raise DeclarationError(
                    f'{cls.__name__}.{value} has no label in {language}: write {value}=label("…", "…") in'
                    f" describe({cls.__name__}, …) in schema/"
                )
    ENUMS[name] = _BY_CLASS[cls] = labels


def labels_of(cls: type[Enum]) -> Labels:
    """The labels of an enum's values."""
    return _BY_CLASS[cls]


def declare_fields(table: str, labels: Labels) -> None:
    """Keeps the labels of a row's fields."""
    FIELDS.setdefault(table, {}).update(labels)


def fields_of(table: str) -> Labels:
    """The labels of a row's fields, by name; none for a row that the history never mentions."""
    return FIELDS.get(table, {})


def enum_of(kind: Any) -> type[Enum] | None:
    """The enum of a column's type or of an annotation such as `SalesDocumentState | None`, if it is one."""
    for each in (getattr(kind, "enum_class", None), kind, *getattr(kind, "__args__", ())):
        if isinstance(each, type) and issubclass(each, Enum):
            return each
    return None
