"""What is applied of a payment in another currency is never nothing, and never a part of the currency's smallest unit:
a cent over several documents, rates of any size, currencies without decimals."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from domain import receiving
from domain.conversion import convert_sales_document
from domain.payment import apply_credit, register_payment
from domain.policy import ClientAction
from domain.problem import Rejected
from domain.sales_document import create_sales_document, send_sales_document
from errors import BadInput
from models import Application, Payment, SalesDocument
from tests.domain.test_conversion_commands import CHAIR, sent
from tests.writing import Writer, rows

D = Decimal
LINE = CHAIR | {"quantity": D(1), "discount": D(0)}
PENCIL = LINE | {"unit_price": D("0.11")}
"""With IVA 0.1276: ten of them are 1.28, and one ten times is 1.30."""
RATES = [D("0.000001"), D("0.12"), D("34800"), D(10) ** 9]


def applied(owner: Any, mine: Any) -> list[tuple[Any, ...]]:
    """What stands: in the currency of the document, and of the payment."""
    standing = rows(owner, mine, Application, "amount", "source_amount", "undone_at")
    return [(amount, of_source) for amount, of_source, undone_at in standing if undone_at is None]


def receive(writer: Writer, client: Any, amount: str, currency: str, rate: Decimal, **applications: Any) -> Any:
    paid = {"client_id": client, "amount": D(amount), "payment_form": "03", "currency": currency, "exchange_rate": rate}
    return writer.do(register_payment, paid | applications)


def in_currency(writer: Writer, client: Any, currency: str, rate: Decimal, price: str) -> Any:
    """A sales note in the currency."""
    line = LINE | {"unit_price": D(price), "taxes": []}
    draft = {"client_id": client, "type": "SALES_NOTE", "lines": [line], "currency": currency, "exchange_rate": rate}
    return writer.do(send_sales_document, {"id": writer.do(create_sales_document, draft).id})


@pytest.mark.parametrize(("currency", "least"), [("USD", "0.01"), ("JPY", "1")])
def test_a_share_that_passes_to_an_invoice_is_something(
    mine: Any, writer: Writer, owner: Any, currency: str, least: str
) -> None:
    """Ten notes are two cents more than their invoice: of three cents of the last payment one is left to pay."""
    client = mine.billable()
    notes = [sent(writer, client, "SALES_NOTE", PENCIL) for _ in range(10)]
    amounts = [D("0.13")] * 9 + [D("0.10")]
    parts = [{"sales_document_id": note.id, "amount": amount} for note, amount in zip(notes, amounts, strict=True)]
    receive(writer, client, "1.27", "MXN", D(1), applications=parts)
    last = {"sales_document_id": notes[-1].id, "amount": D("0.03"), "source_amount": D(least)}
    receive(writer, client, least, currency, D(3), applications=[last])
    others = [note.id for note in notes[1:]]
    invoice = writer.do(convert_sales_document, {"id": notes[0].id, "to": "INVOICE", "other_ids": others})
    assert (invoice.total, invoice.paid) == (D("1.28"), D("1.28"))
    assert (D("0.01"), D(least)) in applied(owner, mine)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("named", ["amount", "source_amount", None])
@pytest.mark.parametrize("currency", ["USD", "JPY"])
@pytest.mark.parametrize("rate", RATES)
def test_a_cent_over_several_documents(
    mine: Any, writer: Writer, owner: Any, rate: Decimal, currency: str, named: str | None
) -> None:
    client = mine.billable()
    notes = [sent(writer, client, "SALES_NOTE", PENCIL) for _ in range(3)]
    least = D("0.01") if currency == "USD" else D(1)
    payment = receive(writer, client, "3", currency, rate)
    stated, codes = {"amount": D("0.01"), "source_amount": least}, set[str]()
    for note in notes:
        input = {"payment_id": payment.id, "sales_document_id": note.id}
        try:
            writer.do(apply_credit, input | ({named: stated[named]} if named else {}))
        except Rejected as refused:  # nothing is left of the payment
            codes |= {each.code.name for each in refused.problems}
    shares = applied(owner, mine)
    assert shares
    assert codes <= {"CREDIT_OVER_LEFT"}
    assert all(amount > 0 and of_source > 0 and of_source % least == 0 for amount, of_source in shares)
    assert sum(of_source for _, of_source in shares) <= 3


@pytest.mark.parametrize(("of", "to"), [("USD", "JPY"), ("JPY", "USD"), ("JPY", "KRW"), ("MXN", "JPY")])
def test_what_is_paid_of_yen_are_yen(mine: Any, writer: Writer, owner: Any, of: str, to: str) -> None:
    client = mine.billable()
    rates = {"USD": D("18.4377"), "JPY": D("0.123457"), "KRW": D("0.013571"), "MXN": D(1)}
    note = in_currency(writer, client, to, rates[to], "9000")
    payment = receive(writer, client, "7", of, rates[of])
    writer.do(apply_credit, {"payment_id": payment.id, "sales_document_id": note.id})
    [(amount, of_source)] = applied(owner, mine)
    units = {"USD": D("0.01"), "JPY": D(1), "KRW": D(1), "MXN": D("0.01")}
    assert amount % units[to] == 0
    assert of_source % units[of] == 0
    assert amount == max((D(7) * rates[of] / rates[to]).quantize(units[to]), units[to])


@pytest.mark.parametrize("named", [{}, {"amount": D("0.01")}, {"source_amount": D("0.01")}])
@pytest.mark.parametrize("amount", ["0.01", "9999999999.99"])
@pytest.mark.parametrize(("rate", "of_document"), [("0.000001", "1000000000"), ("1000000000", "0.000001")])
def test_no_rate_is_a_fault(
    mine: Any, writer: Writer, rate: str, of_document: str, amount: str, named: dict[str, Decimal]
) -> None:
    """Whatever the sizes, it is done or refused."""
    client = mine.billable()
    notes = [sent(writer, client, "SALES_NOTE", PENCIL), in_currency(writer, client, "EUR", D(of_document), "0.01")]
    for note in notes:
        with suppress(Rejected, BadInput):
            payment = receive(writer, client, amount, "USD", D(rate))
            writer.do(apply_credit, {"payment_id": payment.id, "sales_document_id": note.id} | named)


def test_a_document_of_less_than_a_unit_is_paid(mine: Any, writer: Writer, owner: Any) -> None:
    """What is left of it is less than a yen, by an application from before shares were whole."""
    client = mine.billable()
    note = in_currency(writer, client, "JPY", D("0.12"), "5")
    payment = receive(writer, client, "20", "USD", D(20))

    async def as_before(work: Any, input: Any) -> Any:
        client, source = await work.part(Payment, input.payment_id, ClientAction.EDIT_BILLING)
        document = await work.get(SalesDocument, input.sales_document_id)
        return await receiving.apply_to(work, client, source, document, D("4.57"), D("0.03"))

    part = {"payment_id": payment.id, "sales_document_id": note.id}
    writer.do(as_before, part)
    assert rows(owner, mine, SalesDocument, "paid") == [D("4.57")]
    writer.do(apply_credit, part)
    assert rows(owner, mine, SalesDocument, "state", "paid") == [("PAID", D(5))]
