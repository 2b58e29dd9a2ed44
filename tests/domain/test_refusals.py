"""Rows from before a rule: whoever changes one that breaks it is told the rule, and never a fault."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import IntegrityError
from sqlalchemy import CheckConstraint, Connection

import models
from domain.refusals import ADMINISTERED, refusal_of, words_of
from migrations.autogenerate import Base
from models.guards import guards
from tests.fixtures import NOON, Company, global_id, unconstrained

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def newer() -> Iterator[tuple[str, str]]:
    """Name and table of each CHECK that a migration added to rows without looking at them."""
    for file in VERSIONS.glob("*.py"):
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec
        assert spec.loader
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        for key, rules in getattr(migration, "CHECKS", {}).items():
            pairs = [key] if isinstance(key, tuple) else [(key, rule) for rule in rules]
            yield from ((f"ck_{table}_{rule}", table) for table, rule in pairs)


def test_every_rule_that_a_row_from_before_may_break_has_words() -> None:
    declared = {
        str(c.name) for t in Base.metadata.sorted_tables for c in t.constraints if isinstance(c, CheckConstraint)
    }
    rules = [pair for pair in newer() if pair[0] in declared]
    assert len(rules) > 90
    rules += [(guard.name, guard.table) for guard in guards() if "update" in guard.when]
    assert [name for name, table in rules if name not in ADMINISTERED and not words_of(name, table)] == []


def test_a_rule_without_words_is_a_fault_of_ours() -> None:
    assert words_of("ck_client_kind", "client") is None
    assert refusal_of(IntegrityError()) is None


Broken = tuple[type[models.Base], dict[str, Any], str, str, dict[str, Any]]
BROKEN: list[Broken] = [
    (models.Contact, {"email": "x"}, "email", "updateContact", {"name": "Eva"}),
    (models.Contact, {"email": "x"}, "email", "deleteContact", {}),
    (models.Contact, {"phone": "5512345678"}, "phone", "updateContact", {"name": "Eva"}),
    (models.Address, {"postal_code": "999"}, "postal_code", "deleteAddress", {}),
    (models.Address, {"country": "XXX"}, "country", "deleteAddress", {}),
    (models.BankAccount, {"payment_form": "zz"}, "payment_form", "deleteBankAccount", {}),
    (models.BankAccount, {"account_number": "12"}, "deposit_account", "deleteBankAccount", {}),
    (models.Deal, {"final_value": 5}, "final_value", "updateDeal", {"title": "Otro"}),
    (models.Deal, {"currency": ""}, "currency", "updateDeal", {"title": "Otro"}),
    (models.SalesDocument, {"type": "QUOTE", "external_folio": "X-1"}, "fiscal", "cancelSalesDocument", {}),
    (models.SalesDocument, {"payment_form": "??"}, "payment_form", "cancelSalesDocument", {}),
]


@pytest.mark.parametrize("broken", BROKEN, ids=[f"{mutation}-{rule}" for *_, rule, mutation, _ in BROKEN])
def test_a_row_that_breaks_a_check_says_which(
    company: Callable[..., Company], owner: Connection, broken: Broken
) -> None:
    model, values, rule, mutation, change = broken
    mine = company()
    with unconstrained(owner, model.__tablename__, rule):
        id = mine.add(model, client_id=mine.client(), **values)
    told = sent(mine, mutation, id=global_id(model, id), **change)
    assert told["code"] == "RECORD_BREAKS_RULE"
    assert f"ck_{model.__tablename__}_{rule}" in told["message"]
    assert told["message"].startswith("No se guardó: el registro no cumple una regla más nueva que él: ")


def test_what_is_corrected_is_saved(company: Callable[..., Company], owner: Connection) -> None:
    mine = company()
    with unconstrained(owner, "contact", "email"):
        id = global_id(models.Contact, mine.add(models.Contact, client_id=mine.client(), email="x"))
    assert sent(mine, "updateContact", id=id, email="a@x.mx") is None
    assert sent(mine, "updateContact", id=id, name="Eva") is None


def test_a_row_that_a_trigger_would_refuse_says_which(company: Callable[..., Company]) -> None:
    mine = company()
    draft = mine.add(
        models.SalesDocument, client_id=mine.client(), type="QUOTE", series="C", state="DRAFT", subtotal=100, total=100
    )
    told = sent(mine, "sendSalesDocument", id=global_id(models.SalesDocument, draft))
    assert told["code"] == "RECORD_BREAKS_RULE"
    assert "deben ser las sumas de las líneas" in told["message"]
    assert "tg_sales_document_sums" in told["message"]


def test_of_rows_in_bulk_only_the_broken_one_is_refused(company: Callable[..., Company], owner: Connection) -> None:
    mine = company()
    client = mine.client()
    with unconstrained(owner, "contact", "email"):
        broken = mine.add(models.Contact, client_id=client, email="x", position=0)
    whole = mine.add(models.Contact, client_id=client, position=1)
    rows = [{"id": global_id(models.Contact, id), "name": "Eva"} for id in (broken, whole)]
    query = """
    mutation ($input: UpdateContactsInput!) { updateContacts(input: $input) { results { userErrors { code } } } }
    """
    answer = mine.ask(query, input={"rows": rows, "errorPolicy": "REJECT_FAILED_ROWS"})
    results = answer.data["updateContacts"]["results"]
    assert [[error["code"] for error in result["userErrors"]] for result in results] == [["RECORD_BREAKS_RULE"], []]


def test_it_is_told_in_english_too() -> None:
    words = words_of("ck_contact_email", "contact")
    assert words == (
        "el correo electrónico debe tener la forma nombre@dominio",
        "the e-mail address must look like name@domain",
    )


def sent(mine: Company, mutation: str, **input: Any) -> Any:
    """The first user error of the mutation; None where it is done."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code message path }} }} }}"
    errors = mine.ask(query, input=input).data[mutation]["userErrors"]
    return errors[0] if errors else None


def test_a_client_with_payments_and_no_document_is_not_erased(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client(deleted_at=NOON)
    assert sent(mine, "eraseClient", id=global_id(models.Client, mine.client(deleted_at=NOON))) is None
    mine.add(models.Payment, client_id=client, amount=5, currency="MXN", payment_form="03", paid_at=NOON)
    assert sent(mine, "eraseClient", id=global_id(models.Client, client))["code"] == "CLIENT_HAS_PAYMENTS"
