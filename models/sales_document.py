"""Sales documents, their lines and taxes: quotes (cotizaciones), sales notes (notas de venta), invoices (facturas) and
credit notes (notas de crédito)."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    Computed,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    and_,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Columns, Owned, Versioned
from models.catalogs import CFDI_USES, CURRENCIES, PAYMENT_FORMS, PAYMENT_METHODS
from models.columns import choice, line_of, money, text_of
from models.constraints import index, of_client, of_record, one_code, one_of, refers, trigrams
from models.spelling import CODE, spelt


class SalesDocumentType(StrEnum):
    """The kind of sales document: three, in the order in which one becomes the next, and what takes back an invoice."""

    QUOTE = "QUOTE"
    SALES_NOTE = "SALES_NOTE"
    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


class SalesDocumentState(StrEnum):
    """Where a sales document stands. Overdue and expired are derived from the dates, not stored."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    CONVERTED = "CONVERTED"
    STAMPED = "STAMPED"
    VIEWED = "VIEWED"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


STATES = {
    SalesDocumentType.QUOTE: ("DRAFT", "SENT", "ACCEPTED", "REJECTED", "CONVERTED", "CANCELLED"),
    SalesDocumentType.SALES_NOTE: ("DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "CONVERTED", "CANCELLED"),
    SalesDocumentType.INVOICE: ("DRAFT", "STAMPED", "SENT", "VIEWED", "PARTIALLY_PAID", "PAID", "CANCELLED"),
    SalesDocumentType.CREDIT_NOTE: ("DRAFT", "STAMPED", "SENT", "CANCELLED"),
}
"""The states that each type can be in."""

DEBTS = (SalesDocumentType.SALES_NOTE, SalesDocumentType.INVOICE)
"""The types that a client owes."""

OWING = ("STAMPED", "SENT", "VIEWED", "PARTIALLY_PAID")
"""The states in which an invoice or a sales note is owed."""


FISCAL = (SalesDocumentType.INVOICE, SalesDocumentType.CREDIT_NOTE)
"""The types that are a CFDI, which is stamped outside."""

UNISSUED = ("DRAFT", "CANCELLED")
"""The states in which such a document does not count as issued."""


class StampStatus(StrEnum):
    """Whether an invoice or a credit note that was issued has a fiscal folio. It follows from the folio alone."""

    PENDING = "PENDING"
    STAMPED = "STAMPED"


def stamp_status(c: Columns) -> ColumnElement[str | None]:
    """The status; null where there is nothing to stamp: quotes, sales notes, drafts, and what was cancelled before."""
    nothing = or_(c["type"].not_in(FISCAL), c["state"].in_(UNISSUED))
    return case(
        (c["uuid"].is_not(None), StampStatus.STAMPED.value),
        (nothing, null()),
        else_=StampStatus.PENDING.value,
    )


_STAMP_STATUS = """
CASE
    WHEN uuid IS NOT NULL THEN 'STAMPED'::text
    WHEN (type::text <> ALL (ARRAY['INVOICE'::character varying::text, 'CREDIT_NOTE'::character varying::text]))\
 OR (state::text = ANY (ARRAY['DRAFT'::character varying::text, 'CANCELLED'::character varying::text])) THEN NULL::text
    ELSE 'PENDING'::text
END"""
"""The same for the index by which lists are filtered, as PostgreSQL writes it: Alembic compares the texts."""


def is_owed(c: Columns) -> ColumnElement[bool]:
    """Whether the document is a debt of the client: a sales note or an invoice that was issued and not paid off."""
    return and_(c["type"].in_(DEBTS), c["state"].in_(OWING))


def counts_as_credit(c: Columns) -> ColumnElement[bool]:
    """Whether an owed document uses up the credit limit: invoices and sales notes on credit, never quotes."""
    return and_(is_owed(c), or_(c["type"] == SalesDocumentType.INVOICE, c["on_credit"]))


def unpaid(c: Columns) -> ColumnElement[Decimal]:
    """What remains of the total, in the document's currency."""
    return c["total"] - c["paid"] - c["credited"]


def unpaid_in_company_currency(c: Columns) -> ColumnElement[Decimal]:
    """The same in the company's currency. Each document is rounded, to 2 decimals, and sums are of the rounded."""
    return func.round(unpaid(c) * c["exchange_rate"], 2)


class CfdiVerification(StrEnum):
    """What verifying a CFDI's seal and stamp came to, without asking the SAT."""

    VERIFIED = "VERIFIED"
    NOT_CHECKED = "NOT_CHECKED"
    FAILED = "FAILED"


class CfdiFinding(StrEnum):
    """What verifying it found."""

    XML_MISSING = "XML_MISSING"
    SEAL_MISSING = "SEAL_MISSING"
    SEAL_FALSE = "SEAL_FALSE"
    CERTIFICATE_MISSING = "CERTIFICATE_MISSING"
    CERTIFICATE_UNREADABLE = "CERTIFICATE_UNREADABLE"
    CERTIFICATE_NUMBER_DIFFERS = "CERTIFICATE_NUMBER_DIFFERS"
    CERTIFICATE_OF_ANOTHER = "CERTIFICATE_OF_ANOTHER"
    CERTIFICATE_NOT_VALID_THEN = "CERTIFICATE_NOT_VALID_THEN"
    COMPLEMENT_UNKNOWN = "COMPLEMENT_UNKNOWN"
    STAMP_INCOMPLETE = "STAMP_INCOMPLETE"
    STAMP_OF_ANOTHER_SEAL = "STAMP_OF_ANOTHER_SEAL"
    ISSUER_UNKNOWN = "ISSUER_UNKNOWN"
    ISSUER_FALSE = "ISSUER_FALSE"
    SAT_SEAL_FALSE = "SAT_SEAL_FALSE"
    CHAIN_NOT_CHECKED = "CHAIN_NOT_CHECKED"
    SAT_SEAL_NOT_CHECKED = "SAT_SEAL_NOT_CHECKED"


def credit_left(c: Columns) -> ColumnElement[Decimal]:
    """What is left of a credit note that was issued, to apply or to refund, in its currency."""
    nothing = or_(c["type"] != SalesDocumentType.CREDIT_NOTE, c["state"].in_(UNISSUED))
    return case((nothing, cast(0, Numeric(18, 2))), else_=c["total"] - c["credited"] - c["refunded"])


def is_credit_left(c: Columns) -> ColumnElement[bool]:
    """Whether anything is left of a credit note: as the index has it."""
    return and_(
        c["type"] == SalesDocumentType.CREDIT_NOTE,
        c["state"].in_(("STAMPED", "SENT")),
        c["credited"] + c["refunded"] < c["total"],
    )


ADVANCE_PRODUCT = "84111506"
"""SAT's c_ClaveProdServ of what an advance (anticipo) is invoiced for, as Anexo 20's guide has it."""


def is_advance(c: Columns) -> ColumnElement[bool]:
    """Whether a line is an advance: as the index has it."""
    return c["product_code"] == ADVANCE_PRODUCT


class TaxKind(StrEnum):
    """Whether a tax is added to the price or withheld by the payer."""

    TRANSFERRED = "TRANSFERRED"
    WITHHELD = "WITHHELD"


class TaxFactor(StrEnum):
    """How a tax is computed (c_TipoFactor): a part of the base, an amount for each unit, or not at all."""

    RATE = "RATE"
    QUOTA = "QUOTA"
    EXEMPT = "EXEMPT"


_OWING, _DEBTS = (", ".join(repr(str(value)) for value in values) for values in (OWING, DEBTS))
_IS_OWED = f"type in ({_DEBTS}) and state in ({_OWING})"
_OWED = ("total", "paid", "credited", "exchange_rate")
"""What is owed follows from these."""


def _indexes() -> Sequence[Index]:
    return (
        index("uq_sales_document_uuid", "uuid"),
        index("ix_sales_document_client", "client_id", "issued_at", "id"),
        index("ix_sales_document_open", "client_id", "due_on", postgresql_include=_OWED, where=_IS_OWED),
        index(
            "ix_sales_document_credit_left",
            "client_id",
            where="type = 'CREDIT_NOTE' and state in ('STAMPED', 'SENT') and credited + refunded < total",
        ),
        index("ix_sales_document_issued_at", "issued_at", "id"),
        index("ix_sales_document_origin", "client_id", "origin_id"),
        index("ix_sales_document_deal", "client_id", "deal_id"),
        index("ix_sales_document_folio", "folio"),
        *(index(f"ix_sales_document_{each}", each) for each in ("currency", "deal_id", "expires_on")),
        *(index(f"ix_sales_document_{each}_issued_at", each, "issued_at", "id") for each in ("state", "type")),
        index("ix_sales_document_due", "due_on", where=_IS_OWED),
        index("ix_sales_document_balance", text("(total - paid - credited)"), where=_IS_OWED),
        index("ix_sales_document_expiring", "expires_on", where="type = 'QUOTE' and state in ('DRAFT', 'SENT')"),
        *(index(f"ix_sales_document_{each}", each, "id") for each in ("due_on", "number", "total")),
        trigrams("ix_sales_document_words", literal_column("ficha_words(folio, number::text)", Text()).label("words")),
        index("ix_sales_document_issued_by", "issued_by_id"),
        trigrams("ix_sales_document_search", literal_column("ficha_bare(folio)", Text()).label("bare_folio")),
        index("ix_sales_document_stamp_status", text(f"({_STAMP_STATUS})"), "issued_at", "id"),
    )


def _rules() -> Sequence[CheckConstraint]:
    allowed = " or ".join(
        f"type = '{type_}' and state in ({', '.join(repr(s) for s in states)})" for type_, states in STATES.items()
    )
    return (
        one_of("type", SalesDocumentType),
        one_of("verification", CfdiVerification),
        CheckConstraint(allowed, name="state"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("exchange_rate > 0", name="exchange_rate"),
        CheckConstraint("total = subtotal - discount + tax - withheld", name="total"),
        CheckConstraint("least(subtotal, discount, withheld, total) >= 0", name="amounts"),
        CheckConstraint("least(paid, credited) >= 0 and paid + credited <= total", name="paid"),
        CheckConstraint("state <> 'PAID' or paid + credited = total", name="paid_in_full"),
        CheckConstraint("state <> 'PARTIALLY_PAID' or paid > 0 and paid + credited < total", name="partially_paid"),
        CheckConstraint(
            f"type not in ({_DEBTS}) or state not in ('STAMPED', 'SENT', 'VIEWED')"
            " or paid = 0 and (credited < total or total = 0)",
            name="unpaid",
        ),
        CheckConstraint(f"type in ({_DEBTS}) or paid = 0", name="payable"),
        CheckConstraint("state <> 'DRAFT' or paid + credited = 0", name="draft"),
        CheckConstraint(
            "refunded >= 0 and (refunded = 0 or type = 'CREDIT_NOTE') and credited + refunded <= total",
            name="refunded",
        ),
        CheckConstraint(
            "type <> 'CREDIT_NOTE' or state in ('STAMPED', 'SENT') or credited + refunded = 0", name="credit"
        ),
        CheckConstraint("state <> 'STAMPED' or uuid is not null", name="stamped"),
        CheckConstraint("stamped_at is null or uuid is not null", name="stamped_at"),
        CheckConstraint("tax >= 0", name="tax"),
        CheckConstraint("origin_id <> id", name="origin"),
        CheckConstraint(
            "type in ('INVOICE', 'CREDIT_NOTE') or num_nonnulls(uuid, external_folio, xml_document_id) = 0",
            name="fiscal",
        ),
        one_code("currency", CURRENCIES),
        # What a CFDI of elsewhere states is a fact.
        one_code("payment_form", PAYMENT_FORMS, unless="uuid is not null"),
        one_code("payment_method", PAYMENT_METHODS, unless="uuid is not null"),
        one_code("cfdi_use", CFDI_USES, unless="uuid is not null"),
    )


class SalesDocument(Owned, Versioned, Base):
    """A sales document with its totals. `paid` is what was applied to it of payments, `credited` what other documents
    took over of its total: the credit notes of an invoice, the invoices made of a part of a sales note; of a credit
    note, what was applied of it. Both follow from the ledger (`models.ledger`), and so does a state of payment."""

    __tablename__ = "sales_document"
    # The folio comes back with every write: commands tell it, and cannot wait for it when they read it.
    __mapper_args__ = {"eager_defaults": True}

    client_id: Mapped[UUID]
    type: Mapped[SalesDocumentType] = choice(SalesDocumentType)
    series: Mapped[str] = line_of(25)
    number: Mapped[int] = mapped_column(Integer)
    external_folio: Mapped[str | None] = line_of(100)
    """The folio of a CFDI issued elsewhere, where series and number cannot say it."""
    folio: Mapped[str] = mapped_column(
        Computed("coalesce(external_folio, series || '-' || number::text)", persisted=True)
    )
    state: Mapped[SalesDocumentState] = choice(SalesDocumentState)
    issued_at: Mapped[datetime.datetime]
    issued_by_id: Mapped[UUID | None]
    due_on: Mapped[datetime.date | None]
    """The day a debt falls due, in the company's zone."""
    expires_on: Mapped[datetime.date | None]
    """The last day a quote holds."""
    on_credit: Mapped[bool] = mapped_column(server_default=text("false"))
    currency: Mapped[str] = mapped_column(server_default=text("'MXN'"), **spelt(CODE))
    exchange_rate: Mapped[Decimal] = mapped_column(Numeric(18, 6), server_default=text("1"))
    """Units of the company's currency for one of the document's."""
    subtotal: Mapped[Decimal] = money()
    discount: Mapped[Decimal] = money(server_default=text("0"))
    tax: Mapped[Decimal] = money(server_default=text("0"))
    withheld: Mapped[Decimal] = money(server_default=text("0"))
    total: Mapped[Decimal] = money()
    paid: Mapped[Decimal] = money(server_default=text("0"))
    credited: Mapped[Decimal] = money(server_default=text("0"))
    refunded: Mapped[Decimal] = money(server_default=text("0"))
    """Of a credit note, what of it was paid back to the client."""
    payment_form: Mapped[str | None]
    payment_method: Mapped[str | None]
    cfdi_use: Mapped[str | None]
    """What the client uses the CFDI for, SAT's c_UsoCFDI; null: as the client's CFDI data say."""
    price_list_id: Mapped[UUID | None]
    """Where the prices came from that were not stated."""
    origin_id: Mapped[UUID | None]
    """The document that this one was made from; of a credit note, the invoice that it reduces."""
    deal_id: Mapped[UUID | None]
    uuid: Mapped[UUID | None]
    """The fiscal folio (UUID) that the SAT's stamp gave it."""
    stamped_at: Mapped[datetime.datetime | None]
    """When it was stamped, where that is known."""
    xml_document_id: Mapped[UUID | None]
    """The file of its CFDI."""
    verification: Mapped[CfdiVerification | None] = choice(CfdiVerification)
    """What verifying its CFDI came to; null where none was brought in."""
    verification_findings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """`CfdiFinding`s: why it is not verified, and what was not looked at."""
    notes: Mapped[str | None] = text_of(10_000)

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            of_record("sales_document", "origin_id"),
            of_record("deal", "deal_id"),
            refers("collaborator", "issued_by_id"),
            refers("price_list", "price_list_id"),
            refers("document", "xml_document_id"),
            UniqueConstraint("company_id", "client_id", "id"),
            UniqueConstraint("company_id", "type", "series", "number"),
            *_indexes(),
            *_rules(),
        )


_HALF_QUANTITY, _HALF_PRICE = (
    f"power(10::numeric, -scale(trim_scale({factor}))) / 2" for factor in ("quantity", "unit_price")
)
_UNIT = "power(10::numeric, -scale(trim_scale(amount)))"
_PRODUCT = (
    f"amount > greatest(quantity - {_HALF_QUANTITY}, 0) * greatest(unit_price - {_HALF_PRICE}, 0) - {_UNIT}"
    f" and amount < (quantity + {_HALF_QUANTITY}) * (unit_price + {_HALF_PRICE}) + {_UNIT}"
)
"""Anexo 20's limits of a line's amount: each factor may have been rounded in its last decimal, and so may the amount.
What is drawn up here is exact: see `models.guards`."""


class SalesDocumentLine(Owned, Base):
    """What is sold (concepto), in order. Amounts have up to 6 decimals, as a CFDI's lines do; only sums are rounded."""

    __tablename__ = "sales_document_line"

    client_id: Mapped[UUID]
    sales_document_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    sku: Mapped[str | None] = line_of(100)
    """The company's own code of it (NoIdentificacion)."""
    description: Mapped[str] = line_of(1_000)
    product_code: Mapped[str]
    """SAT's c_ClaveProdServ."""
    unit_code: Mapped[str]
    """SAT's c_ClaveUnidad."""
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    discount: Mapped[Decimal] = mapped_column(Numeric(18, 6), server_default=text("0"))
    tax_object: Mapped[str] = mapped_column(server_default=text("'02'"))
    """Whether it is subject to taxes, SAT's c_ObjetoImp."""
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    """Quantity times unit price (Importe), before the discount."""
    tax: Mapped[Decimal] = mapped_column(Numeric(18, 6), server_default=text("0"))
    """Sum of the taxes that are added."""
    origin_line_id: Mapped[UUID | None]
    """The line that it was converted from."""
    converted: Mapped[Decimal] = mapped_column(Numeric(18, 6), server_default=text("0"))
    """How much of the quantity became part of other documents."""

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_record("sales_document", "sales_document_id", ondelete="CASCADE"),
            of_record("sales_document_line", "origin_line_id"),
            UniqueConstraint("company_id", "client_id", "id"),
            UniqueConstraint("company_id", "client_id", "sales_document_id", "position"),
            index("ix_sales_document_line_origin", "client_id", "origin_line_id"),
            index(
                "ix_sales_document_line_advance",
                "client_id",
                "sales_document_id",
                where=f"product_code = '{ADVANCE_PRODUCT}'",
            ),
            CheckConstraint("quantity > 0 and unit_price >= 0", name="amounts"),
            CheckConstraint(_PRODUCT, name="amount"),
            CheckConstraint("tax >= 0", name="tax"),
            CheckConstraint("origin_line_id <> id", name="origin"),
            CheckConstraint("discount between 0 and amount", name="discount"),
            CheckConstraint("converted between 0 and quantity", name="converted"),
        )


class SalesDocumentTax(Owned, Base):
    """A tax of a line, or a local one of the document as a whole."""

    __tablename__ = "sales_document_tax"

    client_id: Mapped[UUID]
    sales_document_id: Mapped[UUID]
    line_id: Mapped[UUID | None]
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[TaxKind] = choice(TaxKind)
    tax: Mapped[str] = line_of(100)
    """SAT's c_Impuesto, 001 ISR, 002 IVA, 003 IEPS; of a local one its name."""
    factor: Mapped[TaxFactor] = choice(TaxFactor)
    rate: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    """A fraction, or an amount for each unit; null is exempt."""
    base: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    """An amount, or a number of units; a local tax states none."""
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 6))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_record("sales_document", "sales_document_id", ondelete="CASCADE"),
            of_record("sales_document_line", "line_id", ondelete="CASCADE"),
            index("ix_sales_document_tax_document", "client_id", "sales_document_id"),
            index("ix_sales_document_tax_line", "client_id", "line_id", "position"),
            one_of("kind", TaxKind),
            one_of("factor", TaxFactor),
            CheckConstraint("(rate is null) = (factor = 'EXEMPT')", name="rate"),
            CheckConstraint("least(rate, base, amount) >= 0", name="amounts"),
            CheckConstraint("factor <> 'EXEMPT' or amount = 0", name="exempt"),
            CheckConstraint("line_id is null or base is not null", name="base"),
        )
