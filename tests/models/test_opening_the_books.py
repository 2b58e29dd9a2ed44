"""The books are opened on a database that was filled before there was a ledger: what documents say and what clients owe
stay what they were, by SQL of the test's own, and everything follows from the ledger."""

from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from alembic import command

from server import migrate
from server.checks.ledger import ledger_findings

BEFORE = "0019"
CLIENTS = 40
RATES = {"MXN": Decimal(1), "USD": Decimal("18.123456")}
OWING = ("STAMPED", "SENT", "VIEWED", "PARTIALLY_PAID")

# What was owed before: open documents, each rounded in the company's currency by itself.
OWED = """
select client_id, sum(round((total - paid - credited) * exchange_rate, 2)) from sales_document
where type in ('SALES_NOTE', 'INVOICE') and state = any(%s) group by 1 order by 1
"""
DOCUMENTS = "select id, state, total, paid, credited from sales_document order by id"
PAYMENTS = "select id, amount, paid_at, reversed_at, sales_document_id from payment order by id"


def cents(random: Random, most: Decimal) -> Decimal:
    return (most * random.randint(1, 99) / 100).quantize(Decimal("0.01"))


class Past:
    """Fills a database as it was, row by row."""

    def __init__(self, owner: psycopg.Connection[Any]) -> None:
        self.owner = owner
        self.random = Random(11)  # noqa: S311  # test data
        self.numbers = 0
        self.company = self.add("company", company_id=None, name="Antes", rfc="EKU9003173C9", postal_code="06000")
        self.person = self.add("collaborator", name="Ana", email="ana@antes.mx", role="ADMIN")
        for number in range(CLIENTS):
            self.client = self.add("client", kind="CLIENT", legal_name=f"CLIENTE {number}")
            for _ in range(self.random.randint(0, 6)):
                self.debt()
            self.document("QUOTE", "SENT", Decimal(500))

    def add(self, table: str, **values: Any) -> UUID:
        values = {"company_id": getattr(self, "company", None)} | values
        values = {name: value for name, value in values.items() if name != "company_id" or value}
        names, places = ", ".join(values), ", ".join(["%s"] * len(values))
        query = f"insert into {table} (id, {names}) values (gen_random_uuid(), {places}) returning id"  # noqa: S608
        row = self.owner.execute(query.encode(), list(values.values())).fetchone()
        assert row
        return row[0]

    def document(self, type_: str, state: str, total: Decimal, **values: Any) -> UUID:
        self.numbers += 1
        return self.add(
            "sales_document",
            client_id=self.client,
            type=type_,
            series="A",
            number=self.numbers,
            state=state,
            issued_by_id=self.person,
            subtotal=total,
            total=total,
            **{"issued_at": f"2026-{self.random.randint(1, 9):02}-11 18:00:00+00"} | values,
        )

    def debt(self) -> None:
        """An invoice or a sales note with payments, some of them reversed, a credit note, or none of it."""
        random = self.random
        total = Decimal(random.randint(1, 2_000_000)).scaleb(-2)
        currency = random.choice(list(RATES))
        money = {"currency": currency, "exchange_rate": RATES[currency]}
        kind = random.choice(["INVOICE", "SALES_NOTE"])
        if random.random() < 0.2:
            self.document(kind, random.choice(["DRAFT", "CANCELLED"]), total, **money)
            return
        rest, payments = total, []
        for _ in range(random.randint(0, 2)):
            if rest > 1:
                payments.append(part := cents(random, rest))
                rest -= part
        credited = cents(random, rest) if kind == "INVOICE" and rest > 1 and random.random() < 0.4 else Decimal(0)
        rest -= credited
        if random.random() < 0.3:
            # Paid, by a payment or by nothing that says so.
            payments += [rest] if random.random() < 0.5 else []
            paid, rest = total - credited, Decimal(0)
        else:
            paid = total - credited - rest
        opened = random.choice(["STAMPED", "SENT"]) if kind == "INVOICE" else "SENT"
        state = "PAID" if not rest else "PARTIALLY_PAID" if paid else opened
        stamp = {"uuid": str(UUID(int=random.getrandbits(128)))} if state == "STAMPED" else {}
        document = self.document(kind, state, total, paid=paid, credited=credited, **money, **stamp)
        for amount in payments:
            self.payment(document, amount)
        if random.random() < 0.3:
            self.payment(document, rest, reversed_at="2026-11-02 18:00:00+00")
        if credited and random.random() < 0.7:
            later = {"issued_at": "2026-10-11 18:00:00+00", "origin_id": document}
            self.document("CREDIT_NOTE", "SENT", credited, credited=credited, **later, **money)

    def payment(self, document: UUID, amount: Decimal, **values: Any) -> None:
        if amount:
            of = {"client_id": self.client, "sales_document_id": document, "registered_by_id": self.person}
            self.add("payment", **of, amount=amount, payment_form="03", paid_at="2026-10-02 18:00:00+00", **values)


@pytest.fixture
def filled(new_database: str) -> str:
    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE))
    with psycopg.connect(new_database) as owner:
        Past(owner)
    return new_database


def test_balances_and_documents_are_what_they_were(filled: str) -> None:
    with psycopg.connect(filled) as owner:
        documents, payments = (owner.execute(query).fetchall() for query in (DOCUMENTS, PAYMENTS))
        owed = dict(owner.execute(OWED, [list(OWING)]).fetchall())
    assert len(owed) > CLIENTS / 2
    migrate.upgrade(filled)
    with psycopg.connect(filled) as owner:
        assert owner.execute(DOCUMENTS).fetchall() == documents
        assert owner.execute(PAYMENTS).fetchall() == payments
        balances = dict(owner.execute("select id, balance from client where balance <> 0").fetchall())
        assert balances == {client: balance for client, balance in owed.items() if balance}
        assert owner.execute("select count(*) from client where credit_balance <> 0").fetchone() == (0,)
        assert list(ledger_findings(owner)) == []
