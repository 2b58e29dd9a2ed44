"""Subscriptions over a WebSocket, by the protocol graphql-transport-ws and no other.

Protocol: PROTOCOL.md of the npm package graphql-ws; the codes with which a connection is closed are its own.
"""

import asyncio
import contextlib
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from graphql import ExecutionResult, GraphQLError, OperationType
from graphql import subscribe as subscribe_to  # pyright: ignore[reportUnknownVariableType]  # graphql-core's own
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from database.hearing import Hearing
from domain.changes import ClientKey
from errors import FichaError, Retryable, Unauthenticated
from models.viewer import Viewer
from resolvers.context import Context
from server.access.admission import Admission
from server.access.identity import Caller
from server.execution.audience import Audience
from server.execution.cost import exceeded
from server.execution.documents import Invalid, Prepared
from server.execution.errors import fault_in, present
from server.execution.executor import GRAPHQL, Executor
from server.execution.fairness import Party, Turns
from server.execution.parameters import Parameters
from server.execution.persisted import Persisted
from server.execution.results import Completing
from server.http.endpoint import Contexts
from server.http.negotiation import language
from server.http.refusals import OriginRefused, refuse
from server.telemetry.observed import Observed
from server.telemetry.telemetry import Telemetry

T = TypeVar("T")

PROTOCOL = "graphql-transport-ws"
LONGEST_MESSAGE = 100_000
"""Characters."""
LONGEST_NAMED = 90
"""Bytes of an id in the reason for which a connection is closed: RFC 6455 (5.5) has room for 123 in all."""
MOST_OPERATIONS = 50
"""Of one connection, at a time."""
MOST_CONNECTIONS = 20
"""Of one caller to one process."""
INIT_SECONDS = 5
PING_SECONDS = 25
"""After as long again without a pong the client is taken to be gone. Credentials are looked at again as often."""
READ_SECONDS = 10
"""For a client to take in a message, once the system's buffers are full."""


class Closed(Exception):
    """The connection ends, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Sockets:
    """Serves `/graphql` as a WebSocket."""

    contexts: Contexts
    admission: Admission
    executor: Executor
    persisted: Persisted
    changes: Hearing[ClientKey, UUID]
    turns: Turns
    origins: re.Pattern[str]
    telemetry: Telemetry
    connections: Counter[UUID] = field(default_factory=Counter[UUID])

    @property
    def number(self) -> int:
        """How many are open, of callers that were let in."""
        return sum(list(self.connections.values()))

    async def serve(self, socket: WebSocket) -> None:
        """Serves one connection until its end."""
        if not self._is_allowed(socket.headers.get("origin"), socket.headers.get("host", "")):
            await socket.send_denial_response(refuse(OriginRefused(), 403))
            return
        acceptable = PROTOCOL in socket.scope.get("subprotocols", ())
        await socket.accept(PROTOCOL if acceptable else None)
        try:
            if not acceptable:
                raise Closed(4406, "Subprotocol not acceptable")
            await _Subscriber(self, socket).run()
        except* Closed as closed:
            error = closed.exceptions[0]
            while isinstance(error, BaseExceptionGroup):
                error = cast("BaseExceptionGroup[Closed]", error).exceptions[0]
            if socket.application_state is not WebSocketState.DISCONNECTED:
                await socket.close(error.code, error.reason)
        except* WebSocketDisconnect:
            pass

    def _is_allowed(self, origin: str | None, host: str) -> bool:
        """Browsers let any page open a WebSocket, but say which it was."""
        return origin is None or bool(self.origins.fullmatch(origin)) or urlsplit(origin).netloc == host


async def _in_time(act: Callable[[], Awaitable[T]]) -> T:
    """What it returns, tried again for as long as the failure is a temporary one: a late event is still true."""
    while True:
        try:
            return await act()
        except Retryable as error:
            await asyncio.sleep(error.retry_after)


class _Turns:
    """The turns of one subscription, one after the other: for its beginning, and for each of its events. The
    subscriptions of a connection stand in line one at a time (`door`), so that all that somebody may have find room in
    it."""

    def __init__(self, turns: Turns, door: asyncio.Lock, party: Party, heavy: bool) -> None:
        self._turns = turns
        self._door = door
        self._party = party
        self._heavy = heavy
        self._has_one = False

    async def take(self) -> None:
        """Overloaded where it does not come."""
        async with self._door:
            await self._turns.take(self._party, self._heavy)
        self._has_one = True

    async def take_in_time(self) -> None:
        """Waits without a limit."""
        if not self._has_one:
            await _in_time(self.take)

    def give(self) -> None:
        """Gives it back, if there is one."""
        if self._has_one:
            self._has_one = False
            self._turns.give(self._party, self._heavy)


@dataclass(eq=False)
class _Telling:
    """Tells one subscriber of the changes, as one operation shows them."""

    subscriber: "_Subscriber"
    id: str
    prepared: Prepared
    variables: Mapping[str, Any]
    context: Context
    turns: _Turns
    observed: Observed
    payloads: list[bytes] = field(default_factory=list[bytes])
    """Of the change that is told now."""
    shared: bool = True
    """Whether another subscriber could be sent the same."""

    def add(self, payload: bytes, *, shared: bool) -> None:
        """A payload, to be sent when all of the change are there."""
        self.payloads.append(payload)
        self.shared = self.shared and shared

    async def changes(self, client_id: UUID) -> AsyncGenerator[list[UUID]]:
        """The client's changes. For each, the context is that of an operation which begins now, in its turn. It is told
        when the next one is asked for; what another subscriber was told of it, if that is the same, is told at once."""
        subscriber, context, turns = self.subscriber, self.context, self.turns
        executor = subscriber.sockets.executor
        async with subscriber.sockets.changes.listening((context.viewer.company_id, client_id)) as listener:
            async for message, events in listener.changes():
                viewer = (await _in_time(subscriber.identify)).viewer
                context.renew(viewer, message.heard_at)
                audience = message.work.setdefault(self._audience(viewer, events), Audience())
                await turns.take_in_time()
                try:
                    payloads = await audience.find(viewer)
                    if payloads is None:
                        payloads = self.payloads = []
                        self.shared, for_all, done = True, False, False
                        try:
                            for_all = await executor.plan_results(self.prepared, self.variables, context, audience)
                            yield events
                            done = self.shared
                        finally:
                            audience.tell(viewer, payloads if done else None, personal=not for_all)
                finally:
                    turns.give()  # whether the client takes it soon is another matter
                for payload in payloads:
                    self.observed.events = (self.observed.events or 0) + 1
                    await subscriber.send("next", id=self.id, payload=orjson.Fragment(payload))
                # Until the next change comes, which may take days, nothing of this one is kept.
                del message, audience, payloads
                self.payloads, context.results = [], None

    @cached_property
    def _declared(self) -> bytes:
        """The variables that the operation declares. Others are ignored, however deep they are."""
        names = {variable.name for variable in self.prepared.variables}
        declared = {name: value for name, value in self.variables.items() if name in names}
        return orjson.dumps(declared, option=orjson.OPT_SORT_KEYS)

    def _audience(self, viewer: Viewer, events: Sequence[UUID]) -> Hashable:
        """What decides what is read, and how it is written in all but what is personal."""
        subscriber = self.subscriber
        return (
            self.prepared,
            self._declared,
            tuple(events),
            subscriber.language,
            subscriber.sockets.contexts.links.here(subscriber.socket),
            viewer.permissions,
            None if viewer.sees_all else viewer.collaborator_id,
        )


@dataclass(eq=False)
class _Subscriber:
    sockets: Sockets
    socket: WebSocket
    payload: Mapping[str, Any] = field(default_factory=dict[str, Any])
    operations: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, "asyncio.Task[None]"])
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the subscription that stands in line, for a turn or to have its document read."""
    heard: bool = True
    """Whether the client answered the last ping."""

    async def run(self) -> None:
        """Until somebody ends it, by an exception."""
        caller = await self._introduce()
        self.language = language(self.socket.headers.get("accept-language", ""), caller.viewer.locale)
        connections = self.sockets.connections
        connections[caller.budget] += 1
        try:
            if connections[caller.budget] > MOST_CONNECTIONS:
                raise Closed(4429, "Too many connections")
            await self.send("connection_ack")
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._watch(caller))
                while True:
                    await self._take(await self._receive(), tasks)
        finally:
            connections[caller.budget] -= 1
            if not connections[caller.budget]:
                del connections[caller.budget]

    async def _introduce(self) -> Caller:
        """Who it is, as the first message says."""
        try:
            async with asyncio.timeout(INIT_SECONDS):
                message = await self._receive()
                while message["type"] == "ping":
                    await self.send("pong")
                    message = await self._receive()
        except TimeoutError:
            raise Closed(4408, "Connection initialisation timeout") from None
        if message["type"] != "connection_init":
            raise Closed(4401, "Unauthorized")
        payload = message.get("payload")
        self.payload = cast("dict[str, Any]", payload) if isinstance(payload, dict) else {}
        try:
            return await self.identify()
        except Retryable as error:
            raise Closed(1013, error.code) from None  # RFC 6455's registry: Try Again Later

    async def identify(self) -> Caller:
        """The current caller: since the connection was opened a key may have been revoked or a permission granted.
        Retryable while the credentials cannot be looked up."""
        try:
            caller = await self.sockets.admission.connected(self.payload, self.socket)
        except Retryable:
            raise
        except FichaError as error:
            raise Closed(4403, error.code) from None
        if caller.expires_at <= time.time():
            raise Closed(4403, Unauthenticated.code)
        return caller

    async def _watch(self, caller: Caller) -> None:
        """Pings, and ends the connection when the credentials do."""
        while True:
            await asyncio.sleep(max(0.0, min(PING_SECONDS, caller.expires_at - time.time())))
            with contextlib.suppress(Retryable):  # it is identified again before it receives anything
                caller = await self.identify()
            if caller.expires_at <= time.time():
                raise Closed(4403, Unauthenticated.code)
            if not self.heard:
                raise Closed(4408, "Pong timeout")
            self.heard = False
            await self.send("ping")

    async def _take(self, message: Mapping[str, Any], tasks: asyncio.TaskGroup) -> None:
        id = message.get("id")
        match message["type"]:
            case "ping":
                await self.send("pong")
            case "pong":
                self.heard = True
            case "subscribe" if isinstance(id, str) and id:
                if id in self.operations:
                    named = id.encode()[:LONGEST_NAMED].decode(errors="ignore")
                    raise Closed(4409, f"Subscriber for {named} already exists")
                self.operations[id] = tasks.create_task(self._operate(id, message.get("payload"), len(self.operations)))
            case "complete" if isinstance(id, str):
                if task := self.operations.pop(id, None):
                    task.cancel()
            case "connection_init":
                raise Closed(4429, "Too many initialisation requests")
            case _:
                raise Closed(4400, "Invalid message")

    async def _operate(self, id: str, payload: Any, others: int) -> None:
        """One operation, to its end; so many others are under way."""
        request_id = secrets.token_hex(16)
        observed = self.sockets.telemetry.begin(request_id, self.socket.headers.get("traceparent"))
        observed.events = 0
        context: Context | None = None
        codes = list[str]()
        try:
            caller = await self.identify()
            observed.viewer = caller.viewer
            await self.sockets.admission.spend(caller)
            parameters = Parameters.of(payload)
            if others >= MOST_OPERATIONS:
                raise Invalid(exceeded("subscriptions", MOST_OPERATIONS, others + 1))
            executor = self.sockets.executor
            party = Party.of(caller.viewer)
            async with self.door:
                prepared = await executor.prepare(
                    self.sockets.persisted.document(parameters), parameters.operation_name, party
                )
                if prepared.kind is not OperationType.SUBSCRIPTION:
                    raise Invalid(GraphQLError("Over a WebSocket only subscriptions are answered."))
                observed.operation, observed.hash = prepared.operation, prepared.hash
                price = await executor.price(prepared, parameters.variables, party)
                observed.cost = price.cost
            extensions = {"cost": executor.documents.shown(price)}
            context = self.sockets.contexts.make(self.socket, caller.viewer, request_id, self.language)
            turns = _Turns(self.sockets.turns, self.door, party, prepared.is_heavy(price))
            telling = _Telling(self, id, prepared, parameters.variables, context, turns, observed)
            context.changes = telling.changes
            # Closed at once, for others may wait for what is made of a change here.
            async with contextlib.aclosing(self._results(prepared, parameters.variables, context, turns)) as results:
                async for result in results:
                    shown: dict[str, Any] = {"data": result.data}
                    if result.errors:
                        if fault := fault_in(result.errors):
                            raise fault  # an event that lacks what could not be read would pass for a whole one
                        shown = {"errors": [present(e, request_id, self.language) for e in result.errors]} | shown
                    telling.add(orjson.dumps(shown | {"extensions": extensions}), shared=not result.errors)
            if self.operations.pop(id, None):
                await self.send("complete", id=id)
        except (Closed, WebSocketDisconnect):
            raise
        except asyncio.CancelledError:
            if context:
                context.cancel()
            raise
        except Invalid as invalid:
            codes = await self._fail(id, invalid.errors, request_id)
        except GraphQLError as error:
            codes = await self._fail(id, [error], request_id)
        except Exception as error:  # noqa: BLE001  # the operation's own end, not that of its neighbours
            codes = await self._fail(id, [GraphQLError(str(error), original_error=error)], request_id)
        finally:
            self.sockets.telemetry.end_subscription(observed, codes)

    async def _results(
        self, prepared: Prepared, variables: Mapping[str, Any], context: Context, turns: "_Turns"
    ) -> AsyncGenerator[ExecutionResult]:
        await turns.take()
        try:
            stream: Any = subscribe_to(
                GRAPHQL,
                prepared.document,
                context_value=context,
                variable_values=dict(variables),
                operation_name=prepared.name,
                executor_class=Completing,
                hide_suggestions=self.sockets.executor.documents.hidden,
            )
            stream = await stream if asyncio.iscoroutine(stream) else stream
        finally:
            turns.give()
        if isinstance(stream, ExecutionResult):
            raise Invalid(*(stream.errors or ()))
        try:
            async for result in stream:
                yield result
        finally:
            turns.give()
            await stream.aclose()

    async def _fail(self, id: str, errors: Sequence[GraphQLError], request_id: str) -> list[str]:
        """The codes of the errors, which the client is sent unless it has ended the operation."""
        if not self.operations.pop(id, None):
            return []
        shown = [present(error, request_id, self.language) for error in errors]
        await self.send("error", id=id, payload=shown)
        return [error["extensions"]["code"] for error in shown]

    async def _receive(self) -> Mapping[str, Any]:
        try:
            text = await self.socket.receive_text()
        except KeyError:
            raise Closed(4400, "Invalid message") from None  # a binary one
        if len(text) > LONGEST_MESSAGE:
            raise Closed(1009, "Message too long")
        try:
            message: Any = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Closed(4400, "Invalid message") from None
        if not isinstance(message, dict) or not isinstance(cast("dict[str, Any]", message).get("type"), str):
            raise Closed(4400, "Invalid message")
        return cast("dict[str, Any]", message)

    async def send(self, kind: str, **parts: Any) -> None:
        """Sends a message. Closed if the client does not read it in time: what it has not read yet waits here."""
        text = orjson.dumps({"type": kind, **parts}).decode()
        try:
            async with asyncio.timeout(READ_SECONDS):
                await self.socket.send_text(text)
        except TimeoutError:
            raise Closed(4408, "Reads too slowly") from None
