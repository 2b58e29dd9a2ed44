"""What surrounds a mutation that takes an XML from elsewhere: it is read, and stored, before the transaction."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

from domain.cfdi_file import StoredXml, stored
from domain.problem import Rejected
from resolvers.context import Context
from storage.reading import Readers

T = TypeVar("T")


@asynccontextmanager
async def reading(
    context: Context,
    content: Any,
    path: str,
    read: Callable[[Readers, Any, UUID], Awaitable[T]],
    *,
    validate_only: Any,
) -> AsyncGenerator[tuple[T, StoredXml | None]]:
    """What `read` makes of the XML (text or bytes), and its file in the store, which a dry run has not. Problems are
    at the input's `path`."""
    try:
        value = await read(context.readers, content, context.viewer.company_id)
    except Rejected as rejected:
        raise rejected.at(path) from None
    if validate_only:
        yield value, None
        return
    data = content if isinstance(content, bytes) else content.encode(errors="replace")
    async with stored(context.transact, context.store, context.viewer.company_id, data) as file:
        yield value, file
