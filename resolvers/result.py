"""The record that a mutation has changed, or that a subscription's event is about: read by one statement where there is
one, otherwise level by level."""

from typing import Any, cast
from uuid import UUID

from strawberry import Info

from loaders.entity import Entity
from resolvers.context import Unwritten, context, operation


async def result(info: Info, entity: type[Entity], id: UUID | None) -> Any:
    """The record as a query would show it now: JSON, or a row whose fields are resolved. None if the viewer does not
    see it, and without an id."""
    if id is None:
        return None
    request = context(info)
    request.viewer.demand(entity.permission)
    if request.results is not None:
        try:
            return await request.results.load(_place(info), id)
        except Unwritten:
            pass
    return await operation(info).record(entity, id)


def _place(info: Info) -> tuple[str, ...]:
    """The keys that lead to the field, without the places of lists."""
    keys: list[str | int] = cast("Any", info).path.as_list()
    return tuple([key for key in keys if isinstance(key, str)])
