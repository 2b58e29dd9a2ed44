"""What can be watched, over a WebSocket."""

from collections.abc import AsyncGenerator
from typing import Any

import strawberry

from resolvers import subscription as answers
from schema.client import Client
from schema.history import HistoryEvent


def watched(resolver: Any, description: str) -> Any:
    """A field whose resolver yields its values, one for each event."""
    return strawberry.subscription(resolver=resolver, description=description)


@strawberry.type(
    description="Subscriptions, over a WebSocket. Each event contains only what the viewer may see, read when it"
    " happened."
)
class Subscription:
    client_changed: AsyncGenerator[Client] = watched(
        answers.client_changed,
        "The client, each time that its record or anything that belongs to it changes. Changes in"
        " quick succession may be sent as one.",
    )
    history_event_added: AsyncGenerator[HistoryEvent] = watched(
        answers.history_event_added, "Each new event of the client's history (historial), in order."
    )
