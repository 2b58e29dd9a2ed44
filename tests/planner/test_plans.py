"""What a plan has to cope with beside columns: what may not be seen, what Python fills in, records of mixed kinds."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from graphql import GraphQLObjectType, build_schema, parse

import models
from loaders.recent import Recent
from models.collaborator import Role
from models.ids import uuid7
from models.viewer import Permission, Viewer, bundle
from planner.selection import Selections, Unplannable
from schema import SCHEMA
from server.execution.executor import Answer
from tests.fixtures import NOON, Company, global_id
from tests.planner.conftest import Both, comparable
from tests.planner.generator import BY_RESOLVERS


def data(answer: Answer) -> Any:
    return orjson.loads(answer.data or b"null")


def paths(answer: Answer) -> list[list[Any]]:
    return sorted(error["path"] for error in comparable(answer)[1])


@pytest.mark.claims(
    "docs/planner.md",
    "Introspection, arguments of a wrong type, fields that do not declare what they read.",
)
@pytest.mark.claims(
    "docs/planner.md",
    "`tests/planner/generator.py` names the undeclared fields, and a test holds the list; random "
    "operations over the whole schema are asked in all three ways and must come out the same, byte for byte:",
)
def test_every_field_but_a_few_says_what_it_reads() -> None:
    silent = {
        f"{kind.name}.{name}"
        for kind in SCHEMA._schema.type_map.values()
        if isinstance(kind, GraphQLObjectType) and (kind.name == "Query" or kind in NODES)
        for name, field in kind.fields.items()
        if (resolver := field.extensions["strawberry-definition"].base_resolver)
        and not hasattr(resolver.wrapped_func, "reads")
    }
    assert silent <= BY_RESOLVERS


NODES = SCHEMA._schema.get_implementations(SCHEMA._schema.type_map["Node"]).objects  # pyright: ignore[reportArgumentType]


@pytest.mark.claims(
    "docs/planner.md",
    "| `Refused` | null, and an error at the path: the viewer lacks the permission, or an argument cannot be used |",
)
def test_what_a_seller_may_not_see_is_null_with_an_error(both: Both, viewers: Mapping[str, Viewer]) -> None:
    seller = viewers["SALES demo.mx"]
    query = "{ clients(first: 3) { nodes { id a: receivables { balance } b: receivables { terms } } } }"
    answer = both.planned(seller, query)
    nodes = data(answer)["clients"]["nodes"]
    assert [list(node.values())[1:] for node in nodes] == [[None, None]] * len(nodes)
    assert paths(answer) == [["clients", "nodes", place, key] for place in range(len(nodes)) for key in "ab"]


def test_what_is_not_there_is_not_refused(both: Both, viewers: Mapping[str, Viewer]) -> None:
    query = '{ client(id: "cli_00000000-0000-7000-8000-000000000000") { receivables { balance } } }'
    answer = both.planned(viewers["SALES demo.mx"], query)
    assert (answer.data, answer.errors) == (b'{"client":null}', [])


@pytest.mark.claims(
    "docs/planner.md",
    "| `OfPlaces` | records that were found by their keys, in the order in which the arguments name them;"
    " it is bracketed by U+0003 and U+0004 and filled after the others, which may stand in its records |",
)
def test_records_of_mixed_kinds_in_the_order_asked(both: Both, company: Callable[..., Company], viewers: Any) -> None:
    own = company()
    client = own.client(legal_name="UNO")
    contact = own.add(models.Contact, client_id=client, name="Ana")
    invoice = own.add(models.SalesDocument, client_id=client)
    viewer = Viewer(own.id, own.people[Role.ADMIN], Role.ADMIN, next(iter(viewers.values())).time_zone, frozenset(_ALL))
    ids = [
        global_id(models.Contact, contact), global_id(models.Client, own.id), global_id(models.Client, client),
        global_id(models.SalesDocument, invoice), global_id(models.Contact, contact),
    ]  # fmt: skip
    fields = "__typename id ... on ClientContact { name } ... on Client { legalName }"
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ {fields} }} }}"
    answer = both.planned(viewer, query, ids=ids)
    assert data(answer) == {
        "nodes": [
            {"__typename": "ClientContact", "id": ids[0], "name": "Ana"},
            None,
            {"__typename": "Client", "id": ids[2], "legalName": "UNO"},
            {"__typename": "SalesInvoice", "id": ids[3]},
            {"__typename": "ClientContact", "id": ids[4], "name": "Ana"},
        ]
    }
    none = both.planned(viewer, query, ids=[])
    assert data(none) == {"nodes": []}
    assert none.plan
    assert none.plan.plan.statement is None


_ALL = tuple(models.viewer.Permission)


@pytest.mark.claims(
    "docs/planner.md",
    "| `OfDetails` | what an event keeps of its time, as `folio` and `amount`: the members of its kind, from its "
    "`details` |",
)
def test_what_several_types_have_in_common_is_written_once(
    both: Both, company: Callable[..., Company], viewers: Mapping[str, Viewer]
) -> None:
    """Each type's members stay in the order of its fragment, also where two types have them in opposite orders. Values
    of an event's details are not in the statement: Python writes them."""
    own = company()
    client = own.client()
    closing = {"title": "Nave", "closed_on": "2026-11-20"}
    own.add(models.HistoryEvent, client_id=client, kind="DEAL_LOST", details=closing | {"reason": "Precio"})
    own.add(models.HistoryEvent, client_id=client, kind="DEAL_CLOSED", details=closing)
    own.add(models.HistoryEvent, client_id=client, kind="CLIENT_CREATED", details={})
    time_zone = viewers["ADMIN demo.mx"].time_zone
    viewer = Viewer(own.id, own.people[Role.ADMIN], Role.ADMIN, time_zone, frozenset(_ALL))
    query = """query ($id: ID!) { client(id: $id) { history(first: 9) { hiddenCount nodes { kind
        ... on DealLostEvent { title deal { id } reason subject { id } closedOn }
        ... on DealClosedEvent { subject { id } closedOn deal { id } title } } } } }"""
    answer = both.planned(viewer, query, id=global_id(models.Client, client))
    history = data(answer)["client"]["history"]
    lost = {"kind": "DEAL_LOST", "title": "Nave", "deal": None, "reason": "Precio", "subject": None}
    closed = {"kind": "DEAL_CLOSED", "subject": None, "closedOn": "2026-11-20", "deal": None, "title": "Nave"}
    expected = [lost | {"closedOn": "2026-11-20"}, closed, {"kind": "CLIENT_CREATED"}]
    assert history["hiddenCount"] == 0
    assert sorted(map(list, history["nodes"])) == sorted(map(list, expected))
    assert sorted(history["nodes"], key=repr) == sorted(expected, key=repr)
    assert answer.plan
    assert answer.plan.plan.statement
    sql, names = answer.plan.plan.statement.sql, answer.plan.plan.statement.names
    assert [sql.count(f',"{key}":') for key in ("deal", "subject", "title", "reason", "closedOn")] == [2, 1, 0, 0, 0]
    assert "hidden_kinds" not in names


def test_what_is_refused_in_several_types_is_refused_at_the_place_of_each(
    both: Both, company: Callable[..., Company], viewers: Mapping[str, Viewer]
) -> None:
    own = company()
    client = own.client(owner_id=own.people[Role.SALES])
    for kind in ("INVOICE", "SALES_NOTE"):
        own.add(models.SalesDocument, client_id=client, type=kind)
    time_zone = viewers["ADMIN demo.mx"].time_zone
    viewer = Viewer(own.id, own.people[Role.SALES], Role.SALES, time_zone, bundle(Role.SALES, None))
    query = """query ($id: ID!) { client(id: $id) { salesDocuments(first: 9) { nodes { id
        ... on SalesInvoice { client { receivables { balance } } }
        ... on SalesNote { client { receivables { balance } } } } } } }"""
    answer = both.planned(viewer, query, id=global_id(models.Client, client))
    assert sorted(error["locations"][0]["line"] for error in comparable(answer)[1]) == [2, 3]


def test_one_record_that_may_not_be_seen_is_one_error(both: Both, viewers: Mapping[str, Viewer], ids: Any) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    given = [ids["cli"][0], ids["aud"][0] if ids["aud"] != ["none"] else ids["cli"][0]]
    answer = both.planned(viewers["READ_ONLY demo.mx"], query, ids=given)
    assert paths(answer) == ([["nodes", 1]] if ids["aud"] != ["none"] else [])


def test_each_record_that_may_not_be_seen_has_its_own_error(both: Both, company: Callable[..., Company]) -> None:
    own = company()
    client = own.client(legal_name="UNO")
    zone = ZoneInfo("America/Mexico_City")
    seller = Viewer(own.id, own.people[Role.SALES], Role.SALES, zone, bundle(Role.SALES, None))
    refused = {
        global_id(models.AuditEvent, uuid7()): Permission.ADMIN,
        global_id(models.ReminderRule, uuid7()): Permission.BILLING_READ,
        global_id(models.ApiKey, uuid7()): Permission.ADMIN,
    }
    ids = [*refused, global_id(models.Client, client), *reversed(refused)] * 3
    answer = both.planned(seller, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    told = {error["path"][1]: error["extensions"]["permission"] for error in comparable(answer)[1]}
    assert told == {place: refused[id] for place, id in enumerate(ids) if id in refused}


def seller_of_all(own: Company) -> Viewer:
    """Somebody who sees all clients, and none of their receivables."""
    permissions = bundle(Role.SALES, None) | {Permission.CLIENTS_READ_ALL}
    return Viewer(own.id, own.people[Role.ADMIN], Role.SALES, ZoneInfo("America/Mexico_City"), permissions)


def test_records_of_mixed_kinds_have_what_python_fills_in(both: Both, company: Callable[..., Company]) -> None:
    own = company()
    client = own.client(legal_name="UNO", deleted_at=None)
    address = own.add(models.Address, client_id=client, state="JAL", postal_code="44100", country="MEX")
    seller = seller_of_all(own)
    rule = global_id(models.ReminderRule, uuid7())
    ids = [rule, global_id(models.Address, address), global_id(models.Client, client), rule]
    fields = "... on ClientAddress { state { code name } } ... on Client { receivables { balance } legalName }"
    answer = both.planned(seller, f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ {fields} }} }}", ids=ids)
    jalisco = {"state": {"code": "JAL", "name": "Jalisco"}}
    assert data(answer) == {"nodes": [None, jalisco, {"receivables": None, "legalName": "UNO"}, None]}
    assert paths(answer) == [["nodes", 0], ["nodes", 2, "receivables"], ["nodes", 3]]


@pytest.mark.parametrize(
    "fields",
    [
        "id", "other: id", "__typename id", "legalName id", "rfc", "id id", "kind id legalName other: id",
        "receivables { balance } id", "availableActions id", "cfdiProfile { taxRegime { code } } id",
        "owner { id } id",
    ],
)  # fmt: skip
def test_a_record_is_known_wherever_its_id_stands(both: Both, company: Callable[..., Company], fields: str) -> None:
    """Its key is looked for in the record itself where it begins with it, and nowhere else: what Python fills in before
    it, or what is refused there, takes up any length."""
    own = company()
    clients = [own.client(legal_name=name) for name in ("UNO", "DOS Ñ", "TRES")]
    seller = seller_of_all(own)
    ids = [global_id(models.Client, id) for id in (clients[2], own.id, clients[0], clients[1], clients[0])]
    of = [{"__typename": "Client", "id": id} for id in ids]
    read = f"... on Client {{ {fields} }}"
    asked = f"nodes(ids: $ids) {{ {read} }} _entities(representations: $of) {{ {read} }}"
    query = f"query ($ids: [ID!]!, $of: [_Any!]!) {{ {asked} }}"
    answer = data(both.planned(seller, query, ids=ids, of=of))
    assert [one is None for one in answer["_entities"]] == [False, True, False, False, False]
    assert answer["nodes"] == answer["_entities"]


@pytest.mark.claims(
    "docs/planner.md",
    "| `OfEntries` | an entry of a catalog that the arguments name, from memory |",
    "| `Wrong` | null, and the error of a record that the arguments lead nowhere |",
)
def test_entries_in_memory_stand_among_records(both: Both, company: Callable[..., Company]) -> None:
    own = company()
    seller = seller_of_all(own)
    client = {"__typename": "Client", "id": global_id(models.Client, own.client(legal_name="UNO"))}
    product = {"__typename": "SatProduct", "code": "01010101"}
    regime, unknown = ({"__typename": "SatTaxRegime", "code": code} for code in ("601", "600"))
    wrong = {"__typename": "Client", "id": "x"}
    query = """query ($of: [_Any!]!) { _entities(representations: $of) { __typename
        ... on Client { legalName } ... on SatProduct { code } ... on SatTaxRegime { code personKinds } } }"""
    answer = both.planned(seller, query, of=[client, regime, wrong, product, unknown, client])
    first = {"__typename": "Client", "legalName": "UNO"}
    expected = {"__typename": "SatTaxRegime", "code": "601", "personKinds": ["COMPANY"]}
    last = {"__typename": "SatProduct", "code": "01010101"}
    assert data(answer)["_entities"] == [first, expected, None, last, None, first]
    assert paths(answer) == [["_entities", 2]]


def test_what_can_be_done_is_told_without_the_client(both: Both, company: Callable[..., Company]) -> None:
    """Who may not read clients is told what trying would tell: the deal of a deleted client cannot be edited."""
    own = company()
    for deleted_at in (None, NOON):
        client = own.client(deleted_at=deleted_at, **({"deleted_by_id": own.people[Role.ADMIN]} if deleted_at else {}))
        own.add(models.Deal, client_id=client)
    query = "{ deals(first: 2, deleted: INCLUDE) { nodes { viewerCanUpdate viewerCanReopen } } }"
    reading = {Permission.DEALS_READ, Permission.DEALS_WRITE, Permission.CLIENTS_READ_ALL}
    nodes = [
        {"viewerCanUpdate": True, "viewerCanReopen": False},
        {"viewerCanUpdate": False, "viewerCanReopen": False},
    ]
    for permissions in (reading, reading | {Permission.CLIENTS_READ}):
        own_rights = frozenset(permissions)
        viewer = Viewer(own.id, own.people[Role.SALES], Role.SALES, ZoneInfo("America/Mexico_City"), own_rights)
        told = data(both.planned(viewer, query))["deals"]["nodes"]
        assert sorted(told, key=lambda node: not node["viewerCanUpdate"]) == nodes


@pytest.mark.claims(
    "docs/planner.md",
    "An operation that needs no row at all, such as one of catalogs, is a text that is kept; nothing is sent.",
)
def test_catalogs_need_no_statement(both: Both, viewers: Mapping[str, Viewer]) -> None:
    query = '{ states(country: "MEX") { code name } postalCode(code: "06000") { timeZone state { name } } }'
    answer = both.planned(viewers["SALES demo.mx"], query)
    assert answer.plan
    assert answer.plan.plan.statement is None
    assert data(answer)["postalCode"] == {"timeZone": "America/Mexico_City", "state": {"name": "Ciudad de México"}}


def test_a_page_of_which_no_row_is_shown(both: Both, viewers: Mapping[str, Viewer]) -> None:
    query = "{ clients(first: 2) { __typename totalCount pageInfo { hasPreviousPage } } }"
    answer = data(both.planned(viewers["ADMIN demo.mx"], query))
    assert answer["clients"]["pageInfo"] == {"hasPreviousPage": False}
    assert answer["clients"]["totalCount"] > 1


@pytest.mark.parametrize("cut", ["first", "last"])
def test_a_page_of_rows_with_and_without_a_value_has_no_row_too_many(
    both: Both, company: Callable[..., Company], cut: str
) -> None:
    """Those without a due date are another range of the index than those with one."""
    own = company()
    client = own.client()
    for due_on in (datetime.date(2026, 12, 1), datetime.date(2026, 12, 2), None, None):
        own.add(models.SalesDocument, client_id=client, due_on=due_on)
    query = f"""{{ all: salesDocuments(orderBy: [{{ field: DUE_ON }}]) {{ nodes {{ id }} }}
        some: salesDocuments({cut}: 2, orderBy: [{{ field: DUE_ON }}]) {{ nodes {{ id }} }} }}"""
    answer = data(both.planned(seller_of_all(own), query))
    listed = answer["all"]["nodes"]
    assert (len(listed), answer["some"]["nodes"]) == (4, listed[:2] if cut == "first" else listed[2:])


@pytest.mark.claims(
    "docs/planner.md",
    "| `Refused` | null, and an error at the path: the viewer lacks the permission, or an argument cannot be used |",
)
def test_wrong_arguments_cost_their_field(both: Both, viewers: Mapping[str, Viewer]) -> None:
    viewer = viewers["ADMIN demo.mx"]
    query = """query ($n: Int, $id: ID!, $of: Int) { deal(id: $id) { id } node(id: "nope") { id }
        clients(first: $of) { nodes { id legalName contacts { name } deals(first: $n) { totalCount } } } }"""
    for number in (101, -1):
        answer = both.planned(viewer, query, id="x", n=number, of=2)
        assert paths(answer) == [["clients", "nodes", 0, "deals"], ["clients", "nodes", 1, "deals"], ["deal"], ["node"]]
        assert [node["deals"] for node in data(answer)["clients"]["nodes"]] == [None, None]
    assert paths(both.planned(viewer, query, id="x", n=1, of=2)) == [["deal"], ["node"]]
    assert paths(both.planned(viewer, query, id="x", n=101, of=0)) == [["deal"], ["node"]]


@pytest.mark.claims(
    "docs/planner.md",
    "The resolvers answer these as ever.",
)
def test_an_argument_of_the_wrong_type_is_for_the_resolvers(both: Both, viewers: Mapping[str, Viewer]) -> None:
    query = 'query ($id: ID = "x") { clients(first: 1) { totalCount } deal(id: $id) { id } }'
    answer = both.one(both.planner, viewers["ADMIN demo.mx"], query, {"id": None})
    assert answer.plan is None
    assert comparable(answer) == comparable(both.one(both.resolvers, viewers["ADMIN demo.mx"], query, {"id": None}))


LETTERS = build_schema("type Query { a: Int b: Int c: Query }")


@pytest.mark.claims(
    "docs/planner.md",
    "`planner/selection.py` collects the selections as graphql-core would: fragments, aliases, merged "
    "fields, `@include` and `@skip`.",
)
@pytest.mark.parametrize(
    ("query", "selected"),
    [
        ("{ b a b }", {"b": 2, "a": 1}),
        ("{ x: a ...F ...F } fragment F on Query { x: a b }", {"x": 2, "b": 1}),
        ("{ a @skip(if: $yes) b @include(if: $yes) }", {"b": 1}),
        ("{ ... @include(if: false) { a } ... on Query { b } }", {"b": 1}),
    ],
)
def test_selections_are_merged_in_the_order_of_the_query(query: str, selected: dict[str, int]) -> None:
    document = parse(query)
    fragments = {d.name.value: d for d in document.definitions[1:]}  # pyright: ignore[reportAttributeAccessIssue]
    selections = Selections(LETTERS, fragments, {"yes": True})
    operation: Any = document.definitions[0]
    assert LETTERS.query_type
    found = selections.collect([operation.selection_set], LETTERS.query_type)
    assert {key: len(nodes) for key, nodes in found.items()} == selected
    assert list(found) == list(selected)


def test_an_unknown_directive_is_for_the_resolvers() -> None:
    operation: Any = parse("{ a @odd }").definitions[0]
    assert LETTERS.query_type
    with pytest.raises(Unplannable, match="@odd"):
        Selections(LETTERS, {}, {}).collect([operation.selection_set], LETTERS.query_type)


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    recent = Recent[int, str](2)
    recent.put(1, "one")
    recent.put(2, "two")
    assert recent.get(1) == "one"
    recent.put(3, "three")
    assert [recent.get(key) for key in (1, 2, 3)] == ["one", None, "three"]
    assert recent.remember(3, lambda: "new") == "three"
    assert recent.remember(4, lambda: "four") == "four"
    assert [recent.get(key) for key in (1, 3, 4)] == [None, "three", "four"]
