"""Every value of every enum has a label in both languages, and every field that shows an enum has one beside it."""

from enum import StrEnum
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType

import models
from domain.fields import DECLARED
from errors import DeclarationError
from models.labels import ENUMS, LANGUAGES
from planner.kinds import is_list, is_nullable, kind_of, named, required
from resolvers.labels import faults
from schema import SCHEMA
from schema.enums import describe, label

TYPES: dict[str, GraphQLNamedType] = SCHEMA._schema.type_map  # pyright: ignore[reportPrivateUsage]
ENUM_TYPES = [kind for name, kind in TYPES.items() if isinstance(kind, GraphQLEnumType) and not name.startswith("__")]
WITHOUT = {"FichaProblemCode", "TaxpayerKind"}
CATALOGS = {name for name, kind in TYPES.items() if {"validFrom", "validTo"} <= {*getattr(kind, "fields", ())}}
"""The types of catalogs' entries, which are the same for every viewer."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ENUM_TYPES, ids=lambda kind: kind.name)
def test_every_value_has_a_label(kind: GraphQLEnumType, language: str) -> None:
    labels = ENUMS[kind.name]
    assert list(labels) == list(kind.values)
    for value, each in labels.items():
        text = each.text(language)
        assert text == text.strip() != value
        assert text[0] == text[0].upper()
        assert not {*"{}_"} & {*text}
        assert not text.endswith(".")


def test_labels_differ_between_the_languages() -> None:
    """What reads the same in both is a word of both."""
    alike = {
        label.es
        for name, labels in ENUMS.items()
        if name != "FichaProblemCode"
        for label in labels.values()
        if label.es == label.en
    }
    assert alike == {"WhatsApp", "Total", "Error"}


def test_every_field_that_shows_an_enum_has_its_label_beside_it() -> None:
    for kind in TYPES.values():
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) or kind.name.startswith("__"):
            continue
        for name, field in kind.fields.items():
            shown: Any = kind_of(field)
            if not isinstance(named(shown), GraphQLEnumType) or named(shown).name in WITHOUT:
                continue
            beside = f"{name.removesuffix('s')}Labels" if is_list(required(shown)) else f"{name}Label"
            assert beside in kind.fields, f"{kind.name}.{name}"
            text = kind_of(kind.fields[beside])
            assert (named(text).name, is_nullable(text)) == ("String", is_nullable(shown))


@pytest.mark.claims(
    "README.md",
    "Beside each code, day, instant, month and amount stands a field of its name and `Label`: what people read for it,"
    " in their language and the company's time zone.",
)
def test_every_day_instant_month_and_amount_has_its_text_beside_it() -> None:
    for kind in TYPES.values():
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) or kind.name in CATALOGS:
            continue
        for name, field in kind.fields.items():
            shown: Any = kind_of(field)
            if named(shown).name not in ("DateTime", "Date", "YearMonth", "Decimal"):
                continue
            text = kind_of(kind.fields[f"{name}Label"])
            assert (named(text).name, is_nullable(text)) == ("String", is_nullable(shown)), f"{kind.name}.{name}"


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


@pytest.mark.parametrize(
    "labels",
    [
        {"RED": label("Rojo", "Red")},
        {"RED": label("Rojo", "Red"), "BLUE": label("Azul", "BLUE")},
        {"RED": label("Rojo", "Red"), "BLUE": label("", "Blue")},
    ],
)
def test_a_value_without_a_label_is_told_with_the_mend(labels: Any) -> None:
    with pytest.raises(DeclarationError, match=r"^Colour.BLUE has no label.* BLUE=label\("):
        describe(Colour, "A colour.", **labels)
    assert "Colour" not in ENUMS


def test_a_field_without_a_label_is_told_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(faults()) == []
    monkeypatch.setitem(DECLARED, models.Contact, DECLARED[models.Contact] | {"nickname"})
    assert list(faults()) == [
        'models/contact.py: Contact.nickname has no label: add nickname=label("…", "…") to'
        " name_fields(models.Contact, …) in schema/contact.py"
    ]
