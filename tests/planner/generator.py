"""Makes random valid operations over the whole schema, from what the schema says of itself."""

import base64
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from loaders.entity import entities

ODD_TEXTS = (
    "", " ", "a", "Ñandú", "o'brien", 'dice "sí"', "barra \\ invertida", "línea\nnueva\ttabulador", "\u2028\u2029",
    "\x7f",
    "\x01\x02\x1f", "😀👩‍👩‍👧", "e\u0301", "%_%", "$1 {x}", "ＡＢＣ",
    "\ufeffmarca", "55 1234 5678",
)  # fmt: skip
"""Texts that a careless hand would spoil."""

BY_RESOLVERS = {
    "Query.roles",
    "Query.satProducts",
    "Query.satUnits",
    "Query.search",
    "Query.clientsSummary",
    "Query.dealsSummary",
    "Query.receivablesSummary",
    "Query.reminderPreview",
    "Query._service",
    "Client.cfdiProfileOn",
    "Client.receivablesAsOf",
    "Client.statement",
    "Client.taxpayerListing",
    "ClientDocument.cfdiProfileProposal",
    "ClientDocumentUpload.parts",
    "ClientDocumentUpload.put",
}
"""The fields that are computed from rows, or from elsewhere, in a way that only their resolver knows."""

Operation = tuple[str, dict[str, Any]]


class Samples:
    """Values that arguments are made of: ids, cursors and texts that answers have held."""

    def __init__(self, ids: Mapping[str, list[str]]) -> None:
        self.ids = ids
        self.texts: list[str] = list(ODD_TEXTS)
        self.cursors: dict[str, list[str]] = defaultdict(list)

    def learn(self, answer: Any) -> None:
        """Keeps the texts of an answer, the cursors by their lists."""
        for text in _texts(answer):
            if (of := order_of(text)) is not None:
                self.cursors[of.split()[0]].append(text)
            elif len(text) < 80 and len(self.texts) < 5000:
                self.texts.append(text)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for part in value.values():
                yield from _texts(part)
        case list():
            for part in value:
                yield from _texts(part)
        case str():
            yield value
        case _:
            pass


def order_of(text: str) -> str | None:
    """The list and the order that a text is a cursor of, if it is one."""
    try:
        return str(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))[0])
    except (ValueError, TypeError, LookupError):
        return None


@dataclass
class Generator:
    """Makes operations from random numbers. `size` is about how many fields one has."""

    schema: GraphQLSchema
    random: Random
    samples: Samples
    size: int = 40
    definitions: list[str] = field(default_factory=list[str])
    variables: dict[str, Any] = field(default_factory=dict[str, Any])
    fragments: dict[str, str] = field(default_factory=dict[str, str])
    fragments_of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    left: int = 0
    keys: int = 0

    def operation(self) -> Operation:
        """A query and its variables. It is nearly always valid; now and then two of its fields cannot be merged."""
        self.definitions, self.variables, self.fragments = [], {}, {}
        self.fragments_of = defaultdict(list)
        self.left, self.keys = self.random.randint(3, self.size), 0
        assert self.schema.query_type
        selection = self.selection(self.schema.query_type, 0)
        declared = f"({', '.join(self.definitions)})" if self.definitions else ""
        return "\n".join([f"query Q{declared} {selection}", *self.fragments.values()]), self.variables

    def chance(self, share: float) -> bool:
        """Yes, in that share of cases."""
        return self.random.random() < share

    # Selections

    def selection(self, kind: GraphQLNamedType, depth: int) -> str:
        """A selection set."""
        items = [self.item(kind, depth) for _ in range(self.random.randint(1, 6 if depth else 4))]
        items += [item for item in items if self.chance(0.05)]
        if self.chance(0.3):
            items.append("__typename" if self.chance(0.7) else f"{self.key()}: __typename")
        self.random.shuffle(items)
        return "{ " + " ".join(items) + " }"

    def item(self, kind: GraphQLNamedType, depth: int) -> str:
        """A field, or a fragment of some."""
        if self.chance(0.2) and depth < 6:
            within = self.part_of(kind)
            if self.chance(0.4):
                return self.spread(within, depth)
            condition = f"on {within.name} " if within is not kind or self.chance(0.5) else ""
            return f"... {condition}{self.directives()}{self.selection(within, depth + 1)}"
        return self.field(kind, depth)

    def part_of(self, kind: GraphQLNamedType) -> GraphQLNamedType:
        """The type, one of those that it can be, or one of those that it is."""
        others: list[GraphQLNamedType] = [kind]
        if isinstance(kind, GraphQLAbstractType):
            others += [*self.schema.get_possible_types(kind)] * 2
        others += getattr(kind, "interfaces", ())
        return self.random.choice(others)

    def spread(self, kind: GraphQLNamedType, depth: int) -> str:
        """A named fragment: one that there is, or a new one."""
        known = self.fragments_of[kind.name]
        if known and self.chance(0.5):
            name = self.random.choice(known)
        else:
            name = f"F{len(self.fragments)}"
            self.fragments[name] = ""  # takes the name; nobody can spread it before it is whole
            body = self.selection(kind, depth + 1)
            self.fragments[name] = f"fragment {name} on {kind.name} {body}"
            known.append(name)
        return f"...{name} {self.directives()}"

    def field(self, kind: GraphQLNamedType, depth: int) -> str:
        """One field of the type, with what is selected of it."""
        if not hasattr(kind, "fields"):
            return "__typename"
        self.left -= 1
        every: Mapping[str, Any] = kind.fields  # pyright: ignore[reportAttributeAccessIssue]  # as asked above
        fields = {
            name: f for name, f in every.items() if f"{kind.name}.{name}" not in BY_RESOLVERS or self.chance(0.02)
        }
        leaves = [name for name, f in fields.items() if is_leaf_type(get_named_type(f.type))]
        branches = [name for name in fields if name not in leaves]
        deeper = branches and depth < 6 and (self.left > 0 or not leaves)
        name = self.random.choice(branches if deeper and (not leaves or self.chance(0.6)) else leaves or branches)
        definition = fields[name]
        arguments = self.arguments(definition.args, get_named_type(definition.type))
        key = f"{self.key()}: " if arguments or self.chance(0.3) else ""
        text = f"{key}{name}{arguments} {self.directives()}"
        inner = get_named_type(definition.type)
        if is_leaf_type(inner):
            return text
        text += self.selection(inner, depth + 1)
        # The same once more, to be merged.
        return f"{text} {key}{name}{arguments} {self.selection(inner, depth + 1)}" if self.chance(0.1) else text

    def key(self) -> str:
        """A key that no other field has."""
        self.keys += 1
        return f"k{self.keys}"

    def directives(self) -> str:
        """Sometimes `@include`, `@skip` or both."""
        return "".join(
            f"@{name}(if: {self.boolean(share)}) "
            for name, share in (("include", 0.8), ("skip", 0.2))
            if self.chance(0.08)
        )

    def boolean(self, share: float) -> str:
        """A condition: a literal or a variable."""
        value = self.chance(share)
        return self.variable("Boolean!", value) if self.chance(0.5) else str(value).lower()

    # Arguments

    def arguments(self, args: Mapping[str, GraphQLArgument], kind: GraphQLNamedType) -> str:
        """The arguments of a field, some left out."""
        names = [name for name, argument in args.items() if is_required_argument(argument) or self.chance(0.2)]
        if {"id", "rfc"} == args.keys():
            names = [self.random.choice(["id", "id", "rfc"])]
        page = self.page(args, kind) if "last" in args else {}
        given = page | {
            name: self.value(args[name].type, _PREFIXES.get(kind.name, "id") if name == "id" else name, 0)
            for name in names
            if not page or name not in ("first", "after", "last", "before", *page)
        }
        return f"({', '.join(f'{name}: {value}' for name, value in given.items())})" if given else ""

    def page(self, args: Mapping[str, GraphQLArgument], kind: GraphQLNamedType) -> dict[str, str]:
        """Which page of a connection, often from a cursor that an answer held."""
        size, place = ("first", "after") if "last" not in args or self.chance(0.6) else ("last", "before")
        given = {size: self.given(args[size].type, self.random.choice([0, 1, 2, 2, 3]))}
        cursors = self.samples.cursors.get(TABLES.get(kind.name, ""))
        if place in args and cursors and self.chance(0.4):
            cursor = self.random.choice(cursors)
            given[place] = self.given(args[place].type, cursor)
            terms = [term.split(":") for term in (order_of(cursor) or "").split()[1:]]
            if "order" in args:
                given["order"] = terms[0][1]
            elif "orderBy" in args and terms[0][0] != "RELEVANCE":
                given["orderBy"] = "[" + ", ".join(f"{{field: {f}, direction: {d}}}" for f, d in terms) + "]"
        return given

    def value(self, kind: Any, name: str, depth: int) -> str:
        """A value of an input type. `name` says what it is for: of ids, of which kind."""
        return self.given(kind, self.plain(kind, name, depth))

    def given(self, kind: Any, value: Any) -> str:
        """The value as a literal, or as a variable."""
        if self.chance(0.3) and not isinstance(value, Literal):
            return self.variable(str(kind), value)
        return self.literal(kind, value)

    def variable(self, kind: str, value: Any) -> str:
        """A new variable with the value: given with the operation or as its default."""
        name = f"v{len(self.definitions)}"
        if value is None and not kind.endswith("!") and self.chance(0.5):
            self.definitions.append(f"${name}: {kind}")  # not given
        elif kind == "Boolean!" and self.chance(0.3):
            self.definitions.append(f"${name}: Boolean! = {str(value).lower()}")
        else:
            self.definitions.append(f"${name}: {kind}")
            self.variables[name] = value
        return f"${name}"

    def plain(self, kind: Any, name: str, depth: int) -> Any:
        """A value as JSON has it. An input object may hold literals, as variables can be within it."""
        if isinstance(kind, GraphQLNonNull):
            value = self.plain(kind.of_type, name, depth)
            while value is None:
                value = self.plain(kind.of_type, name, depth)
            return value
        if self.chance(0.06):
            return None
        if isinstance(kind, GraphQLList):
            return Literal(
                "["
                + ", ".join(self.value(kind.of_type, name, depth + 1) for _ in range(self.random.randint(0, 3)))
                + "]"
            )
        if isinstance(kind, GraphQLInputObjectType):
            return Literal(self.input(kind, name, depth))
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(list(kind.values))
        return self.scalar(kind.name, name)

    def input(self, kind: GraphQLInputObjectType, name: str, depth: int) -> str:
        """An input object of a few fields; deep ones have none that lead on."""
        fields = {
            name: f
            for name, f in kind.fields.items()
            if depth < 4 or not isinstance(get_named_type(f.type), GraphQLInputObjectType)
        }
        must = [name for name, f in fields.items() if is_required_input_field(f)]
        some = self.random.sample(sorted(fields), min(len(fields), self.random.randint(0, 2)))
        names = dict.fromkeys([*must, *some])
        of = dict.fromkeys(("eq", "in"), name) | {"id": _PREFIXES.get(kind.name.removesuffix("Filter"), "id")}
        return (
            "{"
            + ", ".join(f"{name}: {self.value(fields[name].type, of.get(name, name), depth + 1)}" for name in names)
            + "}"
        )

    def literal(self, kind: Any, value: Any) -> str:
        """A value in the notation of GraphQL."""
        if isinstance(value, Literal):
            return value.text
        named = get_named_type(kind)
        return value if isinstance(named, GraphQLEnumType) and value is not None else json.dumps(value)

    def scalar(self, kind: str, name: str) -> Any:
        """A value of a scalar, often one that rows have."""
        pick = self.random.choice
        match kind:
            case "_Any":
                prefix, typename = pick(
                    [("cli", "Client"), ("con", "ClientContact"), ("doc", "SalesInvoice"), ("doc", "SalesQuote")]
                )
                return Literal(f'{{__typename: "{typename}", id: "{pick(self.samples.ids[prefix])}"}}')
            case "ID":
                return pick(self.samples.ids.get(name, self.samples.ids["id"]))
            case "Int":
                return self.random.randint(0, 40)
            case "Boolean":
                return self.chance(0.5)
            case "Decimal":
                return pick(["0", "0.01", "1000", "-5", "99999.990000", "123456789012345.67", 12])
            case "Date":
                return pick(["2024-02-29", "2025-06-01", "2026-03-10", "2026-11-25"])
            case "DateTime":
                return pick(["2024-02-29T23:59:59Z", "2026-03-10T12:00:00.123456-06:00", "2026-11-25T00:00:00Z"])
            case "YearMonth":
                return pick(["2026-03", "2026-11", "2025-12", "1999-01"])
            case _:
                codes = {"code": "06000", "taxRegime": "601", "country": "USA", "rfc": "EKU9003173C9"}
                text = pick(self.samples.texts)
                return codes.get(name) or (text[: self.random.randint(1, 12)] if text and self.chance(0.5) else text)


@dataclass(frozen=True)
class Literal:
    """A value that is written already."""

    text: str


_PREFIXES = {entity.type_name: entity.prefix for entity in entities()}

TABLES = {
    "ClientConnection": "client",
    "ClientDealConnection": "deal",
    "FollowUpConnection": "follow_up",
    "SalesDocumentConnection": "sales_document",
    "ClientDocumentConnection": "document",
    "HistoryEventConnection": "history_event",
}
"""Of what table a connection's rows are, as cursors say."""
