"""All shapes of reading that a schema offers, made from its introspection: of every connection its pages, counts,
orders, searches and filters, each filter alone and through each relation.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

SEARCHES = (
    "a", "zq", "mar", "mari", "maría", "garcía", "comerci", "contacto", "monterrey", "industrial", "comercializ",
    "guadalajarax", "zzzqx", "12", "F-77", "2026", "maría garcía", "industrail",
)  # fmt: skip
"""Of one to twelve letters and more: what very many have, some, and nobody; with a typing error, and of two words."""
LONG = 12

NOBODY, COMMON = '"zzzqx"', '"a"'
VALUES = {
    "FichaStringFilter": (
        ("eq", NOBODY), ("ne", NOBODY), ("in", f"[{NOBODY}]"), ("eq", "null"),
        ("contains", COMMON), ("contains", NOBODY), ("startsWith", '"c"'), ("startsWith", NOBODY),
    ),
    "FichaDateTimeFilter": (
        ("gte", '"2026-06-01T00:00:00Z"'), ("lt", '"2001-01-01T00:00:00Z"'), ("lt", '"2023-01-01T00:00:00Z"'),
    ),
    "FichaDateFilter": (("gte", '"2026-06-01"'), ("lt", '"2001-01-01"'), ("eq", "null")),
    "FichaDecimalFilter": (("gt", '"1000"'), ("gt", '"99999999"'), ("lt", '"-99999999"')),
    "FichaIntFilter": (("gt", "0"), ("gt", "99999999")),
    "FichaBooleanFilter": (("eq", "true"), ("eq", "false")),
    "FichaStringListFilter": (("has", NOBODY),),
}  # fmt: skip
"""Tests of a value by its input's type: what many rows pass, and what none does."""
RAREST = {"FichaStringFilter": (0, 5), "FichaDateTimeFilter": (1,), "FichaDateFilter": (1,), "FichaDecimalFilter": (1,)}
"""Those of the tests that are asked through relations, where there are many; of all other types, the last."""
GROUPS = ("and", "or", "not")


@dataclass(frozen=True, slots=True)
class Shape:
    """A way to read a connection: `arguments` and `selection` of the field `name`, of the root or of one client."""

    of: str
    name: str
    arguments: str = ""
    selection: str = "nodes{__typename} pageInfo{hasNextPage endCursor}"
    deep: bool = False
    """Whether it begins at the cursor of the list's last page but one."""

    @property
    def counts(self) -> bool:
        """Whether it counts rows, so that what it takes may grow with them."""
        return self.selection.endswith("Count")

    def __str__(self) -> str:
        place = f"{self.of}.{self.name}" if self.of else self.name
        deep, counted = " deep" if self.deep else "", f" {self.selection}" if self.counts else ""
        return f"{place}({self.arguments}){deep}{counted}"

    def query(self, client: str, after: str = "") -> str:
        """The operation; `client` is the id of the client whose connection is read."""
        arguments = ",".join(filter(None, (self.arguments, f'after:"{after}"' if after else "")))
        field = f"{self.name}({arguments}){{{self.selection}}}" if arguments else f"{self.name}{{{self.selection}}}"
        return f'{{client(id:"{client}"){{{field}}}}}' if self.of else f"{{{field}}}"

    def end(self) -> "Shape":
        """The last page, whose beginning is the cursor of a deep one."""
        arguments = self.arguments.replace("first:20", "last:20")
        return replace(self, arguments=arguments, selection="pageInfo{startCursor}", deep=False)


def shapes(schema: GraphQLSchema) -> Iterator[Shape]:
    """Those of the connections at the root and of a client."""
    for of, kind in (("", schema.query_type), ("client", schema.type_map["Client"])):
        for name, field in cast("GraphQLObjectType", kind).fields.items():
            named = cast("GraphQLObjectType", get_named_type(field.type))
            if named.name.endswith("Connection") and "first" in field.args and not _required(field):
                yield from _of_connection(Shape(of, name, "first:20"), field, named)


def _required(field: GraphQLField) -> bool:
    return any(str(argument.type).endswith("!") and argument.default_value is None for argument in field.args.values())


def _of_connection(page: Shape, field: GraphQLField, kind: GraphQLObjectType) -> Iterator[Shape]:
    counted = [name for name in kind.fields if name.endswith("Count")]
    yield from (page, replace(page, arguments="last:20"), replace(page, arguments="first:100"))
    yield replace(page, deep=True)
    yield from (replace(page, arguments="", selection=name) for name in counted)

    def narrowed(arguments: str) -> Iterator[Shape]:
        yield replace(page, arguments=f"first:20,{arguments}")
        if "totalCount" in counted:
            yield replace(page, arguments=arguments, selection="totalCount")

    for name, argument in field.args.items():
        named = get_named_type(argument.type)
        if name == "orderBy":
            ordered = (f"{name}:[{order}]" for order in _orders(cast("GraphQLInputObjectType", named)))
            for order in ordered:
                whole = replace(page, arguments=f"first:20,{order}")
                yield from (whole, replace(whole, deep=True))
        elif name == "search":
            words = SEARCHES if not page.of else SEARCHES[:LONG:3]
            yield from chain.from_iterable(narrowed(f"search:{json.dumps(text)}") for text in words)
        elif name == "deleted":
            yield from chain.from_iterable(narrowed(f"deleted:{choice}") for choice in ("ONLY", "INCLUDE"))
        elif name == "filter":
            kind_of_filter = cast("GraphQLInputObjectType", named)
            through = not page.of
            yield from chain.from_iterable(narrowed(f"filter:{part}") for part in _filters(kind_of_filter, through))
        elif name == "month":
            yield from chain.from_iterable(narrowed(f'month:"{month}"') for month in ("2026-10", "2010-01"))
        elif name == "kinds":
            values = list(cast("GraphQLEnumType", named).values)
            yield from chain.from_iterable(narrowed(f"kinds:[{value}]") for value in (values[0], values[-1]))


def _orders(kind: GraphQLInputObjectType) -> Iterator[str]:
    fields = cast("GraphQLEnumType", get_named_type(kind.fields["field"].type))
    for value in fields.values:
        yield from (f"{{field:{value},direction:{direction}}}" for direction in ("ASC", "DESC"))


def _filters(kind: GraphQLInputObjectType, through: bool, *, rarest: bool = False) -> Iterator[str]:
    """Filters with one test each; those on the way `through` relations, one relation long."""
    for name, field in kind.fields.items():
        inner = _input(field)
        if name in GROUPS:
            continue
        if "some" in inner.fields:
            if through:
                rows = _input(inner.fields["some"])
                for quantifier in ("some", "none", "every"):
                    yield from (f"{{{name}:{{{quantifier}:{part}}}}}" for part in _filters(rows, False, rarest=True))
        elif _has_parts(inner):
            if through or inner.name == "ReceivablesFilter":
                yield from (f"{{{name}:{part}}}" for part in _filters(inner, False, rarest=through))
        else:
            yield from (f"{{{name}:{test}}}" for test in _tests(inner, rarest=rarest))


def _input(field: GraphQLInputField) -> GraphQLInputObjectType:
    return cast("GraphQLInputObjectType", get_named_type(field.type))


def _has_parts(kind: GraphQLInputObjectType) -> bool:
    return any(isinstance(get_named_type(field.type), GraphQLInputObjectType) for field in kind.fields.values())


def _tests(kind: GraphQLInputObjectType, *, rarest: bool) -> Iterator[str]:
    if kind.name == "FichaIdFilter":
        return  # a look-up by the primary key
    if kind.name in VALUES:
        tests = VALUES[kind.name]
        tests = tuple(tests[i] for i in RAREST.get(kind.name, (-1,))) if rarest else tests
    else:
        choices: Any = get_named_type(kind.fields["eq"].type)
        values = list(cast("GraphQLEnumType", choices).values)
        tests = tuple(("eq", value) for value in ((values[-1],) if rarest else (values[0], values[-1])))
    yield from (f"{{{operator}:{value}}}" for operator, value in tests)
