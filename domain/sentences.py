"""What the history says: an event as a sentence, a changed field and its values as people read them.

Spanish (es-MX) or English. The sentences are declared with the kinds in `models.history`; a kind that declares none is
called by its word.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Date, DateTime, Numeric

from domain.wording import amount_text, day_text, instant_text
from models import Base
from models.history import Change, Detail, HistoryEventKind, Noun
from models.labels import Label, enum_of, fields_of, labels_of
from models.payment_reminders import ReminderMoment

_RECORD: Final = {"es": ("Cliente", "Prospecto"), "en": ("Client", "Prospect")}
_DONE: Final[Mapping[str, Mapping[Change, str]]] = {
    "es": {
        Change.CREATED: "agregad",
        Change.UPDATED: "editad",
        Change.DELETED: "eliminad",
        Change.RESTORED: "restaurad",
        Change.REORDERED: "reordenad",
    },
    "en": {
        Change.CREATED: "added",
        Change.UPDATED: "edited",
        Change.DELETED: "deleted",
        Change.RESTORED: "restored",
        Change.REORDERED: "reordered",
    },
}
"""The participles; the Spanish ones without the ending that agrees with what they are said of."""
_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_YES: Final = {"es": ("Sí", "No"), "en": ("Yes", "No")}


def summary(kind: HistoryEventKind, details: Mapping[str, Any], language: str, *, as_prospect: bool = False) -> str:
    """The event as a sentence without its full stop: "Cotización COT-12 enviada", "Trato «Robot» ganado"."""
    declared = kind.declared
    record = _RECORD[language][as_prospect]
    word = declared.word_en if language == "en" else declared.word
    if declared.is_edit:
        return _of_edit(declared.noun, word, details, language, record)
    if declared.says is None:
        return word
    template = declared.says[language == "en"]
    texts = {each.key: _detail(each, details, language) for each in declared.details}
    texts["record"] = record
    template = _OPTIONAL.sub(lambda part: _where_stated(part[1], texts), template)
    return _capitalized(template.format_map({name: text or "…" for name, text in texts.items()}))


@cache
def change_label(kind: HistoryEventKind, change: Change, language: str) -> str:
    """What was done, in agreement with what it was done to: "Agregada" of an address, "Agregado" of a contact."""
    return _capitalized(_done(kind.declared.noun, change, language))


def field_label(kind: HistoryEventKind, field: str, language: str) -> str:
    """What the screen calls a field that was changed."""
    label = _field(kind, field)
    return label.text(language) if label else _capitalized(field.replace("_", " "))


def value_label(kind: HistoryEventKind, field: str, value: str | None, language: str, zone: ZoneInfo) -> str | None:
    """A value that the history keeps as text, as people read it: "Sí", "1,250.00", "29/11/2026", "Contado"."""
    if value is None:
        return None
    label = _field(kind, field)
    entry: Any = label.catalog.get(value) if label and label.catalog else None
    if entry is not None:
        return f"{value} {entry.name}"
    if field == "rules":  # `BEFORE 5 d 9:00`, as `domain.payment_reminders.said` writes them
        moments = labels_of(ReminderMoment)
        return re.sub(r"\b[A-Z]+\b", lambda word: moments[word[0]].within(language), value)
    try:
        return _of_column(*_column_type(kind, field), value, language, zone)
    except (ValueError, KeyError):
        return value  # kept before the field had this type


def _of_column(column: Any, enum: type[Enum] | None, value: str, language: str, zone: ZoneInfo) -> str:
    if enum is not None:
        return labels_of(enum)[value].text(language)
    match column:
        case Boolean():
            return _YES[language][value != "true"]
        case Numeric(scale=2):
            return amount_text(value)
        case DateTime():
            return instant_text(value, language, zone)
        case Date():
            return day_text(value, language)
        case _:
            return value


_MOST_FIELDS = 5_000
"""Fields that the history names; more than there are."""


@lru_cache(_MOST_FIELDS)
def _field(kind: HistoryEventKind, field: str) -> Label | None:
    noun = kind.declared.noun
    return fields_of(noun.of).get(field) if noun else None


@lru_cache(_MOST_FIELDS)
def _column_type(kind: HistoryEventKind, field: str) -> tuple[Any, type[Enum] | None]:
    """The type of the field's column, and its enum if it is one."""
    noun = kind.declared.noun
    table = Base.metadata.tables.get(noun.of) if noun else None
    column = None if table is None else table.c.get(field)
    kind_of_column = None if column is None else column.type
    return kind_of_column, enum_of(kind_of_column)


def _of_edit(noun: Noun | None, word: str, details: Mapping[str, Any], language: str, record: str) -> str:
    change, label = Change(details["change"]), str(details["label"] or "")
    if noun is None:
        return f"{word}: {label}" if label else word
    names = (noun.en, noun.en_plural) if language == "en" else (noun.es, noun.es_plural)
    singular, plural = (name.format(record=record) for name in names)
    if change is Change.REORDERED or not singular:
        return f"{plural or singular} {_done(noun, change, language, plural=True)}"
    named = f" “{label}”" if language == "en" else f" «{label}»"
    return f"{singular}{named if label else ''} {_done(noun, change, language)}"


def _done(noun: Noun | None, change: Change, language: str, *, plural: bool = False) -> str:
    stem = _DONE[language][change]
    if language == "en":
        return stem
    several = plural or (noun is not None and not noun.es)
    return f"{stem}{'a' if noun and noun.feminine else 'o'}{'s' * several}"


def _detail(detail: Detail, details: Mapping[str, Any], language: str) -> str | None:
    """A detail inside a sentence; None where it is not stated."""
    value = details.get(detail.key)
    if value is None:
        return None
    enum: type[Enum] | None = enum_of(detail.kind)
    if enum is not None:
        label = labels_of(enum).get(value)
        return label.within(language) if label else str(value)
    if Decimal in (detail.kind, *getattr(detail.kind, "__args__", ())):
        return f"{amount_text(value)} {details.get('currency') or ''}".rstrip()
    return str(value)


def _where_stated(part: str, texts: Mapping[str, str | None]) -> str:
    return part if all(texts.get(name) for name in re.findall(r"\{(\w+)\}", part)) else ""


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
