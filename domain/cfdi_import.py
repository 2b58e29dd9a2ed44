"""Brings in a CFDI that was issued elsewhere: once, for the client that it names, as what it is: an invoice, a credit
note, or payments on invoices. Its XML is kept with the client's documents.

A client is matched by RFC; of a generic RFC by name. What is ambiguous is told and never guessed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from domain import payment as payments
from domain import policy, taxpayer_listing
from domain import sales_document as documents
from domain import stamp as stamps
from domain.cfdi import CFDI_INCOMPLETE, Cfdi, read_apart
from domain.cfdi_file import StoredXml, Transact, keep_cfdi, stored
from domain.cfdi_profile import current_profile
from domain.fields import shown
from domain.folios import SERIES, use_up
from domain.inputs import Added, Input, Maybe, known
from domain.legal_name import normalize_name, without_capital_regime
from domain.policy import NOT_FOUND, ClientAction
from domain.problem import Problem, Rejected, error, reject, warning
from domain.receivables import terms_of
from domain.rfc import Rfc
from domain.sales_document import Draft
from domain.work import CFDI_UUID_TAKEN, UnitOfWork
from models import Client, Document, Payment, SalesDocument
from models.catalogs import POSTAL_CODES, fold
from models.receivables import PaymentTerms
from models.sales_document import OWING, SalesDocumentState, SalesDocumentType
from models.viewer import Permission
from storage.object_store import ObjectStore
from storage.reading import Readers

CFDI_ISSUER_OTHER: Final = error(
    "CFDI_ISSUER_OTHER", "Lo emitió {rfc}, no esta empresa.", "It was issued by {rfc}, not by this company."
)
CFDI_CLIENT_UNKNOWN: Final = error(
    "CFDI_CLIENT_UNKNOWN", "Ningún cliente es {name} ({rfc}).", "No client is {name} ({rfc})."
)
CFDI_CLIENT_AMBIGUOUS: Final = error(
    "CFDI_CLIENT_AMBIGUOUS", "Varios clientes son {name} ({rfc}).", "Several clients are {name} ({rfc})."
)
CFDI_FOLIO_TAKEN: Final = error(
    "CFDI_FOLIO_TAKEN", "El folio {folio} ya es de otro documento.", "The folio {folio} belongs to another document."
)
CFDI_RELATED_UNKNOWN: Final = error(
    "CFDI_RELATED_UNKNOWN",
    "Paga la factura {uuid}, que no está registrada con este cliente y moneda.",
    "It pays the invoice {uuid}, which is not on record with this client and currency.",
)
CFDI_CREDITED_UNKNOWN: Final = warning(
    "CFDI_CREDITED_UNKNOWN",
    "No se registró la factura que reduce: no cambia ningún saldo.",
    "The invoice that it reduces is not on record: it changes no balance.",
)
CFDI_CREDITED_PARTLY: Final = warning(
    "CFDI_CREDITED_PARTLY",
    "Excede el saldo de la factura: solo se aplicaron {applied}.",
    "It is more than the invoice's balance: only {applied} were applied.",
)
CFDI_ALREADY_IMPORTED: Final = warning(
    "CFDI_ALREADY_IMPORTED", "Este CFDI ya estaba registrado.", "This CFDI was already on record."
)
CFDI_RECEPTOR_DIFFERS: Final = warning(
    "CFDI_RECEPTOR_DIFFERS",
    "En el CFDI dice «{stated}» y en el registro «{recorded}».",
    "The CFDI says “{stated}” and the record “{recorded}”.",
)
CFDI_PENDING_AMBIGUOUS: Final = error(
    "CFDI_PENDING_AMBIGUOUS",
    "Puede ser el timbre de varios documentos pendientes{folios}: regístrelo en el que corresponde.",
    "It may be the stamp of several pending documents{folios}: register it on the one that it is of.",
)
CFDI_PENDING_SIMILAR: Final = warning(
    "CFDI_PENDING_SIMILAR",
    "Se registró como documento nuevo; hay otros pendientes de timbrar por el mismo total{folios}. Revise que no sea"
    " uno de ellos.",
    "It was recorded as a new document; others of the same total are pending stamp{folios}. Check that it is none of"
    " them.",
)
CFDI_PLACE_UNKNOWN: Final = warning(
    "CFDI_PLACE_UNKNOWN",
    "El lugar de expedición {postal_code} no está en el catálogo: se usó la zona horaria de la empresa.",
    "The place of issue {postal_code} is not in the catalog: the company's time zone was used.",
)


_LARGEST_NUMBER: Final = 999_999_999
"""Of a folio that is taken for one of ours: the series goes on after it, and its numbers are of 32 bits."""


async def bring(
    transact: Transact, store: ObjectStore, readers: Readers, company_id: UUID, content: bytes
) -> tuple[Any, Sequence[Problem]]:
    """Imports one CFDI from its bytes; the document, and what is to be warned of."""
    cfdi = await read_apart(readers, content, company_id)

    async def once(work: UnitOfWork) -> tuple[Any, Sequence[Problem]]:
        return await import_cfdi(work, ImportCfdi(cfdi=cfdi, xml_file=xml)), tuple(work.warnings)

    async with stored(transact, store, company_id, content) as xml:
        return await transact(once)


class ImportCfdi(Input):
    """A CFDI, as text or as an uploaded document; what was read in it, and its XML in the store."""

    xml: Maybe[str]
    document_id: Maybe[UUID]
    cfdi: Added[Cfdi]
    xml_file: Added[Maybe[StoredXml]]
    validate_only: Maybe[bool]


async def import_cfdi(work: UnitOfWork, input: ImportCfdi) -> SalesDocument:
    """Takes over `cfdi`, whose XML is in the store as `xml_file`. Returns the document, or the first that was paid."""
    cfdi = input.cfdi
    if cfdi.type == "P":
        work.viewer.demand(Permission.BILLING_WRITE)
    else:
        work.viewer.demand(Permission.SALES_WRITE)
    company = await documents.company_of(work)
    issuer = _rfc(cfdi.issuer_rfc)
    if issuer != company.rfc:
        raise reject(CFDI_ISSUER_OTHER, rfc=issuer)
    receptor = await _client(work, cfdi)
    action = ClientAction.EDIT_BILLING if cfdi.type == "P" else ClientAction.CREATE_INVOICE
    # Locked from here on, so that the same CFDI that comes twice at once is found by the second.
    client = await work.client(receptor.id, action, "xml")
    if known := await _known(work, cfdi):
        await _complete(work, client, cfdi, known, input)
        work.warnings.append(Problem(CFDI_ALREADY_IMPORTED))
        return known
    await _compare(work, client, cfdi)
    await taxpayer_listing.warn(work, client)
    file = await _keep(work, client, cfdi, input)
    if cfdi.type == "P":
        return await _pay(work, client, cfdi)
    return await _issue(work, client, cfdi, file)


def _rfc(text: str) -> str:
    """The RFC as it should be written; samples exist with spaces in it."""
    try:
        return Rfc.parse(text).value
    except Rejected:
        raise reject(CFDI_INCOMPLETE, name=f"Rfc ({text})") from None


# Whose it is


async def _client(work: UnitOfWork, cfdi: Cfdi) -> Client:
    rfc, name = Rfc(_rfc(cfdi.receptor.rfc)), cfdi.receptor.name or ""
    clients = await work.session.scalars(work.of(Client, Client.rfc == rfc.value).order_by(Client.id))
    # One out of sight is as one that is not there: anybody can write an XML with an RFC, to learn whose it is.
    matches = [client for client in clients if policy.sees(work.viewer, client)]
    if rfc.is_generic:
        matches = [
            client for client in matches if client.deleted_at is None and _bare(client.legal_name) == _bare(name)
        ]
    values = {"rfc": rfc.value, "name": name}
    if not matches and not work.viewer.sees_all:
        raise reject(NOT_FOUND).at("xml")
    if not matches:
        raise Rejected(Problem(CFDI_CLIENT_UNKNOWN, ("xml",), values))
    if len(matches) > 1:
        ids = tuple(client.id for client in matches)
        raise Rejected(Problem(CFDI_CLIENT_AMBIGUOUS, ("xml",), values, records=ids))
    return matches[0]


def _bare(name: str) -> str:
    return fold(without_capital_regime(normalize_name(name)))


async def _known(work: UnitOfWork, cfdi: Cfdi) -> SalesDocument | None:
    """What this CFDI already became."""
    if cfdi.type != "P":
        return await work.session.scalar(work.of(SalesDocument, SalesDocument.uuid == cfdi.uuid))
    payment = await work.session.scalar(work.of(Payment, Payment.uuid == cfdi.uuid).order_by(Payment.id).limit(1))
    return await work.get(SalesDocument, payment.sales_document_id) if payment else None


async def _complete(work: UnitOfWork, client: Client, cfdi: Cfdi, document: SalesDocument, input: ImportCfdi) -> None:
    """A folio that was registered without its XML gets it now."""
    if cfdi.type == "P" or document.xml_document_id is not None:
        return
    if document.client_id != client.id:
        raise Rejected(Problem(CFDI_UUID_TAKEN, ("xml",)))
    await stamps.demand_match(work, client, document, cfdi, cfdi.uuid)
    if file := await _keep(work, client, cfdi, input):
        document.xml_document_id = file
        work.touch(document)


async def _compare(work: UnitOfWork, client: Client, cfdi: Cfdi) -> None:
    """Warns of every value of the receptor that is another one on record. A generic RFC's place is the issuer's, and a
    payment's use is always the same."""
    if not policy.reads(work.viewer, client):
        return  # the record is not theirs to know
    profile = await current_profile(work, client)
    receptor = cfdi.receptor
    generic = Rfc(_rfc(receptor.rfc)).is_generic
    recorded = {"name": profile.name if profile and profile.name else client.legal_name}
    stated = {"name": receptor.name}
    names = [] if generic else ["postal_code", "tax_regime"]
    names += [] if cfdi.type == "P" else ["cfdi_use"]
    for name in names:
        recorded[name] = getattr(profile, name) or "" if profile else ""
        stated[name] = getattr(receptor, name)
    for name, value in stated.items():
        if value is not None and normalize_name(value) != normalize_name(recorded[name]):
            values = {"stated": value, "recorded": recorded[name]}
            work.warnings.append(Problem(CFDI_RECEPTOR_DIFFERS, (name,), values))


# What becomes of it


def _local(work: UnitOfWork, cfdi: Cfdi, when: datetime) -> datetime:
    """The instant of a time at the place of issue."""
    place = POSTAL_CODES.get(cfdi.place)
    return when.replace(tzinfo=ZoneInfo(place.time_zone) if place else work.viewer.time_zone).astimezone(UTC)


async def _keep(work: UnitOfWork, client: Client, cfdi: Cfdi, input: ImportCfdi) -> UUID | None:
    """The XML as a document of the client: the one that it was uploaded as, or a new one."""
    document = await work.get(Document, input.document_id) if input.document_id else None
    if document and document.client_id == client.id:
        return document.id
    xml = known(input.xml_file)
    return await keep_cfdi(work, client, cfdi.uuid, xml) if xml else None


async def _issue(work: UnitOfWork, client: Client, cfdi: Cfdi, file: UUID | None) -> SalesDocument:
    """The invoice or the credit note. What was issued elsewhere is a fact: no limit of credit refuses it."""
    type_ = stamps.TYPES[cfdi.type]
    issued = _local(work, cfdi, cfdi.issued_at)
    currency = (await documents.company_of(work)).currency
    if cfdi.place not in POSTAL_CODES:
        work.warnings.append(Problem(CFDI_PLACE_UNKNOWN, ("xml",), {"postal_code": cfdi.place}))
    series, number = _folio(cfdi, type_)
    external = "-".join(filter(None, (cfdi.series, cfdi.folio))) or str(cfdi.uuid)[:8].upper()
    if number is not None:
        here = (SalesDocument.series == series, SalesDocument.number == number)
        known = await work.session.scalar(work.of(SalesDocument, SalesDocument.type == type_, *here))
        if known:
            return await _recognised(work, client, known, cfdi, file)
    if pending := await _pending(work, client, cfdi, issued):
        return await _recognised(work, client, pending, cfdi, file)
    if number is not None:
        await use_up(work, type_, series, number)

    invoice = await _credited(work, client, cfdi) if type_ is SalesDocumentType.CREDIT_NOTE else None
    values: dict[str, Any] = {
        "currency": cfdi.currency,
        "exchange_rate": Decimal(1) if cfdi.currency == currency else cfdi.exchange_rate,
        "payment_form": cfdi.payment_form,
        "payment_method": cfdi.payment_method,
        "cfdi_use": cfdi.receptor.cfdi_use,
    }
    if type_ is SalesDocumentType.INVOICE:
        terms = await terms_of(work, client)
        day = work.viewer.today(issued)
        values["due_on"] = day + timedelta(days=terms.credit_days if terms else 0)
        values["on_credit"] = cfdi.payment_method == "PPD" or bool(terms and terms.terms is PaymentTerms.CREDIT)
    draft = Draft(
        type=type_,
        values=values,
        lines=cfdi.lines,
        local=cfdi.local,
        totals=cfdi.totals,
        series=series,
        links={"origin_id": invoice.id} if invoice else {},
    )
    numbered = {} if number is None else {"number": number}
    document = await documents.issue(
        work,
        client,
        draft,
        state=SalesDocumentState.STAMPED,
        issued_at=issued,
        uuid=cfdi.uuid,
        stamped_at=stamps.stamped_at_of(cfdi),
        xml_document_id=file,
        external_folio=None if number is not None and external == f"{series}-{number}" else external,
        **numbered,
    )
    if invoice:
        _apply(work, client, document, invoice)
    documents.settle(work, client, document)
    return document


def _folio(cfdi: Cfdi, type_: SalesDocumentType) -> tuple[str, int | None]:
    """Series and number, where they are ones that could be ours; otherwise a series of its own, numbered here."""
    folio = cfdi.folio or ""
    if folio.isascii() and folio.isdigit() and 0 < int(folio) <= _LARGEST_NUMBER and cfdi.series:
        return cfdi.series, int(folio)
    return f"CFDI{SERIES[type_]}", None


async def _pending(work: UnitOfWork, client: Client, cfdi: Cfdi, issued_at: datetime) -> SalesDocument | None:
    """The document that waited for this stamp, where the CFDI bears no folio to tell it by. Several are not guessed
    among; one that bears another folio is a document of its own, and warned of."""
    alike = await stamps.pending_like(work, client, cfdi)
    near = [document for document in alike if abs(document.issued_at - issued_at) <= stamps.NEAR]
    nameless = not (cfdi.series and cfdi.folio)
    if nameless and len(near) == 1:
        return near[0]
    candidates = near if nameless and near else alike
    if candidates:
        # Who may not read documents learns that there are some, as from their number in a list.
        named = work.viewer.may(Permission.SALES_READ)
        folios = f" ({', '.join(document.folio for document in candidates)})" if named else ""
        code = CFDI_PENDING_AMBIGUOUS if nameless and near else CFDI_PENDING_SIMILAR
        problem = Problem(code, ("xml",), {"folios": folios})
        work.judge([problem])
    return None


async def _recognised(
    work: UnitOfWork, client: Client, document: SalesDocument, cfdi: Cfdi, file: UUID | None
) -> SalesDocument:
    """A document of ours that was stamped elsewhere: the same client, currency and total. A draft is issued by that."""
    same = (document.client_id, document.currency, document.total) == (client.id, cfdi.currency, cfdi.totals.total)
    if document.uuid is not None or not same or document.state is SalesDocumentState.CANCELLED:
        raise Rejected(Problem(CFDI_FOLIO_TAKEN, ("xml",), {"folio": document.folio}))
    await stamps.stamp(work, client, document, cfdi.uuid, stamps.stamped_at_of(cfdi), file)
    if document.state is SalesDocumentState.DRAFT:
        documents.move(work, client, document, SalesDocumentState.STAMPED)
        credit_note = document.type is SalesDocumentType.CREDIT_NOTE
        if credit_note and document.origin_id and (invoice := await work.get(SalesDocument, document.origin_id)):
            _apply(work, client, document, invoice)
    return document


async def _credited(work: UnitOfWork, client: Client, cfdi: Cfdi) -> SalesDocument | None:
    """The first invoice that a credit note refers to and that is on record."""
    related = work.of(
        SalesDocument,
        SalesDocument.client_id == client.id,
        SalesDocument.type == SalesDocumentType.INVOICE,
        SalesDocument.currency == cfdi.currency,
        SalesDocument.uuid.in_(cfdi.related),
    )
    invoice = await work.session.scalar(related.order_by(SalesDocument.id).limit(1))
    if invoice is None:
        work.warnings.append(Problem(CFDI_CREDITED_UNKNOWN, ("xml",)))
    return invoice


def _apply(work: UnitOfWork, client: Client, note: SalesDocument, invoice: SalesDocument) -> None:
    """The credit note takes back what is left of the invoice, at most its own total."""
    owed = invoice.state in OWING
    applied = min(note.total, invoice.total - invoice.paid - invoice.credited) if owed else Decimal("0.00")
    if applied < note.total:
        work.warnings.append(Problem(CFDI_CREDITED_PARTLY, ("xml",), {"applied": shown(applied)}))
    note.credited = applied
    invoice.credited += applied
    work.touch(invoice)
    documents.settle(work, client, invoice)


async def _pay(work: UnitOfWork, client: Client, cfdi: Cfdi) -> SalesDocument:
    """A payment on each invoice that is named; all of them, or none."""
    first: SalesDocument | None = None
    for stated in cfdi.payments:
        for paid in stated.documents:
            query = work.of(SalesDocument, SalesDocument.client_id == client.id, SalesDocument.uuid == paid.uuid)
            invoice = await work.session.scalar(query)
            known = invoice is not None and invoice.state in OWING and paid.currency in (None, invoice.currency)
            if invoice is None or not known:
                raise Rejected(Problem(CFDI_RELATED_UNKNOWN, ("xml",), {"uuid": paid.uuid}))
            await payments.receive(
                work,
                client,
                invoice,
                ("xml",),
                amount=paid.amount,
                paid_at=_local(work, cfdi, stated.paid_at),
                uuid=cfdi.uuid,
                payment_form=stated.form,
                reference=stated.reference and stated.reference[:200],
            )
            first = first or invoice
    if first is None:
        raise reject(CFDI_INCOMPLETE, name="Pago")
    return first
