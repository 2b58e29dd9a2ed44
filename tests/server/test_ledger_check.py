"""`ficha check` recomputes what follows from the ledger, and tells each column that is spoilt."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

import models
from server.checks.ledger import DERIVED, ledger_findings
from tests.fixtures import Company
from tests.server.test_cli import configured, ficha

SPOILT = {
    "client.balance": "update client set balance = balance + 1 where {company}",
    "client.credit_balance": "update client set credit_balance = credit_balance + 1 where {company}",
    "client.overdue_cents": "update client set overdue_cents = 1 where {company}",
    "client.overdue_after": "update client set overdue_after = '2026-01-01' where {company}",
    "client.overdue_until": "update client set overdue_until = '2026-01-01' where {company}",
    "client.last_activity": "update client set last_deal_activity_at = now() where {company}",
    "client.next_follow_up_at": "update client set next_follow_up_at = now() where {company}",
    "sales_document.paid": "update sales_document set paid = paid - 1 where {company} and paid > 0",
    "sales_document.credited": "update sales_document set credited = 1 where {company} and type = 'INVOICE'",
    "sales_document.refunded": "update sales_document set refunded = 1 where {company} and type = 'CREDIT_NOTE'",
    "sales_document.state": "update sales_document set state = 'SENT' where {company} and state = 'PARTIALLY_PAID'",
    "payment.applied": "update payment set applied = applied - 1 where {company}",
    "payment.refunded": "update payment set refunded = 1 where {company}",
    "application.amount": "update application set amount = amount + 1 where {company}",
    "application.source_amount": "update application set source_amount = source_amount + 1 where {company}",
}
"""How each is spoilt, by the owner of the database with its constraints taken off for the moment."""


@pytest.fixture
def books(company: Callable[..., Company]) -> Company:
    """A company with an invoice that is paid in part, one that is not, and a credit note; then undone again."""
    own = company(name="Libros")
    client = own.client()
    invoice = own.add(models.SalesDocument, client_id=client, type="INVOICE", state="SENT", subtotal=100, total=100)
    own.ask(
        "mutation ($i: RegisterPaymentInput!) { registerPayment(input: $i) { userErrors { code } } }",
        i={"salesDocumentId": f"doc_{invoice}", "amount": "40", "paymentForm": "03"},
    )
    own.add(models.SalesDocument, client_id=client, type="INVOICE", state="SENT", subtotal=7, total=7)
    own.add(
        models.SalesDocument, client_id=client, type="CREDIT_NOTE", state="SENT", subtotal=5, total=5, origin_id=invoice
    )
    return own


def told(url: str, own: Company, *statements: str) -> list[str]:
    """What is found of the company after the statements, which are rolled back."""
    with psycopg.connect(url) as owner:
        owner.execute("set local session_replication_role = replica")
        for table in ("client", "sales_document", "payment", "application"):
            checks = "select conname from pg_constraint where conrelid = %s::regclass and contype = 'c'"
            for (name,) in owner.execute(checks, [table]).fetchall():
                owner.execute(f'alter table {table} drop constraint "{name}"'.encode())
        for statement in statements:
            assert owner.execute(statement.encode()).rowcount > 0
        lines = [line for line in ledger_findings(owner) if str(own.id) in line]
        owner.rollback()
    return lines


def test_books_that_are_right_say_nothing(books: Company) -> None:
    assert told(books.ficha.settings.direct_url, books) == []


def test_every_column_that_is_derived_is_spoilt_here() -> None:
    assert set(SPOILT) == {derived.name for derived in DERIVED}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_column_is_told(books: Company, name: str) -> None:
    statement = SPOILT[name].format(company=f"company_id = '{books.id}'")
    lines = told(books.ficha.settings.direct_url, books, statement)
    assert any(line.startswith(f"Libros (com_{books.id}): {name} of ") for line in lines), lines
    # Documents of which something else is paid are in another state too.
    assert all(f": {name} of " in line or "sales_document.state" in line for line in lines)


@pytest.mark.claims(
    "docs/companies.md",
    "documents of which less than nothing was owed, and payments of which less was left, on a day of the past",
)
@pytest.mark.parametrize(
    ("side", "record"),
    [("sales_document_id is not null", "doc"), ("sales_document_id is null", "pay")],
    ids=["owed", "left"],
)
def test_less_than_nothing_on_a_past_day_is_told(books: Company, side: str, record: str) -> None:
    early = (
        "update ledger_entry set effective_on = '2020-02-29' where {company} and application_id is not null and {side}"
    )
    early = early.format(company=f"company_id = '{books.id}'", side=side)
    [line] = told(books.ficha.settings.direct_url, books, early)
    told_of = "of 1 records less than nothing was owed or left on a day, the first time as"
    assert line.startswith(f"Libros (com_{books.id}): {told_of} {record}_")
    assert " on 2020-02-29 (-40.00). " in line


def test_the_command_ends_with_1(books: Company, s3: Any) -> None:
    settings = books.ficha.settings
    with psycopg.connect(settings.direct_url) as owner:
        owner.execute("update client set balance = balance + 1 where company_id = %s", [books.id])
    done = ficha("check", **configured(settings.direct_url, s3))
    assert done.returncode == 1
    assert f"Libros (com_{books.id}): client.balance of 1 records is not what the ledger says, as cli_" in done.stdout
    with psycopg.connect(settings.direct_url) as owner:
        owner.execute("update client set balance = balance - 1 where company_id = %s", [books.id])
