"""The cancelling of invoices and credit notes that carry a fiscal folio, and of what carries none."""

import datetime
from uuid import UUID

import strawberry

from domain import cancellation as commands
from domain.cancellation import WORDS
from domain.policy import SalesDocumentAction
from models.cancellation import CancellationReason, SatCancellationState
from resolvers.cancellation import reporting
from schema.collaborator import Collaborator
from schema.document import Document
from schema.enums import describe
from schema.fields import column, related
from schema.filters import DateTimeFilter, Filter, filter_input
from schema.inputs import OnRecord, Ref, about, value
from schema.mutations import mutation
from schema.sales_document import SalesDocument

describe(
    CancellationReason,
    "Why a CFDI is cancelled (motivo de cancelación), by the SAT's list.",
    ERRORS_WITH_RELATION="Comprobante emitido con errores con relación (SAT 01): issued with errors, and another CFDI"
    " takes its place.",
    ERRORS_WITHOUT_RELATION="Comprobante emitido con errores sin relación (SAT 02): issued with errors, and no CFDI"
    " takes its place.",
    OPERATION_NOT_CARRIED_OUT="No se llevó a cabo la operación (SAT 03): the operation did not take place.",
    NOMINATIVE_IN_GLOBAL_INVOICE="Operación nominativa relacionada en la factura global (SAT 04): a sale to a named"
    " client that is in a global invoice too.",
)

_STATES = {
    SatCancellationState.REQUESTED: "asked for, and no answer of the SAT was reported. In force, hence owed.",
    SatCancellationState.NOT_CANCELLABLE: "the SAT does not cancel it while related CFDI are in force.",
    SatCancellationState.CANCELLABLE_WITHOUT_ACCEPTANCE: "the receiver need not agree. In force until it is cancelled.",
    SatCancellationState.IN_PROCESS: "the receiver has been asked and has not answered. In force, hence owed.",
    SatCancellationState.CANCELLED_WITHOUT_ACCEPTANCE: "cancelled; the receiver did not have to agree.",
    SatCancellationState.ACCEPTED: "cancelled; the receiver agreed.",
    SatCancellationState.ACCEPTED_BY_SILENCE: "cancelled; the receiver did not answer in time.",
    SatCancellationState.REFUSED: "the receiver refused. In force; it can be asked for again.",
}

describe(
    SatCancellationState,
    "Where the cancelling of a CFDI stands at the SAT (estado de la cancelación ante el SAT).",
    **{state.name: f"{WORDS[state].spanish}: {text}" for state, text in _STATES.items()},
)


@filter_input("Conditions on the cancelling of a CFDI.")
class CancellationFilter:
    reason: Filter[CancellationReason] | None = value("Reason.")
    sat_state: Filter[SatCancellationState] | None = value("State at the SAT; null: none was reported.")
    requested_at: DateTimeFilter | None = value("When it was asked for.")
    answered_at: DateTimeFilter | None = value("When the SAT gave the state.")


@strawberry.type(
    description="The cancelling of a CFDI at the SAT (cancelación): the newest request and what the SAT says of it."
    " Until it is cancelled there, the document is in force and owed."
)
class Cancellation:
    reason: CancellationReason | None = column(
        "Why (motivo); null where it was cancelled in Ficha before it was stamped, or before reasons were asked for."
    )
    substitute: SalesDocument | None = related(
        "The document that takes its place (documento que lo sustituye), where it was on record with the client."
    )
    substitute_uuid: UUID | None = column("Fiscal folio of the CFDI that takes its place (folio de sustitución).")
    requested_at: datetime.datetime | None = column("When it was asked for, here or by a report; null as `reason` is.")
    requested_by: Collaborator | None = related("Who asked for it.")
    sat_state: SatCancellationState | None = column("State at the SAT; null where none was ever reported.")
    answered_at: datetime.datetime | None = column(
        "When the SAT gave this state, as far as it was stated, or else when it was reported."
    )
    acuse: Document | None = related("The file of the SAT's acknowledgement (acuse).")


# Inputs


@strawberry.input(description="Why a CFDI is cancelled; not a type of the schema itself.")
class Grounds:
    reason: CancellationReason | None = value(
        "Why (motivo). Needed where the document has a fiscal folio; refused where it has none."
    )
    substitute_id: Ref["SalesDocument"] | None = value(
        "With `ERRORS_WITH_RELATION`: the document that takes its place, of the same type and client, in force and with"
        " a fiscal folio."
    )
    substitute_uuid: UUID | None = value("Instead of it, where it is not in Ficha: its fiscal folio.")


@strawberry.input(description="The document to be cancelled, and why.")
class CancelSalesDocumentInput(Grounds, OnRecord):
    pass


@strawberry.input(
    description="What the SAT says of a document's cancelling: the state, the acknowledgement (acuse), or both. Where"
    " it was asked for elsewhere, the reason too."
)
class ReportCancellationInput(Grounds, OnRecord):
    sat_state: SatCancellationState | None = value(
        "The state at the SAT. Without it, it follows from the acknowledgement: 201 and 202 are `IN_PROCESS`, or"
        " `CANCELLED_WITHOUT_ACCEPTANCE` where that needs no acceptance; 204 is `NOT_CANCELLABLE`."
    )
    answered_at: datetime.datetime | None = value(
        "When the SAT gave it; by default as the acknowledgement says, or now."
    )
    acuse: str | None = value("XML of the acknowledgement, at most 1 MiB. It is filed with the client's documents.")


MUTATIONS = (
    mutation(
        CancelSalesDocumentInput,
        commands.cancel_sales_document,
        SalesDocument,
        "Cancels a document without payments that did not become another. What was converted into it can be converted"
        " again. With a fiscal folio it stays in force, and owed, until the SAT's answer is reported"
        " (`reportCancellation`).",
        needs=SalesDocumentAction.CANCEL,
    ),
    mutation(
        about("WithdrawCancellationInput", "The document whose request to be cancelled is withdrawn."),
        commands.withdraw_cancellation,
        SalesDocument,
        "Withdraws a request to cancel an invoice or a credit note, as one with the wrong reason, while no answer of"
        " the SAT was reported. It can then be asked for again.",
        needs=SalesDocumentAction.WITHDRAW_CANCELLATION,
    ),
    mutation(
        ReportCancellationInput,
        commands.report_cancellation,
        SalesDocument,
        "Reports what the SAT says of the cancelling of an invoice or a credit note. The same again changes nothing;"
        " what cannot follow is `CANCELLATION_TRANSITION`. Once it is cancelled at the SAT, it is owed no more.",
        needs=SalesDocumentAction.REPORT_CANCELLATION,
        around=reporting,
    ),
)
