"""GraphQL over HTTP: a request's parameters in, its answer out."""

import asyncio
import datetime
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import orjson
from graphql import GraphQLError, OperationType
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from database.positions import UNKNOWN, Position
from database.replicas import Replicas
from database.wire import Pool, Source
from domain.idempotency import KeyReused, Token, recall
from domain.sat_certificates import NONE_AT_HAND, SatCertificates
from errors import FichaError, Retryable, TimedOut, Unavailable
from loaders.reader import Reader
from models.viewer import Viewer
from resolvers.context import Context
from server.access.admission import Admission, Admitted, refusal
from server.access.audit import Audit
from server.access.limits import Budget
from server.execution.calendar import calendar
from server.execution.cost import Price
from server.execution.deadline import Deadline
from server.execution.documents import Invalid, Prepared
from server.execution.errors import fault_of_system, masked, present
from server.execution.executor import Answer, Executor
from server.execution.fairness import Party, Turns
from server.execution.parameters import Parameters, RequestRefused
from server.execution.persisted import Persisted
from server.http.departures import Departures
from server.http.documents import DocumentAddresses
from server.http.files import Links
from server.http.negotiation import GRAPHQL_RESPONSE, JSON, language, media_type
from server.http.refusals import request_id as request_id_of
from server.http.requests import Bodies, headers_of, read_parameters
from server.http.statements import Statements
from server.http.traces import ASKS, Trace
from server.telemetry.observed import OBSERVED, Observed
from server.telemetry.telemetry import Telemetry
from server.thumbnails import Thumbnails
from server.work import UnitsOfWork
from storage.object_store import ObjectStore
from storage.reading import Readers

log = logging.getLogger("ficha")

CLIENT_LEFT: Final = "CLIENT_LEFT"
"""The code that is counted, and sent to nobody, where a client left before its operation was done."""
POSITION: Final = "X-Ficha-Position"
"""The header of a mutation's response, and of the requests that follow it, that says where its sender has written."""
_IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")
_VARY = "Accept, Accept-Language, Authorization, X-Ficha-Company"


@dataclass(frozen=True)
class Contexts:
    """Makes the contexts of operations, with the means of this process."""

    pool: Pool
    store: ObjectStore
    readers: Readers
    links: Links
    statements: Statements
    units: UnitsOfWork
    thumbnails: Thumbnails
    addresses: DocumentAddresses
    sat: SatCertificates = NONE_AT_HAND
    replicas: Replicas | None = None

    def make(
        self,
        request: HTTPConnection,
        viewer: Viewer,
        request_id: str,
        language: str,
        token: Token | None = None,
        source: Source | None = None,
    ) -> Context:
        """The context of an operation that begins now, and reads from the `source`; without one from the primary."""
        now = datetime.datetime.now(datetime.UTC)
        transact = partial(self.units.run, viewer, now)
        link = partial(self.links.link, request, viewer)
        address = partial(self.addresses.address, request)
        reader = partial(self._read, source or self.pool, self.links.here(request))
        values = viewer, now, self.store, self.readers, reader, transact, link, request_id, language
        return Context(
            *values,
            sat=self.sat,
            token=token,
            invitation_link=partial(self.links.invitation, request),
            statement_url=partial(self.statements.url, request, viewer),
            statement_page=partial(self.statements.page, request),
            draw_thumbnail=self.thumbnails.add,
            address=address,
        )

    @staticmethod
    def _read(source: Source, here: str, viewer: Viewer, now: datetime.datetime) -> Reader:
        return Reader(source, viewer, now, calendar(viewer, now), here)

    def source(self, viewer: Viewer, stated: Position | None) -> Source:
        """From where a query of the viewer reads, who states where they have written."""
        return self.replicas.reading(viewer.acting_id, stated) if self.replicas else self.pool

    async def position(self, viewer: Viewer) -> Mapping[str, str]:
        """The header that says where the viewer has written, to be sent back with what they read."""
        position = await self.replicas.written.find(viewer.acting_id) if self.replicas else None
        return {POSITION: str(position)} if position and position != UNKNOWN else {}


@dataclass(frozen=True)
class Endpoint:
    """Answers `POST /graphql`, and `GET /graphql` for queries: an ASGI application."""

    contexts: Contexts
    admission: Admission
    audit: Audit
    executor: Executor
    persisted: Persisted
    turns: Turns
    deadline: Deadline
    telemetry: Telemetry
    traces: bool = False
    """Whether a gateway that asks for a trace gets one."""
    departures: Departures = field(default_factory=Departures)
    bodies: Bodies = field(default_factory=Bodies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, headers = Request(scope, receive), headers_of(scope)
        request_id = request_id_of(scope)
        observed = scope[OBSERVED] = self.telemetry.begin(request_id, headers.get("traceparent"))
        respond = Responder(headers, request_id, observed)
        if self.traces and headers.get(ASKS) == "ftv1":
            respond.trace = Trace()
        try:
            response = await self._answer(request, headers, respond)
        except ClientDisconnect:
            self.telemetry.end(observed, [CLIENT_LEFT])
            return
        except asyncio.CancelledError:
            # The server stops, and waits no longer.
            self.telemetry.end(observed, [Unavailable.code])
            raise
        except TimedOut as error:
            # As for an operation: the client need not know what took too long.
            response = respond({"errors": [_shown(error)], "data": None}, 200)
        except Exception as error:  # noqa: BLE001  # what may not be tried again is an internal error
            if fault := error if isinstance(error, Retryable) else fault_of_system(error):
                response = respond.refuse(fault, *refusal(fault))
            else:
                response = respond({"errors": [masked(error, request_id, respond.language)]}, 500)
        self.telemetry.end(observed, respond.codes)
        await response(scope, receive, send)

    async def _answer(self, request: Request, headers: Mapping[str, str], respond: "Responder") -> Response:
        request_id = respond.request_id
        try:
            admitted = await self.admission.admit(request)
            respond.knows(admitted)
            if respond.accepted is None:
                raise RequestRefused(406, f"Acepte {GRAPHQL_RESPONSE} o {JSON}.")
            parameters = await read_parameters(request, headers, self.bodies, Party.of(admitted.caller.viewer))
            query = self.persisted.document(parameters)
            token = read_token(headers.get("idempotency-key"), query, parameters)
            stated = read_position(headers.get(POSITION.lower()))
        except RequestRefused as error:
            return respond.refuse(error, error.status, error.headers)
        except TimedOut:
            raise
        except FichaError as error:
            return respond.refuse(error, *refusal(error))
        try:
            done = await self.deadline.within(
                self._operate(_Call(request, parameters, query, token, stated, admitted.caller.viewer, respond))
            )
        except Invalid as invalid:
            errors = [present(error, request_id, respond.language) for error in invalid.errors]
            return respond({"errors": errors}, 200 if respond.media_type == JSON else 400)
        except KeyReused as error:
            return respond.refuse(error, 422)
        except TimedOut as late:
            done = None, Answer(b"null", [GraphQLError(late.message, original_error=late)])
        if isinstance(done, Response):
            return done
        context, result = done
        for error in result.errors:
            # The key is another request's; nothing was done for this one.
            if isinstance(error.original_error, KeyReused):
                return respond.refuse(error.original_error, 422)
        more: dict[str, str] = {}
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [present(error, request_id, respond.language) for error in result.errors]
        if result.data is not None:
            body["data"] = orjson.Fragment(result.data)
        if context is not None:
            self.audit.disclosed(context.viewer, context.disclosed, admitted.address)
            if context.replayed:
                more["Idempotency-Replayed"] = "true"
            if respond.kind is OperationType.MUTATION:
                more |= await self.contexts.position(context.viewer)
        if request.method != "POST" and result.data is not None and not result.errors:
            return respond.cacheable(body, result.data)
        return respond(body, 200 if result.data is not None or respond.media_type == JSON else 400, more)

    async def _operate(self, call: "_Call") -> Response | tuple[Context, Answer]:
        """The result of the operation and the context of its execution, or a response if it was not executed. Raises
        Invalid, Overloaded and KeyReused. If the client disconnects (ClientDisconnect), a query is cancelled and a
        mutation is completed."""
        viewer, executor, variables = call.viewer, self.executor, call.parameters.variables
        prepared = await executor.prepare(call.query, call.parameters.operation_name, Party.of(viewer))
        call.respond.operates(prepared)
        if prepared.kind is OperationType.SUBSCRIPTION:
            raise Invalid(GraphQLError("Subscriptions are answered over a WebSocket only."))
        price = await executor.price(prepared, variables, Party.of(viewer))
        call.respond.prices(price, executor.documents.shown(price))
        if call.respond.trace:
            call.respond.trace.prepared = prepared
        if prepared.kind is OperationType.MUTATION and call.request.method != "POST":
            refused = RequestRefused(405, "Una mutación se pide con POST.")
            return call.respond.refuse(refused, 405, {"Allow": "POST"})

        def begin() -> Context:
            respond, source = call.respond, None
            if prepared.kind is OperationType.QUERY:
                source = self.contexts.source(viewer, call.stated)
            return self.contexts.make(call.request, viewer, respond.request_id, respond.language, call.token, source)

        executing = self._execute(prepared, variables, prepared.is_heavy(price), viewer, begin)
        if prepared.kind is OperationType.QUERY:
            return await self.departures.within(call.request.receive, executing)
        return await executing

    async def _execute(
        self,
        prepared: Prepared,
        variables: Mapping[str, Any],
        heavy: bool,
        viewer: Viewer,
        begin: Callable[[], Context],
    ) -> tuple[Context, Answer]:
        """Executes the operation in its turn, in the context that `begin` then creates. Cancelling it also cancels
        its statements in PostgreSQL."""
        plans = await self.executor.planned(prepared, variables, viewer)
        async with self.turns.turn(Party.of(viewer), heavy=heavy):
            context = begin()
            try:
                answer = await self.executor.answer(prepared, variables, context, plans)
            except asyncio.CancelledError:
                context.cancel()
                raise
            if answer.data is None and (token := context.token) and prepared.kind is OperationType.MUTATION:
                # No field was executed, which would have looked for the key.
                await context.transact(lambda work: recall(work, token), repeatable=True)
            return context, answer


@dataclass(frozen=True, slots=True)
class _Call:
    """A request whose parameters were read, of an admitted viewer."""

    request: Request
    parameters: Parameters
    query: str
    token: Token | None
    stated: Position | None
    viewer: Viewer
    respond: "Responder"


class Responder:
    """Makes the responses to one request, in the media type and language that it accepts. Each reports the caller's
    `budget` and the operation's `cost`, as far as they are known, even if the operation failed."""

    def __init__(self, headers: Mapping[str, str], request_id: str, observed: Observed) -> None:
        self._observed = observed
        self.codes: list[str] = []
        """Of the errors in the response."""
        self._known = headers.get("if-none-match", "")
        self.request_id = request_id
        # Where the compression does not come by, which adds it.
        self._vary = _VARY if "accept-encoding" in headers else f"{_VARY}, Accept-Encoding"
        self.accepted = media_type(headers.get("accept", ""))
        self.media_type = self.accepted or JSON
        self._languages = headers.get("accept-language", "")
        self.language = language(self._languages)
        self.budget: Budget | None = None
        self.cost: Mapping[str, int] | None = None
        self.trace: Trace | None = None
        self.kind: OperationType | None = None

    def knows(self, admitted: Admitted) -> None:
        """From now on it is known who asks."""
        viewer = self._observed.viewer = admitted.caller.viewer
        self.budget = admitted.budget
        self.language = language(self._languages, viewer.locale)

    def operates(self, prepared: Prepared) -> None:
        """From now on it is known what is to be done."""
        self.kind = prepared.kind
        self._observed.operation, self._observed.hash = prepared.operation, prepared.hash

    def prices(self, price: Price, shown: Mapping[str, int]) -> None:
        """From now on it is known what that costs."""
        self._observed.cost = price.cost
        self.cost = shown

    def __call__(self, body: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
        extensions: dict[str, Any] = {}
        if errors := body.get("errors"):
            self.codes = [error["extensions"]["code"] for error in errors]
        if self.cost:
            extensions["cost"] = self.cost
        if self.budget:
            extensions["rateLimit"] = self.budget.extension
        if self.trace:
            extensions |= self.trace.extension(body)
        content = orjson.dumps({**body, "extensions": extensions} if extensions else body)
        return Response(content, status, self._headers(headers or {}), f"{self.media_type}; charset=utf-8")

    def cacheable(self, body: Mapping[str, Any], data: bytes) -> Response:
        """The viewer may keep it, and ask whether it is still so: 304 if it is. The tag is weak, for what the body says
        of the viewer's budget changes each time."""
        tag = f'W/"{hashlib.blake2b(data, digest_size=16).hexdigest()}"'
        headers = {"Cache-Control": "private, no-cache", "ETag": tag}
        if tag in (part.strip() for part in self._known.split(",")):
            return Response(status_code=304, headers=self._headers(headers))
        return self(body, 200, headers)

    def refuse(self, error: FichaError, status: int, headers: Mapping[str, str] | None = None) -> Response:
        """Nothing was executed."""
        return self({"errors": [_shown(error)]}, status, headers)

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        always = {"X-Request-Id": self.request_id, "Cache-Control": "private, no-store", "Vary": self._vary}
        return {**always, **(self.budget.headers if self.budget else {}), **headers}


def _shown(error: FichaError) -> dict[str, Any]:
    return {"message": error.message, "extensions": error.extensions}


def read_position(text: str | None) -> Position | None:
    """Where the request states that its sender has written; None where it states nothing."""
    if text is None:
        return None
    if (position := Position.read(text)) is None:
        raise RequestRefused(400, f"{POSITION} debe ser lo que devolvió la última mutación en el mismo encabezado.")
    return position


def read_token(key: str | None, query: str, parameters: Parameters) -> Token | None:
    """The request's `Idempotency-Key`, 1 to 255 visible ASCII characters, with a hash of the request; None without
    one."""
    if key is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise RequestRefused(400, "Idempotency-Key debe tener de 1 a 255 caracteres ASCII visibles.")
    try:
        request = orjson.dumps([query, parameters.variables, parameters.operation_name], option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise RequestRefused(413, "variables tiene demasiados niveles.") from None
    return Token(key, hashlib.sha256(request).hexdigest())
