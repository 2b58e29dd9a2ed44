"""Several sales notes of a client become one invoice: all or nothing, with their rests, payments and credit."""

import datetime
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from domain.cancellation import cancel_sales_document
from domain.conversion import MOST_TOGETHER, convert_sales_document
from domain.payment import register_payment
from domain.problem import Rejected
from domain.receivables import update_receivable_terms
from domain.sales_document import create_sales_document, send_sales_document
from loaders.ids import decode_as
from loaders.sales_document import SalesDocumentEntity
from models import Application, Client, LedgerEntry, Payment, SalesDocument, SalesDocumentLine
from models.collaborator import Role
from models.ids import uuid7
from tests.domain.test_conversion_commands import CHAIR, DESK, convert, lines, pay, sent
from tests.fixtures import global_id
from tests.writing import Writer, events, round_trips, rows

D = Decimal
ODD = CHAIR | {"quantity": D(1), "unit_price": D("10.03"), "discount": D(0)}
"""With IVA 11.6348: two of them are 23.27, and one and one 23.26."""


def combine(writer: Writer, *notes: Any, **given: Any) -> Any:
    first, *others = notes
    return convert(writer, first, "INVOICE", other_ids=[note.id for note in others], **given)


def owed(owner: Any, mine: Any) -> Decimal:
    """What the client owes, by the ledger; and its balance is the same."""
    ledger = sum(rows(owner, mine, LedgerEntry, "amount"), D(0))
    assert rows(owner, mine, Client, "balance") == [ledger]
    return ledger


def states(owner: Any, mine: Any) -> list[Any]:
    return rows(owner, mine, SalesDocument, "state", "total", "paid", "credited")


@pytest.mark.claims(
    "docs/sales.md",
    "`otherIds` names further sales notes of the same client and currency that become part of the same invoice, all or"
    " none.",
    "Exchange rate, forms of payment, price list and deal are those of the note in `id`, which is its `origin`; the"
    " lines' `originLine` leads to the lines of all.",
)
def test_their_debt_and_payments_are_the_invoices(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    notes = [sent(writer, client, "SALES_NOTE", *some) for some in ((CHAIR,), (DESK,), (CHAIR, DESK))]
    pay(writer, notes[0], "100")
    pay(writer, notes[1], "1160")
    before = owed(owner, mine)
    invoice = combine(writer, *notes)
    assert states(owner, mine) == [
        ("CONVERTED", D("336.40"), D(0), D("336.40")),
        ("CONVERTED", D(1160), D(0), D(1160)),
        ("CONVERTED", D("1496.40"), D(0), D("1496.40")),
        ("PARTIALLY_PAID", D("2992.80"), D(1260), D(0)),
    ]
    assert owed(owner, mine) == before == D("1732.80")
    assert rows(owner, mine, Payment, "sales_document_id") == [invoice.id] * 2
    assert invoice.origin_id == notes[0].id
    parents = [row[1] for row in rows(owner, mine, SalesDocumentLine, "sales_document_id", "origin_line_id") if row[1]]
    assert sorted(parents) == sorted(id for note in notes for id in lines(owner, mine, note))
    told = [details for kind, details in events(owner, mine) if kind == "SALES_DOCUMENT_CONVERTED"]
    assert [(one["from_folio"], one["to_folio"]) for one in told] == [(f"NV-{n}", "F-1") for n in (1, 2, 3)]


@pytest.mark.claims(
    "docs/sales.md",
    "It falls due when the first of them does.",
)
def test_the_earliest_due_day_holds(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    due = [writer.now.date() + datetime.timedelta(days=days) for days in (30, 10, 20)]
    notes: list[Any] = []
    for day in due:
        given = {"client_id": client, "type": "SALES_NOTE", "lines": [CHAIR], "due_on": day}
        notes.append(writer.do(send_sales_document, {"id": writer.do(create_sales_document, given).id}))
    combine(writer, *notes)
    assert rows(owner, mine, SalesDocument, "due_on") == [*due, due[1]]


def test_what_has_no_due_day_puts_off_no_debt(mine: Any, writer: Writer, owner: Any) -> None:
    client, due = mine.billable(), writer.now.date() + datetime.timedelta(days=10)
    notes: list[Any] = []
    for day in (None, due, None, None):
        given = {"client_id": client, "type": "SALES_NOTE", "lines": [CHAIR], "due_on": day}
        notes.append(writer.do(send_sales_document, {"id": writer.do(create_sales_document, given).id}))
    assert rows(owner, mine, SalesDocument, "due_on") == [None, due, None, None]
    assert [combine(writer, *notes[:2]).due_on, combine(writer, *notes[2:]).due_on] == [due, None]


def test_one_on_credit_makes_the_invoice_one_on_credit(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    cash = sent(writer, client, "SALES_NOTE")
    writer.do(update_receivable_terms, {"client_id": client, "confirmed": True, "terms": "CREDIT", "credit_days": 30})
    credit = sent(writer, client, "SALES_NOTE")
    combine(writer, cash, credit)
    assert rows(owner, mine, SalesDocument, "on_credit") == [False, True, True]


@pytest.mark.claims(
    "docs/sales.md",
    "Cancelling that invoice gives each note back what came from it.",
)
def test_parts_and_rests_of_each(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    first, second = (sent(writer, client, "SALES_NOTE", DESK | {"quantity": D(4)}) for _ in range(2))
    [a], [b] = lines(owner, mine, first), lines(owner, mine, second)
    some = [{"line_id": a, "quantity": D(1)}, {"line_id": b, "quantity": D(4)}]
    invoice = combine(writer, first, second, lines=some)
    expected = [("SENT", D(4640), D(0), D(1160)), ("CONVERTED", D(4640), D(0), D(4640))]
    assert states(owner, mine) == [*expected, ("SENT", D(5800), D(0), D(0))]
    assert owed(owner, mine) == D(9280)
    assert writer.refused(cancel_sales_document, {"id": second.id}) == [("DOCUMENT_STATE", ("id",))]
    assert writer.refused(cancel_sales_document, {"id": first.id}) == [("HAS_DESCENDANTS", ("id",))]
    writer.do(cancel_sales_document, {"id": invoice.id})
    assert states(owner, mine)[:2] == [("SENT", D(4640), D(0), D(0))] * 2
    assert owed(owner, mine) == D(9280)
    combine(writer, second, first)
    assert owed(owner, mine) == D(9280)


def test_sums_that_round_otherwise_lose_no_payment(mine: Any, writer: Writer, owner: Any) -> None:
    """Both ways: an invoice of a cent more, and one of a cent less, than its notes."""
    client = mine.billable()
    for price in ("10.03", "10.05", "0.11", "33.33", "1.37"):
        notes = [sent(writer, client, "SALES_NOTE", ODD | {"unit_price": D(price)}) for _ in range(3)]
        for note in notes:
            pay(writer, note, str(note.total))
        invoice = combine(writer, *notes)
        total, paid = next(
            row[1:] for row in rows(owner, mine, SalesDocument, "id", "total", "paid") if row[0] == invoice.id
        )
        assert paid == min(total, sum(note.total for note in notes))
    standing = [row for row in rows(owner, mine, Application, "amount", "source_amount", "undone_at") if row[2] is None]
    assert all(amount == of_source for amount, of_source, _ in standing)
    invoices = [row for row in rows(owner, mine, SalesDocument, "type", "total") if row[0] == "INVOICE"]
    received = sum(rows(owner, mine, Payment, "amount"))
    assert owed(owner, mine) == sum(total for _, total in invoices) - received


def test_a_whole_note_leaves_no_cent_behind(mine: Any, writer: Writer, owner: Any) -> None:
    """In parts whose sums round otherwise than the whole."""
    client = mine.billable()
    note = sent(writer, client, "SALES_NOTE", ODD | {"quantity": D(3)})
    [line] = lines(owner, mine, note)
    for _ in range(3):
        convert(writer, note, "INVOICE", (line, "1"))
    (state, total, _, credited), *parts = states(owner, mine)
    assert (state, credited) == ("CONVERTED", total)
    assert owed(owner, mine) == sum(part[1] for part in parts)


@pytest.mark.claims(
    "docs/sales.md",
    "The credit limit is checked for their sum, and their payments become the invoice's.",
)
@pytest.mark.parametrize("on_credit", [False, True])
def test_the_credit_limit_is_asked_for_their_sum(mine: Any, writer: Writer, owner: Any, on_credit: bool) -> None:
    client = mine.billable()
    notes = [sent(writer, client, "SALES_NOTE", DESK) for _ in range(3)]
    terms = {"client_id": client, "confirmed": True, "terms": "CREDIT", "credit_days": 30, "credit_limit": D("3479.99")}
    writer.do(update_receivable_terms, terms)
    seller = Writer(mine, Role.BILLING)
    given = {"id": notes[0].id, "other_ids": [note.id for note in notes[1:]], "to": "INVOICE"}
    before = states(owner, mine)
    assert seller.refused(convert_sales_document, given) == [("CREDIT_LIMIT_EXCEEDED", ("id",))]
    assert states(owner, mine) == before
    if on_credit:
        writer.do(update_receivable_terms, terms | {"credit_limit": D(3480)})
    else:
        pay(writer, notes[2], "0.01")
    seller.do(convert_sales_document, given)


@pytest.mark.parametrize("lead", [0, 1])
def test_what_does_not_go_together_is_refused_whole(mine: Any, writer: Writer, owner: Any, lead: int) -> None:
    client, other = mine.billable(), mine.billable()
    note = sent(writer, client, "SALES_NOTE")
    dollars = {"client_id": client, "type": "SALES_NOTE", "lines": [DESK], "currency": "USD", "exchange_rate": D(20)}
    draft = writer.do(create_sales_document, {"client_id": client, "type": "SALES_NOTE", "lines": [DESK]})
    cases = {
        "NOT_FOUND": (sent(writer, other, "SALES_NOTE").id, uuid7()),
        "CONVERSION_TOGETHER": (
            sent(writer, client, "QUOTE").id,
            sent(writer, client, "INVOICE").id,
            writer.do(send_sales_document, {"id": writer.do(create_sales_document, dollars).id}).id,
        ),
        "DOCUMENT_STATE": (draft.id,),
    }
    before, entries = states(owner, mine), rows(owner, mine, LedgerEntry, "id")
    beside = [sent(writer, client, "SALES_NOTE").id] * lead
    before, entries = states(owner, mine), rows(owner, mine, LedgerEntry, "id")
    for code, ids in cases.items():
        for id in ids:
            given = {"id": note.id, "to": "INVOICE", "other_ids": [*beside, id]}
            assert writer.refused(convert_sales_document, given) == [(code, ("other_ids", lead))]
    many = {"id": note.id, "to": "INVOICE", "other_ids": [uuid7()] * (MOST_TOGETHER + 1)}
    assert writer.refused(convert_sales_document, many) == [("TOO_MANY", ("other_ids",))]
    quote = sent(writer, client, "QUOTE")
    mixed = {"id": quote.id, "to": "INVOICE", "other_ids": [note.id]}
    assert writer.refused(convert_sales_document, mixed) == [("CONVERSION_TOGETHER", ("other_ids", 0))]
    assert states(owner, mine)[:-1] == before
    assert rows(owner, mine, LedgerEntry, "id") == entries


@pytest.mark.claims(
    "docs/sales.md",
    "Then `lines` may name lines of each of them, and at least one of each.",
)
def test_each_takes_part_with_a_line_and_a_paid_one_with_all(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    first, second = (sent(writer, client, "SALES_NOTE", DESK | {"quantity": D(2)}) for _ in range(2))
    [a], [b] = lines(owner, mine, first), lines(owner, mine, second)
    base = {"id": first.id, "to": "INVOICE", "other_ids": [second.id]}
    for alone in (a, b):
        given = base | {"lines": [{"line_id": alone}]}
        assert writer.refused(convert_sales_document, given) == [("LINES_REQUIRED", ("lines",))]
    pay(writer, second, "1")
    given = base | {"lines": [{"line_id": a}, {"line_id": b, "quantity": D(1)}]}
    assert writer.refused(convert_sales_document, given) == [("PAID_CONVERTED_WHOLE", ("lines",))]
    given = base | {"lines": [{"line_id": a, "quantity": D(1)}, {"line_id": b}]}
    invoice = writer.do(convert_sales_document, given)
    assert (invoice.total, invoice.paid) == (D(3480), D(1))


def test_a_note_named_twice_is_one(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    first, second = (sent(writer, client, "SALES_NOTE", DESK) for _ in range(2))
    assert combine(writer, first, second, first, second).total == D(2320)
    assert owed(owner, mine) == D(2320)


def test_twenty_at_once_crosswise_are_one(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()
    notes = [sent(writer, client, "SALES_NOTE", DESK) for _ in range(4)]
    ids = [note.id for note in notes]
    turned = [ids[n % 4 :] + ids[: n % 4] for n in range(20)]
    payment = {"sales_document_id": ids[0], "amount": D(100), "payment_form": "03"}
    given = [{"id": first, "to": "INVOICE", "other_ids": others} for first, *others in turned]
    done = writer.together(convert_sales_document, given)
    kinds = [one.problems[0].code.name for one in done if isinstance(one, Rejected)]
    assert kinds == ["DOCUMENT_STATE"] * 19
    assert owed(owner, mine) == D(4640)
    assert writer.refused(register_payment, payment) == [("DOCUMENT_STATE", ("sales_document_id",))]


WENT = """
query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on SalesNote { descendants { id } } ... on SalesQuote { descendants { id } }
                     ... on SalesInvoice { descendants { id } } }
}
"""


def went(mine: Any, *documents: Any) -> list[list[Any]]:
    """The ids of what became of each."""
    ids = [global_id(SalesDocument, one.id) for one in documents]
    return [
        [decode_as(SalesDocumentEntity, each["id"], "id") for each in node["descendants"]]
        for node in mine.ask(WENT, ids=ids).data["nodes"]
    ]


def test_each_note_tells_where_it_went(mine: Any, writer: Writer, owner: Any) -> None:
    """Of the notes beside the first too, in parts and after cancelling; each is told once, and none of another."""
    client = mine.billable()
    quote = sent(writer, client, "QUOTE")
    first, second, alone = (sent(writer, client, "SALES_NOTE", DESK | {"quantity": D(2)}) for _ in range(3))
    note = convert(writer, quote, "SALES_NOTE")
    writer.do(send_sales_document, {"id": note.id})
    [a], [b] = lines(owner, mine, first), lines(owner, mine, second)
    some = [{"line_id": line, "quantity": D(1)} for line in (a, b)]
    part = combine(writer, first, second, lines=some)
    rest = combine(writer, second, note, first)
    assert went(mine, first, second, note) == [[part.id, rest.id], [part.id, rest.id], [rest.id]]
    assert went(mine, quote, alone, part) == [[note.id], [], []]
    writer.do(cancel_sales_document, {"id": rest.id})
    assert went(mine, second, note) == [[part.id, rest.id], [rest.id]]
    stated = {"client_id": client, "type": "CREDIT_NOTE", "invoice_id": part.id, "lines": [DESK]}
    credit = writer.do(create_sales_document, stated)
    assert went(mine, part) == [[credit.id]]


def test_the_history_of_each_note_leads_to_the_invoice(mine: Any, writer: Writer) -> None:
    client = mine.billable()
    notes = [sent(writer, client, "SALES_NOTE", DESK) for _ in range(3)]
    invoice = combine(writer, *notes)
    query = """
        query ($id: ID!) { client(id: $id) { history(first: 100) { nodes {
            ... on SalesDocumentConvertedEvent { salesDocument { folio } originDocument { folio } } } } } }
    """
    nodes = mine.ask(query, id=global_id(Client, client)).data["client"]["history"]["nodes"]
    for note in notes:
        assert {"salesDocument": {"folio": invoice.folio}, "originDocument": {"folio": note.folio}} in nodes


def test_twenty_notes_are_read_by_as_many_statements_as_two(mine: Any, writer: Writer, owner: Any) -> None:
    client = mine.billable()

    def statements(number: int) -> list[str]:
        notes = [sent(writer, client, "SALES_NOTE", CHAIR, DESK) for _ in range(number)]
        with round_trips() as trips:
            combine(writer, *notes)
        return [statement for trip in trips for statement in trip if statement.lower().startswith("select")]

    two, twenty = statements(2), statements(20)
    assert len(twenty) == len(two), Counter(twenty) - Counter(two)
    assert owed(owner, mine) == D(2 + 20) * D("1496.40")
