"""Subscriptions: what changes, read by the subscriber's own viewer each time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from strawberry import ID, Info

from loaders.client import ClientEntity
from loaders.history import HistoryEventEntity
from loaders.ids import decode_as
from loaders.reads import Result, reads
from resolvers.context import changes, viewer
from resolvers.result import result


@reads(Result(ClientEntity))
async def client_changed(info: Info, id: ID) -> AsyncGenerator[Any]:
    """The client, each time that it or anything of it changed and the viewer sees it."""
    key = decode_as(ClientEntity, id, "id")
    viewer(info).demand(ClientEntity.permission)
    async with aclosing(changes(info, key)) as all_changes:
        async for _ in all_changes:
            client = await result(info, ClientEntity, key)
            if client is not None:
                yield client


@reads(Result(HistoryEventEntity))
async def history_event_added(info: Info, client_id: ID) -> AsyncGenerator[Any]:
    """Each new event of the client's history that the viewer may see."""
    key = decode_as(ClientEntity, client_id, "clientId")
    viewer(info).demand(HistoryEventEntity.permission)
    async with aclosing(changes(info, key)) as all_changes:
        async for events in all_changes:
            for event in await asyncio.gather(*(result(info, HistoryEventEntity, id) for id in events)):
                if event is not None:
                    yield event
