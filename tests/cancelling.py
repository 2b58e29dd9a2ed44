"""Cancelling at the SAT: acknowledgements made here, and what should follow what, told apart from the code.

    state = Standing("SENT", None)
    for _ in range(20):
        state = step(random, writer, document, state)
    assert not broken(owner, company)

`step` is a part for state machines over sales documents: it asks for the cancelling of a document with a fiscal folio,
or reports on it, and asserts that what comes of it is what the table says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.cancellation import cancel_sales_document, report_cancellation
from tests.fixtures import Company
from tests.writing import Writer

SPACE = "http://cancelacfd.sat.gob.mx"


def acuse(
    *folios: tuple[Any, str], rfc: str = "DEM0101018K7", at: str = "2026-03-12T10:00:00.1234567", space: str = SPACE
) -> str:
    """An acknowledgement that answers for each fiscal folio."""
    parts = "".join(
        f"<Folios><UUID>{str(uuid).upper()}</UUID><EstatusUUID>{code}</EstatusUUID></Folios>" for uuid, code in folios
    )
    xmlns = f' xmlns="{space}"' if space else ""
    seal = '<Signature Id="SelloSAT" xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue/></Signature>'
    return f'<?xml version="1.0" encoding="utf-8"?><Acuse{xmlns} Fecha="{at}" RfcEmisor="{rfc}">{parts}{seal}</Acuse>'


def enveloped(inner: str) -> str:
    """The same as it comes from the SAT's web service."""
    body = inner.partition("?>")[2].replace("<Acuse", "<CancelaCFDResult").replace("</Acuse>", "</CancelaCFDResult>")
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<CancelaCFDResponse xmlns="{SPACE}">{body}</CancelaCFDResponse></s:Body></s:Envelope>'
    )


STATES = (
    "REQUESTED", "NOT_CANCELLABLE", "CANCELLABLE_WITHOUT_ACCEPTANCE", "IN_PROCESS", "CANCELLED_WITHOUT_ACCEPTANCE",
    "ACCEPTED", "ACCEPTED_BY_SILENCE", "REFUSED",
)  # fmt: skip
CANCELLED = ("CANCELLED_WITHOUT_ACCEPTANCE", "ACCEPTED", "ACCEPTED_BY_SILENCE")
ASKABLE = (None, "NOT_CANCELLABLE", "REFUSED")
"""Where a document in force can be asked to be cancelled."""
TABLE = {
    "REQUESTED": "NOT_CANCELLABLE CANCELLABLE_WITHOUT_ACCEPTANCE IN_PROCESS CANCELLED_WITHOUT_ACCEPTANCE ACCEPTED"
    " ACCEPTED_BY_SILENCE REFUSED",
    "NOT_CANCELLABLE": "CANCELLABLE_WITHOUT_ACCEPTANCE IN_PROCESS CANCELLED_WITHOUT_ACCEPTANCE ACCEPTED"
    " ACCEPTED_BY_SILENCE REFUSED",
    "CANCELLABLE_WITHOUT_ACCEPTANCE": "NOT_CANCELLABLE IN_PROCESS CANCELLED_WITHOUT_ACCEPTANCE",
    "IN_PROCESS": "CANCELLED_WITHOUT_ACCEPTANCE ACCEPTED ACCEPTED_BY_SILENCE REFUSED",
}
"""What can be reported after each state; after the others nothing else."""


@dataclass(frozen=True)
class Standing:
    """A document's own state, and that of its cancelling; None where it was never asked for."""

    state: str
    sat: str | None

    def requested(self) -> "Standing | str":
        """After asking to cancel it, or the code of the refusal."""
        if self.state == "CANCELLED":
            return "DOCUMENT_STATE"
        return replace(self, sat="REQUESTED") if self.sat in ASKABLE else "CANCELLATION_PENDING"

    def reported(self, after: str) -> "Standing | str":
        """After a report without grounds, or the code of the refusal."""
        if self.sat is None:
            return "CANCELLATION_REASON_REQUIRED"
        if after == self.sat:
            return self
        if after not in TABLE.get(self.sat, "").split():
            return "CANCELLATION_TRANSITION"
        return Standing("CANCELLED" if after in CANCELLED else self.state, after)


def step(random: Random, writer: Writer, document: UUID, before: Standing) -> Standing:
    """Asks for the cancelling of a document with a fiscal folio, of which no other was made and that has no payments,
    or reports on it; returns how it stands now."""
    if random.random() < 0.4:
        command, values, expected = cancel_sales_document, {"reason": "OPERATION_NOT_CARRIED_OUT"}, before.requested()
    else:
        after = random.choice(STATES)
        command, values, expected = report_cancellation, {"sat_state": after}, before.reported(after)
    if isinstance(expected, str):
        assert [code for code, _ in writer.refused(command, {"id": document, **values})] == [expected], (before, values)
        return before
    writer.do(command, {"id": document, **values})
    return expected


def standing(owner: Any, document: UUID) -> Standing:
    """How the document stands in the database."""
    query = (
        "select state, sat_state from sales_document d left join cancellation c on c.sales_document_id = d.id"
        " where d.id = :id"
    )
    return Standing(*owner.execute(text(query), {"id": document}).one())


BROKEN = (
    # A CFDI is cancelled here if, and only if, it is cancelled at the SAT; or was before reasons were asked for.
    "select d.id from sales_document d left join cancellation c on c.sales_document_id = d.id"
    " where d.company_id = :company and d.uuid is not null and (d.state = 'CANCELLED') <> coalesce(c.reason is null and"
    " c.id is not null or c.sat_state in ('CANCELLED_WITHOUT_ACCEPTANCE', 'ACCEPTED', 'ACCEPTED_BY_SILENCE'), false)",
    # What has no fiscal folio has nothing to cancel at the SAT.
    "select d.id from sales_document d join cancellation c on c.sales_document_id = d.id"
    " where d.company_id = :company and d.uuid is null",
    # What is cancelled has no payments, and takes nothing back from its invoice.
    "select id from sales_document where company_id = :company and state = 'CANCELLED' and paid + credited <> 0",
    # An invoice is reduced by the credit notes that were sent and are not cancelled, and by nothing else.
    "select d.id from sales_document d where d.company_id = :company and d.type = 'INVOICE' and d.credited <>"
    " (select coalesce(sum(credited), 0) from sales_document n where n.origin_id = d.id and n.type = 'CREDIT_NOTE'"
    " and n.state <> 'CANCELLED')",
    # Each outcome is in the history, once.
    "select c.id from cancellation c where c.company_id = :company and c.reason is not null and c.sat_state <>"
    " 'REQUESTED' and not exists (select from history_event e where e.sales_document_id = c.sales_document_id"
    " and e.kind = 'SALES_DOCUMENT_CANCELLATION_REPORTED' and e.details->>'to_sat_state' = c.sat_state)",
)
"""What must find nothing, whatever was done."""


def broken(owner: Any, company: Company) -> Sequence[Any]:
    """The documents that stand as none may."""
    return [row for query in BROKEN for row in owner.execute(text(query), {"company": company.id})]
