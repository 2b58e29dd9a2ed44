"""What surrounds the import and the stamp of a CFDI: its XML is read and stored before the transaction."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from domain import document
from domain.cfdi import CFDI_TOO_LARGE, MOST_BYTES, Cfdi, StatedPayment, read_apart
from domain.cfdi_import import ImportCfdi
from domain.inputs import OnRecord, known
from domain.object_store import reaching_store
from domain.problem import Rejected, reject
from domain.sales_document import Drawn
from domain.stamp import RegisterStamp
from domain.taxes import rounded
from domain.text import TEXT_REQUIRED
from domain.work import UnitOfWork
from models import Document
from models.viewer import Permission
from resolvers.context import Context
from resolvers.mutation import Outcome
from resolvers.xml_file import reading

MOST_LINES: Final = 20
"""Lines that are shown of what was read."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as it is written."""

    description: str
    product_code: str
    quantity: Decimal
    currency: str
    unit_price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ReadCfdi:
    """What a CFDI says."""

    cfdi_version: str
    type: str
    uuid: UUID
    folio: str | None
    issued_on: date
    issuer_rfc: str
    receptor_rfc: str
    receptor_name: str | None
    currency: str
    payment_method: str | None
    payment_form: str | None
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    withheld: Decimal
    total: Decimal
    line_count: int
    lines: list[ReadLine]


def read(root: Outcome) -> ReadCfdi | None:
    """What was read, as it is shown."""
    cfdi: Cfdi | None = root.cfdi
    if cfdi is None:
        return None
    currency, total = (cfdi.currency, cfdi.totals.total) if cfdi.type != "P" else _paid(cfdi.payments)
    lines = cfdi.lines if cfdi.type != "P" else ()
    return ReadCfdi(
        cfdi_version=cfdi.version,
        type=cfdi.type,
        uuid=cfdi.uuid,
        folio="-".join(filter(None, (cfdi.series, cfdi.folio))) or None,
        issued_on=cfdi.issued_at.date(),
        issuer_rfc=cfdi.issuer_rfc,
        receptor_rfc=cfdi.receptor.rfc,
        receptor_name=cfdi.receptor.name,
        currency=currency,
        payment_method=cfdi.payment_method,
        payment_form=cfdi.payment_form,
        subtotal=cfdi.totals.subtotal,
        discount=cfdi.totals.discount,
        tax=cfdi.totals.tax,
        withheld=cfdi.totals.withheld,
        total=total,
        line_count=len(lines),
        lines=[_line(each, currency) for each in lines[:MOST_LINES]],
    )


def _line(drawn: Drawn, currency: str) -> ReadLine:
    names = ("description", "product_code", "quantity", "unit_price")
    return ReadLine(**{name: drawn.values[name] for name in names}, currency=currency, amount=drawn.line.amount)


def _paid(payments: Sequence[StatedPayment]) -> tuple[str, Decimal]:
    """In which currency payments are, and their sum; those of several currencies in pesos."""
    if len(currencies := {each.currency for each in payments}) == 1:
        return currencies.pop(), sum((each.amount for each in payments), Decimal(0))
    return "MXN", rounded(sum((each.amount * each.rate for each in payments), Decimal(0)), 2)


@asynccontextmanager
async def importing(context: Context, input: ImportCfdi) -> AsyncGenerator[Mapping[str, Any]]:
    """The CFDI, read from its text or from an uploaded document, and its XML in the store."""
    if not context.viewer.may(Permission.SALES_WRITE):
        # Payments need another permission than invoices do; which of them it is, only reading can tell.
        context.viewer.demand(Permission.BILLING_WRITE)
    xml, uploaded = known(input.xml), known(input.document_id)
    if (xml is None) == (uploaded is None):
        raise reject(TEXT_REQUIRED).at("xml")
    content: bytes | str = await _uploaded(context, uploaded) if xml is None else xml
    path = "document_id" if uploaded else "xml"
    async with reading(context, content, path, read_apart, validate_only=input.validate_only) as (cfdi, file):
        yield {"cfdi": context.sat.verified(cfdi), "xml_file": file}


@asynccontextmanager
async def stamping(context: Context, input: RegisterStamp) -> AsyncGenerator[Mapping[str, Any]]:
    """The CFDI of the stamp, where its XML is stated, and that in the store."""
    context.viewer.demand(Permission.CFDI_STAMP)
    xml = known(input.xml)
    if xml is None:
        yield {}
        return
    async with reading(context, xml, "xml", read_apart, validate_only=input.validate_only) as (cfdi, file):
        yield {"cfdi": context.sat.verified(cfdi), "xml_file": file}


async def _uploaded(context: Context, id: Any) -> bytes:
    """The bytes of a document that the viewer may see."""

    async def find(work: UnitOfWork) -> Document:
        try:
            _, file = await document.current(work, OnRecord(id=id))
        except Rejected as rejected:
            raise Rejected(*(replace(problem, path=("document_id",)) for problem in rejected.problems)) from None
        return file

    file: Document = await context.transact(find, repeatable=True)
    if file.size > MOST_BYTES:
        raise reject(CFDI_TOO_LARGE, most=MOST_BYTES).at("document_id")
    with reaching_store():
        return await context.store.get(file.object_key)
