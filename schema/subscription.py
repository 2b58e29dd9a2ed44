"""What can be watched, over a WebSocket."""

from collections.abc import AsyncGenerator

import strawberry

from resolvers import subscription as answers
from schema.client import Client
from schema.history import HistoryEvent


@strawberry.type(
    description="What can be watched, over a WebSocket. Only what the viewer sees is sent, read at the time of the event."
)
class Subscription:
    client_changed: AsyncGenerator[Client] = strawberry.subscription(
        answers.client_changed,
        description="The client, each time that its record or anything that hangs from it changed. Changes that come"
        " close together may be sent as one.",
    )
    history_event_added: AsyncGenerator[HistoryEvent] = strawberry.subscription(
        answers.history_event_added, description="Each new event of the client's history (historial), in order."
    )
