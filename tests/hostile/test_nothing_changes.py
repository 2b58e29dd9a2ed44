"""An edit that changes nothing writes nothing: no row, no version, no event, no news. Every mutation that edits is sent
the record's own values, as the API shows them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from graphql import get_named_type, is_input_object_type, is_leaf_type
from sqlalchemy import select, text
from strawberry.utils.str_converters import to_camel_case

import models
from database.channels import NAME
from demo.companies import DEMO
from loaders.entity import entities
from loaders.sales_document import SalesDocumentEntity
from models import Base
from models.collaborator import Role
from models.viewer import BUNDLES
from schema import MUTATIONS, SCHEMA
from schema.mutations import Declared
from tests.fixtures import Company, Ficha, global_id

ADMIN = "admin@demo.mx"
NEVER_THERE = frozenset(
    {"id", "clientId", "expectedVersion", "validateOnly", "allowDuplicates", "confirmed", "before", "after", "image"}
)
"""What an input has that is no value of the record."""
BELOW = frozenset({"update_sales_document", "update_price_list_item", "assign_deposit_account"})
EDITS = [
    declared
    for declared in MUTATIONS.values()
    if declared.name.startswith(("update_", "assign_")) and declared.name not in BELOW
]
OF_SOME = frozenset({"dueOn", "expiresOn", "paymentForm", "paymentMethod", "cfdiUse"})
"""What only some kinds of sales documents have."""
SHOWN: Mapping[str, str] = {"update_receivable_terms": "Receivables", "update_payment_reminders": "PaymentReminders"}
"""The type that shows what the mutation changes, where its payload has the client alone."""
OTHERWISE: Mapping[str, str] = {"bankCode": "bank"}
"""The field of the record, where the input's has another name."""
MOST = 30
"""Records of a kind."""
FLUCTUATING = frozenset({"idempotency_key", "api_key"})


def type_of(name: str) -> Any:
    return SCHEMA._schema.type_map[name]


@dataclass(frozen=True)
class Sent:
    """A field of an input that the record shows: what selects it, and how its value is sent back."""

    name: str
    selection: str
    back: Callable[[Any], Any]


def same(value: Any) -> Any:
    return value


def code(value: Any) -> Any:
    return value and value["code"]


def id_of(value: Any) -> Any:
    return value and value["id"]


def each_of(back: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: [back(value) for value in values]


def fields_of(kind: Any, shown: Any) -> Iterator[Sent]:
    """Of the input; AssertionError where the record shows none for one of them."""
    for name, field in kind.fields.items():
        if name in NEVER_THERE or (name in OF_SOME and name not in shown.fields):
            continue
        named: Any = get_named_type(field.type)
        of: Any = get_named_type(shown.fields[name].type) if name in shown.fields else None
        source = name.removesuffix("Ids").removesuffix("Id")
        if name in OTHERWISE:
            yield Sent(name, f"{name}: {OTHERWISE[name]} {{ code }}", code)
        elif of is None and name.endswith("Ids"):
            yield Sent(name, f"{name}: {source}s {{ id }}", each_of(id_of))
        elif of is None:
            assert name != source, f"{kind.name}.{name} is shown by no field of {shown.name}"
            yield Sent(name, f"{name}: {source} {{ id }}", id_of)
        elif is_leaf_type(of):
            yield Sent(name, name, same)
        elif is_input_object_type(named):
            parts = [*fields_of(named, of)]
            yield Sent(name, f"{name} {{ {selection_of(parts)} }}", each_of(whole(parts)))
        else:
            yield Sent(name, f"{name} {{ code }}", code)


def whole(parts: Sequence[Sent]) -> Callable[[Any], Any]:
    return lambda value: {part.name: part.back(value[part.name]) for part in parts}


def selection_of(parts: Iterable[Sent]) -> str:
    return " ".join(part.selection for part in parts)


def shown_by(declared: Declared, shown: str = "") -> Iterator[Sent]:
    shown = shown or SHOWN.get(declared.name, declared.type_name)
    return fields_of(type_of(declared.input.__name__), type_of(shown))


def own_values(declared: Declared, record: Mapping[str, Any]) -> dict[str, Any]:
    return whole([*shown_by(declared, record.get("__typename", ""))])(record)


def records(asked: "Asked", owner: Any, declared: Declared) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Of the demo company: what names a record in the mutation's input, and the record."""
    shown = selection_of(shown_by(declared))
    if declared.name == "update_company":
        yield {}, asked(f"{{ viewer {{ company {{ {shown} }} }} }}")["viewer"]["company"]
        return
    inputs = type_of(declared.input.__name__).fields
    if "clientId" in inputs and "id" not in inputs:
        field = to_camel_case(declared.name.removeprefix("update_").removesuffix("_terms").replace("able", "ables"))
        query = f"{{ clients(first: 30) {{ nodes {{ id {field} {{ {shown} }} }} }} }}"
        for client in asked(query)["clients"]["nodes"]:
            if client[field] is not None and client[field].get("terms", "") is not None:
                yield {"clientId": client["id"]}, client[field]
        return
    entity = next(e for e in entities() if e.is_node and e.type_names == {} and e.type_name == declared.type_name)
    table = entity.table
    keys = owner.scalars(select(table.c.id).where(table.c.company_id == DEMO).order_by(table.c.id.desc()).limit(MOST))
    for key in keys:
        id = global_id(entity.model, key)
        query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {declared.type_name} {{ {shown} }} }} }}"
        yield {"id": id}, asked(query, id=id)["node"]


def contents(owner: Any) -> dict[str, list[str]]:
    """Every row of every table but those that any request may touch."""
    return {
        table.name: sorted(owner.scalars(text(f"select {table.name}::text from {table.name}")))  # noqa: S608
        for table in Base.metadata.sorted_tables
        if table.name not in FLUCTUATING
    }


CLOSED = frozenset(
    {
        "RECORD_DELETED", "CLIENT_DELETED", "DEAL_NOT_OPEN", "FOLLOW_UP_NOT_OPEN", "DOCUMENT_STATE", "ACCOUNT_ASSIGNED",
        "DOCUMENT_REPLACED",
    }
)  # fmt: skip
"""Why a record of the demo takes no edits at all."""


@pytest.fixture(scope="module")
def listening(demo_settings: Any) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(demo_settings.database_url, autocommit=True) as connection:
        connection.execute(f"listen {NAME}")
        yield connection


class Asked:
    """Whom the mutations are asked of: the demo company's administrator, or that of a company of the test's own."""

    def __init__(self, ficha: Ficha, email: str = ADMIN) -> None:
        self.ficha = ficha
        self.email = email
        # This binds the account to the collaborator, too.
        self.company = self("{ viewer { company { id } } }")["viewer"]["company"]["id"].removeprefix("com_")

    def __call__(self, query: str, **variables: Any) -> Any:
        return self.ficha.ask(self.email, query, **variables).data

    def own(self, declared: Declared, given: Mapping[str, Any]) -> Any:
        """What the mutation refuses."""
        name = to_camel_case(declared.name)
        query = (
            f"mutation ($input: {declared.input.__name__}!)"
            f" {{ {name}(input: $input) {{ userErrors {{ code path }} warnings {{ code }} }} }}"
        )
        return self(query, input=given)[name]["userErrors"]


def leave_nothing(asked: Asked, owner: Any, declared: Declared, given: Sequence[Mapping[str, Any]]) -> int:
    """How many of the inputs the mutation took; none of them left a trace."""
    before = contents(owner)
    refused = [errors for values in given if (errors := asked.own(declared, values))]
    assert {error["code"] for errors in refused for error in errors} <= CLOSED, refused
    after = contents(owner)
    assert not {name: set(before[name]) ^ set(after[name]) for name in before if before[name] != after[name]}
    return len(given) - len(refused)


@pytest.mark.claims(
    "docs/writing.md",
    "An edit tells the fields that differ, from and to; account numbers are masked; an edit that changes nothing writes"
    " nothing.",
)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("declared", EDITS, ids=lambda declared: declared.name)
def test_a_records_own_values_change_nothing(
    live_server: Ficha, owner: Any, listening: psycopg.Connection[Any], declared: Declared
) -> None:
    """Case H03."""
    asked = Asked(live_server)
    heard(asked, owner, listening)
    given = [ids | own_values(declared, record) for ids, record in records(asked, owner, declared)]
    assert leave_nothing(asked, owner, declared, given), f"the demo has no record that {declared.name} edits"
    assert not heard(asked, owner, listening)


TAXES = [{"kind": "TRANSFERRED", "tax": "002", "factor": "RATE", "rate": "0.160000"}]


@pytest.mark.parametrize("type_", ["QUOTE", "SALES_NOTE", "INVOICE"])
def test_a_drafts_own_values_change_nothing(
    company: Callable[..., Company], owner: Any, listening: psycopg.Connection[Any], type_: str
) -> None:
    mine = company()
    asked = Asked(mine.ficha, mine.email(Role.ADMIN))
    line = {"description": "Silla", "productCode": "56101504", "unitCode": "H87", "quantity": "1.5", "unitPrice": "100"}
    withheld = {"kind": "WITHHELD", "tax": "001", "factor": "RATE", "rate": "0.1"}
    given = {
        "clientId": global_id(models.Client, mine.billable()),
        "type": type_,
        "notes": "Gracias",
        "lines": [line, line | {"sku": "A", "discount": "0.5", "taxes": [*TAXES, withheld]}],
    }
    create = (
        "mutation ($input: CreateSalesDocumentInput!) { createSalesDocument(input: $input) { salesDocument { id } } }"
    )
    id = asked(create, input=given)["createSalesDocument"]["salesDocument"]["id"]
    heard(asked, owner, listening)
    declared = MUTATIONS["update_sales_document"]
    type_name = SalesDocumentEntity.type_names[type_]
    shown = selection_of(shown_by(declared, type_name))
    query = f"query ($id: ID!) {{ node(id: $id) {{ __typename ... on {type_name} {{ {shown} }} }} }}"
    record = asked(query, id=id)["node"]
    assert leave_nothing(asked, owner, declared, [{"id": id} | own_values(declared, record)])
    assert not heard(asked, owner, listening)


def test_an_items_own_values_change_nothing(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    prices = mine.add(models.PriceList, name="Mayoreo")
    item = mine.add(
        models.PriceListItem, price_list_id=prices, sku="A", description="Silla", product_code="56101504",
        unit_code="H87", unit_price=10, taxes=TAXES,
    )  # fmt: skip
    asked, declared = Asked(mine.ficha, mine.email(Role.ADMIN)), MUTATIONS["update_price_list_item"]
    id, shown = global_id(models.PriceListItem, item), selection_of(shown_by(declared))
    record = asked(f"query ($id: ID!) {{ node(id: $id) {{ ... on SalesPriceListItem {{ {shown} }} }} }}", id=id)["node"]
    assert leave_nothing(asked, owner, declared, [{"id": id} | own_values(declared, record)])


def test_what_is_set_again_changes_nothing(company: Callable[..., Company], owner: Any) -> None:
    """The edits that state no values of a record: orders, places, states, permissions, reminders, accounts."""
    mine = company()
    asked = Asked(mine.ficha, mine.email(Role.ADMIN))
    state = mine.add(models.ProspectState, name="Nuevo", position=0)
    client = mine.client(kind="PROSPECT", prospect_state_id=state)
    contacts = [mine.add(models.Contact, client_id=client, name=name, position=n) for n, name in enumerate("AB")]
    deals = [mine.add(models.Deal, client_id=client) for _ in range(3)]
    account = mine.add(
        models.CompanyBankAccount,
        payment_form="03",
        account_number="012180001234567899",
        position=0,
        bank_code="012",
        bank_name="BBVA México",
        bank_rfc="BBA830831LJ2",
    )
    mine.add(models.DefaultReminder, position=0, moment="AFTER", days=1, hour=9)
    of_client = {"clientId": global_id(models.Client, client)}
    given: list[tuple[str, dict[str, Any]]] = [
        ("reorder_contacts", {**of_client, "ids": [global_id(models.Contact, id) for id in contacts]}),
        ("set_prospect_state", {
            "id": of_client["clientId"], "prospectStateId": global_id(models.ProspectState, state)
        }),
        ("move_deal", {
            "id": global_id(models.Deal, deals[1]), "after": global_id(models.Deal, deals[0])
        }),
        ("move_deal", {"id": global_id(models.Deal, deals[1]), "stageId": global_id(models.FunnelStage, mine.stage)}),
        ("set_default_reminders", {"rules": [{"moment": "AFTER", "days": 1, "hour": 9}]}),
        ("set_role_permissions", {"role": "SALES", "permissions": sorted(p.value for p in BUNDLES[Role.SALES])}),
        ("assign_deposit_account", {**of_client, "companyAccountId": global_id(models.CompanyBankAccount, account)}),
    ]  # fmt: skip
    for name, values in given:
        if name == "assign_deposit_account" or (name == "set_role_permissions" and values["permissions"]):
            assert asked.own(MUTATIONS[name], values) == []
        assert leave_nothing(asked, owner, MUTATIONS[name], [values]), name


def heard(asked: Asked, owner: Any, listening: psycopg.Connection[Any]) -> list[str]:
    """The news of the company until now. Those of others may still come, of what is done behind their answers."""
    owner.execute(text(f"select pg_notify('{NAME}', 'end')"))
    news: list[str] = []
    for notice in listening.notifies():
        if notice.payload == "end":
            break
        if json.loads(notice.payload)["company"] == asked.company:
            news.append(notice.payload)
    return news
