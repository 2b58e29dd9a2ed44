"""Sales documents, their lines, taxes and payments; what is owed, late, and counts as credit is derived here, once."""

import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    select,
    tuple_,
    union,
)

import models
from loaders.entity import COMPANY, TODAY, Columns, Derived, Entity, Query, of_company, value_of
from loaders.facts import facts_of
from loaders.ordering import InParts
from loaders.relation import Computed, Connection, ToMany, ToManyThrough, ToOne
from models.application import stands
from models.base import alias_of, same_client
from models.facts import sales_document_facts
from models.receivables import ExposureReason
from models.sales_document import (
    SalesDocumentState,
    SalesDocumentType,
    counts_as_credit,
    credit_left,
    is_advance,
    is_owed,
    stamp_status,
    unpaid,
)
from models.viewer import Permission


def balance(c: Columns) -> ColumnElement[Decimal]:
    """What remains to be paid, in the document's currency."""
    return case((is_owed(c), unpaid(c)), else_=cast(0, Numeric(18, 2)))


def has_passed(day: ColumnElement[datetime.date]) -> ColumnElement[bool]:
    """Whether the day is over where the company is; a day that was not set never is."""
    return and_(day.is_not(None), day < TODAY)


def is_overdue(c: Columns) -> ColumnElement[bool]:
    """Whether the document is owed and its due date has passed; written so that the index of open items serves it."""
    return and_(is_owed(c), has_passed(c["due_on"]))


def exposure(c: Columns) -> ColumnElement[Decimal]:
    """What remains to be paid, in the company's currency, 2 decimals."""
    return cast(func.round(balance(c) * c["exchange_rate"], 2), Numeric(18, 2))


def exposure_reason(c: Columns) -> ColumnElement[str]:
    """Why it counts, or does not."""
    return case(
        (~is_owed(c), ExposureReason.NOT_OWED.value),
        (c["type"] == SalesDocumentType.INVOICE, ExposureReason.INVOICE.value),
        (c["on_credit"], ExposureReason.CREDIT_SALES_NOTE.value),
        else_=ExposureReason.CASH_SALES_NOTE.value,
    )


def descents() -> FromClause:
    """Which documents (`id`) came of which (`origin_id`): of a document as a whole, or of lines of it, as an invoice
    does of all the sales notes that it combines."""
    origin, line = alias_of(models.SalesDocument), alias_of(models.SalesDocumentLine)
    whole, part = alias_of(models.SalesDocument), alias_of(models.SalesDocumentLine)

    def linked(one: FromClause, other: FromClause, link: ColumnElement[bool]) -> ColumnElement[bool]:
        return and_(*of_company(one), *same_client(COMPANY, other.c, one.c), link)

    of_lines = origin.join(line, linked(origin, line, line.c.sales_document_id == origin.c.id)).join(
        part, linked(line, part, part.c.origin_line_id == line.c.id)
    )
    names = (origin.c.company_id, origin.c.id.label("origin_id"))
    return union(
        select(*names, whole.c.id).join_from(origin, whole, linked(origin, whole, whole.c.origin_id == origin.c.id)),
        select(*names, part.c.sales_document_id).select_from(of_lines),
    ).subquery()


def advance_left(c: Columns) -> ColumnElement[Decimal]:
    """What is left of an advance in its currency: invoices in force that refer to it (TipoRelacion 07) take what their
    credit notes of that relation apply, or what they deduct themselves (Descuento); as long as neither says it, all of
    it. An invoice takes from several advances one after the other, the oldest first."""
    total = alias_of(models.SalesDocument)
    of_total, share = _taken(total.c), _in_currency_of(c, total.c)
    part = func.least(c["total"], func.greatest(of_total * share - _older_advances(total.c, c) * share, 0))
    taken = (
        select(func.sum(case((of_total.is_(None), c["total"]), else_=part)))
        .select_from(total)
        .where(_takes(total.c, c))
        .correlate(c["id"].table)
    )
    return cast(func.greatest(c["total"] - func.coalesce(taken.scalar_subquery(), 0), 0), Numeric(18, 2))


def folio_words(c: Columns) -> ColumnElement[str]:
    """The folded text of its folio and number."""
    return func.ficha_words(c["folio"], cast(c["number"], Text))


def _is_advance(c: Columns) -> ColumnElement[bool]:
    line = alias_of(models.SalesDocumentLine)
    return (
        exists()
        .select_from(line)
        .where(*same_client(COMPANY, line.c, c), line.c.sales_document_id == c["id"], is_advance(line.c))
    )


def _in_currency_of(one: Columns, other: Columns) -> ColumnElement[Decimal]:
    """What an amount of the other is to be multiplied by."""
    return case((one["currency"] == other["currency"], 1), else_=other["exchange_rate"] / one["exchange_rate"])


def _takes(total: Columns, advance: Columns) -> ColumnElement[bool]:
    """Whether an invoice in force refers to the advance."""
    return and_(
        *same_client(COMPANY, total, advance),
        total["type"] == SalesDocumentType.INVOICE,
        total["state"] != SalesDocumentState.CANCELLED,
        total["id"].in_(_referring(advance)),
    )


def _referring(document: Columns) -> Select[tuple[Any]]:
    """What refers to the document by relation 07."""
    relation = alias_of(models.CfdiRelation)
    return (
        select(relation.c.sales_document_id)
        .where(
            *same_client(COMPANY, relation.c, document),
            relation.c.related_id == document["id"],
            relation.c.type == "07",
        )
        .correlate(document["id"].table)
    )


def _taken(total: Columns) -> ColumnElement[Decimal]:
    """What an invoice took of the advances that it refers to, in its currency; null where nothing says it yet."""
    application = alias_of(models.Application)
    applied = (
        select(func.sum(application.c.amount))
        .where(
            *same_client(COMPANY, application.c, total),
            application.c.sales_document_id == total["id"],
            application.c.credit_note_id.in_(_referring(total)),
            stands(application.c),
        )
        .correlate(total["id"].table)
    )
    untaxed = total["subtotal"] - total["discount"]
    deducted = total["discount"] * func.coalesce(total["total"] / func.nullif(untaxed, 0), 1)
    return func.coalesce(applied.scalar_subquery(), case((total["discount"] > 0, deducted)))


def _older_advances(total: Columns, advance: Columns) -> ColumnElement[Decimal]:
    """What the invoice could take of older advances before this one, in its currency: all that earlier invoices had
    left of them."""
    older, earlier = alias_of(models.SalesDocument), alias_of(models.SalesDocument)
    before = (
        select(func.sum(_taken(earlier.c) * _in_currency_of(older.c, earlier.c)))
        .select_from(earlier)
        .where(
            _takes(earlier.c, older.c),
            tuple_(earlier.c.issued_at, earlier.c.id) < tuple_(total["issued_at"], total["id"]),
        )
        .correlate(older, total["id"].table)
    )
    rest = func.greatest(older.c.total - func.coalesce(before.scalar_subquery(), 0), 0)
    return func.coalesce(
        select(func.sum(rest * _in_currency_of(total, older.c)))
        .select_from(older)
        .where(
            *of_company(older),
            _takes(total, older.c),
            tuple_(older.c.issued_at, older.c.id) < tuple_(advance["issued_at"], advance["id"]),
        )
        .correlate(total["id"].table, advance["id"].table)
        .scalar_subquery(),
        0,
    )


TAX_TOTAL = ("kind", "tax", "factor", "currency", "rate", "base", "amount")


def tax_totals_of(parent: FromClause, document_id: ColumnElement[Any]) -> Query:
    """A row for each tax at each rate: the bases and amounts of the lines, summed and then rounded."""
    tax = alias_of(models.SalesDocumentTax)
    money = Numeric(18, 2)
    return (
        select(
            tax.c.kind,
            tax.c.tax,
            tax.c.factor,
            value_of(models.SalesDocument, "currency", document_id).correlate(parent).label("currency"),
            tax.c.rate,
            cast(func.round(func.sum(tax.c.base), 2), money).label("base"),
            cast(func.round(func.sum(tax.c.amount), 2), money).label("amount"),
        )
        .where(*of_company(tax, tax.c.sales_document_id == document_id))
        .group_by(tax.c.kind, tax.c.tax, tax.c.factor, tax.c.rate)
        .order_by(tax.c.kind, tax.c.tax, tax.c.factor, tax.c.rate)
        .correlate(parent)
    )


class SalesDocumentEntity(Entity, model=models.SalesDocument, prefix="doc"):
    permission = Permission.SALES_READ
    discriminator = "type"
    type_names = {
        "QUOTE": "SalesQuote",
        "SALES_NOTE": "SalesNote",
        "INVOICE": "SalesInvoice",
        "CREDIT_NOTE": "SalesCreditNote",
    }
    searched = "sales_document"
    search = folio_words
    orders = {
        "ISSUED_AT": lambda c: c["issued_at"],
        "DUE_ON": InParts(lambda c: c["due_on"]),
        "TOTAL": lambda c: c["total"],
        "NUMBER": lambda c: c["number"],
    }
    orders_of_equals = {"ISSUED_AT": ("state", "type", "stamp_status")}
    orders_beyond = {"TOTAL": "sales_document_total"}
    places = {"folio": "sales_document", "total": "sales_document_total", "balance": "sales_document_balance"}
    rare = ("is_overdue", "is_expired")

    balance = Derived(balance)
    company_currency = Derived(lambda _: value_of(models.Company, "currency"))
    exposure = Derived(exposure)
    left = Derived(credit_left)
    advance_left = Derived(lambda c: case((_is_advance(c), advance_left(c))))
    counts_as_credit = Derived(counts_as_credit)
    exposure_reason = Derived(exposure_reason)
    stamp_status = Derived(stamp_status)
    is_overdue = Derived(is_overdue)
    is_expired = Derived(
        lambda c: and_(
            c["type"] == SalesDocumentType.QUOTE,
            c["state"].in_((SalesDocumentState.DRAFT, SalesDocumentState.SENT)),
            has_passed(c["expires_on"]),
        )
    )

    client = ToOne(models.Client, on="client_id")
    deal = ToOne(models.Deal, on="deal_id")
    issued_by = ToOne(models.Collaborator, on="issued_by_id", joined=True)
    origin = ToOne(models.SalesDocument, on="origin_id")
    price_list = ToOne(models.PriceList, on="price_list_id")
    xml = ToOne(models.Document, on="xml_document_id")
    cancellation = ToOne(models.Cancellation, on="id", key="sales_document_id", joined=True)
    tax_totals = Computed(
        "SalesDocumentTaxTotal", TAX_TOTAL, tax_totals_of, many=True, permission=Permission.SALES_READ
    )
    facts = facts_of("SalesDocumentFacts", sales_document_facts, TODAY)
    lines = ToMany(models.SalesDocumentLine, key="sales_document_id", order=("position",))
    payments = ToManyThrough(
        models.Payment,
        through=models.Application,
        by="payment_id",
        key="sales_document_id",
        where=stands,
        order=("paid_at",),
    )
    applications = ToMany(models.Application, key="sales_document_id", order=("applied_on",), where=stands)
    applied = ToMany(models.Application, key="credit_note_id", order=("applied_on",), where=stands)
    related_cfdi = ToMany(models.CfdiRelation, key="sales_document_id")
    descendants = ToManyThrough(models.SalesDocument, through=descents, by="id", key="origin_id", order=("issued_at",))
    history = Connection(models.HistoryEvent, key="sales_document_id")


class SalesDocumentLineEntity(Entity, model=models.SalesDocumentLine, prefix="lin"):
    permission = Permission.SALES_READ

    remaining = Derived(lambda c: c["quantity"] - c["converted"])
    currency = Derived(lambda c: value_of(models.SalesDocument, "currency", c["sales_document_id"]))
    created_at = Derived(lambda c: value_of(models.SalesDocument, "created_at", c["sales_document_id"]))
    updated_at = Derived(lambda c: value_of(models.SalesDocument, "updated_at", c["sales_document_id"]))

    origin_line = ToOne(models.SalesDocumentLine, on="origin_line_id")
    product = ToOne(models.SatProduct, on="product_code", key="code", joined=True)
    unit = ToOne(models.SatUnit, on="unit_code", key="code", joined=True)
    taxes = ToMany(models.SalesDocumentTax, key="line_id", order=("position",))


class SalesDocumentTaxEntity(Entity, model=models.SalesDocumentTax, prefix="tax"):
    is_node = False
    permission = Permission.SALES_READ
    currency = Derived(lambda c: value_of(models.SalesDocument, "currency", c["sales_document_id"]))
