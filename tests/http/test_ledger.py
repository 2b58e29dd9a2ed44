"""What a client owes and is owed, as the API shows it: the ledger's entries, and what is left to apply."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

import models
from domain.cfdi import read_cfdi
from domain.cfdi_import import import_cfdi
from domain.conversion import convert_sales_document
from domain.payment import apply_credit, refund_credit, register_payment, reverse_payment, undo_application
from domain.prospect import convert_prospect
from domain.sales_document import create_sales_document, send_sales_document
from models.collaborator import Role
from tests.cfdi import LINE, cfdi, credit
from tests.fixtures import Answer, Company, global_id
from tests.hostile.books_imported import HALF, LARGE
from tests.writing import Writer, events

D = Decimal
CHAIR = {"description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(2), "unit_price": D(500)}
ADVANCE = {"lines": LINE.replace("56101504", "84111506"), "MetodoPago": "PUE", "FormaPago": "03"}

LEDGER = """
query ($id: ID!, $filter: LedgerEntryFilter, $orderBy: [LedgerEntryOrder!], $first: Int, $after: String) {
  client(id: $id) {
    ledger(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount
      nodes {
        id kind amount currency effectiveOn recordedAt actor { name } salesDocument { id folio } payment { amount }
        creditNote { folio } reverses { id }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
LEFT = """
query ($id: ID!) {
  client(id: $id) {
    receivables {
      balance owed creditBalance currencies { currency owed creditBalance balance }
      unappliedPayments { id amount currency paidAt reference left }
      unappliedCreditNotes { id folio total currency issuedAt left }
      openAdvances { id folio total currency issuedAt paid advanceLeft }
    }
  }
}
"""
RELATED = "query ($id: ID!) { salesDocument(id: $id) { relatedCfdi { type uuid related { folio } } } }"


class Books:
    """A client on record, and what is done with its books."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.client = company.billable(rfc="EKU9003173C9", legal_name="ESCUELA KEMPER URGATE")
        self.writer = Writer(company)

    def bring(self, text: str, **options: Any) -> Any:
        return self.writer.do(import_cfdi, {"cfdi": read_cfdi(text), **options})

    def pay(self, amount: str, document: Any = None, **values: Any) -> Any:
        on = {"sales_document_id": document.id} if document else {"client_id": self.client}
        return self.writer.do(register_payment, on | {"amount": D(amount), "payment_form": "03"} | values)

    def sold(self, type_: str, **values: Any) -> Any:
        draft = {"client_id": self.client, "type": type_, "lines": [CHAIR]} | values
        if type_ != "SALES_NOTE":
            draft |= {"payment_form": "03", "payment_method": "PUE"}
        document = self.writer.do(create_sales_document, draft)
        return self.writer.do(send_sales_document, {"id": document.id})

    def ask(self, query: str, role: Role = Role.ADMIN, **variables: Any) -> Answer:
        return self.company.ask(query, role, id=global_id(models.Client, self.client), **variables)

    def ledger(self, *kinds: str, **variables: Any) -> list[Any]:
        variables = {"orderBy": [{"field": "RECORDED_AT", "direction": "ASC"}]} | variables
        if kinds:
            variables["filter"] = {"kind": {"in": list(kinds)}}
        return self.ask(LEDGER, **variables).data["client"]["ledger"]["nodes"]

    def places(self, *kinds: str) -> list[tuple[str, str, str | None]]:
        """Kind and amount of each entry, and the folio of the document on which it counts."""
        return [
            (entry["kind"], entry["amount"], entry["salesDocument"] and entry["salesDocument"]["folio"])
            for entry in self.ledger(*kinds)
        ]

    def left(self) -> Any:
        return self.ask(LEFT).data["client"]["receivables"]


@pytest.fixture
def books(company: Callable[[], Company]) -> Books:
    return Books(company())


@pytest.mark.claims(
    "docs/sales.md",
    "| kind | Spanish | what happens | amount and place |",
    "A positive amount means that the client owes more.",
    "An entry counts on a document, or, where it names none, on the client's credit balance (*saldo a favor*).",
    "`refundCredit` pays it back to the client.",
    "One of which a part was refunded is no longer reversed (`PAYMENT_REFUNDED`).",
)
def test_each_kind_of_entry_by_example(books: Books) -> None:
    invoice = books.bring(cfdi(Folio="1"))
    assert books.places() == [("CHARGE", "1160.00", "A-1")]
    paid = books.pay("1200", invoice)
    assert books.places("PAYMENT") == [("PAYMENT", "-1200.00", None)]
    assert sorted(books.places("APPLICATION"), key=str) == [
        ("APPLICATION", "-1160.00", "A-1"), ("APPLICATION", "1160.00", None),
    ]  # fmt: skip
    books.writer.do(refund_credit, {"payment_id": paid.id})
    assert books.places("REFUND") == [("REFUND", "40.00", None)]
    assert books.writer.refused(reverse_payment, {"id": paid.id}) == [("PAYMENT_REFUNDED", ("id",))]
    half = {"lines": LINE.replace("1000.00", "500.00").replace("160.00", "80.00").replace('"2"', '"1"')}
    half |= {"taxes": '<cfdi:Impuestos TotalImpuestosTrasladados="80.00"/>', "SubTotal": "500.00", "Total": "580.00"}
    books.bring(credit(str(invoice.uuid), **half))
    assert books.places("CREDIT") == [("CREDIT", "-580.00", None)]
    assert books.left()["balance"] == "-580.00"


def test_a_sales_note_of_which_an_invoice_takes_over_a_part_is_adjusted(books: Books) -> None:
    note = books.sold("SALES_NOTE")
    query = models.SalesDocumentLine.__table__.select().where(
        models.SalesDocumentLine.company_id == books.company.id, models.SalesDocumentLine.sales_document_id == note.id
    )
    [line] = books.company.owner.execute(query).all()
    half = {"id": note.id, "to": "INVOICE", "lines": [{"line_id": line.id, "quantity": D(1)}]}
    books.writer.do(convert_sales_document, half | {"payment_form": "03", "payment_method": "PUE"})
    assert books.places("ADJUSTMENT") == [("ADJUSTMENT", "-580.00", "NV-1")]
    assert books.left()["owed"] == "1160.00"


@pytest.mark.claims(
    "docs/sales.md",
    "Entries are added and never changed; a mistake is undone by another entry, which names the first in `reverses`.",
    "`reversePayment` is for a payment that never came or that the bank took back: what it paid is owed again.",
)
def test_what_is_undone_stays_with_the_entry_that_undoes_it(books: Books) -> None:
    invoice = books.bring(cfdi(Folio="1"))
    paid = books.pay("1160", invoice)
    before = {entry["id"]: entry for entry in books.ledger()}
    books.writer.do(reverse_payment, {"id": paid.id})
    after = {entry["id"]: entry for entry in books.ledger()}
    assert {id: after[id] for id in before} == before
    undone = {entry["reverses"]["id"]: entry["amount"] for id, entry in after.items() if id not in before}
    assert undone == {
        id: str(-D(entry["amount"])) for id, entry in before.items() if entry["kind"] in ("PAYMENT", "APPLICATION")
    }
    assert books.left()["owed"] == "1160.00"


@pytest.mark.claims(
    "docs/sales.md",
    "`Client.ledger` lists them in pages, newest or oldest first, by kind, currency, document and day.",
    "An entry has an amount in its currency, the day from which it counts (`effectiveOn`) and the instant when it was "
    "recorded (`recordedAt`).",
)
def test_the_ledger_is_filtered_ordered_and_paged(books: Books) -> None:
    for number, day in ((1, "03-01"), (2, "03-03"), (3, "03-02")):
        dollars = {"Moneda": "USD", "TipoCambio": "18.00"} if number == 2 else {}
        books.bring(cfdi(Folio=str(number), Fecha=f"2026-{day}T10:00:00", **dollars))

    def days(direction: str, **variables: Any) -> list[str]:
        order = [{"field": "EFFECTIVE_ON", "direction": direction}]
        return [entry["effectiveOn"][5:] for entry in books.ledger(orderBy=order, **variables)]

    assert days("DESC") == ["03-03", "03-02", "03-01"]
    assert days("ASC") == ["03-01", "03-02", "03-03"]
    assert days("ASC", filter={"effectiveOn": {"gte": "2026-03-02", "lt": "2026-03-03"}}) == ["03-02"]
    assert days("ASC", filter={"currency": {"eq": "USD"}}) == ["03-03"]
    assert days("ASC", filter={"kind": {"eq": "PAYMENT"}}) == []
    [entry, *_] = books.ledger(filter={"amount": {"gt": "0"}})
    assert (entry["salesDocument"]["folio"], entry["actor"]["name"], entry["reverses"]) == ("A-1", "Admin", None)
    of_it = books.ledger(filter={"salesDocument": {"id": {"eq": entry["salesDocument"]["id"]}}})
    assert [one["id"] for one in of_it] == [entry["id"]]

    order = [{"field": "EFFECTIVE_ON", "direction": "DESC"}]
    page = books.ask(LEDGER, orderBy=order, first=2).data["client"]["ledger"]
    assert (len(page["nodes"]), page["totalCount"], page["pageInfo"]["hasNextPage"]) == (2, 3, True)
    rest = books.ask(LEDGER, orderBy=order, first=2, after=page["pageInfo"]["endCursor"]).data["client"]["ledger"]
    assert [one["effectiveOn"] for one in rest["nodes"]] == ["2026-03-01"]


@pytest.mark.claims("docs/sales.md", "It needs `billing:read`.")
def test_the_ledger_needs_the_permission(books: Books) -> None:
    books.bring(cfdi())
    answer = books.ask(LEDGER, Role.READ_ONLY)
    assert answer.body["data"]["client"]["ledger"] is None
    assert [(error["path"], error["extensions"]["code"]) for error in answer.body["errors"]] == [
        (["client", "ledger"], "FORBIDDEN")
    ]


@pytest.mark.claims(
    "docs/sales.md",
    "On one document as much of it is applied as is owed, `total - paid - credited`; the rest is the client's credit "
    "balance, with the warning `PAYMENT_LEFT`.",
    "What is left of payments and credit notes is the client's credit balance (*saldo a favor*).",
    "`receivables` has it as `creditBalance`, by currency in `currencies`, and one by one in `unappliedPayments` and "
    "`unappliedCreditNotes`, each with what is `left` of it.",
    "`balance` is what the client owes less its credit balance, and negative where the company owes the client.",
    "`applyCredit` applies it to a document, without amounts as much as can be; `undoApplication` takes that back.",
)
def test_what_is_left_is_shown_one_by_one(books: Books) -> None:
    one = books.bring(cfdi(Folio="1"))
    over = {"sales_document_id": one.id, "amount": D(1200), "payment_form": "03", "reference": "SPEI 7"}
    assert books.writer.warned(register_payment, over) == [("PAYMENT_LEFT", ("amount",))]
    books.pay("50", currency="USD", exchange_rate=D(18))
    note = books.bring(credit(str(one.uuid)))
    shown = books.left()
    assert [(p["amount"], p["currency"], p["reference"], p["left"]) for p in shown["unappliedPayments"]] == [
        ("1200.00", "MXN", "SPEI 7", "40.00"), ("50.00", "USD", None, "50.00"),
    ]  # fmt: skip
    assert [(n["folio"], n["total"], n["left"]) for n in shown["unappliedCreditNotes"]] == [
        ("NC-1", "1160.00", "1160.00")
    ]
    assert (shown["balance"], shown["owed"], shown["creditBalance"]) == ("-2100.00", "0.00", "2100.00")
    assert [(c["currency"], c["creditBalance"]) for c in shown["currencies"]] == [("MXN", "1200.00"), ("USD", "50.00")]

    later = books.bring(cfdi(Folio="2"))
    books.writer.do(apply_credit, {"credit_note_id": note.id, "sales_document_id": later.id})
    shown = books.left()
    assert shown["unappliedCreditNotes"] == []
    assert (shown["balance"], shown["owed"]) == ("-940.00", "0.00")


@pytest.mark.claims(
    "docs/sales.md",
    "It is a charge and a payment, so it is no credit balance: `openAdvances` lists it until invoices that refer to it "
    "(relation 07) have taken all of it.",
    "What an imported CFDI refers to is in `relatedCfdi`.",
    "The invoice of the total is charged in full; the credit note with relation 07 takes the advance off it.",
)
def test_open_advances_are_those_that_no_invoice_refers_to(books: Books) -> None:
    first, second, total = (str(uuid4()) for _ in range(3))
    for number, uuid in ((1, first), (2, second)):
        books.bring(cfdi(uuid=uuid, Folio=str(number), **ADVANCE))
    books.bring(cfdi(Folio="3", **{**ADVANCE, "MetodoPago": "PPD", "FormaPago": "99"}))
    books.bring(cfdi(Folio="4", MetodoPago="PUE", FormaPago="03"))
    shown = books.left()
    assert [(a["folio"], a["total"], a["paid"]) for a in shown["openAdvances"]] == [
        ("A-1", "1160.00", "1160.00"), ("A-2", "1160.00", "1160.00"),
    ]  # fmt: skip
    assert shown["creditBalance"] == "0.00"

    whole = books.bring(cfdi(uuid=total, Folio="5", related=[first], relation="07"))
    related = books.company.ask(RELATED, id=global_id(models.SalesDocument, whole.id)).data["salesDocument"]
    assert related == {"relatedCfdi": [{"type": "07", "uuid": first, "related": {"folio": "A-1"}}]}
    shown = books.left()
    assert [a["folio"] for a in shown["openAdvances"]] == ["A-2"]
    assert shown["owed"] == "2320.00"
    books.bring(credit(total, relation="07", FormaPago="30", MetodoPago="PUE"))
    assert books.left()["owed"] == "1160.00"
    # The total is replaced by one that does not refer to the advance, which is open again.
    books.bring(cfdi(Folio="6", related=[total], relation="04"))
    assert [a["folio"] for a in books.left()["openAdvances"]] == ["A-1", "A-2"]


HALF_OF_IT = {"relation": "07", "FormaPago": "30", "MetodoPago": "PUE", **HALF}


def advances(books: Books) -> list[tuple[str, str]]:
    """Folio of each open advance, and what is left of it."""
    return [(one["folio"], one["advanceLeft"]) for one in books.left()["openAdvances"]]


@pytest.mark.claims(
    "docs/sales.md",
    "`advanceLeft` is what is left of it: an invoice takes what its credit notes with relation 07 apply, and all of "
    "the advance until the first of them comes in.",
    "Of several advances it takes the oldest first.",
)
def test_what_is_left_of_advances_is_told(books: Books) -> None:
    one, other, first, second, third = (str(uuid4()) for _ in range(5))
    books.bring(cfdi(uuid=one, Folio="1", Fecha="2026-03-01T10:00:00", **ADVANCE))
    books.bring(cfdi(uuid=other, Folio="2", **ADVANCE))
    assert advances(books) == [("A-1", "1160.00"), ("A-2", "1160.00")]
    of = {"relation": "07", "MetodoPago": "PUE", "FormaPago": "03"}
    books.bring(cfdi(uuid=first, Folio="3", related=[one], Fecha="2026-03-11T10:00:00", **of))
    assert advances(books) == [("A-2", "1160.00")]
    note = books.bring(credit(first, **HALF_OF_IT))
    assert advances(books) == [("A-1", "580.00"), ("A-2", "1160.00")]
    # The next one takes the rest of the first advance, and half of the second.
    both = {"Fecha": "2026-03-12T10:00:00", "related": [one, other], **LARGE, **of}
    books.bring(cfdi(uuid=second, Folio="4", **both))
    assert advances(books) == []
    books.bring(credit(second, Folio="2", relation="07", FormaPago="30", MetodoPago="PUE"))
    assert advances(books) == [("A-2", "580.00")]
    books.bring(cfdi(uuid=third, Folio="5", related=[other], **{**of, "Fecha": "2026-03-13T10:00:00"}))
    books.bring(credit(third, Folio="3", **HALF_OF_IT))
    assert advances(books) == []
    assert books.left()["balance"] == "0.00"
    query = "query ($id: ID!) { salesDocument(id: $id) { ... on SalesInvoice { advanceLeft } } }"
    of_invoice = {"id": global_id(models.SalesDocument, note.origin_id)}
    assert books.company.ask(query, **of_invoice).data["salesDocument"] == {"advanceLeft": None}


def test_an_invoice_that_deducts_an_advance_takes_it(books: Books) -> None:
    """Half of it: 500.00 and the IVA of that."""
    advance = str(uuid4())
    books.bring(cfdi(uuid=advance, Folio="1", **ADVANCE))
    line = LINE.replace('Importe="1000.00"', 'Importe="1000.00" Descuento="500.00"', 1)
    line = line.replace('Base="1000.00"', 'Base="500.00"').replace("160.00", "80.00")
    books.bring(
        cfdi(
            Folio="2", related=[advance], relation="07", MetodoPago="PUE", FormaPago="03", lines=line,
            taxes=HALF["taxes"], SubTotal="1000.00", Descuento="500.00", Total="580.00",
        )
    )  # fmt: skip
    assert advances(books) == [("A-1", "580.00")]
    assert books.left()["balance"] == "0.00"


def test_what_a_prospect_paid_passes_to_the_client_that_it_becomes_part_of(books: Books) -> None:
    own = books.company
    prospect = own.client(kind="PROSPECT", legal_name="KEMPER EN TRATOS")
    advance = {"client_id": prospect, "amount": D(500), "payment_form": "03"}
    books.writer.do(register_payment, advance)
    books.writer.do(register_payment, advance | {"amount": D(20), "currency": "USD", "exchange_rate": D(18)})
    books.bring(cfdi(Folio="1"))
    assert (books.left()["balance"], books.left()["creditBalance"]) == ("1160.00", "0.00")
    books.writer.do(convert_prospect, {"id": prospect, "into_client_id": books.client})
    assert (books.left()["balance"], books.left()["creditBalance"]) == ("300.00", "860.00")
    assert len(books.ledger("PAYMENT")) == 2
    table = models.Client.__table__
    of_prospect = select(table.c.balance, table.c.credit_balance).where(
        table.c.company_id == own.id, table.c.id == prospect
    )
    assert own.owner.execute(of_prospect).all() == [(D(0), D(0))]


def test_money_that_is_on_no_document_is_told_in_the_history(books: Books) -> None:
    paid = books.pay("500")
    invoice = books.bring(cfdi(Folio="1"))
    applied = books.writer.do(apply_credit, {"payment_id": paid.id, "sales_document_id": invoice.id})
    books.writer.do(undo_application, {"id": applied.id})
    books.writer.do(refund_credit, {"payment_id": paid.id, "amount": D(100)})
    told = [(kind, details.get("amount")) for kind, details in events(books.company.owner, books.company)]
    assert [each for each in told if each[0].startswith(("PAYMENT", "CREDIT"))] == [
        ("PAYMENT_RECEIVED", "500.00"), ("CREDIT_APPLIED", "500.00"), ("CREDIT_APPLICATION_UNDONE", "500.00"),
        ("CREDIT_REFUNDED", "100.00"),
    ]  # fmt: skip
