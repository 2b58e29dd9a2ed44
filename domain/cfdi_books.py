"""What a CFDI that was issued elsewhere means for what the client owes: what it charges, credits, replaces and pays.

The relations between CFDI mean what the SAT says (c_TipoRelacion): on an E, 01 and 03 credit what they relate to, and
07 applies an advance; 04 replaces; all others only refer. What refers to a CFDI that is not on record yet waits for it.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from domain import ledger, receiving
from domain import sales_document as documents
from domain.cfdi import Cfdi, PaidDocument, StatedPayment
from domain.fields import shown
from domain.issuing import AT_ONCE
from domain.problem import Problem, Rejected, error, warning
from domain.receivables import terms_of
from domain.taxes import payable, rounded
from domain.work import UnitOfWork
from models import Application, Cancellation, CfdiRelation, Client, Payment, SalesDocument, SalesDocumentLine
from models.cancellation import CancellationReason, SatCancellationState
from models.ids import uuid7
from models.sales_document import DEBTS, OWING, SalesDocumentState, SalesDocumentType, is_advance
from models.viewer import Permission

CFDI_RELATED_WAITS: Final = warning(
    "Se refiere al CFDI {uuid}, que no está registrado con este cliente: se aplicará cuando llegue.",
    "It refers to the CFDI {uuid}, which is not on record with this client: it is applied when that arrives.",
)
CFDI_CREDITED_PARTLY: Final = warning(
    "Solo se aplicó una parte{applied}; lo demás es saldo a favor del cliente.",
    "Only a part was applied{applied}; the rest is the client's credit balance.",
)
CFDI_REPLACED: Final = warning(
    "Sustituye a otro{folio}, que ya no se debe. Registre la respuesta del SAT a su cancelación.",
    "It replaces another one{folio}, which is owed no more. Report the SAT's answer to its cancelling.",
)
CFDI_BALANCE_DIFFERS: Final = warning(
    "El CFDI dice que de un documento{folio} quedan {stated}; aquí queda otra cantidad{recorded}.",
    "The CFDI says that {stated} are left of a document{folio}; here another amount is left{recorded}.",
)
CFDI_PAYMENT_KNOWN: Final = warning(
    "Es el pago de {amount} {currency} que ya estaba registrado: ahora lleva este folio fiscal.",
    "It is the payment of {amount} {currency} that was on record: it has this fiscal folio now.",
)
CFDI_PAYMENT_AMBIGUOUS: Final = error(
    "Puede ser un pago de {amount} {currency} que ya está registrado: indique cuál en paymentId, o newPayment si es"
    " otro.",
    "It may be a payment of {amount} {currency} that is on record: state which in paymentId, or newPayment if it is"
    " another.",
)


REPLACES: Final = "04"
CREDITS: Final = ("01", "03", "07")
"""On a CFDI of type E."""
ADVANCE: Final = "07"
PAYS: Final = "DR"
"""What a payment pays (DoctoRelacionado)."""


async def enter(
    work: UnitOfWork, client: Client, cfdi: Cfdi, document: SalesDocument, *, assume_paid: bool | None
) -> None:
    """An invoice or a credit note that was issued elsewhere counts from its day on, with all that it refers to and that
    waited for it. What says PUE is assumed to be paid, unless the import or the client's terms say otherwise."""
    on = work.viewer.today(document.issued_at)
    await documents.charge_or_credit(work, client, document, on)
    related = await _relate(work, client, cfdi, document)
    await _replace_all(work, client, related, document, on)
    if document.type is SalesDocumentType.CREDIT_NOTE:
        await _credit(work, client, document, [one for one in related if one[0] in CREDITS], on)
    elif cfdi.payment_method == AT_ONCE and await _is_assumed(work, client, assume_paid):
        await _assume_paid(work, client, document)
    await meet_waiting(work, client, document, on)


async def stamped(work: UnitOfWork, client: Client, cfdi: Cfdi, document: SalesDocument) -> None:
    """A document of ours that this CFDI is the stamp of refers to what that says, as one from elsewhere does."""
    on = work.viewer.today(document.issued_at)
    related = await _relate(work, client, cfdi, document)
    if document.state not in (SalesDocumentState.DRAFT, SalesDocumentState.CANCELLED):
        await _replace_all(work, client, related, document, on)
        if document.type is SalesDocumentType.CREDIT_NOTE:
            credited = [one for one in related if one[0] in CREDITS and one[1].type is SalesDocumentType.INVOICE]
            await _credit(work, client, document, credited, on)
    await meet_waiting(work, client, document)


async def _relate(
    work: UnitOfWork, client: Client, cfdi: Cfdi, document: SalesDocument
) -> Sequence[tuple[str, SalesDocument]]:
    """Records what the CFDI refers to; what of it is on record, in its order."""
    related: list[tuple[str, SalesDocument]] = []
    for relation in cfdi.relations:
        for uuid in relation.uuids:
            other = await _by_uuid(work, client, uuid)
            work.session.add(_relation(work, client, relation.type, uuid, other, sales_document_id=document.id))
            if other and other.id != document.id:
                related.append((relation.type, other))
            elif relation.type == REPLACES or (cfdi.type == "E" and relation.type in CREDITS):
                work.warnings.append(Problem(CFDI_RELATED_WAITS, ("xml",), {"uuid": uuid}))
    work.flush()
    return related


def _relation(
    work: UnitOfWork, client: Client, type_: str, uuid: UUID, related: SalesDocument | None, **values: Any
) -> CfdiRelation:
    return CfdiRelation(
        company_id=work.company_id,
        id=uuid7(),
        client_id=client.id,
        type=type_,
        uuid=uuid,
        related_id=related and related.id,
        **values,
    )


async def _by_uuid(work: UnitOfWork, client: Client, uuid: UUID) -> SalesDocument | None:
    query = work.of(SalesDocument, SalesDocument.client_id == client.id, SalesDocument.uuid == uuid)
    return await work.session.scalar(query)


async def _credit(
    work: UnitOfWork,
    client: Client,
    note: SalesDocument,
    related: Sequence[tuple[str, SalesDocument]],
    on: datetime.date,
) -> None:
    """The credit note is applied to the invoices in their order, as far as they are owed."""
    for type_, invoice in related:
        await _reduce(work, client, type_, note, invoice, on)
    if related and ledger.left(note):
        applied = work.disclosed(Permission.SALES_READ, shown(note.credited))
        work.warnings.append(Problem(CFDI_CREDITED_PARTLY, ("xml",), {"applied": applied}))


async def _reduce(
    work: UnitOfWork, client: Client, type_: str, note: SalesDocument, invoice: SalesDocument, on: datetime.date | None
) -> None:
    """As `documents.reduce`. An advance takes the place of what was assumed to be paid, as it was paid before; as much
    of it as the credit note says. A credit note that names the advance itself takes nothing off that."""
    if type_ == ADVANCE and await _is_advance(work, invoice):
        return
    differs = invoice.currency == note.currency and ledger.left(note) not in (0, ledger.open_amount(invoice))
    assumed = (type_ == ADVANCE and differs) and (
        await _forget_assumed(work, client, invoice) or await _is_covered_by_advances(work, client, invoice)
    )
    await documents.reduce(work, client, note, invoice, on)
    if assumed:
        await _assume_paid(work, client, invoice)


async def _replace_all(
    work: UnitOfWork,
    client: Client,
    related: Sequence[tuple[str, SalesDocument]],
    by: SalesDocument,
    on: datetime.date,
) -> None:
    """The document takes the place of what its CFDI says that it replaces."""
    for type_, replaced in related:
        if type_ == REPLACES:
            await _replace(work, client, replaced, by, on)


async def _replace(
    work: UnitOfWork, client: Client, replaced: SalesDocument, by: SalesDocument, on: datetime.date | None
) -> None:
    """The replaced document is owed no more, as one whose cancelling was asked for; what was paid on it is paid on the
    other."""
    if replaced.state in (SalesDocumentState.CANCELLED, SalesDocumentState.DRAFT) or replaced.type is not by.type:
        return
    paid: list[Application] = []
    for application in await ledger.applications_on(work, replaced):
        source = await ledger.source_of(work, application)
        if isinstance(source, Payment) and source.assumed:
            await receiving.take_back(work, client, source, on)
        else:
            paid.append(application)
    await documents.cancel(work, client, replaced, on)
    await _ask_to_cancel(work, client, replaced, by)
    for application in paid:
        source = await ledger.source_of(work, application)
        await receiving.apply_to(work, client, source, by)
        if isinstance(source, Payment) and source.sales_document_id == replaced.id:
            source.sales_document_id = by.id
    folio = work.disclosed(Permission.SALES_READ, replaced.folio)
    work.warnings.append(Problem(CFDI_REPLACED, ("xml",), {"folio": folio}))


async def _ask_to_cancel(work: UnitOfWork, client: Client, replaced: SalesDocument, by: SalesDocument) -> None:
    query = work.of(Cancellation, Cancellation.sales_document_id == replaced.id)
    if replaced.uuid is None or by.uuid is None or await work.session.scalar(query):
        return
    work.session.add(
        work.new(
            Cancellation,
            client_id=client.id,
            sales_document_id=replaced.id,
            reason=CancellationReason.ERRORS_WITH_RELATION,
            substitute_uuid=by.uuid,
            substitute_id=by.id,
            requested_at=work.now,
            requested_by_id=work.viewer.collaborator_id,
            sat_state=SatCancellationState.REQUESTED,
        )
    )
    work.flush()


async def _is_assumed(work: UnitOfWork, client: Client, assume_paid: bool | None) -> bool:
    if assume_paid is not None:
        return assume_paid
    terms = await terms_of(work, client)
    return terms is None or terms.assumes_paid


async def _assume_paid(work: UnitOfWork, client: Client, invoice: SalesDocument) -> None:
    """What is paid at once is assumed to be paid on its day, less the advances that a credit note applies: as long as
    none did, all of what the invoice refers to."""
    amount = ledger.open_amount(invoice)
    if not await _advance_is_applied(work, invoice):
        amount = min(amount, invoice.total - await _advances(work, invoice))
    if amount <= 0:
        return
    form = invoice.payment_form or receiving.TO_BE_DEFINED
    values = {"amount": amount, "payment_form": form, "paid_at": invoice.issued_at, "assumed": True}
    payment = await receiving.add_payment(work, client, invoice, values)
    await receiving.apply_to(work, client, payment, invoice)


async def _forget_assumed(work: UnitOfWork, client: Client, invoice: SalesDocument) -> bool:
    """Whether the invoice was assumed to be paid, which has to be computed anew."""
    return invoice.payment_method == AT_ONCE and await receiving.drop_assumed(work, client, invoice)


async def _is_advance(work: UnitOfWork, document: SalesDocument) -> bool:
    line = SalesDocumentLine
    query = work.of(line, line.client_id == document.client_id, line.sales_document_id == document.id)
    return await work.session.scalar(query.where(is_advance(line.__table__.c)).limit(1)) is not None


async def _is_covered_by_advances(work: UnitOfWork, client: Client, invoice: SalesDocument) -> bool:
    """Whether nothing was assumed to be paid of an invoice since it is no more than the advances that it refers to."""
    if invoice.payment_method != AT_ONCE or invoice.external_folio is None or invoice.paid:
        return False
    if await _advance_is_applied(work, invoice) or await _advances(work, invoice) < invoice.total:
        return False
    return await _is_assumed(work, client, None)


async def _advance_is_applied(work: UnitOfWork, invoice: SalesDocument) -> bool:
    """Whether a credit note with relation 07 is applied to the invoice."""
    notes = select(CfdiRelation.sales_document_id).where(
        CfdiRelation.company_id == work.company_id,
        CfdiRelation.client_id == invoice.client_id,
        CfdiRelation.related_id == invoice.id,
        CfdiRelation.type == ADVANCE,
    )
    applied = work.of(
        Application,
        Application.client_id == invoice.client_id,
        Application.sales_document_id == invoice.id,
        Application.credit_note_id.in_(notes),
        Application.undone_at.is_(None),
    )
    return await work.session.scalar(applied.limit(1)) is not None


async def _advances(work: UnitOfWork, invoice: SalesDocument) -> Decimal:
    """What the advances that the invoice refers to come to in its currency; nothing where the invoice deducts them
    itself (Descuento), which is the SAT's procedure without a credit note."""
    if invoice.discount:
        return Decimal(0)
    query = work.of(
        SalesDocument,
        SalesDocument.client_id == invoice.client_id,
        SalesDocument.type == SalesDocumentType.INVOICE,
        SalesDocument.state != SalesDocumentState.CANCELLED,
        SalesDocument.id.in_(
            select(CfdiRelation.related_id).where(
                CfdiRelation.company_id == work.company_id,
                CfdiRelation.client_id == invoice.client_id,
                CfdiRelation.sales_document_id == invoice.id,
                CfdiRelation.type == ADVANCE,
            )
        ),
    )
    advances = (await work.session.scalars(query)).all()
    return sum((receiving.in_currency_of(invoice, one, one.total) for one in advances), Decimal(0))


async def meet_waiting(
    work: UnitOfWork, client: Client, document: SalesDocument, on: datetime.date | None = None
) -> None:
    """What waited for this document finds it: what credits or pays it is applied, and what replaces it, replaces it."""
    if document.uuid is None:
        return
    waiting = work.of(
        CfdiRelation,
        CfdiRelation.client_id == client.id,
        CfdiRelation.uuid == document.uuid,
        CfdiRelation.related_id.is_(None),
    )
    for relation in (await work.session.scalars(waiting.order_by(CfdiRelation.id))).all():
        relation.related_id = document.id
        if relation.payment_id and relation.type == PAYS:
            payment = await work.get(Payment, relation.payment_id)
            if payment and payment.reversed_at is None:
                await _pay_waiting(work, client, payment, document, relation)
        elif relation.sales_document_id:
            other = await work.get(SalesDocument, relation.sales_document_id)
            if other and other.state is not SalesDocumentState.CANCELLED:
                await _meet(work, client, relation.type, other, document, on)


async def _meet(
    work: UnitOfWork,
    client: Client,
    type_: str,
    other: SalesDocument,
    document: SalesDocument,
    on: datetime.date | None,
) -> None:
    if type_ == REPLACES:
        await _replace(work, client, document, other, on)
    elif document.type is not SalesDocumentType.INVOICE:
        return
    elif type_ in CREDITS and other.type is SalesDocumentType.CREDIT_NOTE:
        other.origin_id = other.origin_id or document.id
        await _reduce(work, client, type_, other, document, on)
    elif type_ == ADVANCE and await _forget_assumed(work, client, other):
        await _assume_paid(work, client, other)


async def _pay_waiting(
    work: UnitOfWork, client: Client, payment: Payment, document: SalesDocument, relation: CfdiRelation
) -> None:
    if not ledger.left(payment) or relation.amount is None or relation.source_amount is None:
        return
    await receiving.drop_assumed(work, client, document)
    if open_amount := ledger.open_amount(document):
        both = _within(relation.amount, relation.source_amount, open_amount, ledger.left(payment))
        await receiving.apply_to(work, client, payment, document, *both)


def _within(amount: Decimal, of_source: Decimal, owed: Decimal, left: Decimal) -> tuple[Decimal, Decimal]:
    """What is stated in the document's currency and in the payment's, or as much of both as is owed and left; a cent at
    the least."""
    if owed * of_source <= left * amount:
        part = min(amount, owed)
        return part, max(min(rounded(of_source * part / amount, 2), left), Decimal("0.01"))
    part = min(of_source, left)
    return max(min(rounded(amount * part / of_source, 2), owed), Decimal("0.01")), part


# Payments (type P)


async def pay(
    work: UnitOfWork,
    client: Client,
    cfdi: Cfdi,
    paid_at: Sequence[datetime.datetime],
    *,
    payment_id: UUID | None,
    is_new: bool,
) -> SalesDocument | None:
    """Records the payments of a CFDI of type P, made at these instants. One that was registered by hand gets the CFDI's
    folio. The first document that was paid, if any is on record."""
    for relation in cfdi.relations:
        if relation.type == REPLACES:
            await _replace_payments(work, client, relation.uuids, paid_at[0])
    first: SalesDocument | None = None
    for stated, at in zip(cfdi.payments, paid_at, strict=True):
        known = [(one, await _by_uuid(work, client, one.uuid)) for one in stated.documents]
        values = await _values(work, cfdi, stated, at)
        payment = None if is_new else await _recognised(work, client, values, known, payment_id)
        if payment is None:
            payment = await _add(work, client, values, known)
        await _relate_payment(work, client, cfdi, payment)
        first = first or _first_debt(known)
    return first


async def _replace_payments(work: UnitOfWork, client: Client, uuids: Sequence[UUID], at: datetime.datetime) -> None:
    """The payments of these CFDI never came: the new CFDI states them anew."""
    query = work.of(Payment, Payment.client_id == client.id, Payment.uuid.in_(uuids), Payment.reversed_at.is_(None))
    for payment in (await work.session.scalars(query.order_by(Payment.id))).all():
        on = max(work.viewer.today(at), receiving.day_of(work, payment))
        with work.at("xml"):
            await receiving.take_back(work, client, payment, on)


async def _values(work: UnitOfWork, cfdi: Cfdi, stated: StatedPayment, at: datetime.datetime) -> dict[str, Any]:
    company = await documents.company_of(work)
    return {
        "amount": stated.amount,
        "currency": stated.currency,
        "exchange_rate": Decimal(1) if stated.currency == company.currency else stated.rate,
        "payment_form": stated.form,
        "paid_at": at,
        "reference": stated.reference and stated.reference[:200],
        "uuid": cfdi.uuid,
    }


Known = Sequence[tuple[PaidDocument, SalesDocument | None]]


async def _recognised(
    work: UnitOfWork, client: Client, values: dict[str, Any], known: Known, payment_id: UUID | None
) -> Payment | None:
    """The payment that was registered by hand and is the same: of that amount, day and form, on these documents. One
    that only resembles it is asked about."""
    query = work.of(
        Payment,
        Payment.client_id == client.id,
        Payment.uuid.is_(None),
        Payment.reversed_at.is_(None),
        ~Payment.assumed,
        Payment.currency == values["currency"],
        Payment.amount == values["amount"],
    )
    ids = {document.id for _, document in known if document}
    alike = [one for one in await work.session.scalars(query.order_by(Payment.id)) if await _is_on(work, one, ids)]
    if payment_id:
        alike = [one for one in alike if one.id == payment_id]
    day = work.viewer.today(values["paid_at"])
    same = [
        one
        for one in alike
        if payment_id
        or (
            receiving.day_of(work, one) == day
            and one.payment_form == values["payment_form"]
            and (one.reference or values["reference"]) == (values["reference"] or one.reference)
        )
    ]
    if len(same) != 1:
        if alike or payment_id:
            ids_alike = tuple(one.id for one in alike)
            values = {"amount": shown(values["amount"]), "currency": values["currency"]}
            raise Rejected(Problem(CFDI_PAYMENT_AMBIGUOUS, ("payment_id",), values, records=ids_alike))
        return None
    (payment,) = same
    payment.uuid, payment.reference = values["uuid"], payment.reference or values["reference"]
    if payment.sales_document_id is None and (first := _first_debt(known)):
        payment.sales_document_id = first.id
    work.touch(payment)
    details = {"amount": shown(payment.amount), "currency": payment.currency}
    work.warnings.append(Problem(CFDI_PAYMENT_KNOWN, ("xml",), details))
    work.flush()
    by_hand = {one.sales_document_id for one in await ledger.applications_of(work, payment)}
    await _settle(work, client, payment, [one for one in known if one[1] is None or one[1].id not in by_hand])
    return payment


async def _is_on(work: UnitOfWork, payment: Payment, document_ids: set[UUID]) -> bool:
    """Whether the payment was registered on one of the documents, or on none."""
    query = select(Application.sales_document_id).where(
        Application.company_id == work.company_id,
        Application.client_id == payment.client_id,
        Application.payment_id == payment.id,
        Application.undone_at.is_(None),
    )
    on = set(await work.session.scalars(query))
    return not on or bool(on & document_ids)


async def _add(work: UnitOfWork, client: Client, values: dict[str, Any], known: Known) -> Payment:
    """Adds the payment and applies what it pays of each document; what is not on record waits."""
    payment = await receiving.add_payment(work, client, _first_debt(known), values)
    await _settle(work, client, payment, known)
    receiving.warn_of_rest(work, payment, "xml")
    return payment


def _first_debt(known: Known) -> SalesDocument | None:
    return next((document for _, document in known if document and document.type in DEBTS), None)


async def _settle(work: UnitOfWork, client: Client, payment: Payment, known: Known) -> None:
    """Applies what the payment pays of each document; what is not on record waits."""
    for stated, document in known:
        relation = _relation(
            work, client, PAYS, stated.uuid, document, payment_id=payment.id, amount=stated.amount,
            source_amount=payable(stated.amount / stated.equivalence, payment.currency),
        )  # fmt: skip
        work.session.add(relation)
        work.flush()
        if document is None:
            work.warnings.append(Problem(CFDI_RELATED_WAITS, ("xml",), {"uuid": stated.uuid}))
        elif document.type in DEBTS and document.state in (*OWING, SalesDocumentState.PAID):
            await _pay_waiting(work, client, payment, document, relation)
            _compare(work, document, stated)


def _compare(work: UnitOfWork, document: SalesDocument, stated: PaidDocument) -> None:
    """Warns where the CFDI says that another amount is left than is."""
    left = ledger.open_amount(document)
    if stated.after is not None and rounded(stated.after, 2) != left:
        values = {
            "folio": work.disclosed(Permission.SALES_READ, document.folio),
            "stated": shown(stated.after),
            "recorded": work.disclosed(Permission.SALES_READ, shown(left)),
        }
        work.warnings.append(Problem(CFDI_BALANCE_DIFFERS, ("xml",), values))


async def _relate_payment(work: UnitOfWork, client: Client, cfdi: Cfdi, payment: Payment) -> None:
    for relation in cfdi.relations:
        for uuid in relation.uuids:
            work.session.add(_relation(work, client, relation.type, uuid, None, payment_id=payment.id))
    work.flush()


async def is_replaced(work: UnitOfWork, client: Client, uuid: UUID) -> bool:
    """Whether a payment on record replaces that of this CFDI of type P, which comes late."""
    query = work.of(
        CfdiRelation,
        CfdiRelation.client_id == client.id,
        CfdiRelation.uuid == uuid,
        CfdiRelation.type == REPLACES,
        CfdiRelation.payment_id.is_not(None),
    )
    return await work.session.scalar(query.limit(1)) is not None
