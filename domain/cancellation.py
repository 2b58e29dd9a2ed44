"""Cancelling. What has no fiscal folio is cancelled at once; a CFDI is the SAT's to cancel.

So an invoice or a credit note with a fiscal folio is asked to be cancelled, for one of the SAT's reasons, and stays in
force, and owed, until the SAT's answer is reported: by an integration, or with the SAT's acknowledgement (acuse).

    (asked for) → REQUESTED → NOT_CANCELLABLE ⇄ CANCELLABLE_WITHOUT_ACCEPTANCE → CANCELLED_WITHOUT_ACCEPTANCE
                            → IN_PROCESS → ACCEPTED | ACCEPTED_BY_SILENCE | CANCELLED_WITHOUT_ACCEPTANCE | REFUSED

What the SAT refused, or did not let cancel, can be asked for again. A request can be withdrawn while it is REQUESTED.
`FOLLOWING` has every step.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from domain import sales_document as documents
from domain.acuse import Acuse
from domain.cfdi_attributes import FIRST_DAY
from domain.cfdi_file import StoredXml, keep_xml
from domain.cfdi_import import CFDI_ISSUER_OTHER
from domain.fields import OUT_OF_RANGE
from domain.history import note
from domain.inputs import Added, Input, Maybe, OnRecord, known
from domain.policy import CLIENT_DELETED, Asking, SalesDocumentAction, disclosed
from domain.problem import Problem, Rejected, error, reject, reject_any
from domain.text import TEXT_REQUIRED
from domain.work import UnitOfWork
from models import Cancellation, Client, SalesDocument
from models.cancellation import SAT_CANCELLED, SAT_PENDING, CancellationReason, SatCancellationState
from models.document import DocumentKind
from models.facts import sales_document_facts
from models.history import Change, HistoryEventKind
from models.sales_document import SalesDocumentState
from models.viewer import Permission

HAS_PAYMENTS: Final = error("Tiene pagos: reviértalos primero.", "It has payments: reverse them first.")
HAS_DESCENDANTS: Final = error(
    "Otro documento salió de él: cancele ese primero.", "Another document was made of it: cancel that one first."
)
RELATED_CFDI_IN_FORCE: Final = error(
    "Otro CFDI vigente lo relaciona, o lo necesita como sustituto: cancele ese primero, o espere la respuesta del SAT.",
    "Another CFDI in force relates to it, or needs it as its substitute: cancel that one first, or wait for the SAT.",
)
CANCELLATION_PENDING: Final = error(
    "Su cancelación ya está solicitada: espere la respuesta del SAT.",
    "Its cancelling has been asked for already: wait for the SAT's answer.",
)
CANCELLATION_NOT_REQUESTED: Final = error(
    "No hay una solicitud de cancelación sin respuesta del SAT: no hay qué retirar.",
    "No request to cancel it waits for an answer of the SAT: there is nothing to withdraw.",
)
CANCELLATION_REASON_REQUIRED: Final = error(
    "Tiene folio fiscal: indique el motivo de cancelación, 01 a 04.",
    "It has a fiscal folio: state the reason for cancelling it, 01 to 04.",
)
CANCELLATION_REASON_UNWANTED: Final = error(
    "No tiene folio fiscal: se cancela sin motivo del SAT.",
    "It has no fiscal folio: it is cancelled without a reason of the SAT's.",
)
CANCELLATION_REASON_DIFFERS: Final = error(
    "La cancelación se solicitó con otro motivo o sustituto.",
    "The cancelling was asked for with another reason or substitute.",
)
CANCELLATION_TRANSITION: Final = error(
    "La cancelación{before} no puede pasar a «{after}».",
    "The cancellation{before} cannot become “{after}”.",
)
SUBSTITUTE_REQUIRED: Final = error(
    "El motivo 01 pide el CFDI que lo sustituye: indique el documento o su folio fiscal.",
    "Reason 01 asks for the CFDI that takes its place: state the document or its fiscal folio.",
)
SUBSTITUTE_UNWANTED: Final = error(
    "Solo el motivo 01 lleva un CFDI que lo sustituye.", "Only reason 01 has a CFDI that takes its place."
)
SUBSTITUTE_TWICE: Final = error(
    "Indique el documento que lo sustituye o su folio fiscal, no ambos.",
    "State the document that takes its place or its fiscal folio, not both.",
)
SUBSTITUTE_SAME: Final = error("Un CFDI no se sustituye a sí mismo.", "A CFDI does not take its own place.")
SUBSTITUTE_UNKNOWN: Final = error(
    "No es un documento del mismo tipo y cliente con folio fiscal: si no está en Ficha, indique su folio fiscal.",
    "It is no document of the same type and client with a fiscal folio: if it is not in Ficha, state its fiscal folio.",
)
SUBSTITUTE_NOT_IN_FORCE: Final = error(
    "El sustituto{folio} está cancelado, o se solicitó cancelarlo.",
    "The substitute{folio} is cancelled, or its cancelling was asked for.",
)
FISCAL_FOLIO_MISSING: Final = error(
    "No tiene folio fiscal: el SAT no lo conoce.", "It has no fiscal folio: the SAT does not know it."
)
ACUSE_FOLIO: Final = error(
    "El acuse no responde, una sola vez, por el folio fiscal del documento{uuid}.",
    "The acknowledgement does not answer, once only, for the document's fiscal folio{uuid}.",
)
ACUSE_REFUSED: Final = error(
    "El SAT no recibió la solicitud: respondió {code}. Corríjala y envíela de nuevo.",
    "The SAT did not take the request: it answered {code}. Correct it and send it again.",
)
ACUSE_DIFFERS: Final = error(
    "El acuse dice {code}, que no va con «{state}».",
    "The acknowledgement says {code}, which does not go with “{state}”.",
)

_S = SatCancellationState


@dataclass(frozen=True, slots=True)
class Words:
    """What people call a state."""

    spanish: str
    english: str


WORDS: Final[Mapping[SatCancellationState, Words]] = {
    _S.REQUESTED: Words("Solicitada", "asked for"),
    _S.NOT_CANCELLABLE: Words("No cancelable", "not cancellable"),
    _S.CANCELLABLE_WITHOUT_ACCEPTANCE: Words("Cancelable sin aceptación", "cancellable without acceptance"),
    _S.IN_PROCESS: Words("En proceso", "in process"),
    _S.CANCELLED_WITHOUT_ACCEPTANCE: Words("Cancelado sin aceptación", "cancelled without acceptance"),
    _S.ACCEPTED: Words("Cancelado con aceptación", "cancelled with acceptance"),
    _S.ACCEPTED_BY_SILENCE: Words("Plazo vencido", "cancelled as the term passed"),
    _S.REFUSED: Words("Solicitud rechazada", "request refused"),
}
"""In the SAT's own words, but for the first, which is Ficha's."""

_ANSWERS: Final = tuple(each for each in _S if each is not _S.REQUESTED)

FOLLOWING: Final[Mapping[SatCancellationState | None, tuple[SatCancellationState, ...]]] = {
    None: SAT_CANCELLED,
    _S.REQUESTED: _ANSWERS,
    _S.NOT_CANCELLABLE: tuple(each for each in _ANSWERS if each is not _S.NOT_CANCELLABLE),
    _S.CANCELLABLE_WITHOUT_ACCEPTANCE: (_S.NOT_CANCELLABLE, _S.IN_PROCESS, _S.CANCELLED_WITHOUT_ACCEPTANCE),
    _S.IN_PROCESS: (*SAT_CANCELLED, _S.REFUSED),
    _S.CANCELLED_WITHOUT_ACCEPTANCE: (),
    _S.ACCEPTED: (),
    _S.ACCEPTED_BY_SILENCE: (),
    _S.REFUSED: (),
}
"""What can be reported after each state. None is that of what was cancelled before states were reported. Once the
receiver was asked, only an outcome follows; a refusal is followed by another request."""

_RECEIVED: Final = ("201", "202")
"""EstatusUUID: the SAT took the request, now or before. Whether the CFDI is cancelled depends on the receiver."""
_NOT_APPLICABLE: Final = "204"


class Grounds(Input):
    """Why a CFDI is cancelled, and what takes its place."""

    reason: Maybe[str]
    substitute_id: Maybe[UUID]
    substitute_uuid: Maybe[UUID]


class CancelSalesDocument(Grounds, OnRecord):
    """The document to be cancelled."""


class ReportCancellation(Grounds, OnRecord):
    """What the SAT says of a document's cancelling; its grounds, where it was not asked for in Ficha."""

    sat_state: Maybe[str]
    answered_at: Maybe[datetime.datetime]
    acuse: Maybe[str]
    read_acuse: Added[Maybe[Acuse]]
    acuse_file: Added[Maybe[StoredXml]]
    validate_only: Maybe[bool]


@dataclass(frozen=True, slots=True)
class Cause:
    """The grounds as they are recorded."""

    reason: CancellationReason
    substitute_uuid: UUID | None = None
    substitute_id: UUID | None = None


# Asking


async def cancel_sales_document(work: UnitOfWork, input: CancelSalesDocument) -> SalesDocument:
    """Cancels what has no fiscal folio; of what has one, it is recorded that the SAT is asked to cancel it."""
    client, document = await documents.document_for(work, input, SalesDocumentAction.CANCEL)
    facts = await work.facts(sales_document_facts(work.company_id, document.id, work.today))
    with work.at("id"):
        work.judge(tuple(cancelling(work, document, facts)))
    if document.uuid is None:
        _refuse_grounds(input)
        await documents.cancel(work, client, document)
    else:
        await _request(work, client, document, await _cause(work, document, input))
    return document


def cancelling(_: Asking, __: Any, facts: Any) -> Iterator[Problem]:
    """What is in the way of asking for a document's cancelling."""
    if facts.cancellation_pending:
        yield Problem(CANCELLATION_PENDING)
    else:
        yield from _in_the_way(facts)


def _in_the_way(facts: Any) -> Iterator[Problem]:
    """What has to be cancelled or reversed before the document can be."""
    if facts.has_payments:
        yield Problem(HAS_PAYMENTS)
    elif facts.has_descendants:
        yield Problem(HAS_DESCENDANTS)
    elif facts.related_in_force:
        yield Problem(RELATED_CFDI_IN_FORCE)


async def _request(work: UnitOfWork, client: Client, document: SalesDocument, cause: Cause) -> Cancellation:
    """Records the request in place of an earlier one."""
    cancellation = await _cancellation(work, document) or work.new(
        Cancellation, client_id=client.id, sales_document_id=document.id
    )
    cancellation.reason = cause.reason
    cancellation.substitute_uuid = cause.substitute_uuid
    cancellation.substitute_id = cause.substitute_id
    cancellation.requested_at = work.now
    cancellation.requested_by_id = work.viewer.collaborator_id
    cancellation.sat_state = SatCancellationState.REQUESTED
    cancellation.answered_at = cancellation.acuse_id = None
    await work.add(cancellation)
    work.touch(document)
    documents.tell(
        work,
        HistoryEventKind.SALES_DOCUMENT_CANCELLATION_REQUESTED,
        client,
        document,
        reason=cause.reason,
        substitute_uuid=cause.substitute_uuid,
    )
    return cancellation


async def _cancellation(work: UnitOfWork, document: SalesDocument) -> Cancellation | None:
    return await work.session.scalar(work.of(Cancellation, Cancellation.sales_document_id == document.id))


def _refuse_grounds(input: Grounds) -> None:
    """A reason of the SAT's on what the SAT has never seen would tell of a request that there is not."""
    problems = [
        Problem(code, (name,))
        for name, code in (
            ("reason", CANCELLATION_REASON_UNWANTED),
            ("substitute_id", SUBSTITUTE_UNWANTED),
            ("substitute_uuid", SUBSTITUTE_UNWANTED),
        )
        if known(getattr(input, name)) is not None
    ]
    reject_any(problems)


async def _cause(work: UnitOfWork, document: SalesDocument, input: Grounds) -> Cause:
    """The grounds of the input, checked."""
    if not input.reason:
        raise reject(CANCELLATION_REASON_REQUIRED).at("reason")
    reason = CancellationReason(input.reason)
    stated = [name for name in ("substitute_id", "substitute_uuid") if known(getattr(input, name)) is not None]
    if reason is not CancellationReason.ERRORS_WITH_RELATION:
        if stated:
            raise Rejected(*(Problem(SUBSTITUTE_UNWANTED, (name,)) for name in stated))
        return Cause(reason)
    if not stated:
        raise reject(SUBSTITUTE_REQUIRED).at("substitute_id")
    if len(stated) > 1:
        raise reject(SUBSTITUTE_TWICE).at("substitute_uuid")
    with work.at(*stated):
        substitute = await _substitute(work, document, input)
    if substitute is None:
        return Cause(reason, known(input.substitute_uuid))
    return Cause(reason, substitute.uuid, substitute.id)


async def _substitute(work: UnitOfWork, document: SalesDocument, input: Grounds) -> SalesDocument | None:
    """The document that takes the place; None where its fiscal folio is not on record with the client."""
    uuid = known(input.substitute_uuid)
    if uuid is not None and uuid == document.uuid:
        raise reject(SUBSTITUTE_SAME)
    one = SalesDocument.id == known(input.substitute_id) if uuid is None else SalesDocument.uuid == uuid
    substitute = await work.session.scalar(work.of(SalesDocument, SalesDocument.client_id == document.client_id, one))
    if substitute is None and uuid is not None:
        return None
    if substitute is None or substitute.type is not document.type or substitute.uuid is None:
        raise reject(SUBSTITUTE_UNKNOWN)
    if substitute.id == document.id:
        raise reject(SUBSTITUTE_SAME)
    its_own = await _cancellation(work, substitute)
    pending = its_own is not None and its_own.sat_state in SAT_PENDING
    if pending or substitute.state is SalesDocumentState.CANCELLED:
        raise reject(SUBSTITUTE_NOT_IN_FORCE, folio=work.disclosed(Permission.SALES_READ, substitute.folio))
    return substitute


# Withdrawing


async def withdraw_cancellation(work: UnitOfWork, input: OnRecord) -> SalesDocument:
    """Takes back a request to cancel a CFDI, as long as no answer of the SAT was reported."""
    client, document = await documents.document_for(work, input, SalesDocumentAction.WITHDRAW_CANCELLATION)
    facts = await work.facts(sales_document_facts(work.company_id, document.id, work.today))
    with work.at("id"):
        work.judge(tuple(withdrawing(work, document, facts)))
    if cancellation := await _cancellation(work, document):
        change = {"field": "cancellation_reason", "from": cancellation.reason, "to": None}
        await work.session.delete(cancellation)
        work.touch(document)
        kind = HistoryEventKind.SALES_DOCUMENT_CHANGED
        note(work, kind, client, Change.UPDATED, document.folio, [change], sales_document_id=document.id)
    return document


def withdrawing(_: Asking, __: Any, facts: Any) -> Iterator[Problem]:
    """What is in the way of withdrawing a request."""
    if facts.sat_state != SatCancellationState.REQUESTED:
        yield Problem(CANCELLATION_NOT_REQUESTED)


# Reporting


async def report_cancellation(work: UnitOfWork, input: ReportCancellation) -> SalesDocument:
    """Takes over what the SAT says. What is known already changes nothing; once it is cancelled at the SAT, the
    document is cancelled and owed no more."""
    client, document = await _reported(work, input)
    acuse = known(input.read_acuse)
    code = await _answer(work, document, acuse) if acuse else None
    answered_at = _instant(work, known(input.answered_at) or (acuse.answered_at if acuse else None))
    cancellation = await _standing(work, client, document, input, answered_at)
    before = cancellation.sat_state
    state = _state(before, known(input.sat_state), code)
    if state is not None and document.state is SalesDocumentState.CANCELLED and state not in SAT_CANCELLED:
        raise _impossible(work, before, state)
    if state is not None and state is not before:
        await _step(work, client, document, before, state)
        cancellation.sat_state, cancellation.answered_at = state, answered_at or work.now
        work.touch(document)
    await _keep_acuse(work, document, cancellation, known(input.acuse_file))
    return document


async def _reported(work: UnitOfWork, input: OnRecord) -> tuple[Client, SalesDocument]:
    """The CFDI, locked with its client, of whose cancelling the viewer may report."""
    work.viewer.demand(Permission.CFDI_REPORT)
    client, document = await documents.in_sight(work, input.id)
    with work.at("id"):
        work.judge(tuple(_unreportable(client.deleted_at, document)))
    work.expect(document, input)
    return client, document


def reporting(asking: Asking, document: Any, facts: Any) -> Iterator[Problem]:
    """What is in the way of reporting another state than the one on record."""
    yield from _unreportable(facts.client_deleted_at, document)
    if facts.client_deleted_at is None and facts.sat_state in SAT_CANCELLED:
        yield from _impossible(asking, _S(facts.sat_state), SatCancellationState.IN_PROCESS).problems


def _unreportable(client_deleted_at: Any, document: Any) -> Iterator[Problem]:
    if client_deleted_at is not None:
        yield Problem(CLIENT_DELETED)
    elif document.uuid is None:
        yield Problem(FISCAL_FOLIO_MISSING)


async def _answer(work: UnitOfWork, document: SalesDocument, acuse: Acuse) -> str:
    """What the SAT answered to the request, which it took or refused for the document's state."""
    company = await documents.company_of(work)
    if acuse.issuer_rfc.upper() != company.rfc:
        raise reject(CFDI_ISSUER_OTHER, rfc=acuse.issuer_rfc).at("acuse")
    codes = acuse.answers_to(document.uuid) if document.uuid else ()
    if len(codes) != 1:
        raise reject(ACUSE_FOLIO, uuid=work.disclosed(Permission.SALES_READ, document.uuid)).at("acuse")
    if codes[0] not in (*_RECEIVED, _NOT_APPLICABLE):
        raise reject(ACUSE_REFUSED, code=codes[0]).at("acuse")
    return codes[0]


def _instant(work: UnitOfWork, answered_at: datetime.datetime | None) -> datetime.datetime | None:
    """When the SAT answered; a clock that is fast may be a day ahead."""
    latest = work.now + datetime.timedelta(days=1)
    if answered_at and (answered_at.date() < FIRST_DAY or answered_at > latest):
        raise reject(OUT_OF_RANGE, least=FIRST_DAY, most=latest.date()).at("answered_at")
    return answered_at


async def _standing(
    work: UnitOfWork,
    client: Client,
    document: SalesDocument,
    input: ReportCancellation,
    answered_at: datetime.datetime | None,
) -> Cancellation:
    """The request that the report is about: the one on record, or one that was made elsewhere and is recorded now."""
    cancellation = await _cancellation(work, document)
    if cancellation is None:
        return await _request(work, client, document, await _cause(work, document, input))
    if not input.reason:
        return cancellation
    state = cancellation.sat_state
    if _has_grounds(cancellation, input):
        # Whoever sends a report twice sends its reason twice: only what came after the refusal is another request.
        refused_before = answered_at and cancellation.answered_at and answered_at > cancellation.answered_at
        again = state is _S.REFUSED and input.sat_state and input.sat_state != _S.REFUSED and refused_before
    elif state in (*SAT_PENDING, *SAT_CANCELLED):
        raise reject(CANCELLATION_REASON_DIFFERS).at("reason")
    else:
        again = True
    return await _request(work, client, document, await _cause(work, document, input)) if again else cancellation


def _has_grounds(cancellation: Cancellation, input: Grounds) -> bool:
    """Whether the request on record was made on the grounds of the input."""
    return cancellation.reason == input.reason and all(
        known(stated) in (None, recorded)
        for stated, recorded in (
            (input.substitute_id, cancellation.substitute_id),
            (input.substitute_uuid, cancellation.substitute_uuid),
        )
    )


def _state(before: SatCancellationState | None, stated: str | None, code: str | None) -> SatCancellationState | None:
    """The state that is reported, by itself, by an acknowledgement, or by both; None where it stays unknown."""
    state = _S(stated) if stated else None
    if code is None:
        if state is None:
            raise reject(TEXT_REQUIRED).at("sat_state")
        return state
    refused = code == _NOT_APPLICABLE
    if state is not None and refused is not (state is _S.NOT_CANCELLABLE):
        raise reject(ACUSE_DIFFERS, code=code, state=WORDS[state].spanish, state_en=WORDS[state].english).at("acuse")
    if state is not None:
        return state
    if refused:
        return _S.NOT_CANCELLABLE
    # The SAT took the request. What becomes of it depends on the receiver, unless it need not accept.
    if before is _S.CANCELLABLE_WITHOUT_ACCEPTANCE:
        return _S.CANCELLED_WITHOUT_ACCEPTANCE
    return _S.IN_PROCESS if before in (_S.REQUESTED, _S.NOT_CANCELLABLE) else before


async def _step(
    work: UnitOfWork,
    client: Client,
    document: SalesDocument,
    before: SatCancellationState | None,
    after: SatCancellationState,
) -> None:
    """From one state to the next, if it may follow; the history learns of it, and the debt ends with the CFDI."""
    if after not in FOLLOWING[before]:
        raise _impossible(work, before, after)
    ends = after in SAT_CANCELLED and document.state is not SalesDocumentState.CANCELLED
    if ends:
        facts = await work.facts(sales_document_facts(work.company_id, document.id, work.today))
        with work.at("id"):
            work.judge(tuple(_in_the_way(facts)))
    kind = HistoryEventKind.SALES_DOCUMENT_CANCELLATION_REPORTED
    documents.tell(work, kind, client, document, from_sat_state=before, to_sat_state=after)
    if ends:
        await documents.cancel(work, client, document)


def _impossible(asking: Asking, before: SatCancellationState | None, after: SatCancellationState) -> Rejected:
    first = WORDS[before] if before else Words("Cancelado", "cancelled")
    values = {
        "before": disclosed(asking.viewer, Permission.SALES_READ, f"«{first.spanish}»"),
        "after": WORDS[after].spanish,
        "before_en": disclosed(asking.viewer, Permission.SALES_READ, f"“{first.english}”"),
        "after_en": WORDS[after].english,
    }
    return Rejected(Problem(CANCELLATION_TRANSITION, ("sat_state",), values))


async def _keep_acuse(
    work: UnitOfWork, document: SalesDocument, cancellation: Cancellation, file: StoredXml | None
) -> None:
    """The acknowledgement becomes a document of the client, unless there is one of this request."""
    if file is None or cancellation.acuse_id is not None:
        return
    name = f"Acuse {str(document.uuid).upper()}.xml"
    cancellation.acuse_id = await keep_xml(work, document.client_id, DocumentKind.CANCELLATION_ACUSE, name, file)
    work.touch(document)
