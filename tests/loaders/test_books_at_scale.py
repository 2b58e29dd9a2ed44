"""What is read of many ledger rows: the billing tab reads what is owed, not what was paid long
ago. What PostgreSQL reads is held, not how long it takes. For lists of clients see `test_lists_by_money`.

`make deep` measures 100,000 ledger rows and prints the milliseconds.
"""

import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from uuid import UUID

import pytest
from sqlalchemy import text

import models
from tests.fixtures import Company, global_id
from tests.loaders.plans import milliseconds, most_rows, plan

BILLING = (Path(__file__).resolve().parents[2] / "operations" / "client_billing.graphql").read_text("utf-8")
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


def fill(own: Company, client: UUID, invoices: int) -> None:
    values = {"company": own.id, "client": client, "paid": invoices, "open": OPEN}
    for statement in FILL.format(**values).split(";\n"):
        own.owner.execute(text(statement))


def billing(own: Company, client: UUID) -> list[str]:
    return plan(own, BILLING, id=global_id(models.Client, client))


def test_the_billing_tab_reads_what_is_owed(new_company: Callable[..., Company]) -> None:
    """In a database of its own: PostgreSQL plans by what it has seen of a whole table."""
    own = new_company()
    client = own.client()
    fill(own, client, 1_000)
    lines = billing(own, client)
    assert "Seq Scan on sales_document" not in "\n".join(lines)
    assert not re.search(r"Seq Scan on (payment|ledger_entry)\b", "\n".join(lines))
    assert most_rows(lines) < 200


@pytest.mark.deep
def test_a_hundred_thousand_ledger_rows(company: Callable[..., Company], capsys: pytest.CaptureFixture[str]) -> None:
    own = company()
    small, large = own.client(), own.client()
    fill(own, small, 25)
    fill(own, large, 25_000)

    def usual(client: UUID) -> float:
        return median(milliseconds(billing(own, client)) for _ in range(9))

    few, many = usual(small), usual(large)
    with capsys.disabled():
        print(f"\nbilling tab: {few:.2f} ms of 100 ledger rows, {many:.2f} ms of 100,000")  # noqa: T201
    assert most_rows(billing(own, large)) < 200
