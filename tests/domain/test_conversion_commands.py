"""Conversions and payments: whole and in parts, never more than there is; what happens to the debt."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.cancellation import cancel_sales_document
from domain.conversion import convert_sales_document
from domain.payment import register_payment, reverse_payment
from domain.sales_document import (
    create_sales_document,
    send_sales_document,
    update_sales_document,
)
from errors import Forbidden
from models import Application, Client, Payment, SalesDocument, SalesDocumentLine
from models.collaborator import Role
from tests.writing import Writer, events, rows

D = Decimal
CHAIR = {
    "description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(3), "unit_price": D("100"),
    "discount": D("10"),
}  # fmt: skip
DESK = CHAIR | {"description": "Mesa", "quantity": D(1), "unit_price": D(1000), "discount": D(0)}


def sent(writer: Writer, client: Any, type_: str, *lines: Any) -> Any:
    given = {"client_id": client, "type": type_, "lines": list(lines or (CHAIR, DESK))}
    return writer.do(send_sales_document, {"id": writer.do(create_sales_document, given).id})


def convert(writer: Writer, document: Any, to: str, *parts: tuple[Any, str], **given: Any) -> Any:
    lines = {"lines": [{"line_id": line, "quantity": D(quantity)} for line, quantity in parts]} if parts else {}
    return writer.do(convert_sales_document, {"id": document.id, "to": to} | lines | given)


def pay(writer: Writer, document: Any, amount: str, **given: Any) -> Any:
    paid = {"sales_document_id": document.id, "amount": D(amount), "payment_form": "03"}
    return writer.do(register_payment, paid | given)


def lines(owner: Any, mine: Any, document: Any) -> list[Any]:
    found = rows(owner, mine, SalesDocumentLine, "sales_document_id", "position", "id")
    return [id for of, _, id in sorted(found, key=lambda row: row[1]) if of == document.id]


@pytest.mark.claims(
    "docs/sales.md",
    "A document all of which was converted is `CONVERTED`.",
)
def test_a_quote_becomes_a_note_and_then_an_invoice(mine: Any, writer: Writer, owner: Any) -> None:
    quote = sent(writer, mine.billable(), "QUOTE")
    note = convert(writer, quote, "SALES_NOTE")
    writer.do(send_sales_document, {"id": note.id})
    before = len(events(owner, mine))
    invoice = convert(writer, note, "INVOICE")
    assert len(events(owner, mine)) == before + 1, "a conversion is one line"
    # 290 + 1,000, and IVA 206.40.
    assert rows(owner, mine, SalesDocument, "folio", "state", "total", "origin_id", "credited") == [
        ("COT-1", "CONVERTED", D("1496.40"), None, D(0)),
        ("NV-1", "CONVERTED", D("1496.40"), quote.id, D("1496.40")),
        ("F-1", "SENT", D("1496.40"), note.id, D(0)),
    ]
    assert events(owner, mine)[-1] == (
        "SALES_DOCUMENT_CONVERTED",
        {"from_type": "SALES_NOTE", "from_folio": "NV-1", "to_type": "INVOICE", "to_folio": "F-1"},
    )
    assert writer.refused(convert_sales_document, {"id": quote.id, "to": "INVOICE"}) == [("DOCUMENT_STATE", ("id",))]
    assert writer.refused(convert_sales_document, {"id": invoice.id, "to": "INVOICE"}) == [("DOCUMENT_STATE", ("id",))]


@pytest.mark.claims(
    "docs/sales.md",
    "`convertSalesDocument` takes all that remains of a document, or the lines that are named, never more"
    " than remains: each line counts what was `converted`.",
)
def test_a_part_at_a_time_until_nothing_remains(mine: Any, writer: Writer, owner: Any) -> None:
    quote = sent(writer, mine.billable(), "QUOTE")
    chair, desk = lines(owner, mine, quote)
    first = convert(writer, quote, "INVOICE", (chair, "1"))
    # A third of 300 less a third of the discount of 10; IVA 15.466667.
    assert (first.subtotal, first.discount, first.total) == (D("100.00"), D("3.33"), D("112.14"))
    over = {"id": quote.id, "to": "INVOICE", "lines": [{"line_id": chair, "quantity": D("2.000001")}]}
    assert writer.refused(convert_sales_document, over) == [("QUANTITY_OVER_REMAINING", ("lines", 0, "quantity"))]
    twice = over | {"lines": [{"line_id": chair, "quantity": D("1.5")}] * 2}
    assert writer.refused(convert_sales_document, twice) == [("QUANTITY_OVER_REMAINING", ("lines", 1, "quantity"))]
    other = over | {"lines": [{"line_id": first.id}]}
    assert writer.refused(convert_sales_document, other) == [("NOT_FOUND", ("lines", 0, "line_id"))]
    convert(writer, quote, "SALES_NOTE", (desk, "0.25"), (chair, "0.5"))
    assert rows(owner, mine, SalesDocument, "state")[0] == "SENT"
    convert(writer, quote, "INVOICE")
    assert rows(owner, mine, SalesDocument, "state")[0] == "CONVERTED"
    taken = rows(owner, mine, SalesDocumentLine, "origin_line_id", "quantity", "discount")
    for line, quantity, discount in ((chair, D(3), D(10)), (desk, D(1), D(0))):
        parts = [(q, d) for origin, q, d in taken if origin == line]
        assert (sum(q for q, _ in parts), sum(d for _, d in parts)) == (quantity, discount)


def test_many_at_once_never_convert_more_than_there_is(mine: Any, writer: Writer, owner: Any) -> None:
    quote = sent(writer, mine.billable(), "QUOTE")
    chair, _ = lines(owner, mine, quote)
    given = {"id": quote.id, "to": "INVOICE", "lines": [{"line_id": chair, "quantity": D(1)}]}
    done = writer.together(convert_sales_document, [given] * 6)
    assert sum(not isinstance(one, BaseException) for one in done) == 3
    assert rows(owner, mine, SalesDocumentLine, "converted")[:2] == [D(3), D(0)]


@pytest.mark.claims(
    "docs/sales.md",
    "Cancelling the new one gives back what it took.",
)
def test_a_cancelled_conversion_gives_back_what_it_took(mine: Any, writer: Writer, owner: Any) -> None:
    quote = sent(writer, mine.billable(), "QUOTE")
    invoice = convert(writer, quote, "INVOICE")
    assert writer.refused(cancel_sales_document, {"id": quote.id}) == [("DOCUMENT_STATE", ("id",))]
    given = {"id": invoice.id, "lines": [CHAIR]}
    assert writer.refused(update_sales_document, given) == [("DOCUMENT_STATE", ("lines",))]
    writer.do(cancel_sales_document, {"id": invoice.id})
    assert rows(owner, mine, SalesDocument, "state") == ["ACCEPTED", "CANCELLED"]
    assert convert(writer, quote, "SALES_NOTE").folio == "NV-1"


@pytest.mark.claims(
    "docs/sales.md",
    "A note with payments is converted as a whole.",
)
@pytest.mark.claims(
    "docs/sales.md",
    "An invoice made of a sales note is owed at once, and the note's payments become the invoice's.",
    "A note that was converted in part owes the rest: `credited` says how much of its total invoices took over.",
)
def test_a_notes_debt_is_handed_on_and_never_counted_twice(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    note = sent(writer, client, "SALES_NOTE", DESK | {"quantity": D(4)})
    (desk,) = lines(owner, mine, note)
    part = convert(writer, note, "INVOICE", (desk, "1"))
    assert rows(owner, mine, SalesDocument, "state", "total", "credited") == [
        ("SENT", D(4640), D(1160)),
        ("SENT", D(1160), D(0)),
    ]
    pay(writer, note, "480")
    wrong = {"id": note.id, "to": "INVOICE", "lines": [{"line_id": desk, "quantity": D(1)}]}
    assert writer.refused(convert_sales_document, wrong) == [("PAID_CONVERTED_WHOLE", ("lines",))]
    rest = convert(writer, note, "INVOICE")
    assert rows(owner, mine, SalesDocument, "state", "paid", "credited") == [
        ("CONVERTED", D(0), D(4640)),
        ("SENT", D(0), D(0)),
        ("PARTIALLY_PAID", D(480), D(0)),
    ]
    assert rows(owner, mine, Payment, "sales_document_id", "amount") == [(rest.id, D(480))]
    writer.do(cancel_sales_document, {"id": part.id})
    assert rows(owner, mine, SalesDocument, "state", "credited")[0] == ("SENT", D(3480))


@pytest.mark.claims(
    "docs/sales.md",
    "A quote becomes a sales note or an invoice, a sales note an invoice.",
)
def test_what_becomes_of_what(mine: Any, writer: Writer) -> None:
    client = mine.billable()
    quote, note = sent(writer, client, "QUOTE"), sent(writer, client, "SALES_NOTE")
    for document, to in ((quote, "QUOTE"), (quote, "CREDIT_NOTE"), (note, "SALES_NOTE"), (note, "QUOTE")):
        given = {"id": document.id, "to": to}
        assert writer.refused(convert_sales_document, given) == [("CONVERSION_TARGET", ("to",))]
    assert writer.refused(convert_sales_document, {"id": client, "to": "INVOICE"}) == [("NOT_FOUND", ("id",))]
    writer.now += timedelta(days=17)
    given = {"id": quote.id, "to": "INVOICE"}
    assert writer.refused(convert_sales_document, given) == [("QUOTE_EXPIRED", ("id",))]


@pytest.mark.claims(
    "docs/sales.md",
    "What is paid decides the state: nothing left is paid, something is partially paid; a reversed "
    "payment takes the state back to sent.",
)
def test_states_follow_from_payments(mine: Any, writer: Writer, owner: Any) -> None:
    invoice = sent(writer, mine.billable(), "INVOICE")
    first = pay(writer, invoice, "496.40", reference="SPEI 9", paid_at=writer.now - timedelta(days=1))
    assert rows(owner, mine, SalesDocument, "state", "paid") == [("PARTIALLY_PAID", D("496.40"))]
    given = {"sales_document_id": invoice.id, "amount": D("1000.01"), "payment_form": "03"}
    wrong = {"amount": D("0.005"), "payment_form": "99", "paid_at": writer.now + timedelta(seconds=1)}
    assert writer.refused(register_payment, given | wrong) == [
        ("AMOUNT_DECIMALS", ("amount",)), ("CODE_UNKNOWN", ("payment_form",)),
    ]  # fmt: skip
    future = given | {"amount": D(1), "paid_at": writer.now + timedelta(seconds=1)}
    assert writer.refused(register_payment, future) == [("PAID_IN_FUTURE", ("paid_at",))]
    pay(writer, invoice, "1000")
    assert rows(owner, mine, SalesDocument, "state", "paid") == [("PAID", D("1496.40"))]
    writer.do(reverse_payment, {"id": first.id})
    assert rows(owner, mine, SalesDocument, "state", "paid") == [("PARTIALLY_PAID", D(1000))]
    assert writer.refused(reverse_payment, {"id": first.id}) == [("PAYMENT_REVERSED", ("id",))]
    assert writer.refused(cancel_sales_document, {"id": invoice.id}) == [("HAS_PAYMENTS", ("id",))]
    told = [details for kind, details in events(owner, mine) if kind.startswith("SALES_DOCUMENT_PAYMENT")]
    assert [one["amount"] for one in told] == ["496.40", "1000.00", "496.40"]


def test_a_reversal_counts_a_version_of_all_that_it_changes(mine: Any, writer: Writer, owner: Any) -> None:
    """The payment, its application and the document, whose state may stay; all at the instant of the reversal."""
    given = {"client_id": mine.billable(), "type": "INVOICE", "lines": [DESK]}
    dollars = given | {"currency": "USD", "exchange_rate": D("18.5")}
    invoice = writer.do(send_sales_document, {"id": writer.do(create_sales_document, dollars).id})
    payment = [pay(writer, invoice, amount) for amount in ("5", "160")][1]
    names = ("version", "updated_at")
    before = {model: rows(owner, mine, model, *names) for model in (SalesDocument, Payment, Application)}
    writer.now += timedelta(hours=1)
    writer.do(reverse_payment, {"id": payment.id, "expected_version": before[Payment][1][0]})
    for model, (*others, (version, _)) in before.items():
        assert rows(owner, mine, model, *names) == [*others, (version + 1, writer.now)]
    assert rows(owner, mine, SalesDocument, "state", "paid") == [("PARTIALLY_PAID", D(5))]
    kind, details = events(owner, mine)[-1]
    assert (kind, details["amount"], details["currency"]) == ("SALES_DOCUMENT_PAYMENT_REVERSED", "160.00", "USD")


def test_payments_at_once_pay_at_most_the_balance(mine: Any, writer: Writer, owner: Any) -> None:
    invoice = sent(writer, mine.billable(), "INVOICE", DESK)
    given = {"sales_document_id": invoice.id, "amount": D(500), "payment_form": "03"}
    done = writer.together(register_payment, [given] * 5)
    assert sum(not isinstance(one, BaseException) for one in done) == 3
    assert rows(owner, mine, SalesDocument, "paid") == [D(1160)]
    assert rows(owner, mine, Client, "credit_balance") == [D(340)]


@pytest.mark.claims(
    "docs/sales.md",
    "Payments need `billing:write`.",
)
def test_what_is_not_owed_takes_no_payment(mine: Any, writer: Writer) -> None:
    client = mine.billable()
    drafted = writer.do(create_sales_document, {"client_id": client, "type": "INVOICE", "lines": [CHAIR]})
    for document in (drafted, sent(writer, client, "QUOTE")):
        given = {"sales_document_id": document.id, "amount": D(1), "payment_form": "03"}
        assert writer.refused(register_payment, given) == [("DOCUMENT_STATE", ("sales_document_id",))]
    with pytest.raises(Forbidden, match="billing:write"):
        Writer(mine, Role.SALES_MANAGER).do(register_payment, given)
