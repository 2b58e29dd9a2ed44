"""The cancellation of sales documents, with a fiscal folio or without one."""

import datetime
from uuid import UUID

import strawberry

from domain import cancellation as commands
from domain.cancellation import WORDS
from domain.policy import SalesDocumentAction
from models.cancellation import CancellationReason, SatCancellationState
from resolvers.cancellation import reporting
from schema.collaborator import Collaborator
from schema.document import ClientDocument
from schema.enums import describe, label
from schema.fields import column, related
from schema.filters import FichaDateTimeFilter, Filter, filter_input
from schema.inputs import OnRecord, Ref, about, value
from schema.mutations import mutation
from schema.sales_document import SalesDocument

describe(
    CancellationReason,
    "Why a CFDI is cancelled (motivo de cancelación), by the SAT's list.",
    name="SatCancellationReason",
    ERRORS_WITH_RELATION=label(
        "Comprobante emitido con errores con relación",
        "Issued with errors, with a relation",
        "SAT 01: issued with errors, and another CFDI takes its place.",
    ),
    ERRORS_WITHOUT_RELATION=label(
        "Comprobante emitido con errores sin relación",
        "Issued with errors, without a relation",
        "SAT 02: issued with errors, and no CFDI takes its place.",
    ),
    OPERATION_NOT_CARRIED_OUT=label(
        "No se llevó a cabo la operación",
        "The operation did not take place",
        "SAT 03: the operation did not take place.",
    ),
    NOMINATIVE_IN_GLOBAL_INVOICE=label(
        "Operación nominativa relacionada en la factura global",
        "Nominative operation in the global invoice",
        "SAT 04: a sale to a named client that is in a global invoice too.",
    ),
)

_STATES = {
    SatCancellationState.REQUESTED: "requested; the SAT's answer has not been reported yet. In force, and still owed.",
    SatCancellationState.NOT_CANCELLABLE: "the SAT does not cancel it while related CFDI are in force.",
    SatCancellationState.CANCELLABLE_WITHOUT_ACCEPTANCE: "the receiver does not have to agree. In force until it is"
    " cancelled.",
    SatCancellationState.IN_PROCESS: "the receiver has not answered yet. In force, and still owed.",
    SatCancellationState.CANCELLED_WITHOUT_ACCEPTANCE: "cancelled; the receiver did not have to agree.",
    SatCancellationState.ACCEPTED: "cancelled; the receiver agreed.",
    SatCancellationState.ACCEPTED_BY_SILENCE: "cancelled; the receiver did not answer in time.",
    SatCancellationState.REFUSED: "the receiver refused. In force; it can be requested again.",
}

describe(
    SatCancellationState,
    "Status of the cancellation of a CFDI at the SAT (estado de la cancelación ante el SAT).",
    None,
    **{
        state.name: label(WORDS[state].spanish, WORDS[state].english.capitalize(), text)
        for state, text in _STATES.items()
    },
)


@filter_input("Conditions on the cancellation of a CFDI.")
class SalesDocumentCancellationFilter:
    reason: Filter[CancellationReason] | None = value("Reason.")
    sat_state: Filter[SatCancellationState] | None = value("Status at the SAT; null: none was reported.")
    requested_at: FichaDateTimeFilter | None = value("When it was requested.")
    answered_at: FichaDateTimeFilter | None = value("When the SAT gave this status.")


@strawberry.type(
    description="The cancellation of a CFDI at the SAT (cancelación): the latest request and the SAT's answer. Until"
    " the SAT has cancelled it, the document is in force and owed."
)
class SalesDocumentCancellation:
    reason: CancellationReason | None = column(
        "Reason (motivo); null for a document that was cancelled in Ficha before it was stamped, or before Ficha asked"
        " for reasons."
    )
    substitute: SalesDocument | None = related(
        "The document that replaces it (documento que lo sustituye), if the client has it on record."
    )
    substitute_uuid: UUID | None = column("Fiscal folio of the CFDI that replaces it (folio de sustitución).")
    requested_at: datetime.datetime | None = column(
        "When it was requested, here or elsewhere; null under the same conditions as `reason`."
    )
    requested_by: Collaborator | None = related("Who requested it.")
    sat_state: SatCancellationState | None = column("Status at the SAT; null if none was ever reported.")
    answered_at: datetime.datetime | None = column(
        "When the SAT gave this status, if that was stated; otherwise when it was reported."
    )
    acuse: ClientDocument | None = related("The file of the SAT's acknowledgement (acuse).")


# Inputs


@strawberry.input(description="Why a CFDI is cancelled; not a type of the schema itself.")
class Grounds:
    reason: CancellationReason | None = value(
        "Reason (motivo). Required for a document with a fiscal folio; refused for one without."
    )
    substitute_id: Ref["SalesDocument"] | None = value(
        "With `ERRORS_WITH_RELATION`: the document that replaces it, of the same type and client, in force and with a"
        " fiscal folio."
    )
    substitute_uuid: UUID | None = value("The fiscal folio of the CFDI that replaces it, if that is not in Ficha.")


@strawberry.input(description="The document to be cancelled, and why.")
class CancelSalesDocumentInput(Grounds, OnRecord):
    pass


@strawberry.input(
    description="The SAT's answer to a request to cancel a document: the status, the acknowledgement (acuse), or both;"
    " also the reason, if the request was made elsewhere."
)
class ReportCancellationInput(Grounds, OnRecord):
    sat_state: SatCancellationState | None = value(
        "The status at the SAT. By default it follows from the acknowledgement: 201 and 202 are `IN_PROCESS`, or"
        " `CANCELLED_WITHOUT_ACCEPTANCE` if no acceptance is needed; 204 is `NOT_CANCELLABLE`."
    )
    answered_at: datetime.datetime | None = value(
        "When the SAT gave it; by default the time in the acknowledgement, or now."
    )
    acuse: str | None = value("XML of the acknowledgement, at most 1 MiB. It is stored with the client's documents.")


MUTATIONS = (
    mutation(
        CancelSalesDocumentInput,
        commands.cancel_sales_document,
        SalesDocument,
        "Cancels a document that has no payments and was not converted. What was converted into it can be converted"
        " again. A document with a fiscal folio stays in force, and owed, until the SAT's answer is reported"
        " (`reportCancellation`).",
        needs=SalesDocumentAction.CANCEL,
    ),
    mutation(
        about("WithdrawCancellationInput", "The document whose request to cancel is withdrawn."),
        commands.withdraw_cancellation,
        SalesDocument,
        "Withdraws a request to cancel an invoice or a credit note, such as one with the wrong reason, until the SAT's"
        " answer is reported. It can then be requested again.",
        needs=SalesDocumentAction.WITHDRAW_CANCELLATION,
    ),
    mutation(
        ReportCancellationInput,
        commands.report_cancellation,
        SalesDocument,
        "Reports the SAT's answer to a request to cancel an invoice or a credit note. Reporting the same again changes"
        " nothing; a status that cannot follow is `CANCELLATION_TRANSITION`. Once the SAT has cancelled it, it is"
        " no longer owed.",
        needs=SalesDocumentAction.REPORT_CANCELLATION,
        around=reporting,
    ),
)
