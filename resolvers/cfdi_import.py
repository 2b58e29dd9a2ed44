"""What surrounds the import and the stamp of a CFDI: its XML is read and stored before the transaction."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from domain import document
from domain.cfdi import CFDI_TOO_LARGE, MOST_BYTES, read_apart
from domain.cfdi_import import ImportCfdi
from domain.inputs import OnRecord, known
from domain.problem import Rejected, reject
from domain.stamp import RegisterStamp
from domain.text import TEXT_REQUIRED
from domain.work import UnitOfWork
from models import Document
from models.viewer import Permission
from resolvers.context import Context
from resolvers.xml_file import reading


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
    return await context.store.get(file.object_key)
