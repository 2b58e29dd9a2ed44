"""Validation finds what graphql-core's own finds, in the same order and at the same places."""

from pathlib import Path

import graphql
import pytest
from graphql import parse, specified_rules

from server.execution.executor import GRAPHQL
from server.execution.validation import validate

OPERATIONS = Path(__file__).resolve().parent.parent.parent / "operations"

WRONG = {
    "fields": "{ client(id: 1) { id nombre owner contacts kind { x } } viewer }",
    "arguments": '{ client { id } clients(first: "x", first: 2, last: {a: 1}, perhaps: true) { nodes { id } } }',
    "variables": """
        query A($id: ID, $unused: Int, $id: ID, $client: Client) { client(id: $id) { id ...F } }
        query B { client(id: $missing) { ...F history(first: $first, month: "$") { nodes { id } } } }
        fragment F on Client { contacts(deleted: $deleted) { id } }
        fragment G on Client { followUps(filter: {state: {in: [$state, "x"]}}) { nodes { id } } }
    """,
    "fragments": """
        { ...A ...Missing client(id: "x") { ... on Contact { id } ... on String { id } ...A } }
        fragment A on Query { ...B } fragment B on Query { ...A } fragment A on Client { id }
        fragment C on Nothing { id }
    """,
    "directives": """
        query A($yes: Boolean) @skip(if: true) { client(id: "x") @include @nobody { id @skip(if: $yes) @skip(if: 1) } }
        { __typename }
    """,
    "merging": '{ client(id: "x") { a: id a: kind history { nodes { id } } history(first: 3) { nodes { b: kind } } } }',
    "inputs": 'mutation { createContact(input: {name: 1, name: "x", nobody: [{a: 1}], clientId: null}) { nothing } }',
    "subscriptions": "subscription { clientChanged { id } other: clientChanged { id } }",
    "many": f"{{ {' '.join(f'wrong{number}' for number in range(40))} }}",
}


def both(text: str, *, hide: bool = False) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    document = parse(text)
    own = validate(GRAPHQL, document, specified_rules, most_errors=20, hide_suggestions=hide)
    peer = graphql.validate(GRAPHQL, document, specified_rules, max_errors=20, hide_suggestions=hide)
    return [dict(error.formatted) for error in own], [dict(error.formatted) for error in peer]


@pytest.mark.parametrize("hide", [False, True])
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_reported_as_graphql_core_does(name: str, hide: bool) -> None:
    own, peer = both(WRONG[name], hide=hide)
    assert own == peer
    assert own


def test_operations_are_valid_and_remain_wrong_where_they_are_spoilt() -> None:
    for file in OPERATIONS.rglob("*.graphql"):
        text = file.read_text("utf-8")
        assert both(text) == ([], []), file
        own, peer = both(text.replace("$", "$other", 1).replace("id\n", "ids\n") + "fragment Unused on Nobody { id }")
        assert own == peer, file
        assert own, file
