"""The ledger: what a client owes after invoices, payments, credit notes and their CFDI came in any order (cases L)."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from domain import company, deal, price_list, sales_document
from domain.cancellation import cancel_sales_document
from domain.cfdi import read_cfdi
from domain.cfdi_import import import_cfdi
from domain.conversion import convert_sales_document
from domain.payment import apply_credit, refund_credit, register_payment, reverse_payment, undo_application
from domain.problem import Rejected
from domain.receivables import update_receivable_terms
from domain.sales_document import create_sales_document, send_sales_document
from models import Application, Client, HistoryEvent, Payment, SalesDocument
from models.collaborator import Role
from tests.cfdi import LINE, cfdi, credit, payment
from tests.writing import Writer, rows

MARCH_12 = datetime.datetime(2026, 3, 12, 16, tzinfo=datetime.UTC)
D = Decimal
CHAIR = {
    "description": "Silla",
    "product_code": "56101504",
    "unit_code": "H87",
    "quantity": D(1),
    "unit_price": D(1000),
}
pytestmark = pytest.mark.usefixtures("client")


@pytest.fixture
def client(mine: Any) -> Any:
    """Escuela Kemper, which the CFDIs are for."""
    return mine.billable(rfc="EKU9003173C9", legal_name="ESCUELA KEMPER URGATE")


def bring(writer: Writer, text_: str, **options: Any) -> Any:
    return writer.do(import_cfdi, {"cfdi": read_cfdi(text_), **options})


def warned(writer: Writer, text_: str, **options: Any) -> list[str]:
    codes = [code for code, _ in writer.warned(import_cfdi, {"cfdi": read_cfdi(text_), **options})]
    return [code for code in codes if code != "CFDI_RECEPTOR_DIFFERS"]


def refused(writer: Writer, text_: str, **options: Any) -> list[str]:
    return [code for code, _ in writer.refused(import_cfdi, {"cfdi": read_cfdi(text_), **options})]


def uuids(count: int) -> list[str]:
    return [str(uuid4()) for _ in range(count)]


def balance(owner: Any, mine: Any) -> D:
    """What the client owes; the ledger, the documents and the client's own columns agree on it."""
    [(kept, credit_balance)] = rows(owner, mine, Client, "balance", "credit_balance")
    naive = owner.execute(NAIVE, {"company": mine.id}).one()
    assert (kept, credit_balance) == (naive.ledger, naive.left)
    assert naive.ledger == naive.open - naive.left
    assert owner.execute(INCOHERENT, {"company": mine.id}).all() == []
    return kept


NAIVE = text(
    """
    select
        (select coalesce(sum(round(amount * exchange_rate, 2)), 0) from (
            select sum(amount) as amount, exchange_rate from ledger_entry where company_id = :company
            group by coalesce(sales_document_id, payment_id, credit_note_id), sales_document_id is null, exchange_rate
        ) one) as ledger,
        (select coalesce(sum(round((total - paid - credited) * exchange_rate, 2)), 0) from sales_document
            where company_id = :company and type in ('INVOICE', 'SALES_NOTE')
            and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID', 'PAID')) as open,
        (select coalesce(sum(round((amount - applied - refunded) * exchange_rate, 2)), 0) from payment
            where company_id = :company and reversed_at is null)
        + (select coalesce(sum(round((total - credited - refunded) * exchange_rate, 2)), 0) from sales_document
            where company_id = :company and type = 'CREDIT_NOTE' and state in ('STAMPED', 'SENT')) as left
    """
)
INCOHERENT = text(
    """
    select d.folio, d.state, d.paid, d.credited, l.amount from sales_document d
    left join (
        select sales_document_id, sum(amount) as amount from ledger_entry where company_id = :company group by 1
    ) l on l.sales_document_id = d.id
    where d.company_id = :company and d.type in ('INVOICE', 'SALES_NOTE') and coalesce(l.amount, 0) <>
        case when d.state in ('DRAFT', 'CANCELLED', 'CONVERTED') then 0 else d.total - d.paid - d.credited end
    """
)


@pytest.mark.claims(
    "docs/sales.md",
    "| 04 | replaces | The replaced invoice is owed no more, and its payments are the substitute's. A replaced "
    "payment no longer counts. |",
)
def test_a_substitute_replaces_what_it_relates_to(mine: Any, writer: Writer, owner: Any) -> None:
    """L01, in both orders; what was paid on the replaced invoice is paid on its substitute."""
    first, second = uuids(2)
    bring(writer, cfdi(uuid=first, Folio="1"))
    bring(writer, payment((first, "300.00")))
    assert balance(owner, mine) == D(860)
    substitute = cfdi(uuid=second, Folio="2", related=[first], relation="04")
    assert warned(writer, substitute) == ["CFDI_REPLACED"]
    assert balance(owner, mine) == D(860)
    assert rows(owner, mine, SalesDocument, "state", "paid") == [("CANCELLED", D(0)), ("PARTIALLY_PAID", D(300))]


@pytest.mark.claims(
    "docs/sales.md",
    "What refers to a CFDI that is not on record waits for it, with the warning `CFDI_RELATED_WAITS`, and takes "
    "effect when that comes in.",
)
def test_a_substitute_that_comes_first_replaces_what_comes_later(mine: Any, writer: Writer, owner: Any) -> None:
    first, second = uuids(2)
    assert warned(writer, cfdi(uuid=second, Folio="2", related=[first], relation="04")) == ["CFDI_RELATED_WAITS"]
    bring(writer, cfdi(uuid=first, Folio="1"))
    assert balance(owner, mine) == D(1160)
    assert sorted(rows(owner, mine, SalesDocument, "state")) == ["CANCELLED", "STAMPED"]


@pytest.mark.claims(
    "docs/sales.md",
    "| 02 | debit note | None: it is an invoice of its own and adds to what is owed. |",
    "| 05, 06 | transfer of goods | None. |",
)
@pytest.mark.parametrize("relation", ["02", "05", "06", "08", "09"])
def test_other_relations_only_refer(mine: Any, writer: Writer, owner: Any, relation: str) -> None:
    first, second = uuids(2)
    bring(writer, cfdi(uuid=first, Folio="1"))
    bring(writer, cfdi(uuid=second, Folio="2", related=[first], relation=relation))
    assert balance(owner, mine) == D(2320)


def test_a_payment_that_replaces_another_counts_alone(mine: Any, writer: Writer, owner: Any) -> None:
    """L02, in both orders."""
    [invoice, p1, p2, p3] = uuids(4)
    bring(writer, cfdi(uuid=invoice))
    bring(writer, payment((invoice, "580.00"), uuid=p1))
    bring(writer, payment((invoice, "580.00"), uuid=p2, related=[p1], relation="04", Folio="6"), new_payment=True)
    assert balance(owner, mine) == D(580)
    bring(writer, payment((invoice, "80.00"), uuid=p3, related=[p2], relation="04", Folio="7"))
    assert balance(owner, mine) == D(1080)


def test_a_refunded_payment_is_not_replaced(mine: Any, writer: Writer, owner: Any) -> None:
    """What was paid back cannot be taken back; the refusal is told, and nothing changes."""
    [invoice, p1, p2] = uuids(3)
    bring(writer, cfdi(uuid=invoice))
    bring(writer, payment((invoice, "580.00"), uuid=p1, amount="600.00"))
    [paid] = rows(owner, mine, Payment, "id")
    writer.do(refund_credit, {"payment_id": paid, "amount": D(20)})
    substitute = payment((invoice, "580.00"), uuid=p2, related=[p1], relation="04", Folio="6")
    assert refused(writer, substitute, new_payment=True) == ["PAYMENT_REFUNDED"]
    [reversal] = writer.together(reverse_payment, [{"id": paid}])
    [problem] = reversal.problems
    assert (problem.code.name, problem.path, problem.values) == ("PAYMENT_REFUNDED", ("id",), {"amount": " (20.00)"})
    assert balance(owner, mine) == D(580)


def test_a_replaced_payment_that_comes_late_changes_nothing(mine: Any, writer: Writer, owner: Any) -> None:
    [invoice, p1, p2] = uuids(3)
    bring(writer, cfdi(uuid=invoice))
    bring(writer, payment((invoice, "580.00"), uuid=p2, related=[p1], relation="04", Folio="6"))
    assert warned(writer, payment((invoice, "300.00"), uuid=p1)) == ["CFDI_REPLACED_BEFORE"]
    assert balance(owner, mine) == D(580)


@pytest.mark.claims(
    "docs/sales.md",
    "The same amount, day, form and reference on the same document is the same payment: it gets the CFDI's "
    "fiscal folio (`CFDI_PAYMENT_KNOWN`) and is not counted again.",
)
def test_a_payment_on_record_is_recognised_in_its_cfdi(mine: Any, writer: Writer, owner: Any) -> None:
    """L03."""
    [invoice, folio] = uuids(2)
    document = bring(writer, cfdi(uuid=invoice))
    by_hand = {"sales_document_id": document.id, "amount": D(580), "payment_form": "03", "paid_at": MARCH_12}
    writer.do(register_payment, by_hand)
    assert warned(writer, payment((invoice, "580.00"), uuid=folio)) == ["CFDI_PAYMENT_KNOWN"]
    assert [str(uuid) for uuid in rows(owner, mine, Payment, "uuid")] == [folio]
    assert balance(owner, mine) == D(580)


@pytest.mark.claims(
    "docs/sales.md",
    "Where it is not certain, `CFDI_PAYMENT_AMBIGUOUS` asks: answer with `paymentId`, or with `newPayment: true` "
    "for another one.",
)
def test_a_payment_that_only_resembles_one_on_record_is_asked_about(mine: Any, writer: Writer, owner: Any) -> None:
    [invoice, other] = uuids(2)
    document = bring(writer, cfdi(uuid=invoice))
    by_hand = {"sales_document_id": document.id, "amount": D(580), "payment_form": "03"}
    one = writer.do(register_payment, by_hand | {"paid_at": MARCH_12 + datetime.timedelta(days=1)})
    stated = payment((invoice, "580.00"), uuid=other)
    assert refused(writer, stated) == ["CFDI_PAYMENT_AMBIGUOUS"]
    assert balance(owner, mine) == D(580)
    bring(writer, stated, payment_id=one.id)
    assert balance(owner, mine) == D(580)
    bring(writer, payment((invoice, "580.00"), Folio="8"), new_payment=True)
    assert balance(owner, mine) == D(0)


@pytest.mark.claims(
    "docs/sales.md",
    "An imported invoice that says PUE is paid by an *assumed* payment (`assumed`) on its own day.",
)
@pytest.mark.parametrize("form", ["01", "03", "04"])
def test_what_says_pue_is_paid_on_its_day(mine: Any, writer: Writer, owner: Any, form: str) -> None:
    """L04."""
    bring(writer, cfdi(MetodoPago="PUE", FormaPago=form))
    assert balance(owner, mine) == 0
    assert rows(owner, mine, SalesDocument, "state") == ["PAID"]
    assert rows(owner, mine, Payment, "assumed", "amount", "payment_form") == [(True, D(1160), form)]


@pytest.mark.claims(
    "docs/sales.md",
    "A payment that is known, by hand or by its CFDI, replaces the assumed one.",
)
def test_a_known_payment_replaces_the_assumed_one(mine: Any, writer: Writer, owner: Any) -> None:
    document = bring(writer, cfdi(MetodoPago="PUE", FormaPago="03"))
    part = {"sales_document_id": document.id, "amount": D(1000), "payment_form": "03", "paid_at": MARCH_12}
    writer.do(register_payment, part)
    assert balance(owner, mine) == D(160)
    writer.do(register_payment, part | {"amount": D(160)})
    assert balance(owner, mine) == 0
    assert writer.refused(register_payment, part) == [("DOCUMENT_STATE", ("sales_document_id",))]


@pytest.mark.claims(
    "docs/sales.md",
    "`assumePaid: false` of the import, or `assumesPaid: false` of the client's terms, leaves the invoice open, "
    "due at the end of its month.",
)
def test_whether_pue_is_assumed_to_be_paid_can_be_said(mine: Any, writer: Writer, owner: Any, client: Any) -> None:
    pue = {"MetodoPago": "PUE", "FormaPago": "03"}
    bring(writer, cfdi(Folio="1", **pue), assume_paid=False)
    assert balance(owner, mine) == D(1160)
    assert rows(owner, mine, SalesDocument, "due_on") == [datetime.date(2026, 3, 31)]
    writer.do(update_receivable_terms, {"client_id": client, "assumes_paid": False})
    bring(writer, cfdi(Folio="2", **pue))
    assert balance(owner, mine) == D(2320)
    bring(writer, cfdi(Folio="3", **pue), assume_paid=True)
    assert balance(owner, mine) == D(2320)


@pytest.mark.claims(
    "docs/sales.md",
    "| 01, 03 | credit note, return of goods | On a credit note (type E): it reduces the invoices in their "
    "order, as far as they are owed. The rest is credit balance. |",
    "The order in which they come in does not matter.",
)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_credit_note_reduces_all_that_it_relates_to(mine: Any, writer: Writer, owner: Any, reverse: bool) -> None:
    """L05, in any order of arrival; L06."""
    invoices = uuids(3)
    line = LINE.replace("1000.00", "3000.00").replace("160.00", "480.00").replace("500.00", "1500.00")
    taxes = '<cfdi:Impuestos TotalImpuestosTrasladados="480.00"/>'
    note = credit(invoices[0], related=invoices, lines=line, taxes=taxes, SubTotal="3000.00", Total="3480.00")
    texts = [cfdi(uuid=uuid, Folio=str(number)) for number, uuid in enumerate(invoices, 1)] + [note]
    for each in reversed(texts) if reverse else texts:
        bring(writer, each)
    assert balance(owner, mine) == 0
    assert set(rows(owner, mine, SalesDocument, "state")) == {"PAID", "STAMPED"}


@pytest.mark.claims(
    "docs/sales.md",
    "Of an advance of 1,160.00 on a sale of 3,480.00, 2,320.00 are owed.",
    "| 07 | application of an advance | On a credit note: it reduces the invoice, as 01 does. On an invoice it "
    "only refers to the advance. |",
)
def test_an_advance_reduces_the_total_invoice(mine: Any, writer: Writer, owner: Any) -> None:
    """L07: the SAT's procedure with an E."""
    advance, total = uuids(2)
    bring(writer, cfdi(uuid=advance, Folio="1", MetodoPago="PUE", FormaPago="03"))
    line = LINE.replace("1000.00", "3000.00").replace("160.00", "480.00").replace("500.00", "1500.00")
    taxes = '<cfdi:Impuestos TotalImpuestosTrasladados="480.00"/>'
    whole = {"lines": line, "taxes": taxes, "SubTotal": "3000.00", "Total": "3480.00"}
    bring(writer, cfdi(uuid=total, Folio="2", related=[advance], relation="07", **whole))
    bring(writer, credit(total, relation="07", FormaPago="30", MetodoPago="PUE"))
    assert balance(owner, mine) == D(2320)


@pytest.mark.claims(
    "docs/sales.md",
    "An invoice of the total that says PUE is assumed to be paid except for the advance.",
)
def test_what_is_paid_at_once_after_an_advance_is_the_rest(mine: Any, writer: Writer, owner: Any) -> None:
    advance, total = uuids(2)
    pue = {"MetodoPago": "PUE", "FormaPago": "03"}
    bring(writer, cfdi(uuid=advance, Folio="1", **pue))
    line = LINE.replace("1000.00", "3000.00").replace("160.00", "480.00").replace("500.00", "1500.00")
    taxes = '<cfdi:Impuestos TotalImpuestosTrasladados="480.00"/>'
    whole = {"lines": line, "taxes": taxes, "SubTotal": "3000.00", "Total": "3480.00"}
    bring(writer, cfdi(uuid=total, Folio="2", related=[advance], relation="07", **whole, **pue))
    assert balance(owner, mine) == D(1160)
    bring(writer, credit(total, relation="07", FormaPago="30", MetodoPago="PUE"))
    assert balance(owner, mine) == 0


@pytest.mark.claims(
    "docs/sales.md",
    "A payment has its own currency and exchange rate.",
    "At 18 pesos for a dollar, 20,880 pesos pay an invoice of 1,160 dollars:",
)
def test_a_payment_has_its_own_currency(mine: Any, writer: Writer, owner: Any) -> None:
    """L08: 20,880 pesos pay 1,160 dollars at 18."""
    document = bring(writer, cfdi(Moneda="USD", TipoCambio="18.00"))
    assert balance(owner, mine) == D(20880)
    pesos = {"sales_document_id": document.id, "currency": "MXN", "payment_form": "03"}
    writer.do(register_payment, pesos | {"amount": D(10440)})
    assert rows(owner, mine, SalesDocument, "paid") == [D(580)]
    assert balance(owner, mine) == D(10440)
    writer.do(register_payment, pesos | {"amount": D(10440)})
    assert rows(owner, mine, SalesDocument, "state") == ["PAID"]
    assert balance(owner, mine) == 0


@pytest.mark.parametrize(
    ("money", "stated", "code", "path"),
    [
        ("10", {"amount": "5"}, "CREDIT_OVER_LEFT", "amount"),
        ("10", {"amount": "1160"}, "CREDIT_OVER_LEFT", "amount"),
        ("20000", {"source_amount": "20000.01"}, "CREDIT_OVER_LEFT", "source_amount"),
        ("30000", {"source_amount": "25000"}, "PAYMENT_OVER_BALANCE", "source_amount"),
        ("30000", {"amount": "1160.01"}, "PAYMENT_OVER_BALANCE", "amount"),
    ],
)
def test_a_payment_in_another_currency_is_worth_what_its_rate_says(
    mine: Any, writer: Writer, owner: Any, money: str, stated: dict[str, str], code: str, path: str
) -> None:
    """Ten pesos pay no invoice of 1,160 dollars, nor does it take 25,000 pesos, where one amount alone is stated."""
    document = bring(writer, cfdi(Moneda="USD", TipoCambio="18.00"))
    [client] = rows(owner, mine, Client, "id")
    paid = {"client_id": client, "amount": D(money), "payment_form": "03", "currency": "MXN"}
    part = {"sales_document_id": document.id, **{name: D(value) for name, value in stated.items()}}
    assert writer.refused(register_payment, paid | {"applications": [part]}) == [(code, ("applications", 0, path))]
    payment = writer.do(register_payment, paid)
    assert writer.refused(apply_credit, {"payment_id": payment.id, **part}) == [(code, (path,))]
    assert rows(owner, mine, SalesDocument, "paid") == [D(0)]


@pytest.mark.parametrize(
    ("money", "stated", "shares"),
    [
        ("100.00", {"amount": "5.56"}, ("5.56", "100.00")),
        ("20880.05", {"source_amount": "20880.05"}, ("1160.00", "20880.05")),
        ("20880.05", {"amount": "1160", "source_amount": "20880.05"}, ("1160.00", "20880.05")),
    ],
)
def test_a_share_in_another_currency_may_be_rounded_to_all_that_there_is(
    mine: Any, writer: Writer, owner: Any, money: str, stated: dict[str, str], shares: tuple[str, str]
) -> None:
    document = bring(writer, cfdi(Moneda="USD", TipoCambio="18.00"))
    [client] = rows(owner, mine, Client, "id")
    paid = {"client_id": client, "amount": D(money), "payment_form": "03", "currency": "MXN"}
    part = {"sales_document_id": document.id, **{name: D(value) for name, value in stated.items()}}
    writer.do(register_payment, paid | {"applications": [part]})
    assert rows(owner, mine, Application, "amount", "source_amount") == [tuple(map(D, shares))]


def test_a_payment_is_not_more_than_the_record_holds(mine: Any, writer: Writer) -> None:
    paid = {"client_id": mine.billable(rfc="XIA190128J61"), "payment_form": "03", "currency": "USD"}
    most = paid | {"exchange_rate": D(1_000_000), "amount": D("999999999.99")}
    writer.do(register_payment, most)
    for over in (D(1_000_000_000), D(999_999_999_999_999)):
        with pytest.raises(Rejected) as refused:
            writer.do(register_payment, most | {"amount": over})
        [problem] = refused.value.problems
        assert (problem.code.name, problem.path) == ("OUT_OF_RANGE", ("amount",))
        assert problem.values == {"least": "0.01", "most": "999999999.99"}


def test_the_companys_currency_has_no_other_rate_than_1(mine: Any, writer: Writer, owner: Any) -> None:
    paid = {"client_id": mine.billable(rfc="XIA190128J61"), "payment_form": "03", "amount": D(1)}
    assert writer.refused(register_payment, paid | {"exchange_rate": D("1.1")}) == [
        ("EXCHANGE_RATE_REQUIRED", ("exchange_rate",))
    ]
    writer.do(register_payment, paid | {"exchange_rate": D("1.000000")})
    assert rows(owner, mine, Payment, "exchange_rate") == [D(1)]


def test_both_amounts_in_one_currency_are_one(mine: Any, writer: Writer, owner: Any) -> None:
    document = bring(writer, cfdi())
    [client] = rows(owner, mine, Client, "id")
    payment = writer.do(register_payment, {"client_id": client, "amount": D(500), "payment_form": "03"})
    part = {"payment_id": payment.id, "sales_document_id": document.id, "amount": D(10)}
    differ = [("AMOUNTS_DIFFER", ("source_amount",))]
    assert writer.refused(apply_credit, part | {"source_amount": D(500)}) == differ
    writer.do(apply_credit, part | {"source_amount": D("10.00")})
    assert rows(owner, mine, Application, "amount", "source_amount") == [(D(10), D(10))]


def test_money_is_paid_in_whole_units_where_the_currency_has_no_others(mine: Any, writer: Writer, owner: Any) -> None:
    """Four tenths of a yen cannot be paid, applied or paid back."""
    document = bring(writer, cfdi(Moneda="JPY", TipoCambio="0.12"))
    [client] = rows(owner, mine, Client, "id")
    paid = {"client_id": client, "payment_form": "03", "currency": "JPY", "exchange_rate": D("0.12")}
    refused = [("AMOUNT_DECIMALS", ("amount",))]
    assert writer.refused(register_payment, paid | {"amount": D("0.4")}) == refused
    payment = writer.do(register_payment, paid | {"amount": D("1000.00")})
    part = {"payment_id": payment.id, "sales_document_id": document.id}
    assert writer.refused(apply_credit, part | {"amount": D("0.5")}) == refused
    assert writer.refused(apply_credit, part | {"source_amount": D("0.5")}) == [("AMOUNT_DECIMALS", ("source_amount",))]
    assert writer.refused(refund_credit, {"payment_id": payment.id, "amount": D("999.99")}) == refused
    with pytest.raises(Rejected) as nothing:
        writer.do(refund_credit, {"payment_id": payment.id, "amount": D(0)})
    assert nothing.value.problems[0].values["least"] == "1"
    writer.do(apply_credit, part | {"amount": D(600)})
    writer.do(refund_credit, {"payment_id": payment.id, "amount": D("400.00")})
    assert rows(owner, mine, Payment, "amount", "applied", "refunded") == [(D(1000), D(600), D(400))]


def test_there_is_no_amount_in_no_currency(mine: Any, writer: Writer) -> None:
    """XXX is the SAT's code of a payment's comprobante, whose payments have their own currencies."""
    for fields in (company.FIELDS, deal.FIELDS, price_list.LIST, sales_document.HEADER):
        with pytest.raises(Rejected) as refused:
            fields["currency"].parse("xxx")
        assert [problem.code.name for problem in refused.value.problems] == ["CODE_UNKNOWN"]
    paid = {"client_id": mine.billable(rfc="XIA190128J61"), "payment_form": "03", "amount": D(1), "currency": "XXX"}
    assert writer.refused(register_payment, paid | {"exchange_rate": D(1)}) == [("CODE_UNKNOWN", ("currency",))]


def test_a_cfdi_of_a_payment_in_another_currency(mine: Any, writer: Writer, owner: Any) -> None:
    [invoice] = uuids(1)
    bring(writer, cfdi(uuid=invoice, Moneda="USD", TipoCambio="18.00"))
    of_document = 'MonedaDR="USD" EquivalenciaDR="0.0555555556"'
    bring(writer, payment((invoice, "1160.00"), amount="20880.00", of_document=of_document))
    assert balance(owner, mine) == 0
    assert rows(owner, mine, Payment, "currency", "amount", "applied") == [("MXN", D(20880), D(20880))]


def test_a_credit_note_on_a_paid_invoice_is_credit_balance(mine: Any, writer: Writer, owner: Any) -> None:
    """L09, by import and by command; it is applied to the next invoice, or refunded."""
    [paid] = uuids(1)
    bring(writer, cfdi(uuid=paid, Folio="1", MetodoPago="PUE", FormaPago="03"))
    note = bring(writer, credit(paid))
    assert balance(owner, mine) == D(-1160)
    later = bring(writer, cfdi(Folio="2"))
    assert balance(owner, mine) == 0
    application = writer.do(apply_credit, {"credit_note_id": note.id, "sales_document_id": later.id, "amount": D(1000)})
    assert writer.refused(refund_credit, {"credit_note_id": note.id, "amount": D("160.01")}) == [
        ("CREDIT_OVER_LEFT", ("amount",))
    ]
    writer.do(refund_credit, {"credit_note_id": note.id})
    assert balance(owner, mine) == D(160)
    writer.do(undo_application, {"id": application.id})
    assert rows(owner, mine, Client, "credit_balance") == [D(1000)]
    assert balance(owner, mine) == D(160)
    assert writer.refused(undo_application, {"id": application.id}) == [("APPLICATION_UNDONE", ("id",))]


@pytest.mark.claims(
    "docs/sales.md",
    "Nothing is applied without being asked for",
)
@pytest.mark.claims(
    "docs/sales.md",
    "`registerPayment` takes money that was received: on one document, on several (`applications`), or on none yet "
    "(`clientId`).",
)
def test_more_than_is_owed_is_left_to_apply(mine: Any, writer: Writer, owner: Any, client: Any) -> None:
    """L10; L16: one payment over several invoices."""
    one, other = (bring(writer, cfdi(Folio=folio)) for folio in "12")
    paid = writer.do(register_payment, {"sales_document_id": one.id, "amount": D(1200), "payment_form": "03"})
    assert rows(owner, mine, Client, "credit_balance") == [D(40)]
    writer.do(apply_credit, {"payment_id": paid.id, "sales_document_id": other.id})
    assert balance(owner, mine) == D(1120)
    both = [{"sales_document_id": other.id, "amount": D(120)}]
    writer.do(register_payment, {"client_id": client, "amount": D(500), "payment_form": "03", "applications": both})
    assert rows(owner, mine, Client, "credit_balance") == [D(380)]
    writer.do(reverse_payment, {"id": paid.id})
    assert balance(owner, mine) == D(1820)


def draft(writer: Writer, client: Any, type_: str = "INVOICE", **values: Any) -> Any:
    return writer.do(
        create_sales_document,
        {"client_id": client, "type": type_, "lines": [CHAIR], "payment_form": "01", "payment_method": "PUE"} | values,
    )


def terms(writer: Writer, client: Any, **values: Any) -> None:
    writer.do(update_receivable_terms, {"client_id": client, "confirmed": True} | values)


@pytest.mark.claims(
    "docs/sales.md",
    "An invoice that is paid in full when it is sent (`payment`) takes no credit.",
)
def test_what_is_paid_with_its_sending_takes_no_credit(mine: Any, writer: Writer, owner: Any, client: Any) -> None:
    """L11."""
    terms(writer, client, terms="CREDIT", credit_days=30, credit_limit=D(0))
    seller = Writer(mine, Role.BILLING)
    invoice = draft(writer, client)
    assert seller.refused(send_sales_document, {"id": invoice.id}) == [("CREDIT_LIMIT_EXCEEDED", ("id",))]
    part = {"id": invoice.id, "payment": {"amount": D("1159.99")}}
    assert seller.refused(send_sales_document, part) == [("CREDIT_LIMIT_EXCEEDED", ("id",))]
    seller.do(send_sales_document, {"id": invoice.id, "payment": {"reference": "caja 1"}})
    assert rows(owner, mine, SalesDocument, "state", "paid") == [("PAID", D(1160))]
    assert balance(owner, mine) == 0


@pytest.mark.parametrize("type_", ["INVOICE", "SALES_NOTE"])
def test_the_terms_of_sending_decide(mine: Any, writer: Writer, client: Any, type_: str) -> None:
    """L12."""
    document = draft(writer, client, type_)
    terms(writer, client, terms="CREDIT", credit_days=30, credit_limit=D(100))
    seller = Writer(mine, Role.BILLING)
    assert seller.refused(send_sales_document, {"id": document.id}) == [("CREDIT_LIMIT_EXCEEDED", ("id",))]
    assert writer.warned(send_sales_document, {"id": document.id}) == [("CREDIT_LIMIT_OVERRIDDEN", ("id",))]


@pytest.mark.claims(
    "docs/sales.md",
    "One rule decides on sending a document and on making an invoice of a sales note, by the client's terms at "
    "that moment.",
)
def test_a_cash_note_that_becomes_an_invoice_is_asked(mine: Any, writer: Writer, owner: Any, client: Any) -> None:
    """L13."""
    note = draft(writer, client, "SALES_NOTE")
    writer.do(send_sales_document, {"id": note.id})
    terms(writer, client, terms="CREDIT", credit_days=30, credit_limit=D(100))
    seller = Writer(mine, Role.BILLING)
    become = {"id": note.id, "to": "INVOICE"}
    assert seller.refused(convert_sales_document, become) == [("CREDIT_LIMIT_EXCEEDED", ("id",))]
    seller.do(register_payment, {"sales_document_id": note.id, "amount": D(1060), "payment_form": "03"})
    seller.do(convert_sales_document, become)
    assert balance(owner, mine) == D(100)


@pytest.mark.claims(
    "docs/sales.md",
    "With `overdueDays` in the terms nothing is sold on credit while something is overdue for more days than "
    "these (`CREDIT_OVERDUE`).",
)
def test_nothing_is_sold_while_something_is_overdue(mine: Any, writer: Writer, owner: Any, client: Any) -> None:
    terms(writer, client, terms="CREDIT", credit_days=30, overdue_days=15)
    late = bring(writer, cfdi())
    seller = Writer(mine, Role.BILLING)
    invoice = draft(writer, client)
    assert seller.refused(send_sales_document, {"id": invoice.id}) == [("CREDIT_OVERDUE", ("id",))]
    seller.do(register_payment, {"sales_document_id": late.id, "amount": D(1160), "payment_form": "03"})
    seller.do(send_sales_document, {"id": invoice.id})
    assert balance(owner, mine) == D(1160)


def test_a_folio_that_was_cancelled_here_comes_in_again(mine: Any, writer: Writer, owner: Any) -> None:
    """L14: unique at the SAT is the UUID."""
    first, second = uuids(2)
    bring(writer, cfdi(uuid=first))
    again = cfdi(uuid=second, related=[first], relation="04")
    assert warned(writer, again) == ["CFDI_FOLIO_REPEATED", "CFDI_REPLACED"]
    assert rows(owner, mine, SalesDocument, "folio") == ["A-77", "A-77"]
    assert balance(owner, mine) == D(1160)


def test_a_cancelled_cfdi_leaves_its_folio_to_the_next(mine: Any, writer: Writer, owner: Any) -> None:
    first, second = uuids(2)
    document = bring(writer, cfdi(uuid=first))
    reason = {"reason": "ERRORS_WITH_RELATION", "substitute_uuid": UUID(second)}
    writer.do(cancel_sales_document, {"id": document.id} | reason)
    assert "CFDI_FOLIO_TAKEN" not in warned(writer, cfdi(uuid=second, related=[first], relation="04"))
    assert balance(owner, mine) == D(1160)


@pytest.mark.parametrize("waits", [False, True])
def test_the_event_of_a_payment_is_at_its_fecha_pago(mine: Any, writer: Writer, owner: Any, waits: bool) -> None:
    """Also of one whose invoice is not on record yet; when it was recorded is beside it."""
    [invoice] = uuids(1)
    if not waits:
        bring(writer, cfdi(uuid=invoice))
    bring(writer, payment((invoice, "580.00"), at="2026-03-12T10:00:00"))
    kind = "PAYMENT_RECEIVED" if waits else "SALES_DOCUMENT_PAYMENT_REGISTERED"
    events = rows(owner, mine, HistoryEvent, "kind", "occurred_at", "recorded_at")
    [(occurred_at, recorded_at)] = [(at, recorded) for each, at, recorded in events if each == kind]
    assert occurred_at == MARCH_12
    assert recorded_at >= writer.now


def test_the_event_of_a_payment_by_hand_is_at_its_day(mine: Any, writer: Writer, owner: Any, client: Any) -> None:
    writer.do(register_payment, {"client_id": client, "amount": D(5), "payment_form": "03", "paid_at": MARCH_12})
    [(occurred_at, recorded_at)] = rows(owner, mine, HistoryEvent, "occurred_at", "recorded_at")
    assert occurred_at == MARCH_12 < recorded_at


@pytest.mark.claims(
    "docs/sales.md",
    "A CFDI that says another rest than there is gives the warning `CFDI_BALANCE_DIFFERS`.",
)
def test_a_payment_that_says_another_rest_is_told(writer: Writer) -> None:
    """L15."""
    [invoice] = uuids(1)
    bring(writer, cfdi(uuid=invoice))
    stated = payment((invoice, "500.00"), of_document='MonedaDR="MXN" ImpSaldoAnt="500.00" ImpSaldoInsoluto="0.00"')
    assert warned(writer, stated) == ["CFDI_BALANCE_DIFFERS"]


def test_a_payment_waits_for_what_it_pays(mine: Any, writer: Writer, owner: Any) -> None:
    [invoice] = uuids(1)
    assert warned(writer, payment((invoice, "580.00"))) == ["CFDI_RELATED_WAITS", "PAYMENT_LEFT"]
    assert balance(owner, mine) == D(-580)
    bring(writer, cfdi(uuid=invoice))
    assert balance(owner, mine) == D(580)
    assert rows(owner, mine, SalesDocument, "paid") == [D(580)]


def test_what_was_paid_on_a_cancelled_invoice_is_credit_balance(
    mine: Any, writer: Writer, owner: Any, client: Any
) -> None:
    invoice = draft(writer, client)
    writer.do(send_sales_document, {"id": invoice.id})
    paid = writer.do(register_payment, {"sales_document_id": invoice.id, "amount": D(500), "payment_form": "03"})
    assert writer.refused(cancel_sales_document, {"id": invoice.id}) == [("HAS_PAYMENTS", ("id",))]
    [application] = owner.execute(text("select id from application where payment_id = :id"), {"id": paid.id}).scalars()
    writer.do(undo_application, {"id": application})
    writer.do(cancel_sales_document, {"id": invoice.id})
    assert balance(owner, mine) == D(-500)
