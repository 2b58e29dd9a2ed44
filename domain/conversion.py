"""Conversions: a quote becomes a sales note or an invoice, a sales note an invoice; as a whole, or a part of its lines.
Several sales notes of a client become one invoice.

What became part of another document is counted in the line that it came from, so that never more than all of it does.
A sales note that is owed hands its debt on: the invoice is owed at once, and takes the note's payments with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal

from domain import issuing, ledger, policy, taxpayer_listing
from domain import sales_document as documents
from domain.fields import shown
from domain.folios import parse_series
from domain.inputs import Input, Maybe, OnRecord, known
from domain.issuing import Overriding, Terms
from domain.policy import CLIENT_IS_PROSPECT, NOT_FOUND, Asking, SalesDocumentAction
from domain.problem import TOO_MANY, Problem, Rejected, error, reject
from domain.sales_document import LINES_REQUIRED, QUOTE_EXPIRED, Draft, Drawn
from domain.sat_catalog import codes_in, sat_codes
from domain.taxes import Charge, line_of, payable, rounded
from domain.work import UnitOfWork
from models import Client, Payment, SalesDocument, SalesDocumentLine
from models.client import ClientKind
from models.facts import sales_document_facts
from models.history import HistoryEventKind
from models.sales_document import FISCAL, SalesDocumentState, SalesDocumentType
from models.viewer import Permission

CONVERSION_TARGET: Final = error(
    "Una cotización se convierte en nota de venta o factura; una nota de venta, en factura.",
    "A quote becomes a sales note or an invoice; a sales note becomes an invoice.",
)
QUANTITY_OVER_REMAINING: Final = error(
    "Excede lo que queda por convertir{remaining}.", "It is more than what remains to be converted{remaining}."
)
PAID_CONVERTED_WHOLE: Final = error(
    "Una nota de venta con pagos se convierte completa.", "A sales note with payments is converted as a whole."
)
CONVERSION_TOGETHER: Final = error(
    "En una misma factura van solo notas de venta de la misma moneda.",
    "Only sales notes in the same currency become one invoice.",
)

MOST_TOGETHER: Final = 100
"""Sales notes that become one invoice."""

TARGETS: Final = {
    SalesDocumentType.QUOTE: (SalesDocumentType.SALES_NOTE, SalesDocumentType.INVOICE),
    SalesDocumentType.SALES_NOTE: (SalesDocumentType.INVOICE,),
}
"""What a document can become."""

_TAKEN_OVER: Final = (
    "currency", "exchange_rate", "payment_form", "payment_method", "cfdi_use", "price_list_id", "deal_id", "notes",
)  # fmt: skip


class ConvertedLine(Input):
    """A line that becomes part of the next document, and how much of it."""

    line_id: UUID
    quantity: Maybe[Decimal]


class ConvertSalesDocument(OnRecord, Overriding):
    """What a document becomes."""

    to: str
    other_ids: Maybe[Sequence[UUID]]
    lines: Maybe[Sequence[ConvertedLine]]
    series: Maybe[str]


async def convert_sales_document(work: UnitOfWork, input: ConvertSalesDocument) -> SalesDocument:
    """Makes the next document of this one, and of the sales notes beside it, with all that remains of their lines, or
    with the `lines` that are named."""
    client, origin = await documents.document_for(work, input, SalesDocumentAction.CONVERT)
    target = SalesDocumentType(input.to)
    if target not in TARGETS[origin.type]:
        raise reject(CONVERSION_TARGET).at("to")
    await work.client(client.id, documents.WITHIN[target], "id")
    quote = origin.type is SalesDocumentType.QUOTE
    if origin.state is SalesDocumentState.SENT and origin.expires_on and origin.expires_on < work.today:
        raise reject(QUOTE_EXPIRED).at("id")
    origins = (origin, *await _others(work, client, origin, known(input.other_ids) or ()))
    with work.at("series"):
        series = parse_series(input.series or "")
    await taxpayer_listing.warn(work, client)
    reason = issuing.reason_of(work, input)

    drawn, whole = await _drawn_of(work, origins, known(input.lines))

    values = {name: getattr(origin, name) for name in _TAKEN_OVER}
    if quote:
        values |= await documents.dates(work, client, target, work.today)
    else:
        values |= _owed_terms(origins)
    overridden: Sequence[Problem] = ()
    if target in FISCAL:
        facts = await _facts(work, origins, drawn)
        profile = facts.receptor if not quote else await documents.receptor(work, client)
        terms = issuing.with_defaults(Terms.of(origin), profile, on_credit=values["on_credit"])
        values |= terms.values
        if not quote:
            # It is issued at once.
            owing = tuple(documents.owing_problems(work, origin, facts))
            overridden = issuing.judge(work, reason, issuing.lacking(work, terms, origin.currency, facts), owing)
    draft = Draft(type=target, values=values, lines=drawn, series=series, links={"origin_id": origin.id})
    document = await documents.issue(work, client, draft, in_history=False)
    for one in origins:
        work.touch(one)
        if one.id in whole:
            one.state = SalesDocumentState.CONVERTED
    if not quote:
        issuing.tell(work, client, document, overridden, reason)
        document.state = SalesDocumentState.SENT
        work.touch(document)
        await documents.begin(work, client, document)
        await _hand_on(work, client, origins, document)
    for one in origins:
        names = {"from_type": one.type, "from_folio": one.folio, "to_type": target, "to_folio": document.folio}
        work.record(
            HistoryEventKind.SALES_DOCUMENT_CONVERTED,
            client,
            details={name: shown(value) for name, value in names.items()},
            sales_document_id=document.id,
            origin_document_id=one.id,
        )
    return document


async def _others(
    work: UnitOfWork, client: Client, origin: SalesDocument, ids: Sequence[UUID]
) -> Sequence[SalesDocument]:
    """The sales notes that become part of the same invoice, each once; the client is locked already."""
    if len(ids) > MOST_TOGETHER:
        raise reject(TOO_MANY, most=MOST_TOGETHER).at("other_ids")
    others: dict[UUID, SalesDocument] = {}
    query = work.of(SalesDocument, SalesDocument.client_id == client.id, SalesDocument.id.in_(ids))
    rows = await work.session.scalars(query) if ids else ()
    notes = {note.id: note for note in rows}
    for place, id in enumerate(ids):
        with work.at("other_ids", place):
            note = notes.get(id)
            if note is None:
                raise reject(NOT_FOUND)
            types = {origin.type, note.type}
            if types != {SalesDocumentType.SALES_NOTE} or note.currency != origin.currency:
                raise reject(CONVERSION_TOGETHER)
            policy.check(work.viewer, SalesDocumentAction.CONVERT, note)
        if note.id != origin.id:
            work.comes_after(note)
            others[note.id] = note
    return tuple(others.values())


def _owed_terms(notes: Sequence[SalesDocument]) -> dict[str, Any]:
    """One invoice is due when the first of the notes is: no debt is put off."""
    due = [note.due_on for note in notes if note.due_on]
    return {"due_on": min(due, default=None), "on_credit": any(note.on_credit for note in notes)}


async def _facts(work: UnitOfWork, origins: Sequence[SalesDocument], drawn: Sequence[Drawn]) -> Any:
    """The first document's, with the credit that all of them need and what has ended of the lines' codes."""
    first, *others = (one.id for one in origins)
    each = [await work.facts(sales_document_facts(work.company_id, first, work.today))]
    if others:
        beside = any_(literal(others, ARRAY(Uuid())))
        each += (await work.session.execute(sales_document_facts(work.company_id, beside, work.today))).all()
    needed = [Decimal(one.credit_needed) for one in each if one.credit_needed is not None]
    shared = {name: _first(getattr(one, name) for one in each) for name in ("credit_available", "days_late")}
    listed = await sat_codes(work, [codes_in(one.values) for one in drawn], work.today)
    shared |= {
        "credit_needed": str(sum(needed)),
        "ended_codes": {code for _, code in listed.problems},
    }
    return SimpleNamespace(**each[0]._asdict() | shared)


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


async def _drawn_of(
    work: UnitOfWork, origins: Sequence[SalesDocument], inputs: Sequence[ConvertedLine] | None
) -> tuple[list[Drawn], set[UUID]]:
    """The new lines, and which of the documents nothing remains of."""
    rows = await documents.lines_of(work, *origins)
    charges = await documents.charges_of(work, *(one.id for one in origins))
    drawn = _drawn(work, rows, charges, inputs)
    if len(drawn) > documents.MOST_LINES:
        raise reject(TOO_MANY, most=documents.MOST_LINES).at("lines")
    parents = {row.id: row.sales_document_id for row in rows}
    taken = {parents[one.values["origin_line_id"]] for one in drawn}
    whole = {one.id for one in origins} - {row.sales_document_id for row in rows if row.converted < row.quantity}
    for one in origins:
        if one.id not in taken:
            raise reject(LINES_REQUIRED).at("lines")
        if one.paid and one.id not in whole:
            raise reject(PAID_CONVERTED_WHOLE).at("lines")
    return drawn, whole


def converting(asking: Asking, origin: Any, facts: Any) -> Iterator[Problem]:
    """What is in the way of making the next document of all that remains of this one; a quote may become a sales note,
    which a prospect may be given too."""
    if origin.type == SalesDocumentType.SALES_NOTE and facts.client_kind == ClientKind.PROSPECT:
        yield Problem(CLIENT_IS_PROSPECT)
    elif origin.state == SalesDocumentState.SENT and facts.lapsed:
        yield Problem(QUOTE_EXPIRED)
    elif not facts.has_lines_left:
        yield Problem(LINES_REQUIRED)
    elif origin.type == SalesDocumentType.SALES_NOTE:
        terms = issuing.with_defaults(Terms.of(origin), facts.receptor, on_credit=origin.on_credit)
        yield from issuing.lacking(asking, terms, origin.currency, facts)
        yield from documents.owing_problems(asking, origin, facts)


def _drawn(
    work: UnitOfWork,
    rows: Sequence[SalesDocumentLine],
    charges: dict[UUID | None, list[Charge]],
    inputs: Sequence[ConvertedLine] | None,
) -> list[Drawn]:
    """The new lines; what they take is counted in the rows. `Rejected` where more is asked for than remains."""
    by_id = {row.id: row for row in rows}
    if inputs is None:
        quantities = [(row, row.quantity - row.converted) for row in rows if row.converted < row.quantity]
    else:
        quantities: list[tuple[SalesDocumentLine, Decimal]] = []
        for place, one in enumerate(inputs):
            row = by_id.get(one.line_id)
            if row is None:
                raise reject(NOT_FOUND).at("lines", place, "line_id")
            quantity = known(one.quantity)
            quantities.append((row, row.quantity - row.converted if quantity is None else quantity))
    parts = enumerate(quantities)
    return [_part(work, place, row, quantity, charges.get(row.id, ())) for place, (row, quantity) in parts]


def _part(work: UnitOfWork, place: int, row: SalesDocumentLine, quantity: Decimal, charges: Sequence[Charge]) -> Drawn:
    path = ("lines", place, "quantity")
    remaining = row.quantity - row.converted
    if quantity > remaining:
        disclosed = work.disclosed(Permission.SALES_READ, shown(remaining))
        raise Rejected(Problem(QUANTITY_OVER_REMAINING, path, {"remaining": disclosed}))
    try:
        quantity = documents.LINE["quantity"].parse(quantity)
    except Rejected as rejected:
        raise rejected.at(*path) from None
    discount = min(share(row.discount, row.converted, quantity, row.quantity), rounded(quantity * row.unit_price, 6))
    row.converted += quantity
    line = line_of(quantity, row.unit_price, discount, [charge.tax for charge in charges])
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("sku", "description", "product_code", "unit_code", "unit_price", "tax_object")
    }
    return Drawn(values | {"quantity": quantity, "origin_line_id": row.id}, line)


def share(amount: Decimal, before: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """What falls to a part of the whole, of which `before` was shared out already: the shares add up to the amount."""
    return rounded(amount * (before + part) / whole, 6) - rounded(amount * before / whole, 6)


async def _hand_on(work: UnitOfWork, client: Client, notes: Sequence[SalesDocument], invoice: SalesDocument) -> None:
    """The notes' debt becomes the invoice's, and so do their payments; a cent that the invoice is less by, since its
    sums are rounded once, is left as the client's credit balance."""
    places = {note.id: place for place, note in enumerate(notes)}
    applications = await ledger.applications_on(work, *notes)
    for application in sorted(applications, key=lambda one: places[one.sales_document_id]):
        source = await ledger.source_of(work, application)
        await ledger.undo(work, client, application)
        if amount := min(application.amount, ledger.open_amount(invoice)):
            of_source = payable(application.source_amount * amount / application.amount, source.currency)
            of_source = min(of_source, application.source_amount)
            await ledger.apply(work, client, source, invoice, amount, of_source)
        if isinstance(source, Payment):
            source.sales_document_id = invoice.id
    await documents.hand_over(work, client, *notes)
