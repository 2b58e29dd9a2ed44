"""What surrounds the report of a cancelling: the SAT's acknowledgement is read and stored before the transaction."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from domain.acuse import read_apart
from domain.cancellation import ReportCancellation
from domain.cfdi_import import stored
from domain.inputs import known
from domain.problem import Rejected
from models.viewer import Permission
from resolvers.context import Context


@asynccontextmanager
async def reporting(context: Context, input: ReportCancellation) -> AsyncGenerator[Mapping[str, Any]]:
    """The acknowledgement that the input has, if it has one, as it was read, and its file in the store."""
    context.viewer.demand(Permission.CFDI_REPORT)
    text = known(input.acuse)
    if text is None:
        yield {}
        return
    try:
        acuse = await read_apart(context.readers, text, context.viewer.company_id)
    except Rejected as rejected:
        raise rejected.at("acuse") from None
    if input.validate_only:
        yield {"read_acuse": acuse}
        return
    async with stored(
        context.transact, context.store, context.viewer.company_id, text.encode(errors="replace")
    ) as file:
        yield {"read_acuse": acuse, "acuse_file": file}
