"""What surrounds the report of a cancelling: the SAT's acknowledgement is read and stored before the transaction."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from domain.acuse import read_apart
from domain.cancellation import ReportCancellation
from domain.inputs import known
from models.viewer import Permission
from resolvers.context import Context
from resolvers.xml_file import reading


@asynccontextmanager
async def reporting(context: Context, input: ReportCancellation) -> AsyncGenerator[Mapping[str, Any]]:
    """The acknowledgement that the input has, if it has one, as it was read, and its file in the store."""
    context.viewer.demand(Permission.CFDI_REPORT)
    text = known(input.acuse)
    if text is None:
        yield {}
        return
    async with reading(context, text, "acuse", read_apart, validate_only=input.validate_only) as (acuse, file):
        yield {"read_acuse": acuse, "acuse_file": file}
