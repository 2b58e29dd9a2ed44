"""What is read of many ledger rows and many clients: the billing tab reads what is owed, not what was paid long ago;
lists by balance read a page of an index. What PostgreSQL reads is held, not how long it takes.

`make deep` measures 100,000 of each and prints the milliseconds.
"""

import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import models
from models.collaborator import Role
from server.execution.explain import OperationFile, explain
from tests.fixtures import Company, global_id

BILLING = (Path(__file__).resolve().parents[2] / "operations" / "client_billing.graphql").read_text("utf-8")
LISTED = """
{ clients(first: 50, orderBy: [{field: BALANCE, direction: DESC}]) { nodes { legalName receivables { balance } } } }
"""
OPEN = 5
"""Invoices of a client that are owed, however many were paid."""

# Four entries to each invoice that was paid. Triggers are off, so that it is quick; what they derive is stated.
FILL = """
set session_replication_role = replica;
create temporary table paid as select n, gen_random_uuid() as invoice, gen_random_uuid() as payment,
    gen_random_uuid() as application from generate_series(1, {paid}) n;
insert into sales_document (company_id, id, client_id, type, series, number, state, issued_at, subtotal, total, paid,
    uuid)
    select '{company}', invoice, '{client}', 'INVOICE', right('{client}', 12), n,
        case when n <= {open} then 'SENT' else 'PAID' end, '2026-01-01', 100, 100,
        case when n <= {open} then 0 else 100 end, gen_random_uuid() from paid;
insert into payment (company_id, id, client_id, sales_document_id, amount, currency, applied, payment_form, paid_at)
    select '{company}', payment, '{client}', invoice, 100, 'MXN', 100, '03', '2026-02-01' from paid where n > {open};
insert into application (company_id, id, client_id, payment_id, sales_document_id, amount, source_amount, applied_on)
    select '{company}', application, '{client}', payment, invoice, 100, 100, '2026-02-01' from paid where n > {open};
insert into ledger_entry (company_id, id, client_id, kind, currency, exchange_rate, amount, effective_on, recorded_at,
    sales_document_id, payment_id, application_id)
    select '{company}', gen_random_uuid(), '{client}', e.kind, 'MXN', 1, e.amount, e.day, '2026-02-01',
        case when e.of_document then invoice end, case when e.kind <> 'CHARGE' then payment end,
        case when e.kind = 'APPLICATION' then application end
    from paid cross join (values
        ('CHARGE', 100, date '2026-01-01', true), ('PAYMENT', -100, date '2026-02-01', false),
        ('APPLICATION', 100, date '2026-02-01', false), ('APPLICATION', -100, date '2026-02-01', true)
    ) e (kind, amount, day, of_document)
    where e.kind = 'CHARGE' or n > {open};
drop table paid;
set session_replication_role = origin;
analyze sales_document, payment, application, ledger_entry, client
"""
CLIENTS = """
insert into client (company_id, id, kind, legal_name, balance)
    select '{company}', gen_random_uuid(), 'CLIENT', 'CLIENTE ' || n, (n * 7919 % 100003) / 100.0
    from generate_series(1, {number}) n;
analyze client
"""


def fill(own: Company, client: UUID, invoices: int) -> None:
    values = {"company": own.id, "client": client, "paid": invoices, "open": OPEN}
    for statement in FILL.format(**values).split(";\n"):
        own.owner.execute(text(statement))


def plan(own: Company, query: str, **variables: Any) -> list[str]:
    operation = OperationFile(query, variables)
    return explain(own.ficha.settings, operation, own.email(Role.ADMIN), analyze=True)


def milliseconds(lines: list[str]) -> float:
    return float(next(found[1] for line in lines if (found := re.search(r"Execution Time: ([\d.]+)", line))))


def most_rows(lines: list[str]) -> int:
    """Of one step of the plan, those that it looked at in vain among them."""
    rows = [float(n) * int(loops) for n, loops in re.findall(r"rows=([\d.]+) loops=(\d+)\)", "\n".join(lines))]
    return int(max(rows + [float(n) for n in re.findall(r"Rows Removed by \w+(?: \w+)*: (\d+)", "\n".join(lines))]))


def billing(own: Company, client: UUID) -> list[str]:
    return plan(own, BILLING, id=global_id(models.Client, client))


def test_the_billing_tab_reads_what_is_owed(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    fill(own, client, 1_000)
    lines = billing(own, client)
    assert "Seq Scan on sales_document" not in "\n".join(lines)
    assert not re.search(r"Seq Scan on (payment|ledger_entry)\b", "\n".join(lines))
    assert most_rows(lines) < 200


def test_a_list_by_balance_reads_a_page_of_its_index(company: Callable[..., Company]) -> None:
    own = company()
    own.owner.execute(text(CLIENTS.format(company=own.id, number=3_000).split(";")[0]))
    own.owner.execute(text("analyze client"))
    lines = plan(own, LISTED)
    assert "ix_client_balance" in "\n".join(lines)
    assert most_rows(lines) < 200


@pytest.mark.deep
def test_a_hundred_thousand_of_each(company: Callable[..., Company], capsys: pytest.CaptureFixture[str]) -> None:
    own = company()
    small, large = own.client(), own.client()
    fill(own, small, 25)
    fill(own, large, 25_000)
    for statement in CLIENTS.format(company=own.id, number=100_000).split(";\n"):
        own.owner.execute(text(statement))

    def usual(measure: Callable[[], list[str]]) -> float:
        return median(milliseconds(measure()) for _ in range(9))

    few, many = usual(lambda: billing(own, small)), usual(lambda: billing(own, large))
    listed = usual(lambda: plan(own, LISTED))
    with capsys.disabled():
        print(  # noqa: T201
            f"\nbilling tab: {few:.2f} ms of 100 ledger rows, {many:.2f} ms of 100,000; by balance: {listed:.2f} ms"
        )
    assert most_rows(billing(own, large)) < 200
    assert most_rows(plan(own, LISTED)) < 200
