"""Mutations that ask the whole record back: one statement more than without, and what the resolvers would answer.

Both Fichas are asked with the same `Idempotency-Key`: the second one shows what the first one did, read anew.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType, get_named_type, is_leaf_type, is_required_argument
from sqlalchemy import text
from strawberry.utils.str_converters import to_camel_case

from bench.writes import client_of_screen
from loaders.reads import Result
from models import Client, Contact, HistoryEvent
from models.collaborator import Role
from models.ids import uuid7
from schema import SCHEMA
from tests.fixtures import NOON, Answer, Company, Ficha, comparable, global_id
from tests.operations.test_mutations import FILES, Own, each_file, variables_of
from tests.planner.generator import BY_RESOLVERS
from tests.schema.codes import answers_as_described

MANY = 6
"""Types of which not all are written out."""
NOTHING_LEFT = {"erase_client", "set_role_permissions"}
"""Whose payload shows no record."""


def send(ficha: Ficha, email: str, query: str, variables: Mapping[str, Any], key: str) -> Answer:
    headers = {
        "Authorization": f"Bearer {ficha.token(email)}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    return ficha.post(json.dumps({"query": query, "variables": variables}).encode(), headers)


def ask(company: Company, query: str, role: Role = Role.ADMIN, **variables: Any) -> Answer:
    """The planner's answer, which is the resolvers' as well, and the levels'."""
    key = uuid7().hex
    first = send(company.ficha, company.email(role), query, variables, key)
    replay(company, role, query, variables, key, first)
    return first


def replay(company: Company, role: Role, query: str, variables: Mapping[str, Any], key: str, first: Answer) -> None:
    """Asks each way to an answer, with the key of the first one, for the same."""
    ficha = company.ficha
    assert ficha.twin
    assert ficha.levels
    for each in (ficha.twin, ficha.levels, ficha):
        other = send(each, company.email(role), query, variables, key)
        assert other.headers["Idempotency-Replayed"] == "true"
        assert alike(other) == alike(first), "two ways to an answer disagree"


def alike(answer: Answer) -> Any:
    """What is compared of an answer: its errors come in some order."""
    status, body = comparable(answer)
    return status, body.get("data"), sorted(body.get("errors", ()), key=repr)


def fields(kind: Any, depth: int) -> Iterator[str]:
    """All of a type's fields that are planned and need no argument; `depth` levels of records."""
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if f"{kind.name}.{name}" in BY_RESOLVERS or any(map(is_required_argument, field.args.values())):
            continue
        if is_leaf_type(inner):
            yield name
        elif depth or not is_record(inner):
            yield f"{name} {selection(inner, depth - is_record(inner))}"


def is_record(kind: Any) -> bool:
    return not isinstance(kind, GraphQLObjectType) or any(each.name == "Node" for each in kind.interfaces)


def selection(kind: Any, depth: int) -> str:
    """All of a type; of several what they have in common, and what is each one's own but its records."""
    if isinstance(kind, GraphQLObjectType):
        return f"{{ {' '.join(fields(kind, depth))} }}"
    if isinstance(kind, GraphQLUnionType) or len(SCHEMA._schema.get_implementations(kind).objects) > MANY:
        return "{ __typename }"
    common = [*fields(kind, depth)]
    own = {
        part.name: [each for each in fields(part, 0) if each.split()[0] not in kind.fields]
        for part in SCHEMA._schema.get_implementations(kind).objects
    }
    each = (f"... on {name} {{ {' '.join(some)} }}" for name, some in own.items() if some)
    return f"{{ __typename {' '.join(common)} {' '.join(each)} }}"


def records_of(payload: Any) -> list[str]:
    """The fields of a payload that are records."""
    declared = {name: field.extensions["strawberry-definition"].base_resolver for name, field in payload.fields.items()}
    return [
        name
        for name, resolver in declared.items()
        if resolver and isinstance(getattr(resolver.wrapped_func, "reads", None), Result)
    ]


def whole(name: str) -> str:
    """The mutation that asks all records of its payload back, whole."""
    field = SCHEMA._schema.mutation_type.fields[name]
    payload: Any = get_named_type(field.type)
    client, fragments = client_of_screen()
    records = [
        f"client {client}"
        if record == "client"
        else f"{record} {selection(get_named_type(payload.fields[record].type), 1)}"
        for record in records_of(payload)
    ]
    kind = field.args["input"].type
    month = ", $month: YearMonth = CURRENT" if "client" in records_of(payload) else ""
    query = (
        f"mutation ($input: {kind}{month}) {{ {name}(input: $input) {{"
        f" {' '.join(records)} userErrors {{ code message path }} warnings {{ code message path }} }} }}"
    )
    return f"{query}\n{fragments}" if month else query


@pytest.mark.sampled(5)
@pytest.mark.claims(
    "docs/writing.md",
    "The payload's records are read back behind the commit and in its round trip, by one statement for all of them"
    " ([ADR 68](adr/0068-records-of-mutations-are-planned.md), [82](adr/0082-records-are-read-behind-the-commit.md)),"
    " so each is what a query would answer, permissions and all.",
)
@each_file
def test_the_whole_record_is_one_statement_more(
    file: Path, company: Callable[..., Company], statements: Callable[[], list[int]]
) -> None:
    """The bare form reads nothing beside what its command does. The resolvers would answer the same."""
    name = to_camel_case(file.stem)
    kind = SCHEMA._schema.mutation_type.fields[name].args["input"].type
    bare = f"mutation ($input: {kind}) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
    mine = company()
    variables = Own(mine, file.stem).given(variables_of(file))
    statements()
    assert mine.ask(bare, **variables).data[name]["userErrors"] == []
    assert statements() == []
    mine = company()
    variables = Own(mine, file.stem).given(variables_of(file))
    statements()
    query, key = whole(name), uuid7().hex
    answer = send(mine.ficha, mine.email(Role.ADMIN), query, variables, key)
    assert answer.data[name]["userErrors"] == []
    assert answers_as_described(query, answer.data)
    assert statements() == ([] if file.stem in NOTHING_LEFT else [1])
    replay(mine, Role.ADMIN, query, variables, key, answer)


def test_every_record_of_a_payload_says_so() -> None:
    """A field of a payload that is a record, and that no plan knows of, would be read row by row."""
    payloads = [get_named_type(field.type) for field in SCHEMA._schema.mutation_type.fields.values()]
    records = {
        f"{payload.name}.{name}"
        for payload in payloads
        for name, field in payload.fields.items()
        if is_record(get_named_type(field.type)) and not is_leaf_type(get_named_type(field.type))
    }
    assert records == {f"{payload.name}.{name}" for payload in payloads for name in records_of(payload)}
    assert len(records) > len(FILES) / 2


RENAME = """
mutation ($a: UpdateClientInput!, $b: UpdateClientInput!) {
  a: updateClient(input: $a) { ...Payload }
  b: updateClient(input: $b) { ...Payload }
}
fragment Payload on UpdateClientPayload { client { tradeName version history { totalCount } } userErrors { code } }
"""


@pytest.mark.claims(
    "docs/writing.md",
    "Several mutations of one request are done in turn, and each shows its records as it left them.",
)
def test_each_mutation_reads_after_its_own(
    company: Callable[..., Company], statements: Callable[[], list[int]]
) -> None:
    mine = company()
    id = global_id(Client, mine.client())
    inputs: dict[str, Any] = {key: {"id": id, "tradeName": name} for key, name in (("a", "Uno"), ("b", "Dos"))}
    assert mine.ask(RENAME, **inputs).data == {
        key: {
            "client": {"tradeName": name, "version": version, "history": {"totalCount": version - 1}},
            "userErrors": [],
        }
        for key, name, version in (("a", "Uno", 2), ("b", "Dos", 3))
    }
    assert statements() == [1, 1]


def test_a_list_form_is_read_at_once(company: Callable[..., Company], statements: Callable[[], list[int]]) -> None:
    """Each row has its own record, and those of one client the same client; what failed has none."""
    mine = company()
    clients = [global_id(Client, mine.client()) for _ in range(2)]
    query = """mutation ($input: CreateContactsInput!) { createContacts(input: $input) { results {
      contact { name client { id } } client { contacts { name } receivables { balance } } userErrors { code } } } }"""
    rows = [{"clientId": clients[number % 2], "name": f"Contacto {number}"} for number in range(5)]
    rows.insert(2, {"clientId": clients[0], "name": ""})
    for role, denied in ((Role.ADMIN, 0), (Role.SALES, 5)):
        if role is Role.SALES:
            mine.owner.execute(
                text("update client set owner_id = :id where company_id = :company"),
                {"id": mine.people[role], "company": mine.id},
            )
        statements()
        answer = ask(mine, query, role, input={"rows": rows, "errorPolicy": "REJECT_FAILED_ROWS"})
        results = answer.body["data"]["createContacts"]["results"]
        assert [each["contact"] and each["contact"]["name"] for each in results] == [
            each["name"] or None for each in rows
        ]
        assert [error[1:] for error in answer.errors] == [
            ("createContacts", "results", place, "client", "receivables") for place in (0, 1, 3, 4, 5)[:denied]
        ]
        assert statements()[0] == 1


def test_a_dry_run_and_a_refused_one_read_nothing(
    company: Callable[..., Company], statements: Callable[[], list[int]]
) -> None:
    mine = company()
    id = global_id(Client, mine.client())
    for values, codes in (({"validateOnly": True}, []), ({"legalName": ""}, ["REQUIRED"])):
        payload = mine.ask(whole("updateClient"), input={"id": id, **values}).data["updateClient"]
        assert payload["client"] is None
        assert len(payload["userErrors"]) == len(codes)
    assert statements() == []


def test_a_conflict_shows_the_record_as_it_is(company: Callable[..., Company]) -> None:
    mine = company()
    id = global_id(Client, mine.client(trade_name="Ahora"))
    payload = mine.ask(whole("updateClient"), input={"id": id, "expectedVersion": 7}).data["updateClient"]
    assert (payload["client"]["tradeName"], payload["userErrors"][0]["code"]) == ("Ahora", "CONFLICT")


def test_what_may_not_be_seen_is_refused_where_it_is(company: Callable[..., Company]) -> None:
    """A seller sees no money, wherever the selection leads to it."""
    mine = company()
    seller = mine.people[Role.SALES]
    client = mine.client(owner_id=seller)
    mine.add(Contact, client_id=client)
    id = global_id(Client, client)
    query = """mutation ($input: UpdateClientInput!) { updateClient(input: $input) {
      client { tradeName mine: receivables { balance } contacts { client { receivables { terms } } } } } }"""
    answer = ask(mine, query, Role.SALES, input={"id": id, "tradeName": "Suyo"})
    assert answer.body["data"]["updateClient"]["client"]["mine"] is None
    assert sorted(answer.errors) == [
        ("FORBIDDEN", "updateClient", "client", "contacts", 0, "client", "receivables"),
        ("FORBIDDEN", "updateClient", "client", "mine"),
    ]


def test_variables_decide_over_what_is_read(
    company: Callable[..., Company], statements: Callable[[], list[int]]
) -> None:
    """Also directives at the root, in fragments of the mutation itself, and arguments within the record."""
    mine = company()
    id = global_id(Client, mine.client())
    query = """mutation ($input: UpdateClientInput!, $first: Int, $with: Boolean!, $not: Boolean!) {
      ...Changed
      no: updateClient(input: {id: "cli_00000000-0000-7000-8000-000000000000"}) @skip(if: $not) { client { id } }
    }
    fragment Changed on Mutation {
      done: updateClient(input: $input) {
        __typename client @include(if: $with) { history(first: $first) { nodes { kind } } }
        same: client { __typename id } }
    }"""
    for first, with_ in ((1, True), (2, True), (1, False)):
        statements()
        variables: dict[str, Any] = {"first": first, "with": with_, "not": True}
        payload = mine.ask(query, input={"id": id, "tradeName": f"{first} {with_}"}, **variables).data
        assert payload.keys() == {"done"}
        assert payload["done"]["same"] == {"__typename": "Client", "id": id}
        assert ("client" in payload["done"]) is with_
        assert statements() == [1]
        if with_:
            assert len(payload["done"]["client"]["history"]["nodes"]) == first


def test_what_is_not_planned_is_read_by_resolvers(company: Callable[..., Company]) -> None:
    mine = company()
    id = global_id(Client, mine.client())
    query = """mutation ($input: UpdateClientInput!) { updateClient(input: $input) {
      client { tradeName statement(from: "2026-01-01", to: "2026-01-31") { openingBalance } } userErrors { code } } }"""
    assert ask(mine, query, input={"id": id, "tradeName": "Así"}).data["updateClient"]["client"]["tradeName"] == "Así"


def test_a_spoilt_row_costs_its_field(company: Callable[..., Company], caplog: pytest.LogCaptureFixture) -> None:
    """As in a query: the resolvers then give the record, with the error in its place; the mutation was saved."""
    mine = company()
    client = mine.client()
    mine.add(
        HistoryEvent, client_id=client, kind="CLIENT_CHANGED", details={}, occurred_at=NOON, recorded_at=NOON,
        actor_id=mine.people[Role.ADMIN],
    )  # fmt: skip
    query = """mutation ($input: UpdateClientInput!) { updateClient(input: $input) {
      client { history { nodes { id ... on RecordChangedEvent { changes { field } } } } } userErrors { code } } }"""
    with caplog.at_level("CRITICAL", "ficha"):
        answer = ask(mine, query, input={"id": global_id(Client, client), "tradeName": "Así"})
    [error] = answer.errors
    assert error[:3] == ("INTERNAL", "updateClient", "client")
    assert answer.body["data"]["updateClient"]["userErrors"] == []
