"""Quotes, sales notes, invoices, credit notes: drawn up, edited, sent, answered, cancelled; folios, prices, credit."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.cancellation import cancel_sales_document
from domain.conversion import convert_sales_document
from domain.price_list import create_price_list, create_price_list_item, delete_price_list, update_price_list_item
from domain.problem import Rejected
from domain.sales_document import (
    accept_quote,
    create_sales_document,
    reject_quote,
    send_sales_document,
    update_sales_document,
)
from errors import Forbidden
from models import (
    CompanySequence,
    PriceList,
    ReceivableTerms,
    SalesDocument,
    SalesDocumentLine,
    SalesDocumentTax,
)
from models.collaborator import Role
from tests.writing import Writer, events, rows

D = Decimal
CHAIR = {
    "description": "Silla", "product_code": "56101504", "unit_code": "H87", "quantity": D(2), "unit_price": D("500"),
}  # fmt: skip


def draft(writer: Writer, client: Any, type_: str = "INVOICE", **given: Any) -> Any:
    return writer.do(create_sales_document, {"client_id": client, "type": type_, "lines": [CHAIR]} | given)


def sent(writer: Writer, client: Any, type_: str = "INVOICE", **given: Any) -> Any:
    return writer.do(send_sales_document, {"id": draft(writer, client, type_, **given).id})


@pytest.mark.claims(
    "docs/sales.md",
    "Due date and credit come from the client's terms: credit days after the day of issue; cash is due that day.",
)
def test_a_draft_has_folio_lines_taxes_sums_and_an_event(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    mine.add(ReceivableTerms, client_id=client, credit_days=30)
    fees = CHAIR | {
        "discount": D("100.5"),
        "taxes": [{"tax": "002", "rate": D("0.16")}, {"kind": "WITHHELD", "tax": "001", "rate": D("0.1")}],
    }
    document = draft(writer, client, lines=[CHAIR, fees], notes="Gracias", payment_method="PPD", payment_form="99")
    today = writer.viewer.today(writer.now)
    assert rows(owner, mine, SalesDocument, "folio", "state", "due_on", "on_credit", "currency", "version") == [
        ("F-1", "DRAFT", today + timedelta(days=30), True, "MXN", 1)
    ]
    # 2,000 less 100.50 is 1,899.50; IVA 303.92; ISR 10 % of 899.50 is 89.95.
    assert rows(owner, mine, SalesDocument, "subtotal", "discount", "tax", "withheld", "total") == [
        (D("2000.00"), D("100.50"), D("303.92"), D("89.95"), D("2113.47"))
    ]
    assert rows(owner, mine, SalesDocumentLine, "position", "amount", "discount", "tax", "tax_object") == [
        (1, D(1000), D(0), D(160), "02"),
        (2, D(1000), D("100.5"), D("143.92"), "02"),
    ]
    assert rows(owner, mine, SalesDocumentTax, "kind", "tax", "rate", "base", "amount") == [
        ("TRANSFERRED", "002", D("0.16"), D(1000), D(160)),
        ("TRANSFERRED", "002", D("0.16"), D("899.5"), D("143.92")),
        ("WITHHELD", "001", D("0.1"), D("899.5"), D("89.95")),
    ]
    assert events(owner, mine) == [
        ("SALES_DOCUMENT_ISSUED", {"type": "INVOICE", "folio": "F-1", "total": "2113.47", "currency": "MXN"})
    ]
    assert document.folio == "F-1"


def test_everything_wrong_is_told_at_once(mine: Any, writer: Writer, owner: Any) -> None:
    given = {
        "client_id": mine.billable(),
        "type": "INVOICE",
        "series": "A-1",
        "currency": "USD",
        "lines": [
            CHAIR | {"quantity": D(0), "unit_price": D("1.1234567"), "product_code": "1"},
            {"sku": "NADA", "quantity": D(1)},
            CHAIR | {"discount": D(1001)},
            CHAIR | {"taxes": [{"tax": "002", "rate": D("0.15")}], "tax_object": "01"},
            {"quantity": D(1), "description": "Silla"},
        ],
    }
    assert writer.refused(create_sales_document, given) == [
        ("SERIES_FORMAT", ("series",)),
        ("EXCHANGE_RATE_REQUIRED", ("exchange_rate",)),
        ("CODE_UNKNOWN", ("lines", 0, "product_code")),
        ("TOO_MANY_DECIMALS", ("lines", 0, "unit_price")),
        ("OUT_OF_RANGE", ("lines", 0, "quantity")),
        ("SKU_UNKNOWN", ("lines", 1, "sku")),
        ("DISCOUNT_OVER_AMOUNT", ("lines", 2, "discount")),
        ("TAX_RATE_UNKNOWN", ("lines", 3, "taxes", 0)),
        ("TAX_OBJECT_MISMATCH", ("lines", 3, "tax_object")),
        ("PRICE_REQUIRED", ("lines", 4, "product_code")),
        ("PRICE_REQUIRED", ("lines", 4, "unit_code")),
        ("PRICE_REQUIRED", ("lines", 4, "unit_price")),
    ]
    assert writer.refused(create_sales_document, given | {"lines": []})[-1] == ("LINES_REQUIRED", ("lines",))
    assert rows(owner, mine, SalesDocument, "id") == []
    assert rows(owner, mine, CompanySequence, "name") == []


HUGE = CHAIR | {"tax_object": "01", "taxes": [], "quantity": D(10_000_000), "unit_price": D("99999.99")}
"""A line of a little less than a million millions."""
WITHHELD = CHAIR | {
    "quantity": D(1),
    "unit_price": D(1),
    "taxes": [{"tax": "003", "factor": "QUOTA", "kind": "WITHHELD", "rate": D(60)}],
}
"""A line of which more is withheld than it comes to."""


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"lines": [HUGE | {"quantity": D(10_000_002)}]}, ("OUT_OF_RANGE", ("lines", 0, "quantity"))),
        ({"lines": [CHAIR, HUGE | {"unit_price": D(10) ** 11}]}, ("OUT_OF_RANGE", ("lines", 1, "quantity"))),
        (
            {"lines": [HUGE | {"tax_object": "02", "taxes": [{"tax": "003", "rate": D("1.6")}]}]},
            ("OUT_OF_RANGE", ("lines", 0, "quantity")),
        ),
        (
            {"lines": [WITHHELD | {"quantity": D(10) ** 11, "unit_price": D(0)}]},
            ("OUT_OF_RANGE", ("lines", 0, "quantity")),
        ),
        ({"lines": [HUGE], "currency": "USD", "exchange_rate": D(1001)}, ("TOTAL_OUT_OF_RANGE", ("lines",))),
        ({"lines": [WITHHELD]}, ("TOTAL_OUT_OF_RANGE", ("lines",))),
    ],
    ids=["quantity", "price", "tax", "quota", "rate", "withheld"],
)
def test_what_the_record_does_not_hold_is_told_at_its_field(
    mine: Any, writer: Writer, owner: Any, given: dict[str, Any], problem: tuple[str, tuple[Any, ...]]
) -> None:
    client = mine.billable()
    assert writer.refused(create_sales_document, {"client_id": client, "type": "SALES_NOTE", **given}) == [problem]
    there = draft(writer, client, "SALES_NOTE")
    assert writer.refused(update_sales_document, {"id": there.id, **given}) == [problem]
    assert rows(owner, mine, SalesDocument, "folio", "total") == [("NV-1", there.total)]


def test_what_is_withheld_of_a_line_may_be_more_than_it_comes_to(mine: Any, writer: Writer, owner: Any) -> None:
    note = sent(writer, mine.billable(), "SALES_NOTE", lines=[CHAIR, WITHHELD])
    assert note.total == D("1101.00")
    lines = dict(rows(owner, mine, SalesDocumentLine, "position", "id"))
    part = {"id": note.id, "to": "INVOICE", "lines": [{"line_id": lines[2]}]}
    assert writer.refused(convert_sales_document, part) == [("TOTAL_OUT_OF_RANGE", ("lines",))]


def test_the_largest_that_the_record_holds_is_owed(mine: Any, writer: Writer) -> None:
    client = mine.billable()
    note = sent(writer, client, "SALES_NOTE", lines=[HUGE], currency="USD", exchange_rate=D(1000))
    assert note.total == D("999999900000.00")


def test_prospects_get_quotes_but_no_invoices(mine: Any, writer: Writer) -> None:
    prospect = mine.client(kind="PROSPECT")
    assert draft(writer, prospect, "QUOTE").folio == "COT-1"
    given = {"client_id": prospect, "type": "INVOICE", "lines": [CHAIR]}
    assert writer.refused(create_sales_document, given) == [("CLIENT_IS_PROSPECT", ("client_id",))]


@pytest.mark.claims(
    "docs/sales.md",
    "Numbers of a series have no gaps: the series' row is locked last, in the same transaction, and a number "
    "whose document was not saved goes to the next one.",
)
def test_a_hundred_at_once_have_a_hundred_consecutive_folios(mine: Any, writer: Writer, owner: Any) -> None:
    clients = [mine.billable(legal_name=f"CLIENTE {n}") for n in range(5)]
    wrong = [{"client_id": clients[0], "type": "INVOICE", "lines": [CHAIR | {"quantity": D(-1)}]}] * 10
    right = [{"client_id": clients[n % 5], "type": "INVOICE", "lines": [CHAIR]} for n in range(100)]
    done = writer.together(create_sales_document, [*right[:50], *wrong, *right[50:]])
    assert [type(one) for one in done if isinstance(one, BaseException)] == [Rejected] * 10
    numbers = sorted(rows(owner, mine, SalesDocument, "number"))
    assert numbers == list(range(1, 101))


@pytest.mark.claims(
    "docs/sales.md",
    "A document is drawn up as a draft with the next folio of its series, edited while it is a draft, and sent.",
)
def test_each_type_and_series_counts_for_itself(mine: Any, writer: Writer) -> None:
    client = mine.billable()
    folios = [draft(writer, client, type_).folio for type_ in ("QUOTE", "SALES_NOTE", "INVOICE", "INVOICE")]
    assert [*folios, draft(writer, client, series="norte").folio] == ["COT-1", "NV-1", "F-1", "F-2", "NORTE-1"]


@pytest.mark.claims(
    "docs/sales.md",
    "An item of a price list fills in what a line with its `sku` leaves out: the list is the one that is "
    "named, or else the client's.",
)
def test_a_price_list_gives_what_a_line_leaves_out(mine: Any, writer: Writer, owner: Any) -> None:
    prices = writer.do(create_price_list, {"name": "Mayoreo"})
    item = {"price_list_id": prices.id, "sku": "SILLA"} | {k: v for k, v in CHAIR.items() if k != "quantity"}
    beer = item | {"sku": "CERVEZA", "taxes": [{"tax": "003", "rate": D("0.265")}, {"tax": "002", "rate": D("0.16")}]}
    chair = writer.do(create_price_list_item, item)
    writer.do(create_price_list_item, beer)
    assert writer.refused(create_price_list_item, item) == [("DUPLICATE_NAME", ("sku",))]
    client = mine.billable(price_list_id=prices.id)
    lines = [
        {"sku": "SILLA", "quantity": D(1)},
        {"sku": "SILLA", "quantity": D(1), "unit_price": D(400)},
        {"sku": "CERVEZA", "quantity": D(2)},
    ]
    # 500 + 400 + 1,000; IVA 80 + 64, on beer 16 % of 1,265 = 202.40; IEPS 265.
    document = draft(writer, client, lines=lines)
    assert (document.subtotal, document.tax, document.price_list_id) == (D(1900), D("611.40"), prices.id)
    writer.do(update_price_list_item, {"id": chair.id, "unit_price": D(550)})
    assert draft(writer, client, lines=lines[:1]).subtotal == D(550)
    assert rows(owner, mine, SalesDocument, "subtotal") == [D(1900), D(550)]
    assert writer.refused(delete_price_list, {"id": prices.id}) == [("IN_USE", ("id",))]
    given = {"client_id": client, "type": "QUOTE", "lines": lines[:1], "currency": "USD", "exchange_rate": D(18)}
    assert writer.refused(create_sales_document, given) == [("PRICE_CURRENCY", ("lines", 0, "unit_price"))]


def test_a_draft_is_edited_and_nothing_else(mine: Any, writer: Writer, owner: Any) -> None:
    document = draft(writer, mine.billable())
    writer.do(update_sales_document, {"id": document.id, "notes": "Nueva", "lines": [CHAIR | {"quantity": D(3)}]})
    assert rows(owner, mine, SalesDocument, "total", "notes", "version") == [(D(1740), "Nueva", 2)]
    assert rows(owner, mine, SalesDocumentLine, "quantity") == [D(3)]
    assert rows(owner, mine, SalesDocumentTax, "amount") == [D(240)]
    kind, details = events(owner, mine)[-1]
    assert (kind, details["label"], details["changes"]) == (
        "SALES_DOCUMENT_CHANGED",
        "F-1",
        [
            {"field": "notes", "from": None, "to": "Nueva"},
            {
                "field": "lines",
                "from": "2 H87 × 500 Silla (56101504, 02) +002 16%",
                "to": "3 H87 × 500 Silla (56101504, 02) +002 16%",
            },
            {"field": "total", "from": "1160.00", "to": "1740.00"},
        ],
    )
    writer.do(send_sales_document, {"id": document.id})
    assert writer.refused(update_sales_document, {"id": document.id, "notes": "X"}) == [("DOCUMENT_STATE", ("id",))]
    assert writer.refused(send_sales_document, {"id": document.id}) == [("DOCUMENT_STATE", ("id",))]


def test_a_quote_is_answered_while_it_holds(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    accepted, rejected, late = (sent(writer, client, "QUOTE").id for _ in range(3))
    writer.do(accept_quote, {"id": accepted})
    writer.do(reject_quote, {"id": rejected})
    writer.now += timedelta(days=17)
    assert writer.refused(accept_quote, {"id": late}) == [("QUOTE_EXPIRED", ("id",))]
    assert writer.refused(reject_quote, {"id": accepted}) == [("DOCUMENT_STATE", ("id",))]
    assert rows(owner, mine, SalesDocument, "state") == ["ACCEPTED", "REJECTED", "SENT"]
    assert events(owner, mine)[-1] == (
        "SALES_DOCUMENT_STATE_CHANGED",
        {"type": "QUOTE", "folio": "COT-2", "from_state": "SENT", "to_state": "REJECTED"},
    )


@pytest.mark.claims(
    "docs/sales.md",
    "Sending a document on credit that exceeds what is available is refused, unless the viewer holds "
    "`credit:override`: then `creditExceededBy` is in the event.",
)
def test_over_the_limit_is_refused_or_recorded(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable(owner_id=mine.people[Role.SALES])
    mine.add(ReceivableTerms, client_id=client, credit_days=30, credit_limit=D(2000))
    sent(writer, client)
    seller = Writer(mine, Role.SALES)
    second = draft(seller, client).id
    assert seller.refused(send_sales_document, {"id": second}) == [("CREDIT_LIMIT_EXCEEDED", ("id",))]
    with pytest.raises(Rejected) as rejected:
        seller.do(send_sales_document, {"id": second})
    [problem] = rejected.value.problems
    # Who may not read receivables learns no amount of them.
    assert not re.search(r"\d", problem.message_es + problem.message_en)
    # A quote is no debt.
    sent(seller, client, "QUOTE")
    assert writer.warned(send_sales_document, {"id": second}) == [("CREDIT_LIMIT_OVERRIDDEN", ("id",))]
    assert events(owner, mine)[-1] == (
        "SALES_DOCUMENT_STATE_CHANGED",
        {
            "type": "INVOICE",
            "folio": "F-2",
            "currency": "MXN",
            "from_state": "DRAFT",
            "to_state": "SENT",
            "credit_exceeded_by": "320.00",
        },
    )


@pytest.mark.claims(
    "docs/sales.md",
    "A limit of null is no limit, a limit of 0 is no credit.",
)
@pytest.mark.parametrize(("limit", "refused"), [(None, False), (D(0), True), (D(1160), False), (D("1159.99"), True)])
def test_no_limit_is_not_a_limit_of_nothing(mine: Any, limit: Any, refused: bool) -> None:
    client = mine.billable(owner_id=mine.people[Role.SALES])
    mine.add(ReceivableTerms, client_id=client, credit_days=30, credit_limit=limit)
    seller = Writer(mine, Role.SALES)
    document = draft(seller, client).id
    if refused:
        assert seller.refused(send_sales_document, {"id": document}) == [("CREDIT_LIMIT_EXCEEDED", ("id",))]
    else:
        assert seller.do(send_sales_document, {"id": document}).state == "SENT"


def test_two_that_fit_only_alone_do_not_pass_together(mine: Any) -> None:
    client = mine.billable(owner_id=mine.people[Role.SALES])
    mine.add(ReceivableTerms, client_id=client, credit_days=30, credit_limit=D(2000))
    seller = Writer(mine, Role.SALES)
    both = [{"id": draft(seller, client).id} for _ in range(2)]
    done = seller.together(send_sales_document, both)
    assert sum(isinstance(one, BaseException) for one in done) == 1


def test_a_credit_note_reduces_its_invoice_until_it_is_cancelled(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    invoice = sent(writer, client)
    half = CHAIR | {"quantity": D(1)}
    note = draft(writer, client, "CREDIT_NOTE", invoice_id=invoice.id, lines=[half])
    assert (note.folio, note.origin_id) == ("NC-1", invoice.id)
    assert rows(owner, mine, SalesDocument, "credited") == [D(0), D(0)]
    writer.do(send_sales_document, {"id": note.id})
    assert rows(owner, mine, SalesDocument, "state", "credited") == [("SENT", D(580)), ("SENT", D(580))]
    rest = draft(writer, client, "CREDIT_NOTE", invoice_id=invoice.id)
    assert writer.refused(send_sales_document, {"id": rest.id}) == [("CREDIT_OVER_BALANCE", ("id",))]
    assert writer.refused(cancel_sales_document, {"id": invoice.id}) == [("HAS_DESCENDANTS", ("id",))]
    sent(writer, client, "CREDIT_NOTE", invoice_id=invoice.id, lines=[half])
    assert rows(owner, mine, SalesDocument, "state", "credited")[0] == ("PAID", D(1160))
    writer.do(cancel_sales_document, {"id": note.id})
    assert rows(owner, mine, SalesDocument, "state", "credited")[:2] == [("SENT", D(580)), ("CANCELLED", D(0))]
    other = {"client_id": mine.billable(), "type": "CREDIT_NOTE", "invoice_id": invoice.id, "lines": [half]}
    assert writer.refused(create_sales_document, other) == [("INVOICE_REQUIRED", ("invoice_id",))]


def test_who_may_not_sell_is_told_so(mine: Any) -> None:
    client = mine.billable()
    with pytest.raises(Forbidden, match="sales:write"):
        draft(Writer(mine, Role.READ_ONLY), client)
    given = {"client_id": client, "type": "QUOTE", "lines": [CHAIR]}
    assert Writer(mine, Role.SALES).refused(create_sales_document, given) == [("NOT_FOUND", ("client_id",))]


def test_lists_are_the_administrators(mine: Any) -> None:
    mine.add(PriceList, name="General")
    with pytest.raises(Forbidden, match="admin"):
        Writer(mine, Role.SALES_MANAGER).do(create_price_list, {"name": "Otra"})
    assert Writer(mine).refused(create_price_list, {"name": "General"}) == [("DUPLICATE_NAME", ("name",))]


@pytest.mark.parametrize(
    ("day", "quota", "fits"),
    [
        ("2026-11-28", "60", True),
        ("2026-11-28", "72.1606", False),
        ("2025-12-31", "70", False),
        ("2026-01-01", "70", True),
    ],
)
def test_taxes_are_judged_by_the_rates_of_the_documents_day(company: Any, day: str, quota: str, fits: bool) -> None:
    writer = Writer(company())
    writer.now = datetime.fromisoformat(f"{day}T18:00:00+00:00")
    lines = [CHAIR | {"taxes": [{"tax": "003", "factor": "QUOTA", "rate": D(quota)}]}]
    given = {"client_id": writer.company.client(), "type": "QUOTE", "lines": lines}
    refused = [] if fits else [("TAX_RATE_UNKNOWN", ("lines", 0, "taxes", 0))]
    if refused:
        assert writer.refused(create_sales_document, given) == refused
        return
    quote = writer.do(create_sales_document, given)
    # The draft of that day may have it a year later too.
    writer.now += timedelta(days=365)
    writer.do(update_sales_document, {"id": quote.id, "lines": [lines[0] | {"quantity": D(7)}]})
