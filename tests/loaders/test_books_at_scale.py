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
OVERDUE = """
query ($first: Int!, $by: ClientOrderField!) {
  clients(first: $first, filter: {receivables: {overdueBalance: {gt: "0"}}}, orderBy: [{field: $by, direction: DESC}]) {
    nodes { legalName receivables { overdueBalance } }
  }
}
"""
NUMBER_OVERDUE = """
{ clients(first: 1, filter: {receivables: {overdueBalance: {gt: "0"}}}) { totalCount } }
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
# Of each client an invoice that falls due next year, and of every so many one that fell due last year.
DUE = """
insert into sales_document (company_id, id, client_id, type, series, number, state, issued_at, due_on, subtotal, total,
    uuid)
    select '{company}', gen_random_uuid(), c.id, 'INVOICE', 'V' || late, c.place, 'SENT', '2025-01-01',
        case when late = 1 then date '2025-02-01' else current_date + 365 end, 100, 100, gen_random_uuid()
    from (select id, row_number() over (order by sort_name) as place from client where company_id = '{company}') c
    cross join generate_series(0, 1) late where late = 0 or c.place % {every} = 0;
vacuum analyze sales_document;
update client c set first_due_on = ficha_first_due(c.company_id, c.id), balance = (
    select sum(d.total) from sales_document d where d.company_id = c.company_id and d.client_id = c.id
) where c.company_id = '{company}';
vacuum analyze client
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


def test_the_billing_tab_reads_what_is_owed(new_company: Callable[..., Company]) -> None:
    """In a database of its own: PostgreSQL plans by what it has seen of a whole table."""
    own = new_company()
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


def with_clients(own: Company, *, number: int, every: int) -> Company:
    for statement in (CLIENTS + ";" + DUE).format(company=own.id, number=number, every=every).split(";\n"):
        own.owner.execute(text(statement))
    return own


@pytest.mark.parametrize("every", [1, 500], ids=["all", "few"])
def test_a_list_of_what_is_overdue_reads_no_documents_but_those_of_the_page(
    new_company: Callable[..., Company], every: int
) -> None:
    own = with_clients(new_company(), number=3_000, every=every)
    for by in ("LEGAL_NAME", "BALANCE", "OVERDUE_BALANCE"):
        lines = plan(own, OVERDUE, first=10, by=by)
        summed = sum(int(loops) for loops in re.findall(r"ix_sales_document_open.*loops=(\d+)", "\n".join(lines)))
        assert summed <= (11 if by != "OVERDUE_BALANCE" else 11 + 3_000 // every)
        answer = own.ask(OVERDUE, first=100, by=by).data["clients"]["nodes"]
        assert len(answer) == min(100, 3_000 // every)
        assert {row["receivables"]["overdueBalance"] for row in answer} == {"100.00"}
    assert own.ask(NUMBER_OVERDUE).data["clients"]["totalCount"] == 3_000 // every


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


@pytest.mark.deep
@pytest.mark.parametrize("every", [1, 1_000], ids=["all", "a hundred"])
def test_a_hundred_thousand_clients_by_what_is_overdue(
    new_company: Callable[..., Company], capsys: pytest.CaptureFixture[str], every: int
) -> None:
    own = with_clients(new_company(), number=100_000, every=every)
    for by in ("LEGAL_NAME", "BALANCE", "OVERDUE_BALANCE"):
        for first in (1, 100):
            times = [milliseconds(plan(own, OVERDUE, first=first, by=by)) for _ in range(9)]
            with capsys.disabled():
                print(f"\n{100_000 // every:,} overdue, {first} by {by}: {median(times):.2f} ms", end="")  # noqa: T201
    number = median(milliseconds(plan(own, NUMBER_OVERDUE)) for _ in range(3))
    with capsys.disabled():
        print(f"\n{100_000 // every:,} overdue, counted: {number:.2f} ms")  # noqa: T201
