"""Brings in a CFDI that was issued elsewhere: once, for the client that it names, as what it is: an invoice, a credit
note, or payments on invoices. Its XML is kept with the client's documents.

Whose it is, `domain.cfdi_receptor` decides.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from domain import cfdi_books, policy, taxpayer_listing
from domain import cfdi_verification as verification
from domain import sales_document as documents
from domain import stamp as stamps
from domain.cfdi import Cfdi, read_apart, zone_of
from domain.cfdi_attributes import CFDI_INCOMPLETE
from domain.cfdi_file import StoredXml, Transact, keep_cfdi, stored
from domain.cfdi_profile import current_profile
from domain.cfdi_receptor import CFDI_RECEPTOR_DIFFERS, bare_name, client_of, rfc_of
from domain.folios import SERIES
from domain.inputs import Added, Input, Maybe, known
from domain.issuing import AT_ONCE
from domain.legal_name import normalize_name
from domain.policy import ClientAction
from domain.problem import Problem, Rejected, error, reject, warning
from domain.receivables import terms_of
from domain.refusals import CFDI_UUID_TAKEN
from domain.rfc import Rfc
from domain.sales_document import Draft
from domain.sat_certificates import NONE_AT_HAND, SatCertificates
from domain.work import UnitOfWork
from models import Client, Document, Payment, SalesDocument
from models.folio_series import LAST_FOLIO
from models.receivables import PaymentTerms
from models.sales_document import SalesDocumentState, SalesDocumentType
from models.viewer import Permission
from storage.object_store import ObjectStore
from storage.reading import Readers

CFDI_ISSUER_OTHER: Final = error("Lo emitió {rfc}, no esta empresa.", "It was issued by {rfc}, not by this company.")
CFDI_FOLIO_TAKEN: Final = error(
    "El folio {folio} ya es de otro documento.", "The folio {folio} belongs to another document."
)
CFDI_FOLIO_REPEATED: Final = warning(
    "El folio {folio} ya es de otro documento: se registró aparte. Revise que no sea el mismo.",
    "The folio {folio} already belongs to another document: it was recorded apart. Check that it is not the same.",
)
CFDI_REPLACED_BEFORE: Final = warning(
    "Otro CFDI de pago, ya registrado, sustituye a este: no cambia nada.",
    "Another CFDI of payment, which is on record, replaces this one: it changes nothing.",
)
CFDI_ALREADY_IMPORTED: Final = warning("Este CFDI ya estaba registrado.", "This CFDI was already on record.")
CFDI_PENDING_AMBIGUOUS: Final = error(
    "Puede ser el timbre de varios documentos pendientes{folios}: regístrelo en el que corresponde.",
    "It may be the stamp of several pending documents{folios}: register it on the one that it is of.",
)
CFDI_PENDING_SIMILAR: Final = warning(
    "Se registró como documento nuevo; hay otros pendientes de timbrar por el mismo total{folios}. Revise que no sea"
    " uno de ellos.",
    "It was recorded as a new document; others of the same total are pending stamp{folios}. Check that it is none of"
    " them.",
)
CFDI_PLACE_UNKNOWN: Final = warning(
    "El lugar de expedición {postal_code} no está en el catálogo: se usó la zona horaria de la empresa.",
    "The place of issue {postal_code} is not in the catalog: the company's time zone was used.",
)


_REPLACES: Final = "04"
"""The TipoRelacion of a CFDI that takes the place of others."""


async def bring(
    transact: Transact,
    store: ObjectStore,
    readers: Readers,
    company_id: UUID,
    content: bytes,
    sat: SatCertificates = NONE_AT_HAND,
    **chosen: Any,
) -> tuple[Any, Sequence[Problem]]:
    """Imports one CFDI from its bytes, as `chosen` says of whose it is; the document, and what is to be warned of."""
    cfdi = sat.verified(await read_apart(readers, content, company_id))

    async def once(work: UnitOfWork) -> tuple[Any, Sequence[Problem]]:
        return await import_cfdi(work, ImportCfdi(cfdi=cfdi, xml_file=xml, **chosen)), tuple(work.warnings)

    async with stored(transact, store, company_id, content) as xml:
        return await transact(once)


class ImportCfdi(Input):
    """A CFDI, as text or as an uploaded document; whose it is, where the CFDI alone does not say it; what was read in
    it, and its XML in the store."""

    xml: Maybe[str]
    document_id: Maybe[UUID]
    client_id: Maybe[UUID]
    on_unknown_client: Maybe[str]
    cfdi: Added[Cfdi]
    xml_file: Added[Maybe[StoredXml]]
    assume_paid: Maybe[bool]
    payment_id: Maybe[UUID]
    new_payment: Maybe[bool]
    validate_only: Maybe[bool]


async def import_cfdi(work: UnitOfWork, input: ImportCfdi) -> SalesDocument | None:
    """Takes over `cfdi`, whose XML is in the store as `xml_file`. Returns the document, or the first that was paid;
    None where what was paid is not on record yet."""
    stated = "xml" if known(input.document_id) is None else "document_id"

    def at_stated(problem: Problem) -> Problem:
        return replace(problem, path=(stated,)) if problem.path == ("xml",) else problem

    try:
        document = await _import(work, input)
    except Rejected as rejected:
        raise Rejected(*(at_stated(each if each.path else each.at("xml")) for each in rejected.problems)) from rejected
    work.warnings[:] = map(at_stated, work.warnings)
    return document


async def _import(work: UnitOfWork, input: ImportCfdi) -> SalesDocument | None:
    cfdi = input.cfdi
    if cfdi.type == "P":
        work.viewer.demand(Permission.BILLING_WRITE)
    else:
        work.viewer.demand(Permission.SALES_WRITE)
    company = await documents.company_of(work)
    issuer = rfc_of(cfdi.issuer_rfc)
    if issuer != company.rfc:
        raise reject(CFDI_ISSUER_OTHER, rfc=issuer)
    client_id, path = await client_of(work, cfdi, input.client_id, input.on_unknown_client)
    action = ClientAction.EDIT_BILLING if cfdi.type == "P" else ClientAction.CREATE_INVOICE
    # Locked from here on, so that the same CFDI that comes twice at once is found by the second.
    client = await work.client(client_id, action, path)
    is_known, document = await _known(work, cfdi)
    if is_known:
        if document:
            await _complete(work, client, cfdi, document, input)
        work.warnings.append(Problem(CFDI_ALREADY_IMPORTED))
        return document
    await _compare(work, client, cfdi)
    verification.tell(work, cfdi.seal)
    work.warnings += [repair.problem("xml") for repair in cfdi.repairs]
    await taxpayer_listing.warn(work, client)
    file = await _keep(work, client, cfdi, input)
    if cfdi.type == "P":
        return await _pay(work, client, cfdi, input)
    return await _issue(work, client, cfdi, file, input)


# What is on record


async def _known(work: UnitOfWork, cfdi: Cfdi) -> tuple[bool, SalesDocument | None]:
    """Whether this CFDI is on record, and the document that it is or pays."""
    if cfdi.type != "P":
        document = await work.session.scalar(work.of(SalesDocument, SalesDocument.uuid == cfdi.uuid))
        return document is not None, document
    payment = await work.session.scalar(work.of(Payment, Payment.uuid == cfdi.uuid).order_by(Payment.id).limit(1))
    if payment is None or payment.sales_document_id is None:
        return payment is not None, None
    return True, await work.get(SalesDocument, payment.sales_document_id)


async def _complete(work: UnitOfWork, client: Client, cfdi: Cfdi, document: SalesDocument, input: ImportCfdi) -> None:
    """A folio that was registered without its XML gets it now."""
    if cfdi.type == "P" or document.xml_document_id is not None:
        return
    if document.client_id != client.id:
        raise Rejected(Problem(CFDI_UUID_TAKEN, ("xml",)))
    await stamps.demand_match(work, client, document, cfdi, cfdi.uuid)
    if file := await _keep(work, client, cfdi, input):
        document.xml_document_id = file
        verification.keep(document, cfdi.seal)
        work.touch(document)
        await cfdi_books.stamped(work, client, cfdi, document)


async def _compare(work: UnitOfWork, client: Client, cfdi: Cfdi) -> None:
    """Warns of every value of the receptor that is another one on record. A generic RFC's place is the issuer's, and a
    payment's use is always the same."""
    if not policy.reads(work.viewer, client):
        return  # the record is not theirs to know
    profile = await current_profile(work, client)
    receptor = cfdi.receptor
    generic = Rfc(rfc_of(receptor.rfc)).is_generic
    recorded = {"name": profile.name if profile and profile.name else client.legal_name}
    stated = {"name": receptor.name}
    names = [] if generic else ["postal_code", "tax_regime"]
    names += ["tax_residence", "tax_id"] if Rfc(rfc_of(receptor.rfc)).is_foreign else []
    names += [] if cfdi.type == "P" else ["cfdi_use"]
    for name in names:
        recorded[name] = getattr(profile, name) or "" if profile else ""
        stated[name] = getattr(receptor, name)
    # Until 3.3 names bore the capital regime, and were compared with nothing.
    bare = normalize_name if cfdi.version == "4.0" else bare_name
    for name, value in stated.items():
        if value is not None and bare(value) != bare(recorded[name]):
            values = {"stated": value, "recorded": recorded[name]}
            work.warnings.append(Problem(CFDI_RECEPTOR_DIFFERS, (name,), values))


# What becomes of it


def _local(work: UnitOfWork, cfdi: Cfdi, when: datetime) -> datetime:
    """The instant of a time at the place of issue."""
    return when.replace(tzinfo=zone_of(cfdi.place) or work.viewer.time_zone).astimezone(UTC)


async def _keep(work: UnitOfWork, client: Client, cfdi: Cfdi, input: ImportCfdi) -> UUID | None:
    """The XML as a document of the client: the one that it was uploaded as, or a new one."""
    document = await work.get(Document, input.document_id) if input.document_id else None
    if document and document.client_id == client.id:
        return document.id
    xml = known(input.xml_file)
    return await keep_cfdi(work, client, cfdi.uuid, xml) if xml else None


async def _issue(work: UnitOfWork, client: Client, cfdi: Cfdi, file: UUID | None, input: ImportCfdi) -> SalesDocument:
    """The invoice or the credit note. What was issued elsewhere is a fact: no limit of credit refuses it."""
    type_ = stamps.TYPES[cfdi.type]
    issued = _local(work, cfdi, cfdi.issued_at)
    currency = (await documents.company_of(work)).currency
    if zone_of(cfdi.place) is None:
        work.warnings.append(Problem(CFDI_PLACE_UNKNOWN, ("xml",), {"postal_code": cfdi.place}))
    folio = "-".join(filter(None, (cfdi.series, cfdi.folio))) or str(cfdi.uuid)[:8].upper()
    own = await _numbered_here(work, client, cfdi, type_)
    if own or (own := await _pending(work, client, cfdi, issued)):
        return await _recognised(work, client, own, cfdi, file)
    await _warn_of_folio(work, type_, folio)

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
        days = timedelta(days=terms.credit_days if terms else 0)
        values["due_on"] = documents.last_of_month(day) if cfdi.payment_method == AT_ONCE else day + days
        values["on_credit"] = cfdi.payment_method == "PPD" or bool(terms and terms.terms is PaymentTerms.CREDIT)
    draft = Draft(
        type=type_,
        values=values,
        lines=cfdi.lines,
        local=cfdi.local,
        totals=cfdi.totals,
        series=f"CFDI{SERIES[type_]}",  # of its own: ours are not driven from outside
        links={"origin_id": invoice.id} if invoice else {},
    )
    document = await documents.issue(
        work,
        client,
        draft,
        state=SalesDocumentState.STAMPED,
        issued_at=issued,
        uuid=cfdi.uuid,
        stamped_at=stamps.stamped_at_of(cfdi),
        xml_document_id=file,
        external_folio=folio,
    )
    verification.keep(document, cfdi.seal)
    await cfdi_books.enter(work, client, cfdi, document, assume_paid=known(input.assume_paid))
    return document


async def _numbered_here(
    work: UnitOfWork, client: Client, cfdi: Cfdi, type_: SalesDocumentType
) -> SalesDocument | None:
    """The document of ours that it is the stamp of: that of its folio, if it is the same client, currency and total and
    has no fiscal folio. One in force that it is not is in its way, unless it is what the CFDI replaces."""
    folio = cfdi.folio or ""
    if not (cfdi.series and folio.isascii() and folio.isdigit() and 0 < int(folio) <= LAST_FOLIO):
        return None
    named = (SalesDocument.type == type_, SalesDocument.series == cfdi.series, SalesDocument.number == int(folio))
    document = await work.session.scalar(work.of(SalesDocument, *named, SalesDocument.external_folio.is_(None)))
    if document is None:
        return None
    same = (document.client_id, document.currency, document.total) == (client.id, cfdi.currency, cfdi.totals.total)
    if same and document.uuid is None:
        return document
    if document.state is SalesDocumentState.CANCELLED:
        return None
    if document.state is SalesDocumentState.DRAFT or document.uuid in cfdi.related(_REPLACES):
        return None
    raise Rejected(Problem(CFDI_FOLIO_TAKEN, ("xml",), {"folio": document.folio}))


async def _warn_of_folio(work: UnitOfWork, type_: SalesDocumentType, folio: str) -> None:
    """What is unique at the SAT is the fiscal folio: series and number are the issuer's own, and may repeat."""
    same = (SalesDocument.type == type_, SalesDocument.folio == folio)
    here = work.of(SalesDocument, *same, SalesDocument.state != SalesDocumentState.CANCELLED)
    if await work.session.scalar(here.limit(1)):
        work.warnings.append(Problem(CFDI_FOLIO_REPEATED, ("xml",), {"folio": folio}))


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
    """A document of ours that was stamped elsewhere. A draft is issued by that."""
    verification.keep(document, cfdi.seal)
    await stamps.stamp(work, client, document, cfdi.uuid, stamps.stamped_at_of(cfdi), file)
    if document.state is SalesDocumentState.DRAFT:
        documents.move(work, client, document, SalesDocumentState.STAMPED)
        await documents.begin(work, client, document)
    await cfdi_books.stamped(work, client, cfdi, document)
    return document


async def _credited(work: UnitOfWork, client: Client, cfdi: Cfdi) -> SalesDocument | None:
    """The first invoice that a credit note refers to and that is on record."""
    uuids = cfdi.related(*cfdi_books.CREDITS)
    related = work.of(
        SalesDocument,
        SalesDocument.client_id == client.id,
        SalesDocument.type == SalesDocumentType.INVOICE,
        SalesDocument.uuid.in_(uuids),
    )
    by_uuid = {document.uuid: document for document in await work.session.scalars(related)}
    return next((by_uuid[uuid] for uuid in uuids if uuid in by_uuid), None)


async def _pay(work: UnitOfWork, client: Client, cfdi: Cfdi, input: ImportCfdi) -> SalesDocument | None:
    """Its payments. One that another replaces came late, and changes nothing."""
    if not cfdi.payments:
        raise reject(CFDI_INCOMPLETE, name="Pago")
    if await cfdi_books.is_replaced(work, client, cfdi.uuid):
        work.warnings.append(Problem(CFDI_REPLACED_BEFORE, ("xml",)))
        return None
    paid_at = [_local(work, cfdi, stated.paid_at) for stated in cfdi.payments]
    which = known(input.payment_id)
    return await cfdi_books.pay(work, client, cfdi, paid_at, payment_id=which, is_new=bool(input.new_payment))
