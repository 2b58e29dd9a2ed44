"""Subscriptions: what changes, read by the subscriber's own viewer each time."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from strawberry import ID, Info

from loaders.client import ClientEntity
from loaders.history import HistoryEventEntity
from loaders.ids import decode_as
from resolvers.context import changes, operation, viewer


async def client_changed(info: Info, id: ID) -> AsyncGenerator[Any]:
    """The client, each time that it or anything of it changed and the viewer sees it."""
    key = decode_as(ClientEntity, id, "id")
    viewer(info).demand(ClientEntity.permission)
    async for _ in changes(info, key):
        row = await operation(info).record(ClientEntity, key)
        if row is not None:
            yield row


async def history_event_added(info: Info, client_id: ID) -> AsyncGenerator[Any]:
    """Each new event of the client's history that the viewer may see."""
    key = decode_as(ClientEntity, client_id, "clientId")
    viewer(info).demand(HistoryEventEntity.permission)
    async for events in changes(info, key):
        rows = await asyncio.gather(*(operation(info).record(HistoryEventEntity, event) for event in events))
        for row in rows:
            if row is not None:
                yield row
