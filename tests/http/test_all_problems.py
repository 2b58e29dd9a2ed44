"""All that is wrong with a mutation's input is told in one answer, each problem at its own field; what GraphQL itself
refuses, and what the values of queries' arguments are, stays an error of the request."""

from collections.abc import Callable
from typing import Any

import pytest

from models import Client, SalesDocument
from models.collaborator import Role
from tests.fixtures import Company, global_id

ERRORS = "userErrors { code path message }"
CREATE = f"mutation ($input: CreateClientInput!) {{ createClient(input: $input) {{ client {{ id }} {ERRORS} }} }}"
TERMS = f"updateReceivableTerms(input: {{clientId: $id, creditLimit: %s}}) {{ {ERRORS} }}"


@pytest.fixture
def own(company: Callable[..., Company]) -> Company:
    return company()


def told(answer: Any, field: str) -> list[tuple[str, str]]:
    assert not answer.errors, answer.errors
    return [(error["code"], ".".join(error["path"])) for error in answer.data[field]["userErrors"]]


@pytest.mark.claims(
    "docs/writing.md",
    "A value that its scalar does not take and an id of another kind are among them; a missing required field and a"
    " wrong `Int`, `Boolean` or enum are errors of the request.",
)
def test_one_answer_tells_of_name_regime_limit_and_collaborator(own: Company) -> None:
    form = {
        "legalName": " ",
        "ownerId": "col_x",
        "priceListId": global_id(Client, own.id),
        "contacts": [{"name": "Ana", "email": "ana"}, {"name": "", "email": 7}],
        "addresses": [{"street": "Uno", "postalCode": "123"}],
        "cfdiProfile": {"taxRegime": "999", "postalCode": "1"},
        "receivableTerms": {"terms": "CREDIT", "creditDays": 30, "creditLimit": "abc"},
    }
    assert sorted(told(own.ask(CREATE, input=form), "createClient")) == [
        ("BAD_ID", "ownerId"),
        ("BAD_ID", "priceListId"),
        ("DECIMAL_FORMAT", "receivableTerms.creditLimit"),
        ("EMAIL_INVALID", "contacts.0.email"),
        ("POSTAL_CODE_FORMAT", "addresses.0.postalCode"),
        ("POSTAL_CODE_FORMAT", "cfdiProfile.postalCode"),
        ("TAX_REGIME_UNKNOWN", "cfdiProfile.taxRegime"),
        ("TEXT_EXPECTED", "contacts.1.email"),
        ("TEXT_REQUIRED", "contacts.1.name"),
        ("TEXT_REQUIRED", "legalName"),
    ]


def test_a_duplicate_is_told_with_the_rest(own: Company) -> None:
    own.client(legal_name="Aceros del Norte", external_id="A-1")
    form = {"legalName": "Aceros del Norte", "externalId": "A-1", "receivableTerms": {"creditLimit": "x"}}
    assert sorted(told(own.ask(CREATE, input=form), "createClient")) == [
        ("DECIMAL_FORMAT", "receivableTerms.creditLimit"),
        ("DUPLICATE", "legalName"),
        ("DUPLICATE_EXTERNAL_ID", "externalId"),
    ]


def test_what_cannot_be_read_of_a_line_is_not_missing_as_well(own: Company) -> None:
    line = {"description": "Silla", "productCode": "56101504", "unitCode": "H87", "quantity": "1", "unitPrice": "10"}
    lines = [line | {"unitPrice": "abc"}, {"quantity": "x", "unitPrice": "1,5"}]
    create = f"mutation ($input: CreateSalesDocumentInput!) {{ createSalesDocument(input: $input) {{ {ERRORS} }} }}"
    form = {"clientId": global_id(Client, own.client()), "type": "QUOTE", "lines": lines}
    assert sorted(told(own.ask(create, input=form), "createSalesDocument")) == [
        ("DECIMAL_FORMAT", "lines.0.unitPrice"),
        ("DECIMAL_FORMAT", "lines.1.quantity"),
        ("DECIMAL_FORMAT", "lines.1.unitPrice"),
        ("PRICE_REQUIRED", "lines.1.description"),
        ("PRICE_REQUIRED", "lines.1.productCode"),
        ("PRICE_REQUIRED", "lines.1.unitCode"),
    ]


WRONG = ["abc", "1e3", "", 1.5, True, [1], {"a": 1}]


@pytest.mark.parametrize("value", WRONG, ids=str)
def test_a_value_is_judged_alike_in_the_input_in_a_variable_and_in_the_document(own: Company, value: Any) -> None:
    client = global_id(Client, own.client())
    whole = own.ask(
        f"mutation ($input: UpdateReceivableTermsInput!) {{ updateReceivableTerms(input: $input) {{ {ERRORS} }} }}",
        input={"clientId": client, "creditLimit": value},
    )
    single = own.ask(f"mutation ($id: ID!, $v: Decimal) {{ {TERMS % '$v'} }}", id=client, v=value)
    literal = {"[1]": "[1]", "{'a': 1}": "{a: 1}", "True": "true", "1.5": "1.5"}.get(str(value), f'"{value}"')
    written = own.ask(f"mutation ($id: ID!) {{ {TERMS % literal} }}", id=client)
    for answer in (whole, single, written):
        assert told(answer, "updateReceivableTerms") == [("DECIMAL_FORMAT", "creditLimit")]
    messages = [answer.data["updateReceivableTerms"]["userErrors"][0]["message"] for answer in (whole, single)]
    assert messages[0] == messages[1]
    assert "None" not in messages[0]


REFUSED: list[tuple[str, str, Any, str]] = [
    ("CreateClientInput!", "createClient(input: $v)", {"tradeName": "x"}, "v"),
    ("CreateClientInput!", "createClient(input: $v)", {"legalName": None}, "v.legalName"),
    ("CreateClientInput!", "createClient(input: $v)", {"legalName": 1}, "v.legalName"),
    ("CreateClientInput!", "createClient(input: $v)", {"legalName": "x", "kind": "Y"}, "v.kind"),
    ("CreateClientInput!", "createClient(input: $v)", {"legalName": "x", "validateOnly": 1}, "v.validateOnly"),
    (
        "CreateClientInput!",
        "createClient(input: $v)",
        {"legalName": "x", "receivableTerms": {"creditDays": "1"}},
        "v.receivableTerms.creditDays",
    ),
    ("CreateClientInput!", "createClient(input: $v)", {"legalName": "x", "contacts": [{}]}, "v.contacts.0"),
]


@pytest.mark.parametrize(("type", "arguments", "value", "field"), REFUSED)
def test_what_graphql_refuses_stays_an_error_of_the_request(
    own: Company, type: str, arguments: str, value: Any, field: str
) -> None:
    answer = own.ask(f"mutation ($v: {type}) {{ {arguments} {{ {ERRORS} }} }}", v=value)
    assert [(error["extensions"]["code"], error["extensions"].get("field")) for error in answer.body["errors"]] == [
        ("BAD_USER_INPUT", field)
    ]


def test_a_variable_of_a_mutation_that_filters_its_payload_stays_an_error_of_the_request(own: Company) -> None:
    client = global_id(Client, own.client())
    filtered = "client { salesDocuments(filter: {total: {gt: $v}}) { totalCount } }"
    document = (
        f"mutation ($id: ID!, $v: Decimal) {{ updateReceivableTerms(input: {{clientId: $id, creditLimit: $v}})"
        f" {{ {filtered} {ERRORS} }} }}"
    )
    answer = own.ask(document, id=client, v="abc")
    assert [error["extensions"]["code"] for error in answer.body["errors"]] == ["BAD_USER_INPUT"]
    assert answer.body["errors"][0]["extensions"]["field"] == "v"
    right = own.ask(document, id=client, v="10.00")
    assert told(right, "updateReceivableTerms") in ([], [("CASH_WITHOUT_CREDIT", "terms")])


def test_another_scalar_does_not_fit_a_lenient_place(own: Company) -> None:
    answer = own.ask(f"mutation ($id: ID!, $v: Date) {{ {TERMS % '$v'} }}", id="x", v="2026-01-01")
    assert [error[0] for error in answer.errors] == ["GRAPHQL_VALIDATION_FAILED"]


def test_the_row_of_a_bulk_mutation_is_named(own: Company) -> None:
    client = global_id(Client, own.client())
    rows = [
        {"clientId": client, "name": "Ana", "email": 1},
        {"clientId": "cli_x", "name": "Eva"},
        {"clientId": client, "name": "Luz"},
    ]
    document = (
        "mutation ($input: CreateContactsInput!) { createContacts(input: $input)"
        f" {{ results {{ contact {{ name email }} {ERRORS} }} }} }}"
    )

    def results(policy: str) -> Any:
        answer = own.ask(document, input={"rows": rows, "errorPolicy": policy}).data["createContacts"]
        return [
            (row["contact"], [(error["code"], ".".join(error["path"])) for error in row["userErrors"]])
            for row in answer["results"]
        ]

    assert results("REJECT_ALL") == [
        (None, [("TEXT_EXPECTED", "email")]),
        (None, [("BAD_ID", "clientId")]),
        (None, [("BULK_REJECTED", "")]),
    ]
    assert results("IGNORE_FAILED") == [
        ({"name": "Ana", "email": None}, [("TEXT_EXPECTED", "email")]),
        (None, [("BAD_ID", "clientId")]),
        ({"name": "Luz", "email": None}, []),
    ]


def test_nothing_is_saved_even_where_the_command_does_not_look_at_the_value(own: Company) -> None:
    client = own.client()
    form = {"id": global_id(Client, client), "tradeName": "Nuevo", "ownerId": global_id(SalesDocument, client)}
    document = f"mutation ($input: UpdateClientInput!) {{ updateClient(input: $input) {{ client {{ id }} {ERRORS} }} }}"
    assert told(own.ask(document, input=form), "updateClient") == [("BAD_ID", "ownerId")]
    read = own.ask("query ($id: ID!) { client(id: $id) { tradeName } }", id=form["id"])
    assert read.data["client"]["tradeName"] != "Nuevo"


def test_permission_comes_before_values(own: Company) -> None:
    answer = own.ask(CREATE, Role.READ_ONLY, input={"legalName": "x", "ownerId": "col_x"})
    assert [error[0] for error in answer.errors] == ["FORBIDDEN"]
