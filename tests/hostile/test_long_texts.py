"""Texts in filters that are longer than any that is kept: PostgreSQL would fold and compare them for each row."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.fixtures import Ficha, serving

ADMIN = "admin@demo.mx"
LONG = "x" * 1_001


@pytest.fixture(scope="module", params=[True, False], ids=["planned", "resolved"])
def ficha(request: pytest.FixtureRequest, demo_settings: Any) -> Iterator[Ficha]:
    with serving(replace(demo_settings, planner=request.param)) as ficha:
        yield ficha


@pytest.mark.parametrize(
    ("noun", "kind", "make", "field"),
    [
        ("clients", "ClientFilter", lambda text: {"legalName": {"contains": text}}, "filter.legalName"),
        ("clients", "ClientFilter", lambda text: {"legalName": {"startsWith": text}}, "filter.legalName"),
        ("clients", "ClientFilter", lambda text: {"legalName": {"eq": text}}, "filter.legalName"),
        ("clients", "ClientFilter", lambda text: {"legalName": {"ne": text}}, "filter.legalName"),
        ("clients", "ClientFilter", lambda text: {"legalName": {"in": ["a", text]}}, "filter.legalName"),
        ("clients", "ClientFilter", lambda text: {"legalName": {"notIn": [text]}}, "filter.legalName"),
        ("clients", "ClientFilter", lambda text: {"or": [{"owner": {"name": {"contains": text}}}]},
         "filter.or.owner.name"),
        ("clients", "ClientFilter", lambda text: {"contacts": {"some": {"name": {"contains": text}}}},
         "filter.contacts.name"),
        ("deals", "ClientDealFilter", lambda text: {"title": {"contains": text}}, "filter.title"),
    ],
    ids=["contains", "startsWith", "eq", "ne", "in", "notIn", "to-one", "to-many", "deals"],
)  # fmt: skip
@pytest.mark.parametrize("way", ["literal", "variable"])
def test_a_long_text_is_refused_by_its_field(
    ficha: Ficha, noun: str, kind: str, make: Callable[[str], Any], field: str, way: str
) -> None:
    def ask(text: str) -> Any:
        filter_ = make(text)
        if way == "variable":
            return ficha.ask(ADMIN, f"query ($a: {kind}) {{ {noun}(filter: $a) {{ totalCount }} }}", a=filter_)
        literal = json.dumps(filter_, ensure_ascii=False)
        for name in ("legalName", "owner", "name", "contacts", "title", "some", "or"):
            literal = literal.replace(f'"{name}"', name)
        for name in ("contains", "startsWith", "eq", "ne", "in", "notIn"):
            literal = literal.replace(f'"{name}"', name)
        return ficha.ask(ADMIN, f"{{ {noun}(filter: {literal}) {{ totalCount }} }}")

    assert ask("x" * 1_000).errors == []
    for text in (LONG, "á" * 90_000):
        extensions = ask(text).body["errors"][0]["extensions"]
        assert extensions["code"] == "FILTER_TEXT_TOO_LONG"
        assert extensions["field"] == field
