"""A client's row keeps what is overdue and the days for which that holds, whatever changes it; and it is renewed once
they have passed, without another revision of the client."""

import asyncio
import datetime
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from database.opening import open_pool
from database.wire import Pool
from domain.cancellation import cancel_sales_document
from domain.cfdi import read_cfdi
from domain.cfdi_import import import_cfdi
from domain.conversion import convert_sales_document
from domain.payment import apply_credit, refund_credit, register_payment, reverse_payment, undo_application
from domain.prospect import convert_prospect
from domain.sales_document import create_sales_document, send_sales_document, update_sales_document
from models import Application, Client, SalesDocument
from models.client import ClientKind
from server import overdue
from server.overdue import renew_all
from tests.cfdi import cfdi, credit
from tests.domain.test_conversion_commands import CHAIR
from tests.fixtures import Company, serving
from tests.overdue import as_of
from tests.writing import Writer, rows

D = Decimal
ALL = D(348)
DAY = datetime.timedelta(days=1)
OWED = text(
    """
    select d.client_id, d.due_on, round(sum(l.amount) * d.exchange_rate, 2) as amount
    from sales_document d
    join ledger_entry l on l.company_id = d.company_id and l.sales_document_id = d.id
    where d.company_id = :company and d.due_on is not null
    group by d.client_id, d.id, d.due_on, d.exchange_rate having round(sum(l.amount) * d.exchange_rate, 2) > 0
    """
)
"""What is owed of each document, and when it falls due."""


def assert_kept(company: Company) -> None:
    """Of each client the row has what is overdue, by the entries, on each day that it says, and ends where another
    document falls due."""
    owed: dict[UUID, list[tuple[datetime.date, Decimal]]] = {}
    for client, due_on, amount in company.owner.execute(OWED, {"company": company.id}):
        owed.setdefault(client, []).append((due_on, amount))
    columns = ("id", "overdue_cents", "overdue_after", "overdue_until")
    for client, cents, after, until in rows(company.owner, company, Client, *columns):
        items = owed.get(client, [])
        late = [item for item in items if after is not None and item[0] <= after]
        assert D(cents) == 100 * sum((amount for _, amount in late), D(0))
        assert after == max((day for day, _ in late), default=None)
        assert until == min((item[0] for item in items if item not in late), default=None)


class Debts:
    """A client that owes invoices due after so many days, which the administrator changes."""

    def __init__(self, writer: Writer, client: UUID) -> None:
        self.writer, self.client = writer, client
        self.today = writer.viewer.today(writer.now)

    def due(self, days: int, type_: str = "INVOICE", **values: Any) -> Any:
        """An issued document of 348 due then."""
        draft = {"client_id": self.client, "type": type_, "lines": [CHAIR | {"discount": D(0)}], "payment_form": "99"}
        fiscal = {"payment_method": "PPD"} if type_ == "INVOICE" else {}
        day = {"due_on": self.today + days * DAY}
        created = self.writer.do(create_sales_document, draft | fiscal | day | values)
        return self.writer.do(send_sales_document, {"id": created.id})

    def pay(self, document: Any, amount: Decimal = ALL, **values: Any) -> Any:
        paid = {"sales_document_id": document.id, "amount": amount, "payment_form": "03"}
        return self.writer.do(register_payment, paid | values)

    @property
    def first(self) -> int | None:
        """After how many days the next falls due; all clients have the overdue amounts that follow from their
        entries."""
        company = self.writer.company
        assert_kept(company)
        [day] = [
            until for id, until in rows(company.owner, company, Client, "id", "overdue_until") if id == self.client
        ]
        return day and (day - self.today).days


@pytest.fixture
def debts(mine: Any, writer: Writer) -> Debts:
    return Debts(writer, mine.billable(rfc="EKU9003173C9", legal_name="ESCUELA KEMPER URGATE"))


def test_it_is_the_first_of_what_is_owed(debts: Debts) -> None:
    assert debts.first is None
    draft = {"client_id": debts.client, "type": "INVOICE", "lines": [CHAIR], "due_on": debts.today + DAY}
    debts.writer.do(create_sales_document, draft)
    assert debts.first is None
    for days, first in ((20, 20), (30, 20), (10, 10)):
        debts.due(days)
        assert debts.first == first


def test_payments_and_what_undoes_them(debts: Debts) -> None:
    near, far = debts.due(10), debts.due(20)
    debts.pay(near, D("347.99"))
    assert debts.first == 10
    rest = debts.pay(near, D("0.01"))
    assert debts.first == 20
    debts.writer.do(reverse_payment, {"id": rest.id})
    assert debts.first == 10
    both = [{"sales_document_id": one.id, "amount": amount} for one, amount in ((near, D("0.01")), (far, D(348)))]
    stated = {"client_id": debts.client, "amount": D(400), "payment_form": "03", "applications": both}
    payment = debts.writer.do(register_payment, stated)
    assert debts.first is None
    debts.writer.do(refund_credit, {"payment_id": payment.id, "amount": D("51.99")})
    assert debts.first is None
    [on_far] = [
        id for id, of in rows(debts.writer.company.owner, debts.writer.company, Application, "id", "sales_document_id")
        if of == far.id
    ]  # fmt: skip
    debts.writer.do(undo_application, {"id": on_far})
    assert debts.first == 20
    debts.writer.do(apply_credit, {"payment_id": payment.id, "sales_document_id": far.id, "amount": D(348)})
    assert debts.first is None


def test_what_is_cancelled_is_owed_no_more(debts: Debts) -> None:
    near, _ = debts.due(10, "SALES_NOTE"), debts.due(20)
    debts.writer.do(cancel_sales_document, {"id": near.id})
    assert debts.first == 20


def test_a_note_hands_its_day_on(debts: Debts) -> None:
    note = debts.due(10, "SALES_NOTE")
    debts.writer.do(convert_sales_document, {"id": note.id, "to": "INVOICE"})
    assert debts.first == 10
    assert sorted(rows(debts.writer.company.owner, debts.writer.company, SalesDocument, "state")) == [
        "CONVERTED",
        "SENT",
    ]


def test_the_terms_of_sending_change_the_day(debts: Debts) -> None:
    """What is paid at once is due by the end of its month."""
    document = debts.due(200, payment_method="PUE", payment_form="03")
    [day] = rows(debts.writer.company.owner, debts.writer.company, SalesDocument, "due_on")
    assert document.due_on == day
    assert debts.first == (day - debts.today).days < 32


@pytest.mark.parametrize("change", ["due_on = :day", "state = 'CANCELLED', paid = 0", "exchange_rate = 0.000001"])
def test_what_the_owner_mends_is_followed(debts: Debts, change: str) -> None:
    near, _ = debts.due(10), debts.due(20)
    statement = f"update sales_document set {change} where id = :id"  # noqa: S608  # our own literals
    values = {"id": near.id} | ({"day": debts.today + 30 * DAY} if ":day" in change else {})
    debts.writer.company.owner.execute(text(statement), values)
    [until] = rows(debts.writer.company.owner, debts.writer.company, Client, "overdue_until")
    assert (until - debts.today).days == 20


def test_what_is_less_than_half_a_cent_here_is_not_overdue(debts: Debts) -> None:
    debts.due(20)
    stated = CHAIR | {"quantity": D(1), "unit_price": D(1), "discount": D(0)}
    debts.due(10, currency="JPY", exchange_rate=D("0.003"), lines=[stated])
    assert debts.first == 20


def test_credit_notes_and_substitutes_that_come_in(debts: Debts) -> None:
    uuids = [f"d9b4f2a0-3a55-4a6e-9a52-00000000000{number}" for number in range(4)]

    def bring(source: str) -> Any:
        return debts.writer.do(import_cfdi, {"cfdi": read_cfdi(source)})

    first = bring(cfdi(uuid=uuids[0], Folio="1"))
    day = (first.due_on - debts.today).days
    assert kept(debts) == (116_000, day, None)
    bring(cfdi(uuid=uuids[1], Folio="2", related=[uuids[0]], relation="04"))
    assert kept(debts) == (116_000, day, None)
    bring(credit(uuids[1], Total="1160.00"))
    assert debts.first is None
    assert kept(debts) == (0, None, None)


def test_a_prospect_takes_its_day_to_the_client_that_it_becomes_part_of(mine: Any, writer: Writer) -> None:
    client = Debts(writer, mine.billable())
    prospect = Debts(writer, mine.client(kind=ClientKind.PROSPECT))
    client.due(20)
    # An old sale: to a prospect nothing is sold today.
    mine.add(
        SalesDocument, client_id=prospect.client, type="SALES_NOTE", state="SENT", subtotal=7, total=7,
        due_on=client.today + 10 * DAY,
    )  # fmt: skip
    assert (prospect.first, client.first) == (10, 20)
    writer.do(convert_prospect, {"id": prospect.client, "into_client_id": client.client})
    assert (prospect.first, client.first) == (None, 10)


@pytest.mark.parametrize("change", [{"notes": "ya"}, {"due_on": None}])
def test_a_draft_is_nobodys_debt(debts: Debts, change: Any) -> None:
    debts.due(20)
    draft = {"client_id": debts.client, "type": "INVOICE", "lines": [CHAIR], "due_on": debts.today + DAY}
    created = debts.writer.do(create_sales_document, draft)
    debts.writer.do(update_sales_document, {"id": created.id} | change)
    assert debts.first == 20


def test_many_at_once_leave_the_right_day(debts: Debts) -> None:
    """Payments of all, each in a transaction of its own: none reads what another has not written yet."""
    documents = [debts.due(days) for days in range(1, 9)]
    paid = [{"sales_document_id": one.id, "amount": D(348), "payment_form": "03"} for one in documents[:-1]]
    done = debts.writer.together(register_payment, paid)
    assert not [one for one in done if isinstance(one, BaseException)]
    assert debts.first == 8


def test_statements_that_lock_no_client_wait_for_each_other(debts: Debts, database_url: str) -> None:
    """As the owner mends two documents at once: the second recomputes the day after the first has ended."""
    near, far = debts.due(10), debts.due(20)
    statement = "update sales_document set due_on = %s where id = %s"
    with psycopg.connect(database_url) as one, psycopg.connect(database_url) as other:
        one.execute(statement, [debts.today + 30 * DAY, near.id])
        waiting = behind(other, lambda: other.execute(statement, [debts.today + 40 * DAY, far.id]), one)
        one.commit()
        waiting()
        other.commit()
    assert debts.first == 30


def behind(waiter: Any, work: Callable[[], Any], holder: Any) -> Callable[[], None]:
    """Begins the work of `waiter` in a thread, and returns when it waits for `holder`; ends with it."""
    thread = threading.Thread(target=work)
    thread.start()
    blocked = "select %s = any (pg_blocking_pids(%s))"
    while not holder.execute(blocked, [holder.info.backend_pid, waiter.info.backend_pid]).fetchone()[0]:
        assert thread.is_alive(), "it did not wait"
    return thread.join


def test_what_falls_due_is_renewed_without_another_revision(debts: Debts, database_url: str) -> None:
    """As if the row had been written before two of the days passed; one batch after the other, and the rest is left."""
    company, owner = debts.writer.company, debts.writer.company.owner
    documents = [debts.due(days) for days in (1, 2, 3, 9)]
    debts.pay(documents[1], D(48))
    change = text("update sales_document set due_on = due_on - 4 where id = any (:ids)")
    owner.execute(change, {"ids": [one.id for one in documents[:3]]})
    assert kept(debts) == (99_600, -1, 9)
    for day, amounts in ((-9, (0, None, -3)), (-2, (34_800, -3, -2)), (9, (99_600, -1, 9)), (10, (134_400, 9, None))):
        as_of(company, debts.today + day * DAY)
        assert kept(debts) == amounts
        assert_kept(company)
    [before] = rows(owner, company, Client, "revision", "version", "updated_at")
    as_of(company, debts.today - 9 * DAY)
    renew(database_url)
    assert kept(debts) == (99_600, -1, 9)
    assert rows(owner, company, Client, "revision", "version", "updated_at") == [before]


def kept(debts: Debts) -> tuple[int, int | None, int | None]:
    """The cents that are overdue, and the days from today after and until which they are."""
    company = debts.writer.company
    columns = ("overdue_cents", "overdue_after", "overdue_until")
    [(cents, *days)] = rows(company.owner, company, Client, *columns)
    after, until = (day and (day - debts.today).days for day in days)
    return cents, after, until


def test_a_client_that_somebody_writes_is_left_to_them(debts: Debts, database_url: str) -> None:
    company, owner = debts.writer.company, debts.writer.company.owner
    document = debts.due(1)
    owner.execute(text("update sales_document set due_on = due_on - 2 where id = :id"), {"id": document.id})
    as_of(company, debts.today - 3 * DAY)
    with psycopg.connect(database_url) as other:
        other.execute("select from client where id = %s for update", [debts.client])
        renew(database_url)
        assert kept(debts) == (0, None, -1)
        other.rollback()
    renew(database_url)
    assert kept(debts) == (34_800, -1, None)


def test_a_zone_that_postgresql_does_not_know_stops_nobody(debts: Debts) -> None:
    owner, company = debts.writer.company.owner, debts.writer.company
    owner.execute(text("update company set time_zone = 'America/Nowhere' where id = :id"), {"id": company.id})
    debts.due(10)
    assert kept(debts) == (0, None, 10)


def test_a_ficha_that_serves_renews_at_its_start(debts: Debts, monkeypatch: pytest.MonkeyPatch) -> None:
    company, owner = debts.writer.company, debts.writer.company.owner
    document = debts.due(1)
    owner.execute(text("update sales_document set due_on = due_on - 2 where id = :id"), {"id": document.id})
    as_of(company, debts.today - 3 * DAY)
    renewed = threading.Event()

    async def note(pool: Pool) -> int:
        number = await renew_all(pool)
        renewed.set()
        return number

    monkeypatch.setattr(overdue, "renew_all", note)
    with serving(replace(company.ficha.settings, sweep_minutes=60)):
        assert renewed.wait(60)
    assert kept(debts) == (34_800, -1, None)


def renew(database_url: str) -> None:
    """As a process does that serves."""

    async def run() -> None:
        pool = open_pool(database_url, 1)
        try:
            await renew_all(pool)
        finally:
            await pool.close()

    asyncio.run(run())
