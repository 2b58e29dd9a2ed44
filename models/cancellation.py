"""The cancelling of invoices and credit notes that carry a fiscal folio (cancelación de CFDI), as the SAT has it."""

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Owned
from models.columns import choice
from models.constraints import index, of_record, one_of, refers


class CancellationReason(StrEnum):
    """Why a CFDI is cancelled (motivo de cancelación): SAT's 01 to 04, in this order."""

    ERRORS_WITH_RELATION = "ERRORS_WITH_RELATION"
    ERRORS_WITHOUT_RELATION = "ERRORS_WITHOUT_RELATION"
    OPERATION_NOT_CARRIED_OUT = "OPERATION_NOT_CARRIED_OUT"
    NOMINATIVE_IN_GLOBAL_INVOICE = "NOMINATIVE_IN_GLOBAL_INVOICE"


class SatCancellationState(StrEnum):
    """Where the cancelling of a CFDI stands at the SAT. Until it is one of `SAT_CANCELLED` the CFDI is in force."""

    REQUESTED = "REQUESTED"
    NOT_CANCELLABLE = "NOT_CANCELLABLE"
    CANCELLABLE_WITHOUT_ACCEPTANCE = "CANCELLABLE_WITHOUT_ACCEPTANCE"
    IN_PROCESS = "IN_PROCESS"
    CANCELLED_WITHOUT_ACCEPTANCE = "CANCELLED_WITHOUT_ACCEPTANCE"
    ACCEPTED = "ACCEPTED"
    ACCEPTED_BY_SILENCE = "ACCEPTED_BY_SILENCE"
    REFUSED = "REFUSED"


SAT_PENDING: Final = (
    SatCancellationState.REQUESTED,
    SatCancellationState.CANCELLABLE_WITHOUT_ACCEPTANCE,
    SatCancellationState.IN_PROCESS,
)
"""The request stands, and its outcome is open."""

SAT_CANCELLED: Final = (
    SatCancellationState.CANCELLED_WITHOUT_ACCEPTANCE,
    SatCancellationState.ACCEPTED,
    SatCancellationState.ACCEPTED_BY_SILENCE,
)
"""The CFDI is cancelled at the SAT, for good."""


class Cancellation(Owned, Base):
    """The newest request to cancel a document at the SAT, and what the SAT answered; earlier ones are in the history.

    What was cancelled before reasons were asked for, or before it was stamped, has neither reason nor `requested_at`,
    and no state until one is reported.
    """

    __tablename__ = "cancellation"

    client_id: Mapped[UUID]
    sales_document_id: Mapped[UUID]
    reason: Mapped[CancellationReason | None] = choice(CancellationReason)
    substitute_uuid: Mapped[UUID | None]
    """The fiscal folio of the CFDI that takes its place."""
    substitute_id: Mapped[UUID | None]
    """That CFDI, where it is on record with the same client."""
    requested_at: Mapped[datetime.datetime | None]
    requested_by_id: Mapped[UUID | None]
    sat_state: Mapped[SatCancellationState | None] = choice(SatCancellationState)
    answered_at: Mapped[datetime.datetime | None]
    """When the SAT gave this state, as far as it was stated; else when it was reported."""
    acuse_id: Mapped[UUID | None]
    """The file of the SAT's acknowledgement of the request."""

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_record("sales_document", "sales_document_id", ondelete="CASCADE"),
            of_record("sales_document", "substitute_id"),
            refers("collaborator", "requested_by_id"),
            refers("document", "acuse_id"),
            UniqueConstraint("company_id", "sales_document_id"),
            index("ix_cancellation_substitute", "substitute_uuid"),
            one_of("reason", CancellationReason),
            one_of("sat_state", SatCancellationState),
            CheckConstraint("(reason is null) = (requested_at is null)", name="requested"),
            CheckConstraint("reason is null or sat_state is not null", name="state_of_request"),
            CheckConstraint(
                "coalesce(reason = 'ERRORS_WITH_RELATION', false) = (substitute_uuid is not null)", name="substitute"
            ),
            CheckConstraint("substitute_id is null or substitute_uuid is not null", name="substitute_id"),
            CheckConstraint("substitute_id <> sales_document_id", name="substitutes_another"),
        )
