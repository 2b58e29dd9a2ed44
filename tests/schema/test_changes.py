"""A schema that can grow: what breaks clients or subgraphs is declared, and what is deprecated says until when."""

import datetime
import re

import pytest
from graphql import parse

from tests.schema.changes import (
    DOCUMENT,
    FILES,
    RELEASED,
    ROOT,
    Changes,
    changes,
    composed,
    declared,
    deprecated,
    document,
    last_day,
    since_release,
    undeclared,
    undescribed,
)

SDL = """
type Query { a(b: Int): Int c: C }
type C @key(fields: "id") { id: ID! d: Int @shareable }
enum E { F G }
input H { i: Int }
"""


@pytest.mark.claims(
    "docs/compatibility.md",
    "A test compares `schema.graphql` and `subgraph.graphql` with the release in `released/` and fails on a break that "
    "`released/breaks.toml` does not declare.",
)
def test_every_break_since_the_release_is_declared() -> None:
    breaks = {text for each in since_release().values() for text in each.breaks}
    assert list(undeclared(breaks, declared())) == []
    assert all(len(reason) > 20 for reason in declared().values())


def test_an_undeclared_break_and_a_declared_one_that_is_none_are_told() -> None:
    assert list(undeclared(["A was removed."], {"B was removed.": "why"})) == [
        "A was removed. This breaks clients: deprecate it first, or declare it in released/breaks.toml with the reason",
        "B was removed. This is declared in released/breaks.toml, and is not so: take it out",
    ]


@pytest.mark.claims(
    "docs/compatibility.md",
    "Anything removed or renamed",
    "Another type, or null where there was none",
    "A required argument or field of an input",
    "`@key`, `@shareable` or an entity of `subgraph.graphql` dropped",
)
@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        (" d: Int @shareable", "", ["@shareable of C.d was removed.", "Field C.d was removed."]),
        (' @key(fields: "id")', "", ['@key(fields: "id") of C was removed.']),
        (' @key(fields: "id")', ' @key(fields: "id", resolvable: false)', ['@key(fields: "id") of C was removed.']),
        (" @shareable", "", ["@shareable of C.d was removed."]),
        ("id: ID!", "id: ID", ["Field C.id changed type from ID! to ID."]),
        ("enum E { F G }", "enum E { F }", ["Enum value E.G was removed."]),
        ("i: Int", "i: Int!", ["Field H.i changed type from Int to Int!."]),
        ("i: Int", "i: Int j: Int!", ["A required field H.j was added."]),
        ("a(b: Int)", "a", ["Argument Query.a(b:) was removed."]),
        ("a(b: Int)", "a(b: Int, k: Int!)", ["A required argument Query.a(k:) was added."]),
    ],
)
def test_what_breaks_is_seen(old: str, new: str, breaks: list[str]) -> None:
    assert changes(SDL, SDL.replace(old, new)).breaks == breaks


@pytest.mark.claims(
    "docs/compatibility.md",
    "New types, fields, optional arguments, optional fields of inputs, values of enums, types that implement an "
    "interface",
)
@pytest.mark.parametrize(
    ("old", "new", "additions"),
    [
        ("enum E { F G }", "enum E { F G L }", ["Enum value E.L is new."]),
        ("id: ID!", "id: ID! m: Int", ["Field C.m is new."]),
        ("a(b: Int)", "a(b: Int, n: Int)", ["Argument Query.a(n:) is new."]),
        ("i: Int", "i: Int o: Int", ["Field H.o is new."]),
        ("input H", "type P @key(fields: \"id\") { id: ID! }\ninput H", ["P is new."]),
    ],
)  # fmt: skip
def test_what_is_added_breaks_nothing(old: str, new: str, additions: list[str]) -> None:
    found = changes(SDL, SDL.replace(old, new))
    assert (found.breaks, found.additions) == ([], additions)


@pytest.mark.parametrize("name", FILES)
def test_a_release_is_kept_without_descriptions(name: str) -> None:
    whole = (ROOT / name).read_text()
    kept = undescribed(whole)
    assert '"""' in whole
    assert '"""' not in kept
    assert [changes(kept, whole), changes(whole, kept)] == [Changes([], [])] * 2
    assert (RELEASED / name).read_text() == undescribed((RELEASED / name).read_text())


@pytest.mark.parametrize("name", FILES)
def test_each_dropped_key_and_shareable_of_ours_is_seen(name: str) -> None:
    """One by one, of all types and interfaces; what clients read has none."""
    released = (RELEASED / name).read_text()
    heads = re.findall(r"^(?:type|interface) \w+ .*@(?:key|shareable).*\{$", released, re.MULTILINE)
    assert bool(heads) is (name == "subgraph.graphql")
    for head in heads:
        for directive in re.findall(r"@(?:key|shareable)(?:\(.*?\))?", head):
            whole, without = (
                set(composed(parse(f"{text} field: Int }}"))) for text in (head, head.replace(f" {directive}", "", 1))
            )
            assert whole - without == {f"{directive} of {head.split()[1]}"}
    assert not heads or {head.split()[1] for head in heads} >= {"Client", "PageInfo", "HistoryEvent", "SatTaxRegime"}


def test_an_entity_of_ours_that_is_dropped_is_seen() -> None:
    """Under its name: there is another in its place."""
    released = (RELEASED / "subgraph.graphql").read_text()
    breaks = changes(released, re.sub(r"\bSatState\b", "SatProvince", released)).breaks
    assert {"SatState was removed.", '@key(fields: "code", resolvable: true) of SatState was removed.'} <= set(breaks)
    assert {text.partition(" This breaks")[0] for text in undeclared(breaks, {})} == set(breaks)


@pytest.mark.claims(
    "docs/compatibility.md",
    "What is deprecated says until when it stays, at least six months",
)
def test_what_is_deprecated_says_until_when() -> None:
    reasons = [reason for name in FILES for _, reason in deprecated((ROOT / name).read_text())]
    assert [reason for reason in reasons if last_day(reason) is None] == []
    assert last_day("Until 2027-05-31: use `b` instead.") == datetime.date(2027, 5, 31)
    assert last_day("Use `b` instead.") is None


@pytest.mark.claims(
    "docs/compatibility.md",
    "[What is new in the schema](schema-changes.md) is written from the same comparison by `make schema`.",
)
def test_the_changelog_of_the_schema_is_that_of_today() -> None:
    assert DOCUMENT.read_text() == document()
