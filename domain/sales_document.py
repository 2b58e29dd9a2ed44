"""Sales documents: drawn up with their lines, edited while they are drafts, sent, answered, cancelled.

A quote, a sales note, an invoice and a credit note differ in the states that they go through and in what they are for
the balance: a sales note and an invoice are owed once they are sent, a credit note takes back a part of an invoice.
"""

import asyncio
import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, or_, select

from domain import fields as values_of
from domain import history, issuing, ledger, policy, taxpayer_listing
from domain.document_state import move, tell
from domain.fields import OUT_OF_RANGE, Field, code_of, currency_code, fields_of, shown
from domain.folios import default_series, next_folio, parse_series
from domain.inputs import ABSENT, Input, Maybe, OnClient, OnRecord, known
from domain.issuing import Overriding, Terms
from domain.line_changes import LineText, line_changes, line_text
from domain.policy import DOCUMENT_STATE, NOT_FOUND, Asking, ClientAction, SalesDocumentAction
from domain.problem import DEAL_OF_ANOTHER_CLIENT, TOO_MANY, Problem, Rejected, error, reject, reject_any, warning
from domain.receivables import terms_of
from domain.receiving import read_payment, receive
from domain.sat_catalog import codes_in, parse_code, sat_codes
from domain.taxes import (
    MOST_AMOUNT,
    USUAL,
    Charge,
    Line,
    Tax,
    Totals,
    line_of,
    most_at,
    rounded,
    tax_problems,
    totals_of,
)
from domain.text import single_line
from domain.work import UnitOfWork
from models import (
    Client,
    Company,
    Deal,
    PriceList,
    PriceListItem,
    SalesDocument,
    SalesDocumentLine,
    SalesDocumentTax,
)
from models.catalogs import CFDI_USES, PAYMENT_FORMS, PAYMENT_METHODS, TAX_OBJECTS
from models.facts import receptor_of, sales_document_facts
from models.history import Change, HistoryEventKind
from models.ids import uuid7
from models.receivables import PaymentTerms
from models.sales_document import DEBTS, FISCAL, OWING, SalesDocumentState, SalesDocumentType, TaxFactor
from models.viewer import Permission

LINES_REQUIRED: Final = error("Agregue al menos un concepto.", "Add at least one line.")
TOO_MANY_DECIMALS: Final = error("Lleva a lo más {most} decimales.", "It has at most {most} decimals.")
DISCOUNT_OVER_AMOUNT: Final = error(
    "El descuento excede el importe del concepto.", "The discount is more than the line's amount."
)
PRICE_REQUIRED: Final = error(
    "Indique descripción, claves y precio, o la clave de un producto de la tarifa.",
    "State description, codes and price, or the code of an item of the price list.",
)
SKU_UNKNOWN: Final = error("La tarifa no tiene el producto {sku}.", "The price list has no item {sku}.")
PRICE_CURRENCY: Final = error(
    "La tarifa está en {currency}: indique el precio en la moneda del documento.",
    "The price list is in {currency}: state the price in the document's currency.",
)
EXCHANGE_RATE_REQUIRED: Final = error(
    "Indique el tipo de cambio; en la moneda de la empresa es 1.",
    "State the exchange rate; in the company's currency it is 1.",
)
DUE_BEFORE_ISSUE: Final = error("No puede ser anterior a la emisión.", "It cannot be before the day of issue.")
QUOTE_EXPIRED: Final = error("La vigencia de la cotización ya pasó.", "The quote's last day has passed.")
CREDIT_LIMIT_EXCEEDED: Final = error(
    "Excede el crédito disponible del cliente: cobre antes o pida que lo autoricen.",
    "It exceeds the client's available credit: collect first, or have it authorized.",
)
CREDIT_LIMIT_OVERRIDDEN: Final = warning(
    "Excede el crédito disponible del cliente; queda registrado por cuánto.",
    "It exceeds the client's available credit; by how much is on record.",
)
CREDIT_OVERDUE: Final = error(
    "El cliente tiene adeudos vencidos desde hace más días de los permitidos{days}: cobre antes o pida que lo"
    " autoricen.",
    "The client has debts that have been overdue for more days than allowed{days}: collect first, or have it"
    " authorized.",
)
CREDIT_OVERDUE_OVERRIDDEN: Final = warning(
    "El cliente tiene adeudos vencidos desde hace más días de los permitidos{days}.",
    "The client has debts that have been overdue for more days than allowed{days}.",
)
INVOICE_REQUIRED: Final = error(
    "Una nota de crédito es de una factura vigente del mismo cliente y moneda.",
    "A credit note is of an invoice in force, of the same client and currency.",
)
TOTAL_OUT_OF_RANGE: Final = error(
    "El total sería {total} {currency}: debe estar entre 0 y {most}.",
    "The total would be {total} {currency}: it has to be between 0 and {most}.",
)
CREDIT_OVER_BALANCE: Final = error(
    "Excede lo que queda por acreditar de la factura{balance}.",
    "It is more than what is left to credit of the invoice{balance}.",
)


_LEAST_QUANTITY: Final = Decimal("0.000001")
MOST_LINES: Final = 1000
"""Rows that are written together. Nobody else is served while SQLAlchemy makes the statement of them."""
VALIDITY: Final = datetime.timedelta(days=15)
"""How long a quote holds that does not say."""

WITHIN: Final = {
    SalesDocumentType.QUOTE: ClientAction.CREATE_QUOTE,
    SalesDocumentType.SALES_NOTE: ClientAction.CREATE_SALES_NOTE,
    SalesDocumentType.INVOICE: ClientAction.CREATE_INVOICE,
    SalesDocumentType.CREDIT_NOTE: ClientAction.CREATE_INVOICE,
}
"""What one must be able to start from the client to work on a document of the type."""


def number(decimals: int, least: Decimal, most: Decimal = Decimal(10) ** 11) -> Callable[[Decimal], Decimal]:
    """Reads a number of so many decimals; more are refused rather than rounded."""

    def parse(value: Decimal) -> Decimal:
        if not least <= value <= most:
            raise reject(OUT_OF_RANGE, least=least, most=most)
        if value != rounded(value, decimals):
            raise reject(TOO_MANY_DECIMALS, most=decimals)
        return rounded(value, decimals)

    return parse


def _taxes(inputs: Sequence[Input]) -> list[Tax]:
    return [Tax.of(vars(tax)) for tax in inputs]


def taxes_shown(taxes: Sequence[Tax]) -> str:
    """As the history and the audit log have them: `TRANSFERRED 002 RATE 0.160000`."""
    return ", ".join(" ".join(filter(None, (tax.kind, tax.tax, tax.factor, shown(tax.rate)))) for tax in taxes)


HEADER = fields_of(
    SalesDocument,
    "deal_id",
    "price_list_id",
    "currency",
    "exchange_rate",
    "payment_form",
    "payment_method",
    "cfdi_use",
    "due_on",
    "expires_on",
    "notes",
    currency=Field(currency_code),
    exchange_rate=Field(number(6, Decimal("0.000001"), Decimal(10) ** 9)),
    payment_form=Field(code_of(PAYMENT_FORMS)),
    payment_method=Field(code_of(PAYMENT_METHODS)),
    cfdi_use=Field(code_of(CFDI_USES)),
)
PRODUCT = fields_of(
    PriceListItem,
    but=["price_list_id"],
    sku=Field(required=False),
    product_code=Field(parse_code("product_code")),
    unit_code=Field(parse_code("unit_code")),
    unit_price=Field(number(6, Decimal(0))),
    tax_object=Field(code_of(TAX_OBJECTS)),
    taxes=Field(_taxes, required=False, default=[], shown=taxes_shown),
)
"""What a line and an item of a price list have in common."""
LINE = PRODUCT | fields_of(
    SalesDocumentLine,
    "quantity",
    "discount",
    quantity=Field(number(6, _LEAST_QUANTITY)),
    discount=Field(number(6, Decimal(0))),
)


_OWN: Final = ("description", "product_code", "unit_code", "unit_price")
"""What a line needs that is no item of the price list."""


class LineInput(Input):
    """A line; what it leaves out is that of the price list's item of its `sku`."""

    sku: Maybe[str]


class HeaderInput(Input):
    """What is stated of a document as a whole, and its lines."""

    currency: Maybe[str]
    exchange_rate: Maybe[Decimal]
    lines: Maybe[Sequence[LineInput]]


class CreateSalesDocument(HeaderInput, OnClient):
    """A new draft; of a credit note `invoice_id` is what it reduces."""

    type: str
    price_list_id: Maybe[UUID]
    series: Maybe[str]
    invoice_id: Maybe[UUID]


class UpdateSalesDocument(HeaderInput, OnRecord):
    """Changes to a draft."""


class SendSalesDocument(OnRecord, Overriding):
    """The document to be issued; what was paid with it."""

    payment: Maybe[Input]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line to be written: its values, and what it comes to."""

    values: Mapping[str, Any]
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document to be written: its own values, lines and local taxes, and its sums where they are not computed."""

    type: SalesDocumentType
    values: Mapping[str, Any]
    lines: Sequence[Drawn]
    local: Sequence[Charge] = ()
    totals: Totals | None = None
    series: str = ""
    links: Mapping[str, UUID] = field(default_factory=dict[str, UUID])


# Drawing up


async def create_sales_document(work: UnitOfWork, input: CreateSalesDocument) -> SalesDocument:
    """A new draft with the next folio of its series. It falls due by the client's terms."""
    type_ = SalesDocumentType(input.type)
    client = await work.client(input.client_id, WITHIN[type_])
    invoice = (
        await _credited_invoice(work, client, known(input.invoice_id))
        if type_ is SalesDocumentType.CREDIT_NOTE
        else None
    )
    if invoice:
        input = input.with_defaults(currency=invoice.currency, exchange_rate=invoice.exchange_rate)
    prices_id = client.price_list_id if input.price_list_id is ABSENT else input.price_list_id
    prices = await _price_list(work, prices_id)
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    drawn: list[Drawn] = []
    series = ""
    with work.gathering(problems), work.at("series"):
        series = parse_series(input.series or "")
    with work.gathering(problems):
        values = await _header(work, client, type_, input, prices=prices)
    with work.gathering(problems):
        currency = values.get("currency") or (await company_of(work)).currency
        drawn = await read_lines(work, input.lines or (), prices, currency, work.today)
        values["price_list_id"] = prices and prices.id
    reject_any(problems)
    links = {"origin_id": invoice.id} if invoice else {}
    return await issue(work, client, Draft(type=type_, values=values, lines=drawn, series=series, links=links))


async def issue(
    work: UnitOfWork, client: Client, draft: Draft, *, in_history: bool = True, **values: Any
) -> SalesDocument:
    """Writes a document with the next folio of its series, or with the one that is given, and tells the history, unless
    that has another event of the same act."""
    lines = [drawn.line for drawn in draft.lines]
    totals = draft.totals or _totals(lines, draft.values["currency"], draft.values["exchange_rate"], draft.local)
    series = draft.series or await default_series(work, draft.type)
    if "number" not in values:
        # Last of all that may be refused: whoever numbers a document of the series next waits until this one is kept.
        values["number"] = await next_folio(work, draft.type, series)
    document = work.new(
        SalesDocument,
        client_id=client.id,
        type=draft.type,
        series=series,
        issued_by_id=work.viewer.collaborator_id,
        **{"issued_at": work.now} | _sums(totals) | {**draft.values} | values | {"state": SalesDocumentState.DRAFT},
        **draft.links,
    )
    await work.add(document)
    await work.session.refresh(document, ["folio"])
    await _write_lines(work, document, draft)
    # What is issued has its lines already: see `models.guards`.
    document.state = values.get("state", SalesDocumentState.DRAFT)
    work.flush()
    if in_history:
        tell(
            work,
            HistoryEventKind.SALES_DOCUMENT_ISSUED,
            client,
            document,
            occurred_at=values.get("issued_at"),
            total=document.total,
            currency=document.currency,
        )
    return document


async def update_sales_document(work: UnitOfWork, input: UpdateSalesDocument) -> SalesDocument:
    """Changes what the input states, while it is a draft; `lines` replace all there are."""
    client, document = await document_for(work, input, SalesDocumentAction.EDIT)
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    drawn: list[Drawn] | None = None
    with work.gathering(problems):
        values = await _header(work, client, document.type, input, document)
    lines = known(input.lines)
    if lines is not None:
        with work.gathering(problems):
            drawn = await _new_lines(work, document, lines, values.get("currency", document.currency))
    reject_any(problems)
    changes = await history.apply(work, document, HEADER, values)
    before = document.total
    different = [] if drawn is None else line_changes(await _stored_texts(work, document), [*map(_text, drawn)])
    changes += different
    if drawn is not None and different:
        mine = (SalesDocumentLine.company_id == work.company_id) & (SalesDocumentLine.sales_document_id == document.id)
        await work.session.execute(delete(SalesDocumentLine).where(mine))
        # Lines are written under the sums that they come to: see `models.guards`.
        _set_sums(document, [one.line for one in drawn])
        await _write_lines(work, document, Draft(type=document.type, values=values, lines=drawn))
    else:
        _set_sums(document, await stored_lines(work, document))
    if document.total != before:
        changes.append({"field": "total", "from": shown(before), "to": shown(document.total)})
    if changes:
        work.touch(document)
        history.note(
            work,
            HistoryEventKind.SALES_DOCUMENT_CHANGED,
            client,
            Change.UPDATED,
            document.folio,
            changes,
            sales_document_id=document.id,
        )
    return document


async def _header(
    work: UnitOfWork,
    client: Client,
    type_: SalesDocumentType,
    input: HeaderInput,
    document: SalesDocument | None = None,
    prices: PriceList | None = None,
) -> dict[str, Any]:
    """The document's own values that the input states; of a new one, which has the prices of a list, all of them."""
    company = await company_of(work)
    issued = work.viewer.today(document.issued_at) if document else work.today
    defaults: dict[str, Any] = {}
    profile = await receptor(work, client) if document is None and type_ in FISCAL else None
    if document is None:
        defaults["currency"] = prices.currency if prices else company.currency
        if not prices and profile and profile["currency"] and input.exchange_rate is not ABSENT:
            # Another currency than the company's needs the rate of the day.
            defaults["currency"] = profile["currency"]
        defaults |= await dates(work, client, type_, issued)
    currency = input.currency or (document.currency if document else defaults["currency"])
    if str(currency).upper() == company.currency:
        defaults["exchange_rate"] = Decimal(1)
    elif input.exchange_rate is ABSENT and (document is None or input.currency is not ABSENT):
        raise reject(EXCHANGE_RATE_REQUIRED).at("exchange_rate")
    # The price list of a draft only says where its prices came from.
    fields = {name: one for name, one in HEADER.items() if document is None or name != "price_list_id"}
    extra = {"on_credit": defaults.pop("on_credit")} if "on_credit" in defaults else {}
    values = await work.read(fields, input.with_defaults(**defaults), creating=document is None)
    if type_ in FISCAL:
        work.warnings += _complete(work, input, values, document, profile, on_credit=extra.get("on_credit", False))
    problems: list[Problem] = []
    if values.get("currency", currency) == company.currency and values.get("exchange_rate", 1) != 1:
        problems.append(Problem(EXCHANGE_RATE_REQUIRED, ("exchange_rate",)))
    if deal_id := values.get("deal_id"):
        deal = await work.get(Deal, deal_id)
        if deal and deal.client_id != client.id:
            problems.append(Problem(DEAL_OF_ANOTHER_CLIENT, ("deal_id",)))
    problems += [
        Problem(DUE_BEFORE_ISSUE, (name,))
        for name in ("due_on", "expires_on")
        if values.get(name) is not None and values[name] < issued
    ]
    reject_any(problems)
    return values | extra


def _complete(
    work: UnitOfWork,
    input: HeaderInput,
    values: dict[str, Any],
    document: SalesDocument | None,
    profile: Mapping[str, Any] | None,
    *,
    on_credit: bool,
) -> Sequence[Problem]:
    """Adds the defaults of a new invoice to what its author left out. What may keep it from being issued as it is."""
    names = tuple(Terms.__dataclass_fields__)
    before = {name: getattr(document, name) if document else None for name in names}
    terms = Terms(**{name: values.get(name, before[name]) for name in names})
    if document is None:
        usual = issuing.with_defaults(terms, profile, on_credit=on_credit).values
        values |= {name: usual[name] for name in names if getattr(input, name) is ABSENT}
        terms = Terms(**{name: values[name] for name in names})
    return tuple(issuing.payment_warnings(terms, work.today))


async def receptor(work: UnitOfWork, client: Client) -> Mapping[str, Any] | None:
    """What a CFDI needs of the client, as its current profile has it."""
    query = select(receptor_of(work.company_id, client.id))
    return (await work.session.execute(query)).scalar_one()


async def dates(work: UnitOfWork, client: Client, type_: SalesDocumentType, issued: datetime.date) -> dict[str, Any]:
    """When it falls due and whether it is on credit, by the client's terms; how long a quote holds."""
    if type_ is SalesDocumentType.QUOTE:
        return {"expires_on": issued + VALIDITY}
    if type_ not in DEBTS:
        return {}
    terms = await terms_of(work, client)
    days = terms.credit_days if terms else 0
    on_credit = terms is not None and terms.terms is PaymentTerms.CREDIT
    return {"due_on": issued + datetime.timedelta(days=days), "on_credit": on_credit}


# Lines


async def read_lines(
    work: UnitOfWork,
    inputs: Sequence[LineInput],
    prices: PriceList | None,
    currency: str,
    on: datetime.date,
    path: str = "lines",
) -> list[Drawn]:
    """The lines of the inputs; what a line leaves out is that of the price list's item of its `sku`. Taxes are
    judged by the SAT's rates of the document's day."""
    if not inputs:
        raise reject(LINES_REQUIRED).at(path)
    if len(inputs) > MOST_LINES:
        raise reject(TOO_MANY, most=MOST_LINES).at(path)
    items = await _items(work, prices, [one.sku for one in inputs if one.sku])
    codes = [_codes(one, items) for one in inputs]
    listed = await sat_codes(work, codes, on)
    drawn: list[Drawn] = []
    problems: list[Problem] = []
    for place, one in enumerate(inputs):
        with work.gathering(problems), work.at(path, place):
            line = _read_line(one, items, prices, currency, on)
            drawn.append(Drawn({**line.values, **listed.of(codes[place])}, line.line))
        paths = {problem.path for problem in problems}
        wrong = (problem.at(path, place) for key in codes[place].items() if (problem := listed.problems.get(key)))
        problems += [problem for problem in wrong if problem.path not in paths]
    reject_any(problems)
    return drawn


def _read_line(
    input: LineInput,
    items: Mapping[str, PriceListItem],
    prices: PriceList | None,
    currency: str,
    on: datetime.date,
) -> Drawn:
    input = input.without(*(name for name, value in vars(input).items() if value is None))
    line_input = dict(vars(input))
    item = items.get(single_line(input.sku)) if input.sku else None
    if item:
        if prices and prices.currency != currency and "unit_price" not in line_input:
            raise reject(PRICE_CURRENCY, currency=prices.currency).at("unit_price")
        line_input = history.snapshot(item, PRODUCT) | line_input
    elif missing := [name for name in _OWN if name not in line_input and not input.is_unparsed(name)]:
        if input.sku and len(missing) == len(_OWN):
            raise reject(SKU_UNKNOWN, sku=input.sku).at("sku")
        raise Rejected(*(Problem(PRICE_REQUIRED, (name,)) for name in missing))
    if "taxes" not in line_input:
        usual = line_input.get("tax_object", "02") == "02"
        line_input["taxes"] = [USUAL.as_json()] if usual else []
    line_input = {"tax_object": "02" if line_input["taxes"] else "01"} | line_input
    values = values_of.read(LINE, input.with_values(**line_input), creating=True)
    taxes: list[Tax] = values["taxes"] or []
    problems = tax_problems(values["tax_object"], taxes, on)
    quantity, price = values["quantity"], values["unit_price"]
    quotas = [tax.rate or Decimal(0) for tax in taxes if tax.factor is TaxFactor.QUOTA]
    if too_large := [*_too_large(quantity, quantity * max(price, *quotas, Decimal(0)))]:
        raise Rejected(*problems, *too_large)  # nor could its taxes be computed
    line = line_of(quantity, price, values["discount"], taxes)
    largest = max((each for one in line.charges for each in (one.base, one.amount) if each), default=Decimal(0))
    problems += _too_large(quantity, largest)
    if line.discount > line.amount:
        problems.append(Problem(DISCOUNT_OVER_AMOUNT, ("discount",)))
    reject_any(problems)
    return Drawn({name: value for name, value in values.items() if name != "taxes"}, line)


def _too_large(quantity: Decimal, amount: Decimal) -> Iterator[Problem]:
    """Whether an amount of a line is more than the record holds. All of them grow with its quantity."""
    if amount >= MOST_AMOUNT:
        most = (quantity * (MOST_AMOUNT - 1) / amount).quantize(_LEAST_QUANTITY, ROUND_DOWN)
        yield Problem(OUT_OF_RANGE, ("quantity",), {"least": _LEAST_QUANTITY, "most": most})


def _codes(input: LineInput, items: Mapping[str, PriceListItem]) -> Mapping[str, str]:
    """The line's codes of the SAT, its own or those of the price list's item."""
    own = {name: value for name, value in vars(input).items() if value is not None}
    item = items.get(single_line(input.sku)) if input.sku else None
    return codes_in((history.snapshot(item, PRODUCT) if item else {}) | own)


async def _items(work: UnitOfWork, prices: PriceList | None, skus: Sequence[str]) -> dict[str, PriceListItem]:
    if not prices or not skus:
        return {}
    query = work.of(
        PriceListItem,
        PriceListItem.price_list_id == prices.id,
        PriceListItem.sku.in_([single_line(sku) for sku in skus]),
        PriceListItem.deleted_at.is_(None),
    )
    return {item.sku: item for item in await work.session.scalars(query)}


async def _price_list(work: UnitOfWork, id: UUID | None) -> PriceList | None:
    prices = await work.get(PriceList, id) if id else None
    return prices if prices and prices.deleted_at is None else None


async def _new_lines(
    work: UnitOfWork, document: SalesDocument, lines: Sequence[LineInput], currency: str
) -> list[Drawn]:
    if document.type is not SalesDocumentType.CREDIT_NOTE and document.origin_id is not None:
        # What is converted is counted in the document it came from.
        raise reject(DOCUMENT_STATE).at("lines")
    on = work.viewer.today(document.issued_at)
    return await read_lines(work, lines, await _price_list(work, document.price_list_id), currency, on)


async def lines_of(work: UnitOfWork, *documents: SalesDocument) -> Sequence[SalesDocumentLine]:
    """The lines of the documents, one after the other, in their order."""
    places = {document.id: place for place, document in enumerate(documents)}
    query = work.of(SalesDocumentLine, SalesDocumentLine.sales_document_id.in_(places))
    rows = await work.session.scalars(query.order_by(SalesDocumentLine.position))
    return sorted(rows, key=lambda row: places[row.sales_document_id])


async def charges_of(work: UnitOfWork, *document_ids: UUID) -> dict[UUID | None, list[Charge]]:
    """The taxes of each line of the documents, by its id; under None those of documents as a whole."""
    query = work.of(SalesDocumentTax, SalesDocumentTax.sales_document_id.in_(document_ids))
    charges: dict[UUID | None, list[Charge]] = {}
    for row in await work.session.scalars(query.order_by(SalesDocumentTax.position)):
        charge = Charge(Tax(row.kind, row.tax, row.factor, row.rate), row.base, row.amount)
        charges.setdefault(row.line_id, []).append(charge)
    return charges


async def stored_lines(work: UnitOfWork, document: SalesDocument) -> list[Line]:
    """What the document's lines come to."""
    charges = await charges_of(work, document.id)
    return [Line(row.amount, row.discount, tuple(charges.get(row.id, ()))) for row in await lines_of(work, document)]


async def _stored_texts(work: UnitOfWork, document: SalesDocument) -> list[LineText]:
    """The document's lines, to be compared with new ones."""
    charges = await charges_of(work, document.id)
    return [
        line_text(vars(row), row.discount, [charge.tax for charge in charges.get(row.id, ())])
        for row in await lines_of(work, document)
    ]


def _text(drawn: Drawn) -> LineText:
    return line_text(drawn.values, drawn.line.discount, [charge.tax for charge in drawn.line.charges])


async def _write_lines(work: UnitOfWork, document: SalesDocument, draft: Draft) -> None:
    of = {"company_id": work.company_id, "client_id": document.client_id, "sales_document_id": document.id}
    stated = dict.fromkeys(name for drawn in draft.lines for name in drawn.values)
    lines: list[dict[str, Any]] = []
    taxes: list[dict[str, Any]] = []
    for position, drawn in enumerate(draft.lines, 1):
        id = uuid7()
        line = {"id": id, "position": position, "amount": drawn.line.amount, "tax": drawn.line.tax}
        values = {"converted": Decimal(0), **stated, **drawn.values, "discount": drawn.line.discount}
        lines.append(of | line | values)
        taxes += [of | _tax_row(id, place, charge) for place, charge in enumerate(drawn.line.charges)]
    taxes += [of | _tax_row(None, place, charge) for place, charge in enumerate(draft.local)]
    # In one statement each: PostgreSQL looks at the lines of a document once a statement (`models.guards`).
    for model, rows in ((SalesDocumentLine, lines), (SalesDocumentTax, taxes)):
        if rows:
            await asyncio.sleep(0)  # of thousands of rows each takes some hundredths of a second: others go on between
            work.session.insert(model, rows)


def _tax_row(line_id: UUID | None, position: int, charge: Charge) -> dict[str, Any]:
    tax = charge.tax
    stated = {"kind": tax.kind, "tax": tax.tax, "factor": tax.factor, "rate": tax.rate}
    return {
        "id": uuid7(),
        "line_id": line_id,
        "position": position,
        "base": charge.base,
        "amount": charge.amount,
    } | stated


def _sums(totals: Totals) -> dict[str, Decimal]:
    return {name: getattr(totals, name) for name in ("subtotal", "discount", "tax", "withheld", "total")}


def _set_sums(document: SalesDocument, lines: Sequence[Line]) -> None:
    for name, value in _sums(_totals(lines, document.currency, document.exchange_rate)).items():
        setattr(document, name, value)


def _totals(lines: Sequence[Line], currency: str, rate: Decimal, local: Sequence[Charge] = ()) -> Totals:
    """The sums of the lines. What is withheld of one may be more than it comes to, but not of all of them; in the
    company's currency, too, the record has to hold the total."""
    totals = totals_of(lines, currency, local)
    most = most_at(max(rate, Decimal(1)))
    if not 0 <= totals.total <= most:
        raise reject(TOTAL_OUT_OF_RANGE, total=shown(totals.total), currency=currency, most=most).at("lines")
    return totals


# From state to state


async def send_sales_document(work: UnitOfWork, input: SendSalesDocument) -> SalesDocument:
    """Issues it to the client. From now on a sales note or an invoice is owed, and counts as credit by the client's
    terms of now; over the limit that takes the permission `credit:override`. What is paid with it takes no credit. A
    credit note now reduces its invoice. What is wrong for the CFDI is overridden for a reason, by who holds
    `cfdi:override`."""
    client, document = await document_for(work, input, SalesDocumentAction.SEND)
    await taxpayer_listing.warn(work, client)
    reason = issuing.reason_of(work, input)
    draft = document.state is SalesDocumentState.DRAFT
    if draft and document.type in DEBTS:
        await _take_terms(work, client, document)
    paid = await _paid_with(work, document, known(input.payment), draft=draft)
    facts = await work.facts(sales_document_facts(work.company_id, document.id, work.today))
    owing = tuple(owing_problems(work, document, facts, paid["amount"] if paid else Decimal(0)))
    overridden = issuing.judge(work, reason, _lacking(work, document, facts), owing)
    issuing.tell(work, client, document, overridden, reason)
    exceeded = exceeding(owing)
    if exceeded:
        exceeded["currency"] = (await company_of(work)).currency
    move(work, client, document, SalesDocumentState.SENT, **exceeded)
    if draft:
        await begin(work, client, document)
    if paid:
        await receive(work, client, document, paid)
    return document


async def _paid_with(
    work: UnitOfWork, document: SalesDocument, input: Input | None, *, draft: bool
) -> dict[str, Any] | None:
    """What is paid with a note or an invoice that is sent; None where nothing is."""
    if input is None:
        return None
    work.viewer.demand(Permission.BILLING_WRITE)
    with work.at("payment"):
        if not draft or document.type not in DEBTS:
            raise reject(DOCUMENT_STATE)
        usual: dict[str, Any] = {"amount": document.total}
        if document.payment_form and document.payment_form != issuing.TO_BE_DEFINED:
            usual["payment_form"] = document.payment_form
        return await read_payment(work, input.with_defaults(**usual))


async def _take_terms(work: UnitOfWork, client: Client, document: SalesDocument) -> None:
    """A draft is sent on the terms of that moment. What is paid at once (PUE) is due by the end of its month."""
    terms = await dates(work, client, document.type, work.today)
    if terms["on_credit"] is not document.on_credit:
        document.on_credit, document.due_on = terms["on_credit"], terms["due_on"]
    if document.type is SalesDocumentType.INVOICE and document.payment_method == issuing.AT_ONCE:
        issued = work.viewer.today(document.issued_at)
        document.due_on = max(last_of_month(issued), work.today)
    work.flush()


def last_of_month(day: datetime.date) -> datetime.date:
    """The last day of its month."""
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)


async def begin(work: UnitOfWork, client: Client, document: SalesDocument) -> None:
    """From now on it counts, and a credit note reduces the invoice that it is of."""
    await charge_or_credit(work, client, document)
    if document.type is SalesDocumentType.CREDIT_NOTE and document.origin_id:
        invoice = await work.get(SalesDocument, document.origin_id)
        if invoice:
            await reduce(work, client, document, invoice)


async def charge_or_credit(
    work: UnitOfWork, client: Client, document: SalesDocument, on: datetime.date | None = None
) -> None:
    """What is owed is charged, and a credit note is credited."""
    if document.type in DEBTS:
        await ledger.charge(work, client, document, on)
    elif document.type is SalesDocumentType.CREDIT_NOTE:
        await ledger.credit(work, client, document, on)


async def reduce(
    work: UnitOfWork, client: Client, note: SalesDocument, invoice: SalesDocument, on: datetime.date | None = None
) -> None:
    """The credit note is applied to an invoice of its currency, as far as the invoice is owed."""
    owed = ledger.open_amount(invoice) if invoice.state in OWING and invoice.currency == note.currency else Decimal(0)
    if amount := min(owed, ledger.left(note)):
        await ledger.apply(work, client, note, invoice, amount, on=on)
        work.touch(invoice)


def sending(asking: Asking, document: Any, facts: Any) -> Iterator[Problem]:
    """What is in the way of sending a document."""
    yield from _lacking(asking, document, facts)
    yield from owing_problems(asking, document, facts)


def _lacking(asking: Asking, document: Any, facts: Any) -> Sequence[Problem]:
    """For its CFDI, where it is one that the SAT has not stamped."""
    if document.type not in FISCAL or document.state != SalesDocumentState.DRAFT:
        return ()
    return issuing.lacking(asking, Terms.of(document), document.currency, facts)


def owing_problems(asking: Asking, document: Any, facts: Any, paid: Decimal = Decimal(0)) -> Iterator[Problem]:
    """For the balance, of which so much is paid at the same time; warnings where the viewer may override the credit
    limit."""
    may = asking.viewer.may(Permission.CREDIT_OVERRIDE)
    if excess := _excess(facts, paid):
        code = CREDIT_LIMIT_OVERRIDDEN if may else CREDIT_LIMIT_EXCEEDED
        yield Problem(code, values={"excess": excess})
    if facts.days_late is not None and not _is_paid(document, paid):
        code = CREDIT_OVERDUE_OVERRIDDEN if may else CREDIT_OVERDUE
        days = policy.disclosed(asking.viewer, Permission.BILLING_READ, facts.days_late)
        yield Problem(code, values={"days": days})
    if document.state == SalesDocumentState.DRAFT and document.type == SalesDocumentType.CREDIT_NOTE:
        if not facts.invoice_fits:
            yield Problem(INVOICE_REQUIRED)
        elif not facts.credit_fits:
            balance = policy.disclosed(asking.viewer, Permission.SALES_READ, facts.creditable)
            yield Problem(CREDIT_OVER_BALANCE, values={"balance": balance})


def _is_paid(document: Any, paid: Decimal) -> bool:
    return paid > 0 and paid >= Decimal(document.total)


def _excess(facts: Any, paid: Decimal) -> str | None:
    """By how much a document exceeds the client's credit; None where it fits."""
    if facts.credit_needed is None or facts.credit_available is None:
        return None
    needed = Decimal(facts.credit_needed) - rounded(paid * Decimal(facts.credit_rate), 2)
    excess = needed - Decimal(facts.credit_available)
    return format(excess, "f") if needed > 0 and excess > 0 else None


def exceeding(problems: Sequence[Problem]) -> dict[str, Any]:
    """The detail of a change of state that says by how much the credit is exceeded."""
    excess = [one.values["excess"] for one in problems if one.code in (CREDIT_LIMIT_OVERRIDDEN, CREDIT_LIMIT_EXCEEDED)]
    return {"credit_exceeded_by": excess[0]} if excess else {}


def accepting(_: Asking, __: Any, facts: Any) -> Iterator[Problem]:
    """What is in the way of accepting a quote."""
    if facts.lapsed:
        yield Problem(QUOTE_EXPIRED)


async def _credited_invoice(work: UnitOfWork, client: Client, id: UUID | None) -> SalesDocument:
    invoice = await work.get(SalesDocument, id) if id else None
    fits = invoice is not None and invoice.client_id == client.id
    if not fits or invoice is None or not policy.allows(work.viewer, SalesDocumentAction.CREDIT, invoice):
        raise reject(INVOICE_REQUIRED).at("invoice_id")
    return invoice


async def accept_quote(work: UnitOfWork, input: OnRecord) -> SalesDocument:
    """The client accepted the quote, which still holds."""
    client, document = await document_for(work, input, SalesDocumentAction.ACCEPT)
    facts = await work.facts(sales_document_facts(work.company_id, document.id, work.today))
    with work.at("id"):
        work.judge(tuple(accepting(work, document, facts)))
    move(work, client, document, SalesDocumentState.ACCEPTED)
    return document


async def reject_quote(work: UnitOfWork, input: OnRecord) -> SalesDocument:
    """The client turned the quote down."""
    client, document = await document_for(work, input, SalesDocumentAction.REJECT)
    move(work, client, document, SalesDocumentState.REJECTED)
    return document


async def cancel(work: UnitOfWork, client: Client, document: SalesDocument, on: datetime.date | None = None) -> None:
    """Takes the document back: it is owed no more, what was applied to it is the client's credit balance, and what it
    took from its origin returns there. Whether it may be taken back is decided in `domain.cancellation`."""
    rows = await lines_of(work, document)
    issued = document.state is not SalesDocumentState.DRAFT
    if document.type is SalesDocumentType.CREDIT_NOTE:
        if issued:
            await _withdraw_credit(work, client, document, on)
        move(work, client, document, SalesDocumentState.CANCELLED)
        return
    move(work, client, document, SalesDocumentState.CANCELLED)
    if issued and document.type in DEBTS:
        for application in await ledger.applications_on(work, document):
            await ledger.undo(work, client, application, on)
        await ledger.withdraw(work, client, document, on)
    for origin in await _origins(work, document, rows):
        await _give_back(work, client, origin, rows)


async def _withdraw_credit(work: UnitOfWork, client: Client, note: SalesDocument, on: datetime.date | None) -> None:
    for application in await ledger.applications_of(work, note):
        work.touch(await ledger.undo(work, client, application, on))
    await ledger.withdraw_credit(work, client, note, on)


async def _origins(
    work: UnitOfWork, document: SalesDocument, rows: Sequence[SalesDocumentLine]
) -> Sequence[SalesDocument]:
    """The documents that the document's lines were taken from."""
    parents = {row.origin_line_id for row in rows if row.origin_line_id}
    ids = select(SalesDocumentLine.sales_document_id).where(
        SalesDocumentLine.company_id == work.company_id, SalesDocumentLine.id.in_(parents)
    )
    query = work.of(SalesDocument, or_(SalesDocument.id == document.origin_id, SalesDocument.id.in_(ids)))
    return (await work.session.scalars(query.order_by(SalesDocument.id))).all()


async def _give_back(
    work: UnitOfWork, client: Client, origin: SalesDocument, rows: Sequence[SalesDocumentLine]
) -> None:
    """What was converted can be converted again."""
    parents = {row.id: row for row in await lines_of(work, origin)}
    for row in rows:
        if row.origin_line_id and (parent := parents.get(row.origin_line_id)):
            parent.converted -= row.quantity
    work.flush()
    if origin.type is SalesDocumentType.SALES_NOTE:
        await hand_over(work, client, origin)
    if origin.state is SalesDocumentState.CONVERTED:
        quote = origin.type is SalesDocumentType.QUOTE
        move(work, client, origin, SalesDocumentState.ACCEPTED if quote else SalesDocumentState.SENT)
    else:
        work.touch(origin)


async def hand_over(work: UnitOfWork, client: Client, *notes: SalesDocument) -> None:
    """The invoices made of sales notes owe what the notes then owe no more: all of it where nothing of a note remains,
    otherwise what the lines that came from it come to."""
    left = {note: note.total - note.paid for note in notes}
    lines = await lines_of(work, *notes)
    open_ids = {line.sales_document_id for line in lines if line.converted < line.quantity}
    parents = {line.id: line.sales_document_id for line in lines if line.sales_document_id in open_ids}
    invoiced = await _invoiced(work, client, parents, notes[0].currency)
    for note in notes:
        if note.id in open_ids:
            left[note] = min(invoiced[note.id], left[note])
    await ledger.adjust(work, client, left)


async def _invoiced(
    work: UnitOfWork, client: Client, parents: Mapping[UUID, UUID], currency: str
) -> Mapping[UUID, Decimal]:
    """What the lines that were made of these come to, summed as each invoice sums its own; by what each line is of."""
    query = (
        work.of(
            SalesDocumentLine,
            SalesDocumentLine.client_id == client.id,
            SalesDocumentLine.origin_line_id.in_(parents),
        )
        .join(
            SalesDocument,
            (SalesDocument.company_id == work.company_id) & (SalesDocument.id == SalesDocumentLine.sales_document_id),
        )
        .where(SalesDocument.state != SalesDocumentState.CANCELLED)
        .order_by(SalesDocumentLine.position)
    )
    rows = (await work.session.scalars(query)).all() if parents else ()
    charges = await charges_of(work, *{row.sales_document_id for row in rows}) if rows else {}
    shares: dict[tuple[UUID, UUID], list[Line]] = defaultdict(list)
    for row in rows:
        if row.origin_line_id:
            line = Line(row.amount, row.discount, tuple(charges.get(row.id, ())))
            shares[parents[row.origin_line_id], row.sales_document_id].append(line)
    totals: dict[UUID, Decimal] = defaultdict(Decimal)
    for (note_id, _), of_invoice in shares.items():
        totals[note_id] += totals_of(of_invoice, currency).total
    return totals


# Finding


async def document_for(work: UnitOfWork, input: OnRecord, action: SalesDocumentAction) -> tuple[Client, SalesDocument]:
    """The document that is named, locked with its client, to which the viewer may do this now."""
    client, document = await locked(work, input.id, "id")
    with work.at("id"):
        policy.check(work.viewer, action, document)
    work.expect(document, input)
    return client, document


async def locked(
    work: UnitOfWork, id: UUID, path: str, within: ClientAction = ClientAction.CREATE_QUOTE
) -> tuple[Client, SalesDocument]:
    """A document and its client, which is within the viewer's sight and takes changes.

    Of a prospect there may be quotes; that it cannot be invoiced matters when something new is made.
    """
    document = await work.get(SalesDocument, id)
    if document is None:
        raise reject(NOT_FOUND).at(path)
    client = await work.client(document.client_id, within, path)
    document = await work.get(SalesDocument, id)
    if document is None:
        raise reject(NOT_FOUND).at(path)
    work.comes_after(document)
    return client, document


async def in_sight(work: UnitOfWork, id: UUID) -> tuple[Client, SalesDocument]:
    """A document and its client, which is locked and which the viewer sees, whatever else they may do with it."""
    document = await work.get(SalesDocument, id)
    client = await work.get(Client, document.client_id, lock=True) if document else None
    document = await work.get(SalesDocument, id)
    if client is None or document is None or not policy.sees(work.viewer, client):
        raise reject(NOT_FOUND).at("id")
    return client, document


async def company_of(work: UnitOfWork) -> Company:
    """The company itself, whose currency stays what it is until the end."""
    query = select(Company).where(Company.id == work.company_id).with_for_update(read=True, key_share=True)
    return (await work.session.execute(query.execution_options(populate_existing=True))).scalar_one()
