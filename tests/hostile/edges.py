"""The edges of every type of input, and every place of the schema that takes one.

A place is an argument, a field of an input, or one of their items, found by introspection: what is added to the schema
is walked the same day.
"""

import base64
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
)

from server.execution.executor import GRAPHQL as SCHEMA
from tests.planner.generator import ODD_TEXTS
from tests.security.walk import SCALARS

Path = tuple[str | int, ...]
Ids = Mapping[str, str]
"""An id of each kind of record, by the name of its type."""

LONG = "a" * 900_000
"""As long as a body can hold."""


def forged(*values: object) -> str:
    """A cursor that says this."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


TEXTS: Sequence[Any] = (
    *ODD_TEXTS, "   \t\n ", LONG, "\ud800", "a\udfffb", "\ud83d", "\0", "a\0b", "\ufeff", "\u202eevil",
    "a" + "\u0301" * 20_000,
    "👨‍👩‍👧‍👦" * 300, "%", "_", "\\", "%_\\", "'", '"', "';--", "(((((", "[a-", "(a+)+$", ".*", "{0}", "{x.y}", "%s",
    "$1", ":a",
    "\x1b[31m", "ﬃ", "İ", "ß", "Ⅷ", "٣", "\U0010ffff", "\uffff", 0, -1, 1.5, True, None, [], {}, ["a"], {"a": "b"},
)  # fmt: skip
DATES: Sequence[Any] = (
    "0001-01-01", "9999-12-31", "9999-12-30", "0000-01-01", "10000-01-01", "-0001-01-01", "2023-02-29", "2024-02-29",
    "1582-10-10", "1900-01-01", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-1", "20260101", "2026-W01-1",
    "２０２６-01-01",
    "2026-01-01T00:00:00Z", "infinity", "now", "today", "epoch", "", "\ud800", "\0", LONG, 20260101, 1.5, True, None,
    [], {},
)  # fmt: skip
INSTANTS: Sequence[Any] = (
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00-12:00", "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59+23:59", "2016-12-31T23:59:60Z",
    "2026-01-01T24:00:00Z", "2026-01-01T23:60:00Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00-23:59",
    "2026-01-01T00:00:00+14:00", "2026-01-01T00:00:00", "2026-01-01", "2026-01-01 00:00:00Z", "2026-01-01t00:00:00z",
    "2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+00:60",
    "2026-01-01T00:00:00−06:00",
    "1931-04-30T00:00:00-06:36", "2026-04-05T02:30:00-06:00", "٢٠٢٦-01-01T00:00:00Z", "infinity", "-infinity", "",
    "\ud800",
    "\0", LONG, 0, 1767225600, 1e308, True, None, [], {},
)  # fmt: skip
DECIMALS: Sequence[Any] = (
    "1e400", "1E+2", "1e-400", "9" * 40, "0." + "1" * 40, "999999999999999.999999", "-999999999999999.999999", "NaN",
    "sNaN",
    "-Infinity", "Infinity", "inf", "-0", "-0.00", "0", "0.000001", "0.001", "-1", "1_000", "1,000.00", "１２３", "٣",
    "+1", " 1 ",
    "1.", ".5", "--1", "0x10", "", "\ud800", "\0", LONG, 0, -1, 10**14, 10**15, 2**63, 1.5, 1e308, True, None, [], {},
)  # fmt: skip
INTS: Sequence[Any] = (
    0, -1, 1, 2, 100, 101, 2**31 - 1, -(2**31), 2**31, 2**53, 2**63, 10**30, 1.0, 1.5, 1e20, "1", "", "\ud800", True,
    None, [], {},
)  # fmt: skip
UUIDS: Sequence[Any] = (
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "FFFFFFFF-FFFF-1FFF-BFFF-FFFFFFFFFFFF",
    "01992a57-7a00-4922-bcd9-6cf8a85e77bf", "{01992a57-7a00-7922-bcd9-6cf8a85e77bf}",
    "01992a577a007922bcd96cf8a85e77bf",
    "urn:uuid:01992a57-7a00-7922-bcd9-6cf8a85e77bf",
)  # fmt: skip
CURSORS: Sequence[Any] = (
    "", "=", "====", "AAAA", "bnVsbA", forged(), forged(None), forged({}), forged("x"),
    forged("client LEGAL_NAME:ASC"),
    forged("client LEGAL_NAME:ASC", "a", "b"), forged("client LEGAL_NAME:ASC", 1, 2), forged("client LEGAL_NAME:ASC",
    None, None),
    forged("client LEGAL_NAME:ASC", "\ud800", UUIDS[3]), forged("client LEGAL_NAME:ASC", "a\0", UUIDS[3]),
    forged("client LEGAL_NAME:ASC", "a" * 100_000, UUIDS[3]), forged("client LEGAL_NAME:ASC", "a", [UUIDS[3]]),
    *(
        forged(f"{table} {name}:DESC", value, UUIDS[3])
        for table, name in (
            ("history_event", "OCCURRED_AT"), ("deal", "CREATED_AT"), ("sales_document", "ISSUED_AT"), ("audit_event",
            "OCCURRED_AT"),
            ("follow_up", "STARTS_AT"), ("document", "CREATED_AT"), ("api_key", "CREATED_AT"),
        )
        for value in (
            "0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00", "infinity", "0000-01-01 00:00:00+00",
            "2026-13-01 00:00:00+00", "99999-01-01 00:00:00+00", 10**400, None, {}, "9" * 5000,
        )
    ),
    "W" * 200_000, "ñ", "\ud800", "\0", "[" * 5_000, base64.urlsafe_b64encode(b"[" * 50_000).decode(), 0, None, [], {},
)  # fmt: skip

EDGES: Mapping[str, Sequence[Any]] = {
    "String": TEXTS,
    "ID": (*TEXTS, *UUIDS, *(f"cli_{uuid}" for uuid in UUIDS), "cli_", "cli", "_", "cli_cli_", "CLI_" + UUIDS[3],
        "evt_1", "zzz_" + UUIDS[3]),
    "Int": INTS,
    "Float": INTS,
    "Boolean": (True, False, 0, 1, "true", "", None, [], {}),
    "Decimal": DECIMALS,
    "Date": DATES,
    "DateTime": INSTANTS,
    "YearMonth": ("0001-01", "9999-12", "1900-01", "2999-12", "1899-12", "3000-01", "2026-00", "2026-13", "2026-1",
        "２０２６-01", *DATES),
    "UUID": (*UUIDS, *TEXTS),
    "RFC": ("XAXX010101000", "XEXX010101000", "xaxx010101000", "EKU9003173C9", "ÑÑÑ010101AAA", "AAA991332AAA",
        "A&A010101AA1", *TEXTS),
    "PostalCode": ("00000", "99999", "０６０００", "06000 ", "0600", "060000", *TEXTS),
    "EmailAddress": ("a@b.mx", "a@b", "@", "a@" + "b" * 300, "ñ@ñ.mx", "a@xn--a.mx", '"a b"@c.mx', "a@[127.0.0.1]",
        "ADMİN@demo.mx", *TEXTS),
    "PhoneNumber": ("5512345678", "+" + "1" * 400, "+0", "++", "００５５１２３４", "1;ext=5", "tel:+525512345678",
        "55 1234 5678 x9", *TEXTS),
    "URL": ("http://[x", "javascript:alert(1)", *TEXTS),
    "_Any": ({"__typename": "Client"}, {"__typename": "Client", "id": "\ud800"}, {"__typename": "Client", "rfc": "\0"},
        {"__typename": "\ud800"}, {"__typename": []}, {"__typename": "Client", "id": {}}, {"id": 1}, *TEXTS),
}  # fmt: skip
"""What is at the edges of each scalar, and beyond them."""
OF_ENUMS: Sequence[Any] = ("NO_SUCH", "", "\ud800", "\0", LONG, 0, 1.5, True, None, [], {}, "__proto__", "open")
OF_INPUTS: Sequence[Any] = (
    {},
    None,
    "x",
    "\ud800",
    0,
    True,
    [],
    [[]],
    {"noSuch": 1},
    {"\ud800": 1},
    {"": None},
    {LONG: 1},
)


def edges(kind: GraphQLInputType, name: str) -> Sequence[Any]:
    """What is at the edges of a type; the name of the place tells a cursor."""
    nullable = get_nullable_type(kind)
    named = get_named_type(kind)
    if isinstance(nullable, GraphQLList):
        one = "a" if named.name in ("String", "RFC") else None
        return ([], None, [None], [[]], [[[[]]]], "x", 5, {}, [one] * 300, ["\ud800"], [1, "a", None, {}])
    if isinstance(named, GraphQLInputObjectType):
        return OF_INPUTS
    if isinstance(named, GraphQLEnumType):
        return OF_ENUMS
    return CURSORS if name in ("after", "before") else EDGES[named.name]


@dataclass(frozen=True)
class Place:
    """A place that takes a value, and its type."""

    path: Path
    kind: GraphQLInputType

    @property
    def name(self) -> str:
        """Of the argument or field."""
        return next(str(step) for step in reversed(self.path) if isinstance(step, str))


def places(kind: GraphQLInputType, path: Path) -> Iterator[Place]:
    """The place itself and those within it. Each type of input is entered once, where it is nearest: filters lead to
    one another without end."""
    entered: set[str] = set()
    waiting = deque([Place(path, kind)])
    while waiting:
        place = waiting.popleft()
        yield place
        nullable = get_nullable_type(place.kind)
        if isinstance(nullable, GraphQLList):
            waiting.append(Place((*place.path, 0), nullable.of_type))
        elif isinstance(nullable, GraphQLInputObjectType) and nullable.name not in entered:
            entered.add(nullable.name)
            waiting += [Place((*place.path, name), each.type) for name, each in nullable.fields.items()]


def valid(kind: GraphQLInputType, ids: Ids, name: str = "") -> Any:
    """A value that the type takes: of an input, what must be given."""
    nullable, named = get_nullable_type(kind), get_named_type(kind)
    if isinstance(nullable, GraphQLList):
        return [valid(nullable.of_type, ids, name)]
    if isinstance(named, GraphQLInputObjectType):
        return {key: valid(each.type, ids, key) for key, each in named.fields.items() if is_required_input_field(each)}
    if isinstance(named, GraphQLEnumType):
        return next(iter(named.values))
    if named.name == "ID":
        return ids[{"clientId": "Client"}.get(name, "Client")]
    if named.name == "_Any":
        return {"__typename": "Client", "id": ids["Client"]}
    return {"code": "06000"}.get(name) or SCALARS.get(named.name, "Prueba")


def put(value: Any, kind: GraphQLInputType, path: Path, edge: Any, ids: Ids) -> Any:
    """The value with the edge at the path; what leads there and is missing is made."""
    if not path:
        return edge
    nullable = get_nullable_type(kind)
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(value) if isinstance(value, list) and value else [valid(nullable.of_type, ids)]
        items[0] = put(items[0], cast("Any", nullable).of_type, rest, edge, ids)
        return items
    fields = cast("GraphQLInputObjectType", nullable).fields
    made: dict[str, Any] = dict(value) if isinstance(value, dict) else valid(nullable, ids)
    return made | {step: put(made.get(step), fields[step].type, rest, edge, ids)}


@dataclass(frozen=True)
class Call:
    """An operation with its variables, which take values at the `places`."""

    name: str
    query: str
    kinds: Mapping[str, GraphQLInputType]
    variables: Mapping[str, Any]
    ids: Ids = field(repr=False)
    email: str = "admin@demo.mx"
    """Of whoever calls."""

    @property
    def places(self) -> Iterator[Place]:
        """Within the variables."""
        for name, kind in self.kinds.items():
            yield from places(kind, (name,))

    def at(self, place: Place, edge: Any) -> dict[str, Any]:
        """The variables with the edge at the place."""
        name, *rest = place.path
        before = deepcopy(self.variables.get(cast("str", name)))
        changed = put(before, self.kinds[cast("str", name)], tuple(rest), edge, self.ids)
        return {**deepcopy(dict(self.variables)), cast("str", name): changed}


def _shown(kind: GraphQLNamedType) -> str:
    """What is selected of an answer: enough that its rows are read."""
    if not is_composite_type(kind):
        return ""
    fields = getattr(kind, "fields", {})
    rows = " nodes { __typename }" if "nodes" in fields else ""
    counts = "".join(f" {name}" for name in fields if name.endswith("Count"))
    return f" {{ __typename{rows}{counts} }}"


def _call(owner: str, name: str, field: GraphQLField, around: str, ids: Ids, given: Mapping[str, Any]) -> Call:
    """A query of one field; `around` is the document with %s in the field's place."""
    arguments = field.args
    asked = ", ".join(f"{each}: ${each}" for each in arguments)
    declared = ", ".join(f"${each}: {argument.type}" for each, argument in arguments.items())
    variables = {
        each: given.get(each, valid(argument.type, ids, each))
        for each, argument in arguments.items()
        if is_required_argument(argument) or each in given
    }
    text = f"query Edge({declared}) {around % f'{name}({asked}){_shown(get_named_type(field.type))}'}"
    return Call(f"{owner}.{name}", text, {each: arg.type for each, arg in arguments.items()}, variables, ids)


_ID_OF = {
    "client": "Client",
    "deal": "ClientDeal",
    "followUp": "FollowUp",
    "salesDocument": "SalesInvoice",
    "document": "ClientDocument",
}


def queries(ids: Ids) -> Iterator[Call]:
    """Every field with arguments that a query can ask for, of the root and of every type below it."""
    root = cast("GraphQLObjectType", SCHEMA.query_type)
    for name, each in root.fields.items():
        if each.args:
            given = {"id": ids[_ID_OF[name]]} if name in _ID_OF else {}
            yield _call("Query", name, each, "{ %s }", ids, given)
    for kind, around in sorted(_ways(root, ids).items()):
        for name, each in cast("GraphQLObjectType", SCHEMA.type_map[kind]).fields.items():
            if each.args:
                yield _call(kind, name, each, around, ids, {})


def _ways(root: GraphQLObjectType, ids: Ids) -> Mapping[str, str]:
    """How to get to an object of each type: as a record by its id, or from another one."""
    found: dict[str, str] = {}
    for kind in SCHEMA.get_possible_types(cast("GraphQLInterfaceType", SCHEMA.type_map["Node"])):
        if kind.name in ids:
            found[kind.name] = f'{{ node(id: "{ids[kind.name]}") {{ ... on {kind.name} {{ %s }} }} }}'
    waiting: list[tuple[GraphQLObjectType, str]] = [(root, "{ %s }")]
    waiting += [(cast("GraphQLObjectType", SCHEMA.type_map[name]), way) for name, way in found.items()]
    while waiting:
        owner, way = waiting.pop(0)
        for name, each in owner.fields.items():
            target = get_named_type(each.type)
            free = not any(is_required_argument(argument) for argument in each.args.values())
            if isinstance(target, GraphQLObjectType) and free and target.name not in found and target is not root:
                found[target.name] = way % f"{name} {{ %s }}"
                waiting.append((target, found[target.name]))
    return found


def mutation(name: str, given: Mapping[str, Any] | None, ids: Ids, email: str) -> Call:
    """A call of the mutation with this input, or with what it must be given."""
    declared = cast("GraphQLObjectType", SCHEMA.mutation_type).fields[name]
    kind = declared.args["input"].type
    payload = cast("GraphQLObjectType", get_named_type(declared.type))
    problems = "userErrors { code message path clients { id } } warnings { code message path }"
    selected = ("results { " + problems + " }" if "results" in payload.fields else "") + (
        problems if "warnings" in payload.fields else "userErrors { code message path }"
    )
    text = f"mutation Edge($input: {kind}) {{ {name}(input: $input) {{ {selected} }} }}"
    value = valid(kind, ids) if given is None else dict(given)
    return Call(f"Mutation.{name}", text, {"input": cast("GraphQLNonNull[Any]", kind)}, {"input": value}, ids, email)
