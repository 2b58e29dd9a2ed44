"""Conversions at their limits: what is just allowed or refused, what the new document takes over, what is told."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.conversion import MOST_TOGETHER, convert_sales_document, converting
from domain.receivables import update_receivable_terms
from domain.sales_document import MOST_LINES, accept_quote, create_sales_document, send_sales_document
from models import CfdiProfile, Client, PriceList, SalesDocument, SalesDocumentLine, SalesDocumentTax, TaxpayerListing
from models.collaborator import Role
from models.facts import sales_document_facts
from models.ids import uuid7
from tests.domain.test_conversion_commands import DESK, convert, lines, pay, sent
from tests.domain.test_notes_into_one_invoice import combine
from tests.fixtures import BILLABLE
from tests.writing import Writer, events, rows

D = Decimal


def terms(writer: Writer, client: Any, **values: Any) -> None:
    credit = {"client_id": client, "confirmed": True, "terms": "CREDIT", "credit_days": 30}
    writer.do(update_receivable_terms, credit | values)


def refusal(writer: Writer, given: dict[str, Any]) -> list[Any]:
    """Codes, paths and values of why it is not converted."""
    [refused] = writer.together(convert_sales_document, [given])
    return [(problem.code.name, problem.path, problem.values) for problem in refused.problems]


def test_a_hundred_may_be_named_and_no_more(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    first, second = (sent(writer, client, "SALES_NOTE", DESK) for _ in range(2))
    given = {"id": first.id, "to": "INVOICE", "other_ids": [second.id] * 101}
    assert refusal(writer, given) == [("TOO_MANY", ("other_ids",), {"most": 100})]
    assert MOST_TOGETHER == 100
    invoice = writer.do(convert_sales_document, given | {"other_ids": [first.id, *[second.id] * 99]})
    assert (invoice.total, invoice.origin_id) == (D(2320), first.id)
    # Each of the notes changed, and was told of.
    assert rows(owner, mine, SalesDocument, "state", "version") == [("CONVERTED", 3), ("CONVERTED", 3), ("SENT", 2)]


def test_as_many_lines_as_a_document_has(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    small = DESK | {"unit_price": D("0.01")}
    first, second = sent(writer, client, "SALES_NOTE", *[small] * MOST_LINES), sent(writer, client, "SALES_NOTE", small)
    given = {"id": first.id, "to": "INVOICE", "other_ids": [second.id]}
    assert refusal(writer, given) == [("TOO_MANY", ("lines",), {"most": MOST_LINES})]
    assert rows(owner, mine, SalesDocument, "state") == ["SENT", "SENT"]
    convert(writer, first, "INVOICE")
    assert len(rows(owner, mine, SalesDocumentLine, "id")) == 2 * MOST_LINES + 1


@pytest.mark.parametrize("to", ["SALES_NOTE", "INVOICE"])
def test_a_quote_holds_to_the_end_of_its_last_day(mine: Any, writer: Writer, to: str) -> None:
    client = mine.billable()
    quote, accepted = sent(writer, client, "QUOTE"), sent(writer, client, "QUOTE")
    writer.do(accept_quote, {"id": accepted.id})
    last = quote.expires_on
    writer.now += last - writer.viewer.today(writer.now) + timedelta(days=1)
    assert writer.refused(convert_sales_document, {"id": quote.id, "to": to}) == [("QUOTE_EXPIRED", ("id",))]
    convert(writer, accepted, to)  # what was accepted in time
    writer.now -= timedelta(days=1)
    assert writer.viewer.today(writer.now) == last
    convert(writer, quote, to)


def test_the_series_is_the_companys_or_the_one_that_is_stated(mine: Any, writer: Writer, owner: Any) -> None:
    quote = sent(writer, mine.billable(), "QUOTE")
    (chair, _), given = lines(owner, mine, quote), {"id": quote.id, "to": "INVOICE"}
    assert writer.refused(convert_sales_document, given | {"series": "A B"}) == [("SERIES_FORMAT", ("series",))]
    folios = [convert(writer, quote, "INVOICE", (chair, "1"), series=each).folio for each in (" mx ", "", None)]
    assert folios == ["MX-1", "F-1", "F-2"]


def test_what_is_taken_over(mine: Any, writer: Writer, owner: Any) -> None:
    """From a quote with the terms of now, from a sales note with its own."""
    client = mine.billable()
    stated = {
        "currency": "USD", "exchange_rate": D("18.5"), "payment_form": "04", "payment_method": "PUE", "cfdi_use": "S01",
        "notes": "Entregar en la puerta 3", "price_list_id": mine.add(PriceList, name="Mayoreo"),
    }  # fmt: skip
    names, desk = (*stated, "deal_id", "due_on", "on_credit"), DESK | {"sku": "ME-1", "taxes": []}
    draft = writer.do(create_sales_document, {"client_id": client, "type": "QUOTE", "lines": [desk]} | stated)
    quote = writer.do(send_sales_document, {"id": draft.id})
    terms(writer, client)
    invoice = convert(writer, quote, "INVOICE", (lines(owner, mine, quote)[0], "0.5"))
    due = writer.viewer.today(writer.now) + timedelta(days=30)
    expected = (*stated.values(), None, due, True)
    assert tuple(getattr(invoice, name) for name in names) == expected
    assert (invoice.state, invoice.origin_id) == ("DRAFT", quote.id)
    note = convert(writer, quote, "SALES_NOTE")
    assert tuple(getattr(note, name) for name in names) == expected
    writer.do(send_sales_document, {"id": note.id})
    terms(writer, client, terms="CASH", credit_days=0)
    writer.now += timedelta(days=3)
    invoice = convert(writer, note, "INVOICE")
    assert tuple(getattr(invoice, name) for name in names) == expected  # no debt is put off, nor on credit no more
    of_line = ("sku", "description", "product_code", "unit_code", "unit_price", "tax_object")
    expected = [("ME-1", "Mesa", "56101504", "H87", D(1000), "01")]
    assert rows(owner, mine, SalesDocumentLine, *of_line) == expected * 4


def test_an_invoice_of_a_quote_states_what_the_client_usually_does(mine: Any, writer: Writer) -> None:
    """A sales note, which is no CFDI, does not."""
    client = mine.billable()
    invoice, note = (convert(writer, sent(writer, client, "QUOTE", DESK), to) for to in ("INVOICE", "SALES_NOTE"))
    assert (invoice.payment_form, invoice.payment_method, invoice.cfdi_use) == ("03", "PUE", "S01")
    assert (note.payment_form, note.payment_method, note.cfdi_use) == (None, None, None)


def test_an_invoice_on_credit_of_a_client_without_a_usual_form_is_paid_later(mine: Any, writer: Writer) -> None:
    """Of a quote by the terms of now, of a sales note by its own."""
    client = mine.client()
    mine.add(CfdiProfile, client_id=client, **BILLABLE | {"payment_form": None, "payment_method": None})
    cash, later = (sent(writer, client, "QUOTE", DESK) for _ in range(2))
    invoices = [convert(writer, cash, "INVOICE")]
    terms(writer, client)
    note = sent(writer, client, "SALES_NOTE", DESK)
    invoices.append(convert(writer, later, "INVOICE"))
    terms(writer, client, terms="CASH", credit_days=0)
    assert reasons(writer, note) == []
    invoices.append(convert(writer, note, "INVOICE"))
    stated = [(each.payment_form, each.payment_method, each.cfdi_use) for each in invoices]
    assert stated == [(None, None, "S01"), ("99", "PPD", "S01"), ("99", "PPD", "S01")]


def test_a_prospect_gets_a_note_of_its_quote_but_no_invoice(mine: Any, writer: Writer) -> None:
    client = mine.billable()
    quote = sent(writer, client, "QUOTE", DESK)
    mine.change(Client, client, kind="PROSPECT")
    given = {"id": quote.id, "to": "INVOICE"}
    assert writer.refused(convert_sales_document, given) == [("CLIENT_IS_PROSPECT", ("id",))]
    assert convert(writer, quote, "SALES_NOTE").folio == "NV-1"


def test_lines_that_are_named(mine: Any, writer: Writer, owner: Any) -> None:
    """One without a quantity is all that remains of it, also of what was named before."""
    note, other = (sent(writer, mine.billable(), "SALES_NOTE") for _ in range(2))
    chair, desk = lines(owner, mine, note)
    given = {"id": note.id, "to": "INVOICE"}

    def refused(*named: dict[str, Any]) -> Any:
        return writer.refused(convert_sales_document, given | {"lines": list(named)})

    assert refused() == [("LINES_REQUIRED", ("lines",))]
    assert refused({"line_id": desk}, {"line_id": uuid7()}) == [("NOT_FOUND", ("lines", 1, "line_id"))]
    assert refused({"line_id": lines(owner, mine, other)[0]}) == [("NOT_FOUND", ("lines", 0, "line_id"))]
    for quantity in ("0", "-1", "1.0000001"):
        [(_, path)] = refused({"line_id": desk}, {"line_id": chair, "quantity": D(quantity)})
        assert path == ("lines", 1, "quantity")
    over = given | {"lines": [{"line_id": chair, "quantity": D("3.5")}]}
    left = {"remaining": " (3.000000)"}
    assert refusal(writer, over) == [("QUANTITY_OVER_REMAINING", ("lines", 0, "quantity"), left)]
    invoice = convert(writer, note, "INVOICE", (chair, "2"))
    assert (invoice.total, invoice.discount) == (D("224.26"), D("6.67"))  # two thirds of 300 - 10, and IVA
    rest = writer.do(convert_sales_document, given | {"lines": [{"line_id": chair}]})
    assert (rest.total, rest.discount) == (D("112.14"), D("3.33"))
    assert refused({"line_id": chair}) != []
    assert rows(owner, mine, SalesDocument, "state")[0] == "SENT"
    convert(writer, note, "INVOICE")
    assert rows(owner, mine, SalesDocument, "state")[0] == "CONVERTED"


def test_of_a_part_that_is_given_away_nothing_is_taxed(mine: Any, writer: Writer, owner: Any) -> None:
    """The discount of a part is never a fraction of the smallest amount less than what it is taken from."""
    free = DESK | {"unit_price": D("0.000003"), "discount": D("0.000003")}
    quote = sent(writer, mine.billable(), "QUOTE", free)
    convert(writer, quote, "INVOICE", (lines(owner, mine, quote)[0], "0.5"))
    assert rows(owner, mine, SalesDocumentTax, "base", "amount") == [(D(0), D(0))] * 2


@pytest.mark.parametrize("lead", [0, 1])
def test_only_what_is_not_on_credit_yet_takes_credit(mine: Any, writer: Writer, lead: int) -> None:
    """Of notes in any order: a cash note counts by what is left of it, one on credit counts already."""
    client = mine.billable()
    cash = sent(writer, client, "SALES_NOTE", DESK)
    pay(writer, cash, "160")
    terms(writer, client)
    on_credit = sent(writer, client, "SALES_NOTE", DESK)
    terms(writer, client, credit_limit=D("2159.99"))
    notes = (cash, on_credit) if lead else (on_credit, cash)
    given = {"id": notes[0].id, "to": "INVOICE", "other_ids": [notes[1].id]}
    seller = Writer(mine, Role.BILLING)
    assert seller.refused(convert_sales_document, given) == [("CREDIT_LIMIT_EXCEEDED", ("id",))]
    assert [code for code, _ in writer.warned(convert_sales_document, given | {"validate_only": True})] == [
        "CREDIT_LIMIT_OVERRIDDEN"
    ]


def test_one_on_credit_alone_needs_no_more(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    terms(writer, client)
    note = sent(writer, client, "SALES_NOTE", DESK)
    terms(writer, client, credit_limit=D(1))
    Writer(mine, Role.BILLING).do(convert_sales_document, {"id": note.id, "to": "INVOICE"})
    assert rows(owner, mine, Client, "balance") == [D(1160)]


@pytest.mark.parametrize("lead", [0, 1])
def test_nothing_becomes_an_invoice_on_credit_while_something_is_overdue(mine: Any, writer: Writer, lead: int) -> None:
    client = mine.billable()
    cash = sent(writer, client, "SALES_NOTE", DESK)
    terms(writer, client, overdue_days=15)
    writer.now += timedelta(days=16)
    fresh = sent(writer, client, "SALES_NOTE", DESK)
    notes = (cash, fresh) if lead else (fresh, cash)
    given = {"id": notes[0].id, "to": "INVOICE", "other_ids": [notes[1].id]}
    seller = Writer(mine, Role.BILLING)
    seller.now = writer.now
    assert seller.refused(convert_sales_document, given) == [("CREDIT_OVERDUE", ("id",))]


def test_who_converts_is_warned_of_a_listed_client(mine: Any, writer: Writer, owner: Any) -> None:
    quote = sent(writer, mine.billable(rfc="COSC8001137NA"), "QUOTE")
    table, yesterday = TaxpayerListing.__table__, writer.now.date() - timedelta(days=1)
    listing = {"rfc": "COSC8001137NA", "status": "FINAL", "published_on": yesterday, "name": "Listado"}
    owner.execute(table.insert().values(listing))
    try:
        warned = writer.warned(convert_sales_document, {"id": quote.id, "to": "INVOICE"})
    finally:
        owner.execute(table.delete().where(table.c.rfc == "COSC8001137NA"))  # the list is every company's
    assert warned == [("TAXPAYER_FINAL", ("id",))]


def test_each_note_is_told_of_at_its_time(mine: Any, writer: Writer, owner: Any) -> None:
    """The instant of the change comes after all that was done to each of them."""
    client = mine.billable()
    first, second = (sent(writer, client, "SALES_NOTE", DESK) for _ in range(2))
    later = writer.now + timedelta(hours=1)
    mine.change(SalesDocument, second.id, updated_at=later)
    combine(writer, first, second)
    told = [details["from_folio"] for kind, details in events(owner, mine) if kind == "SALES_DOCUMENT_CONVERTED"]
    assert told == ["NV-1", "NV-2"]
    assert all(at > later for at in rows(owner, mine, SalesDocument, "updated_at"))


def reasons(writer: Writer, document: Any) -> list[str]:
    """Why it cannot be converted, as `actions` says it."""

    async def judged(work: Any, _: Any) -> list[str]:
        row = await work.get(SalesDocument, document.id)
        facts = await work.facts(sales_document_facts(work.company_id, row.id, work.today))
        return [problem.code.name for problem in converting(work, row, facts)]

    return writer.do(judged, {})


def test_what_the_actions_say_of_converting(mine: Any, writer: Writer) -> None:
    client, seller = mine.billable(), Writer(mine, Role.BILLING)
    quote, accepted, note = (sent(writer, client, type_, DESK) for type_ in ("QUOTE", "QUOTE", "SALES_NOTE"))
    writer.do(accept_quote, {"id": accepted.id})
    assert [reasons(seller, each) for each in (quote, accepted, note)] == [[], [], []]
    terms(writer, client, credit_limit=D("1159.99"))
    assert [reasons(seller, each) for each in (quote, note)] == [[], ["CREDIT_LIMIT_EXCEEDED"]]
    assert reasons(writer, note) == ["CREDIT_LIMIT_OVERRIDDEN"]
    terms(writer, client, credit_limit=D(1160))
    assert reasons(seller, note) == []
    for each, to in ((accepted, "SALES_NOTE"), (note, "INVOICE")):
        convert(writer, each, to)
        assert reasons(writer, each) == ["LINES_REQUIRED"]
    mine.change(Client, client, kind="PROSPECT")
    assert [reasons(writer, each) for each in (quote, note)] == [[], ["CLIENT_IS_PROSPECT"]]
    writer.now += timedelta(days=16)
    assert [reasons(writer, each) for each in (quote, accepted)] == [["QUOTE_EXPIRED"], ["LINES_REQUIRED"]]


def test_the_actions_say_what_an_invoice_lacks(mine: Any, writer: Writer) -> None:
    client = mine.client()
    quote, note = sent(writer, client, "QUOTE", DESK), sent(writer, client, "SALES_NOTE", DESK)
    refused = [code for code, _ in writer.refused(convert_sales_document, {"id": note.id, "to": "INVOICE"})]
    assert "RFC_REQUIRED" in refused
    assert reasons(writer, note) == refused
    assert reasons(writer, quote) == []
