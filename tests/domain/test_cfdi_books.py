"""CFDI that refer to each other mean the same in any order of arrival, and on no day less than nothing is owed."""

import datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text

from domain.payment import apply_credit, register_payment, undo_application
from models import Application, Payment, SalesDocument
from tests.cfdi import LINE, cfdi, credit, payment
from tests.domain.test_ledger import MARCH_12, balance, bring, uuids, warned
from tests.domain.test_ledger import client as _client
from tests.hostile.books_imported import HALF, LARGE
from tests.hostile.test_books import IMPOSSIBLE
from tests.writing import Writer, rows

D = Decimal
PUE = {"MetodoPago": "PUE", "FormaPago": "03"}
HUNDRED = (
    '<cfdi:Concepto ClaveProdServ="84111506" ClaveUnidad="ACT" Cantidad="1" Descripcion="Anticipo"'
    ' ValorUnitario="100.00" Importe="100.00" ObjetoImp="01"/>'
)
client = _client
pytestmark = pytest.mark.usefixtures("client")


def by_hand(writer: Writer, client: Any, amount: str, **fields: Any) -> Any:
    """A payment that names no document."""
    given = {"client_id": client, "amount": D(amount), "payment_form": "03", "paid_at": MARCH_12}
    return writer.do(register_payment, given | fields)


@pytest.mark.claims(
    "docs/sales.md",
    "What its CFDI says that it pays is applied of it, unless it was applied to that document by hand.",
)
@pytest.mark.parametrize("method", [{}, PUE], ids=["open", "assumed paid"])
def test_a_recognised_payment_pays_what_its_cfdi_says(
    mine: Any, writer: Writer, owner: Any, client: Any, method: Any
) -> None:
    first, second, late = uuids(3)
    bring(writer, cfdi(uuid=first, Folio="1", **method))
    bring(writer, cfdi(uuid=second, Folio="2", **method))
    by_hand(writer, client, "3480")
    rep = payment(*((uuid, "1160.00") for uuid in (first, second, late)))
    assert warned(writer, rep) == ["CFDI_PAYMENT_KNOWN", "CFDI_RELATED_WAITS"]
    assert rows(owner, mine, SalesDocument, "state", "paid") == [("PAID", D(1160))] * 2
    assert balance(owner, mine) == D(-1160)
    bring(writer, cfdi(uuid=late, Folio="3", **method))
    assert balance(owner, mine) == 0
    standing = owner.execute(
        text("select amount, applied from payment where company_id = :id and reversed_at is null"), {"id": mine.id}
    ).all()
    assert standing == [(D(3480), D(3480))]


def test_what_was_applied_by_hand_of_a_recognised_payment_stays(
    mine: Any, writer: Writer, owner: Any, client: Any
) -> None:
    first, second = uuids(2)
    one, _ = bring(writer, cfdi(uuid=first, Folio="1")), bring(writer, cfdi(uuid=second, Folio="2"))
    applied = [{"sales_document_id": one.id, "amount": D(500)}]
    by_hand(writer, client, "1160", applications=applied)
    bring(writer, payment((first, "580.00"), (second, "580.00")))
    assert rows(owner, mine, SalesDocument, "paid") == [D(500), D(580)]
    assert balance(owner, mine) == D(1160)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", ["credit note", "payment"])
def test_a_credit_note_is_nothing_to_pay(mine: Any, writer: Writer, owner: Any, reverse: bool, kind: str) -> None:
    """Nor to credit: what refers to it is the client's credit balance."""
    invoice, note = uuids(2)
    other = credit(note, Folio="2") if kind == "credit note" else payment((note, "1160.00"))
    texts = [credit(invoice, uuid=note), other]
    for each in reversed(texts) if reverse else texts:
        bring(writer, each)
    assert rows(owner, mine, Application, "id") == []
    assert balance(owner, mine) == D(-2320)
    bring(writer, cfdi(uuid=invoice))
    assert balance(owner, mine) == D(-1160)


@pytest.mark.claims(
    "docs/sales.md",
    "In whatever order the three come in, nothing is owed then and nothing is left.",
)
@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_an_advance_is_paid_once_in_any_order(mine: Any, writer: Writer, owner: Any, order: Any) -> None:
    """L07, where all of them say PUE."""
    advance, total = uuids(2)
    texts = [
        cfdi(uuid=advance, Folio="1", **PUE),
        cfdi(uuid=total, Folio="2", related=[advance], relation="07", **LARGE, **PUE),
        credit(total, relation="07", FormaPago="30", MetodoPago="PUE"),
    ]
    for place in order:
        bring(writer, texts[place])
    assert balance(owner, mine) == 0
    paid = {row[1:] for row in rows(owner, mine, SalesDocument, "type", "paid", "credited")}
    assert paid == {(D(1160), D(0)), (D(2320), D(1160)), (D(0), D(1160))}


@pytest.mark.claims(
    "docs/sales.md",
    "An advance may be used in parts, each by its own invoice and credit note.",
)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("order", list(permutations(range(5)))[::7], ids=str)
def test_an_advance_is_used_in_parts_in_any_order(mine: Any, writer: Writer, owner: Any, order: Any) -> None:
    """Of 1,160.00 two invoices take 580.00 each: of their 3,480.00 and 1,160.00, 2,900.00 and 580.00 are paid."""
    advance, first, second = uuids(3)
    half = {"FormaPago": "30", "MetodoPago": "PUE", "relation": "07", **HALF}
    texts = [
        cfdi(uuid=advance, Folio="1", **PUE, lines=LINE.replace("56101504", "84111506")),
        cfdi(uuid=first, Folio="2", related=[advance], relation="07", **LARGE, **PUE),
        cfdi(uuid=second, Folio="3", related=[advance], relation="07", **PUE),
        credit(first, **half),
        credit(second, **half | {"Folio": "2"}),
    ]
    for place in order:
        bring(writer, texts[place])
    assert balance(owner, mine) == 0
    paid = set(rows(owner, mine, SalesDocument, "external_folio", "paid", "credited"))
    assert paid == {
        ("A-1", D(1160), D(0)), ("A-2", D(2900), D(580)), ("A-3", D(580), D(580)),
        ("NC-1", D(0), D(580)), ("NC-2", D(0), D(580)),
    }  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_credit_note_that_names_the_advance_too_takes_nothing_off_it(
    mine: Any, writer: Writer, owner: Any, order: Any
) -> None:
    advance, total = uuids(2)
    texts = [
        cfdi(uuid=advance, Folio="1", **PUE, lines=LINE.replace("56101504", "84111506")),
        cfdi(uuid=total, Folio="2", related=[advance], relation="07", **LARGE, **PUE),
        credit("", related=[advance, total], relation="07", FormaPago="30", MetodoPago="PUE"),
    ]
    for place in order:
        bring(writer, texts[place])
    assert balance(owner, mine) == 0
    paid = {row[1:] for row in rows(owner, mine, SalesDocument, "type", "paid", "credited")}
    assert paid == {(D(1160), D(0)), (D(2320), D(1160)), (D(0), D(1160))}


@pytest.mark.claims(
    "docs/sales.md",
    "An invoice that deducts the advance itself (Descuento) has no credit note: "
    "what it comes to is assumed to be paid.",
)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_invoice_may_deduct_the_advance_itself(mine: Any, writer: Writer, owner: Any, order: Any) -> None:
    """The SAT's second procedure: 3,000.00 less 1,000.00, and IVA."""
    advance, total = uuids(2)
    line = LARGE["lines"].replace('Importe="3000.00"', 'Importe="3000.00" Descuento="1000.00"', 1)
    line = line.replace('Base="3000.00"', 'Base="2000.00"').replace("480.00", "320.00")
    rest = {"SubTotal": "3000.00", "Descuento": "1000.00", "Total": "2320.00", "lines": line}
    texts = [
        cfdi(uuid=advance, Folio="1", **PUE, lines=LINE.replace("56101504", "84111506")),
        cfdi(
            uuid=total, Folio="2", related=[advance], relation="07", **PUE, **rest,
            taxes='<cfdi:Impuestos TotalImpuestosTrasladados="320.00"/>',
        ),
    ]  # fmt: skip
    for place in order:
        bring(writer, texts[place])
    assert balance(owner, mine) == 0
    assert set(rows(owner, mine, SalesDocument, "total", "paid")) == {(D(1160), D(1160)), (D(2320), D(2320))}


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_an_advance_has_its_own_currency(mine: Any, writer: Writer, owner: Any, is_cancelled: bool) -> None:
    """100 dollars at 11.60 are 1,160 pesos; one that was replaced is none."""
    advance, total, other = uuids(3)
    dollars = {"Moneda": "USD", "TipoCambio": "11.60", "SubTotal": "100.00", "Total": "100.00", "lines": HUNDRED}
    bring(writer, cfdi(uuid=advance, Folio="1", taxes="", **dollars, **PUE))
    if is_cancelled:
        bring(writer, cfdi(uuid=other, Folio="9", related=[advance], relation="04", **PUE))
    bring(writer, cfdi(uuid=total, Folio="2", related=[advance], relation="07", **LARGE, **PUE))
    [paid] = [row[1] for row in rows(owner, mine, SalesDocument, "total", "paid") if row[0] == D(3480)]
    assert paid == (D(3480) if is_cancelled else D(2320))


@pytest.mark.claims(
    "docs/sales.md",
    "What is applied counts from the first day on which the payment is there and the document is owed.",
)
@pytest.mark.parametrize("kind", ["payment", "CFDI of a payment", "credit note", "applied again"])
def test_on_no_day_less_than_nothing_is_owed(mine: Any, writer: Writer, owner: Any, client: Any, kind: str) -> None:
    early, late = "2026-03-02T12:00:00", "2026-03-20T12:00:00"
    first, second = uuids(2)
    if kind == "credit note":  # on the 20th, for an invoice of the 2nd that comes after it
        bring(writer, credit(first, Fecha=late))
        bring(writer, cfdi(uuid=first, Fecha=early))
    elif kind == "CFDI of a payment":
        bring(writer, payment((first, "1160.00")))
        bring(writer, cfdi(uuid=first, Fecha=late))
    else:
        one = by_hand(writer, client, "1160")
        document = bring(writer, cfdi(uuid=first, Fecha=late))
        application = writer.do(apply_credit, {"payment_id": one.id, "sales_document_id": document.id})
        if kind == "applied again":
            writer.now += datetime.timedelta(days=1)
            writer.do(undo_application, {"id": application.id})
            other = bring(writer, cfdi(uuid=second, Folio="2", Fecha=early))
            writer.do(apply_credit, {"payment_id": one.id, "sales_document_id": other.id})
    assert owner.execute(text(IMPOSSIBLE), {"company": mine.id}).all() == []
    assert rows(owner, mine, Payment, "applied") in ([D(1160)], [])


@pytest.mark.parametrize(("before", "left"), [("0.00", "0.00"), ("580.00", "10440.00")])
def test_a_payment_in_another_currency_is_used_as_far_as_it_pays(
    mine: Any, writer: Writer, owner: Any, before: str, left: str
) -> None:
    """20,880 pesos for 1,160 dollars, of which fewer may be owed; also where the invoice comes after it."""
    first, second = uuids(2)
    stated = 'MonedaDR="USD" EquivalenciaDR="0.0555555556"'
    dollars = {"Moneda": "USD", "TipoCambio": "18"}
    for uuid, arrives_late in ((first, False), (second, True)):
        texts = [
            cfdi(uuid=uuid, Folio=uuid[:4], **dollars),
            payment((uuid, before), of_payment='MonedaP="USD" TipoCambioP="18"', of_document='MonedaDR="USD"'),
            payment((uuid, "1160.00"), amount="20880.00", of_document=stated, at="2026-03-13T10:00:00"),
        ]
        texts = [text for text in texts if 'Monto="0.00"' not in text]
        for each in [*texts[1:], texts[0]] if arrives_late else texts:
            bring(writer, each)
    pesos = [row[1:] for row in rows(owner, mine, Payment, "currency", "amount", "applied") if row[0] == "MXN"]
    assert pesos == [(D(20880), D(20880) - D(left))] * 2
    assert set(rows(owner, mine, SalesDocument, "state", "paid")) == {("PAID", D(1160))}
