"""What decides over actions and is not in a record's own row, as statements.

Commands run them for one record and the API joins them to many, so that both look at the same facts. Each statement has
exactly one row for a record that is there. Amounts come as text, for a JSON number would round them.
"""

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Join,
    ScalarSelect,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.address import Address, AddressKind
from models.application import Application
from models.bank_account import BankAccount
from models.base import alias_of, same_client
from models.cancellation import SAT_PENDING, Cancellation
from models.cfdi_profile import CfdiProfile
from models.client import Client
from models.company import Company
from models.company_bank_account import CompanyBankAccount
from models.contact import Contact
from models.document import Document
from models.payment import Payment
from models.receivables import PaymentTerms, ReceivableTerms
from models.sales_document import (
    FISCAL,
    UNISSUED,
    SalesDocument,
    SalesDocumentLine,
    SalesDocumentState,
    SalesDocumentType,
    counts_as_credit,
    is_owed,
    unpaid,
    unpaid_in_company_currency,
)
from models.sat_catalog import SatProduct, SatUnit

MOST_PARTS = 500
"""How many contacts, addresses or bank accounts one client may have: they are read whole."""

Id = UUID | ColumnElement[Any]
Day = datetime.date | ColumnElement[Any]
Facts = Select[*tuple[Any, ...]]

OF_CLIENT = ("client_kind", "client_deleted_at")
"""What a part's facts say of its client."""
ISSUER = ("rfc", "name", "tax_regime", "postal_code")
RECEPTOR = (
    "rfc", "name", "tax_regime", "cfdi_use", "postal_code", "payment_form", "payment_method", "currency",
    "tax_residence", "tax_id", "taxpayer_status",
)  # fmt: skip
"""What a CFDI needs of the company, and of the client as its current CFDI profile has it."""


def client_facts(company: Id, client: Id) -> Facts:
    """Of a client: what is in the way of erasing it, and what it has as many of as it may."""
    of = alias_of(Client)
    file, sale, payment = alias_of(Document), alias_of(SalesDocument), alias_of(Payment)

    def there(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        mine = and_(table.c.company_id == company, table.c.client_id == of.c.id, *conditions)
        return exists(select(table.c.id).where(mine).correlate(of))

    def full(model: Any) -> ColumnElement[bool]:
        table = alias_of(model)
        mine = and_(table.c.company_id == company, table.c.client_id == of.c.id, table.c.deleted_at.is_(None))
        return exists(select(table.c.id).where(mine).offset(MOST_PARTS - 1).limit(1).correlate(of))

    return select(
        there(file).label("has_files"),
        there(sale).label("has_sales_documents"),
        there(payment).label("has_payments"),
        there(sale, is_owed(sale.c), unpaid_in_company_currency(sale.c) != 0).label("has_balance"),
        full(Contact).label("full_contacts"),
        full(Address).label("full_addresses"),
        full(BankAccount).label("full_accounts"),
    ).where(of.c.company_id == company, of.c.id == client)


def part_facts(company: Id, client: Id) -> Facts:
    """Of what is part of a client's record and needs no more: its client's state, for who may not read clients too."""
    of = alias_of(Client)
    return select(*_state_of(of)).where(of.c.company_id == company, of.c.id == client)


def _state_of(client: FromClause) -> Sequence[ColumnElement[Any]]:
    return client.c.kind.label("client_kind"), client.c.deleted_at.label("client_deleted_at")


def _with_client(company: Id, of: FromClause, client: FromClause) -> Join:
    return of.join(client, and_(client.c.company_id == company, client.c.id == of.c.client_id))


def address_facts(company: Id, address: Id) -> Facts:
    """Of an address: its client's state, and whether another one is the client's fiscal address."""
    of, client, other = alias_of(Address), alias_of(Client), alias_of(Address)
    fiscal = select(other.c.id).where(
        *same_client(company, other.c, of.c),
        other.c.id != of.c.id,
        other.c.kind == AddressKind.FISCAL,
        other.c.deleted_at.is_(None),
    )
    facts = select(*_state_of(client), exists(fiscal.correlate(of)).label("fiscal_elsewhere"))
    return facts.select_from(_with_client(company, of, client)).where(of.c.company_id == company, of.c.id == address)


def bank_account_facts(company: Id, account: Id) -> Facts:
    """Of a bank account: its client's state, and whether it is one of the company's that the company has deleted."""
    of, client, original = alias_of(BankAccount), alias_of(Client), alias_of(CompanyBankAccount)
    deleted = select(original.c.id).where(
        original.c.company_id == company,
        original.c.id == of.c.company_account_id,
        original.c.deleted_at.is_not(None),
    )
    facts = select(*_state_of(client), exists(deleted.correlate(of)).label("withdrawn"))
    return facts.select_from(_with_client(company, of, client)).where(of.c.company_id == company, of.c.id == account)


def sales_document_facts(company: Id, document: Id, today: Day) -> Facts:
    """Of a sales document on a day: its client's state; whether its last day has passed; what became of it and what is
    left; whether the SAT would not cancel it, or has been asked to, and where that stands; how much credit sending it
    needs and how much there is (null: no limit, or none needed); whether a credit note still fits its invoice; which
    codes of its lines the SAT has ended (null: none, or no CFDI); and the data of company and client for the CFDI that
    it is or becomes, each as an object (null: a client without CFDI profile, or no CFDI).
    """
    of, client, invoice = alias_of(SalesDocument), alias_of(Client), alias_of(SalesDocument)
    line = alias_of(SalesDocumentLine)

    def lines(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        mine = and_(
            *same_client(company, line.c, of.c),
            line.c.sales_document_id == of.c.id,
            condition,
        )
        return exists(select(line.c.id).where(mine).correlate(of))

    is_note = of.c.type == SalesDocumentType.CREDIT_NOTE
    draft = of.c.state == SalesDocumentState.DRAFT
    fiscal = or_(and_(draft, of.c.type.in_(FISCAL)), and_(~draft, of.c.type == SalesDocumentType.SALES_NOTE))
    is_credited = and_(is_note, invoice.c.company_id == company, invoice.c.id == of.c.origin_id)
    return (
        select(
            *_state_of(client),
            func.coalesce(of.c.expires_on < today, false()).label("lapsed"),
            or_(of.c.paid != 0, of.c.refunded != 0).label("has_payments"),
            ((of.c.credited != 0) & ~is_note | lines(line.c.converted != 0)).label("has_descendants"),
            _related_in_force(company, of).label("related_in_force"),
            _cancellation_pending(company, of, lambda c: c["sales_document_id"] == of.c.id).label(
                "cancellation_pending"
            ),
            _sat_state(company, of).label("sat_state"),
            lines(line.c.converted < line.c.quantity).label("has_lines_left"),
            cast(unpaid(of.c), Text).label("balance"),
            _is_assumed_paid(company, of).label("is_assumed_paid"),
            *_credit_of(company, of, today),
            *_fit_of(company, of, invoice),
            case((fiscal, _ended_codes(company, of, today))).label("ended_codes"),
            case((fiscal, issuer_of(company, of))).label("issuer"),
            case((fiscal, receptor_of(company, of.c.client_id, of))).label("receptor"),
        )
        .select_from(_with_client(company, of, client).outerjoin(invoice, is_credited))
        .where(of.c.company_id == company, of.c.id == document)
    )


def _credit_of(company: Id, of: Any, today: Day) -> Sequence[ColumnElement[Any]]:
    """How much credit sending the document needs, and how much there is."""
    needs_credit = _needs_credit(company, of)
    return (
        cast(case((needs_credit, unpaid_in_company_currency(of.c))), Text).label("credit_needed"),
        cast(of.c.exchange_rate, Text).label("credit_rate"),
        cast(case((needs_credit, _available(company, of))), Text).label("credit_available"),
        case((needs_credit, _days_late(company, of, today))).label("days_late"),
    )


def _fit_of(company: Id, of: Any, invoice: FromClause) -> Sequence[ColumnElement[Any]]:
    """Whether a credit note still fits its invoice."""
    fits = and_(invoice.c.currency == of.c.currency, invoice.c.state != SalesDocumentState.CANCELLED)
    return (
        func.coalesce(fits, false()).label("invoice_fits"),
        cast(invoice.c.total - _credit_notes(company, invoice), Text).label("creditable"),
        func.coalesce(of.c.total <= invoice.c.total - _credit_notes(company, invoice), false()).label("credit_fits"),
    )


def _ended_codes(company: Id, of: Any, today: Day) -> ScalarSelect[Any]:
    """The codes of products and units that are not in force on the day, of the lines of which something is left."""
    line = alias_of(SalesDocumentLine)
    day = literal(today, Date()) if isinstance(today, datetime.date) else today
    left = (
        *same_client(company, line.c, of.c),
        line.c.sales_document_id == of.c.id,
        line.c.converted < line.c.quantity,
    )

    def ended(model: type[SatProduct | SatUnit], code: ColumnElement[str]) -> Select[Any]:
        listed = alias_of(model)
        in_force = select(listed.c.code).where(
            listed.c.code == code,
            func.coalesce(listed.c.valid_from <= day, true()),
            func.coalesce(listed.c.valid_to >= day, true()),
        )
        return select(code.label("code")).where(*left, ~exists(in_force.correlate(line))).correlate(of)

    codes = union(ended(SatProduct, line.c.product_code), ended(SatUnit, line.c.unit_code)).subquery()
    return select(func.jsonb_agg(codes.c.code)).scalar_subquery()


def _related_in_force(company: Id, of: Any) -> ColumnElement[bool]:
    """Whether a CFDI in force relates to the document, as a credit note does, or is about to be cancelled with the
    document as its substitute."""
    other = alias_of(SalesDocument)
    derived = select(other.c.id).where(
        *same_client(company, other.c, of.c),
        other.c.origin_id == of.c.id,
        other.c.uuid.is_not(None),
        other.c.state != SalesDocumentState.CANCELLED,
    )
    replaces = _cancellation_pending(company, of, lambda c: c["substitute_uuid"] == of.c.uuid)
    return and_(of.c.uuid.is_not(None), or_(exists(derived.correlate(of)), replaces))


def _cancellation_pending(company: Id, of: Any, condition: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether there is a request to cancel at the SAT for which this holds, and whose outcome is open."""
    cancellation = alias_of(Cancellation)
    pending = select(cancellation.c.id).where(
        cancellation.c.company_id == company,
        cancellation.c.sat_state.in_(SAT_PENDING),
        condition(cancellation.c),
    )
    return exists(pending.correlate(of))


def _sat_state(company: Id, of: Any) -> ScalarSelect[Any]:
    """The state at the SAT of the document's cancelling; null where there is none."""
    cancellation = alias_of(Cancellation)
    mine = and_(cancellation.c.company_id == company, cancellation.c.sales_document_id == of.c.id)
    return select(cancellation.c.sat_state).where(mine).correlate(of).scalar_subquery()


def _object(columns: Any, names: Sequence[str]) -> ColumnElement[Any]:
    return func.jsonb_build_object(*(part for name in names for part in (name, columns[name])), type_=JSONB)


def issuer_of(company: Id, *outer: Any) -> ScalarSelect[Any]:
    """What a CFDI needs of the company, as an object."""
    of = alias_of(Company)
    return select(_object(of.c, ISSUER)).where(of.c.id == company).correlate(*outer).scalar_subquery()


def receptor_of(company: Id, client: Id, *outer: Any) -> ScalarSelect[Any]:
    """What a CFDI needs of the client, as an object."""
    of = alias_of(CfdiProfile)
    mine = and_(of.c.company_id == company, of.c.client_id == client, of.c.valid_to.is_(None))
    return select(_object(of.c, RECEPTOR)).where(mine).correlate(*outer).scalar_subquery()


def _needs_credit(company: Id, of: Any) -> ColumnElement[bool]:
    """Whether issuing the document, or the invoice of a sales note, takes credit that it does not take yet. What then
    counts is what `counts_as_credit` says: invoices, and sales notes by the client's terms of now."""
    draft = of.c.state == SalesDocumentState.DRAFT
    terms = alias_of(ReceivableTerms)
    on_credit = select(terms.c.client_id).where(
        *same_client(company, terms.c, of.c),
        terms.c.terms == PaymentTerms.CREDIT,
    )
    invoice, note = of.c.type == SalesDocumentType.INVOICE, of.c.type == SalesDocumentType.SALES_NOTE
    return or_(
        and_(draft, or_(invoice, and_(note, exists(on_credit.correlate(of))))),
        and_(~draft, note, ~of.c.on_credit),
    )


def _days_late(company: Id, of: Any, today: Day) -> ScalarSelect[Any]:
    """For how many days something of the document's client is overdue, where its terms allow fewer; else null."""
    terms, owed = alias_of(ReceivableTerms), alias_of(SalesDocument)
    days = literal(today, Date()) if isinstance(today, datetime.date) else today
    late = days - func.min(owed.c.due_on)
    return (
        select(late)
        .select_from(terms.join(owed, and_(*same_client(company, owed.c, terms.c))))
        .where(
            *same_client(company, terms.c, of.c),
            is_owed(owed.c),
            unpaid(owed.c) != 0,
        )
        .group_by(terms.c.overdue_days)
        .having(late > terms.c.overdue_days)
        .correlate(of)
        .scalar_subquery()
    )


def _is_assumed_paid(company: Id, of: Any) -> ColumnElement[bool]:
    """Whether a payment of the document is only assumed."""
    application, payment = alias_of(Application), alias_of(Payment)
    assumed = (
        select(application.c.id)
        .select_from(
            application.join(
                payment,
                and_(payment.c.company_id == company, payment.c.id == application.c.payment_id),
            )
        )
        .where(
            *same_client(company, application.c, of.c),
            application.c.sales_document_id == of.c.id,
            application.c.undone_at.is_(None),
            payment.c.assumed,
        )
    )
    return exists(assumed.correlate(of))


def _credit_notes(company: Id, invoice: Any) -> ColumnElement[Decimal]:
    """The total of the credit notes that were issued of an invoice."""
    note = alias_of(SalesDocument)
    return (
        select(func.coalesce(func.sum(note.c.total), 0))
        .where(
            *same_client(company, note.c, invoice.c),
            note.c.origin_id == invoice.c.id,
            note.c.type == SalesDocumentType.CREDIT_NOTE,
            note.c.state.not_in(UNISSUED),
        )
        .correlate(invoice)
        .scalar_subquery()
    )


def _available(company: Id, of: Any) -> ScalarSelect[Any]:
    """What is left of the credit of the document's client, in the company's currency; null without a limit."""
    terms, owed = alias_of(ReceivableTerms), alias_of(SalesDocument)
    used = (
        select(func.coalesce(func.sum(unpaid_in_company_currency(owed.c)), 0))
        .where(*same_client(company, owed.c, of.c), counts_as_credit(owed.c))
        .correlate(of)
        .scalar_subquery()
    )
    return (
        select(terms.c.credit_limit - used).where(*same_client(company, terms.c, of.c)).correlate(of).scalar_subquery()
    )
