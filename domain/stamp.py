"""The fiscal folio of an invoice or a credit note, which the company's invoicing system or its PAC obtains elsewhere.

A document that was issued and has none is pending (`models.sales_document.stamp_status`). It gets one once: by
`register_stamp`, or by `domain.cfdi_import`, which recognises the pending document of a CFDI that is brought in.
"""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, select

from domain import cfdi_books, policy
from domain import cfdi_verification as verification
from domain import sales_document as documents
from domain.cfdi import UNSEALED, Cfdi, plain_rfc
from domain.cfdi_attributes import FIRST_DAY, SAT_ZONE
from domain.cfdi_file import StoredXml, keep_cfdi
from domain.fields import OUT_OF_RANGE
from domain.inputs import Added, Maybe, OnRecord, known
from domain.policy import CLIENT_DELETED, Asking, SalesDocumentAction
from domain.problem import Problem, error, reject, reject_any, warning
from domain.refusals import CFDI_UUID_TAKEN
from domain.work import UnitOfWork
from models import Cancellation, Client, Payment, SalesDocument
from models.history import HistoryEventKind
from models.sales_document import SalesDocumentState, SalesDocumentType, StampStatus, stamp_status
from models.viewer import Permission

ALREADY_STAMPED: Final = error(
    "El documento ya tiene folio fiscal: otro no lo sustituye.",
    "The document already has a fiscal folio: another does not replace it.",
)
STAMPED_AFTER_CANCELLING: Final = warning(
    "Está cancelado en Ficha pero vigente ante el SAT, que lo timbró: cancélelo también ante el SAT y registre su"
    " respuesta.",
    "It is cancelled in Ficha but in force at the SAT, which stamped it: have the SAT cancel it too, and report its"
    " answer.",
)
STAMP_DIFFERS: Final = error(
    "{name} del XML dice {stated}: no es lo del documento.",
    "{name} of the XML says {stated}: it is not what the document has.",
)


TYPES: Final = {"I": SalesDocumentType.INVOICE, "E": SalesDocumentType.CREDIT_NOTE}
"""What a CFDI is here, by its TipoDeComprobante."""

NEAR: Final = datetime.timedelta(days=3)
"""A CFDI is stamped at most 72 hours after it was issued."""


class RegisterStamp(OnRecord):
    """A stamp that was obtained elsewhere; what was read in its XML, and that in the store."""

    uuid: UUID
    stamped_at: datetime.datetime
    xml: Maybe[str]
    validate_only: Maybe[bool]
    cfdi: Added[Maybe[Cfdi]]
    xml_file: Added[Maybe[StoredXml]]


async def register_stamp(work: UnitOfWork, input: RegisterStamp) -> SalesDocument:
    """The document bears this fiscal folio from now on. The same folio again changes nothing; another is refused."""
    work.viewer.demand(Permission.CFDI_STAMP)
    client, document = await documents.in_sight(work, input.id)
    if document.uuid == input.uuid:
        return document
    with work.at("id"):
        policy.check(work.viewer, SalesDocumentAction.REGISTER_STAMP, document)
        work.judge(tuple(_stamping(client.deleted_at, document)))
    work.expect(document, input)
    _demand_day(work, input.stamped_at)
    await demand_free(work, input.uuid)
    cfdi, xml, file = known(input.cfdi), known(input.xml_file), None
    if cfdi:
        await demand_match(work, client, document, cfdi, input.uuid)
        verification.keep(document, cfdi.seal)
        verification.tell(work, cfdi.seal)
        work.warnings += [repair.problem("xml") for repair in cfdi.repairs]
    else:
        verification.keep(document, UNSEALED)
    if xml:
        file = await keep_cfdi(work, client, input.uuid, xml)
    await stamp(work, client, document, input.uuid, input.stamped_at, file)
    if cfdi:
        await cfdi_books.stamped(work, client, cfdi, document)
    return document


def stamping(_: Asking, document: Any, facts: Any) -> Iterator[Problem]:
    """What is in the way of a stamp with a new folio."""
    return _stamping(facts.client_deleted_at, document)


def _stamping(client_deleted_at: Any, document: Any) -> Iterator[Problem]:
    if client_deleted_at is not None:
        yield Problem(CLIENT_DELETED)
    elif document.uuid is not None:
        yield Problem(ALREADY_STAMPED)


def _demand_day(work: UnitOfWork, stamped_at: datetime.datetime) -> None:
    """A day of the past, or today: whoever knows only the day states any time of it."""
    if not FIRST_DAY <= work.viewer.today(stamped_at) <= work.today:
        raise reject(OUT_OF_RANGE, least=FIRST_DAY, most=work.today).at("stamped_at")


async def demand_free(work: UnitOfWork, uuid: UUID) -> None:
    """CFDI_UUID_TAKEN where another document or a payment of the company has the folio."""
    for model in (SalesDocument, Payment):
        taken = select(exists().where(model.company_id == work.company_id, model.uuid == uuid))
        if await work.session.scalar(taken):
            raise reject(CFDI_UUID_TAKEN).at("uuid")


async def demand_match(work: UnitOfWork, client: Client, document: SalesDocument, cfdi: Cfdi, uuid: UUID) -> None:
    """STAMP_DIFFERS for everything in which the XML is not that of the document. Not told is what the document has,
    which who registers stamps may not be allowed to read."""
    company = await documents.company_of(work)
    pairs = {
        "UUID": (cfdi.uuid, uuid),
        "Emisor.Rfc": (plain_rfc(cfdi.issuer_rfc), company.rfc),
        "Receptor.Rfc": (plain_rfc(cfdi.receptor.rfc), client.rfc),
        "TipoDeComprobante": (cfdi.type, next((key for key, type_ in TYPES.items() if type_ is document.type), "")),
        "Moneda": (cfdi.currency, document.currency),
        "Total": (cfdi.totals.total, document.total),
    }
    problems = [
        Problem(STAMP_DIFFERS, ("xml",), {"name": name, "stated": stated})
        for name, (stated, recorded) in pairs.items()
        if stated != recorded
    ]
    reject_any(problems)


async def stamp(
    work: UnitOfWork,
    client: Client,
    document: SalesDocument,
    uuid: UUID,
    stamped_at: datetime.datetime | None,
    file: UUID | None,
) -> None:
    """Writes the folio into the document and tells the history, with the key through which it came. Of what was
    cancelled meanwhile it is on record that the SAT has not cancelled it."""
    document.uuid, document.stamped_at = uuid, stamped_at
    document.xml_document_id = file or document.xml_document_id
    if document.state is SalesDocumentState.CANCELLED:
        await work.add(work.new(Cancellation, client_id=client.id, sales_document_id=document.id))
        work.warnings.append(Problem(STAMPED_AFTER_CANCELLING))
    work.touch(document)
    documents.tell(work, HistoryEventKind.SALES_DOCUMENT_STAMPED, client, document, uuid=uuid)


def stamped_at_of(cfdi: Cfdi) -> datetime.datetime | None:
    """The instant of its stamp, where it states that."""
    return cfdi.stamped_at and cfdi.stamped_at.replace(tzinfo=SAT_ZONE).astimezone(datetime.UTC)


async def pending_like(work: UnitOfWork, client: Client, cfdi: Cfdi) -> Sequence[SalesDocument]:
    """The client's documents that wait for a stamp, of the CFDI's type, currency and total; the newest, at most 20."""
    query = work.of(
        SalesDocument,
        SalesDocument.client_id == client.id,
        SalesDocument.type == TYPES[cfdi.type],
        SalesDocument.currency == cfdi.currency,
        SalesDocument.total == cfdi.totals.total,
        stamp_status(SalesDocument.__table__.c) == StampStatus.PENDING.value,
    )
    newest = query.order_by(SalesDocument.issued_at.desc(), SalesDocument.id.desc()).limit(20)
    return (await work.session.scalars(newest)).all()
