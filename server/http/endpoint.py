"""GraphQL over HTTP: a request's parameters in, its answer out."""

import datetime
import hashlib
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from graphql import GraphQLError, OperationType
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from database.wire import Pool
from domain.idempotency import KeyReused, Token, recall
from domain.months import YearMonth, month_of, month_starts
from errors import FichaError
from loaders.arrays import Instants
from loaders.history import FIRST_YEAR
from loaders.reader import Reader
from models.viewer import Viewer
from resolvers.context import Context
from server.access.admission import Admission, refusal
from server.access.audit import Audit
from server.execution.deadline import Deadline
from server.execution.documents import Invalid, Prepared
from server.execution.errors import TimedOut, masked, present
from server.execution.executor import Answer, Executor
from server.execution.persisted import Persisted
from server.http.files import Links
from server.http.negotiation import GRAPHQL_RESPONSE, JSON, language, media_type
from server.http.requests import Parameters, RequestRefused, headers_of, read
from server.work import Transactions
from storage.object_store import ObjectStore

_IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_VARY = "Accept, Accept-Language, Authorization"


def calendar(viewer: Viewer, now: datetime.datetime) -> Instants:
    """The months up to the viewer's present one, as statements take them."""
    return _calendar(month_of(now, viewer.time_zone), viewer.time_zone)


@lru_cache(256)
def _calendar(last: YearMonth, zone: ZoneInfo) -> Instants:
    return Instants(month_starts(FIRST_YEAR, last, zone))


class Contexts:
    """Makes the contexts of operations, with the means of this process."""

    def __init__(self, pool: Pool, store: ObjectStore, links: Links, transactions: Transactions) -> None:
        self._pool = pool
        self._store = store
        self._links = links
        self._transactions = transactions

    def make(
        self, asked: HTTPConnection, viewer: Viewer, request_id: str, language: str, token: Token | None = None
    ) -> Context:
        """The context of an operation that begins now."""
        now = datetime.datetime.now(datetime.UTC)
        transact = partial(self._transactions.run, viewer, now)
        link = partial(self._links.link, asked)
        return Context(viewer, now, self._store, self._read, transact, link, request_id, language, token)

    def _read(self, viewer: Viewer, now: datetime.datetime) -> Reader:
        return Reader(self._pool, viewer, now, calendar(viewer, now))


class Endpoint:
    """Answers `POST /graphql`, and `GET /graphql` for queries: an ASGI application."""

    def __init__(
        self,
        contexts: Contexts,
        admission: Admission,
        audit: Audit,
        executor: Executor,
        persisted: Persisted,
        seconds: float,
    ) -> None:
        self._contexts = contexts
        self._admission = admission
        self._audit = audit
        self._executor = executor
        self._persisted = persisted
        self._deadline = Deadline(seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, headers = Request(scope, receive), headers_of(scope)
        given_id = headers.get("x-request-id", "")
        request_id = given_id if _REQUEST_ID.fullmatch(given_id) else secrets.token_hex(16)
        respond = Responder(headers, request_id)
        try:
            response = await self._answer(request, headers, request_id, respond)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  # whatever it is, it is ours and not the client's
            response = respond({"errors": [masked(error, request_id, respond.language)]}, 500)
        await response(scope, receive, send)

    async def _answer(
        self, request: Request, headers: Mapping[str, str], request_id: str, respond: "Responder"
    ) -> Response:
        try:
            admitted = await self._admission.admit(request)
            if respond.accepted is None:
                raise RequestRefused(406, f"Acepte {GRAPHQL_RESPONSE} o {JSON}.")
            asked = await read(request, headers)
            query = self._persisted.document(asked)
            token = read_token(headers.get("idempotency-key"), query, asked)
        except RequestRefused as error:
            return respond.refuse(error, error.status, error.headers)
        except FichaError as error:
            return respond.refuse(error, *refusal(error))
        try:
            documents = self._executor.documents
            prepared = await self._executor.prepare(query, asked.operation_name)
            if prepared.kind is OperationType.SUBSCRIPTION:
                raise Invalid(GraphQLError("Subscriptions are answered over a WebSocket only."))
            cost = documents.cost(prepared, asked.variables)
        except Invalid as invalid:
            errors = [present(error, request_id, respond.language) for error in invalid.errors]
            return respond({"errors": errors}, 200 if respond.media_type == JSON else 400)
        if prepared.kind is OperationType.MUTATION and request.method != "POST":
            refused = RequestRefused(405, "Una mutación se pide con POST.")
            return respond.refuse(refused, 405, {"Allow": "POST"})

        context = self._contexts.make(request, admitted.caller.viewer, request_id, respond.language, token)
        budget = admitted.budget.headers if admitted.budget else {}
        if token and prepared.kind is OperationType.MUTATION:
            try:
                context.done = await context.transact(lambda work: recall(work, token))
            except KeyReused as error:
                return respond.refuse(error, 422, budget)
        result = await self._in_time(prepared, asked, context)
        for error in result.errors or ():
            # Another request with this key was under way; of this one, nothing was done.
            if isinstance(error.original_error, KeyReused):
                return respond.refuse(error.original_error, 422, budget)
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [present(error, request_id, respond.language) for error in result.errors]
        if result.data is not None:
            body["data"] = orjson.Fragment(result.data)
        self._audit.disclosed(context.viewer, context.disclosed, admitted.address)
        extensions: dict[str, Any] = {"cost": cost}
        body["extensions"] = extensions
        if admitted.budget:
            extensions["rateLimit"] = admitted.budget.extension
        if context.replayed:
            budget = {**budget, "Idempotency-Replayed": "true"}
        if request.method != "POST" and result.data is not None and not result.errors:
            return respond.cacheable(body, result.data, budget)
        return respond(body, 200 if result.data is not None or respond.media_type == JSON else 400, budget)

    async def _in_time(self, prepared: Prepared, asked: Parameters, context: Context) -> Answer:
        """The answer; without data and with one error when it takes too long. PostgreSQL is told to give up as well."""
        try:
            return await self._deadline.within(self._executor.answer(prepared, asked.variables, context))
        except TimedOut as late:
            context.cancel()
            return Answer(b"null", [GraphQLError(late.message, original_error=late)])


class Responder:
    """Makes the responses to one request, in the media type and language that it accepts."""

    def __init__(self, headers: Mapping[str, str], request_id: str) -> None:
        self._known = headers.get("if-none-match", "")
        self._request_id = request_id
        # Where the compression does not come by, which adds it.
        self._vary = _VARY if "accept-encoding" in headers else f"{_VARY}, Accept-Encoding"
        self.accepted = media_type(headers.get("accept", ""))
        self.media_type = self.accepted or JSON
        self.language = language(headers.get("accept-language", ""))

    def __call__(self, body: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
        shown = {"X-Request-Id": self._request_id, "Cache-Control": "private, no-store", "Vary": self._vary}
        content = orjson.dumps(body)
        return Response(content, status, shown | dict(headers or {}), f"{self.media_type}; charset=utf-8")

    def cacheable(self, body: Mapping[str, Any], data: bytes, headers: Mapping[str, str]) -> Response:
        """The viewer may keep it, and ask whether it is still so: 304 if it is. The tag is weak, for what the body says
        of the viewer's budget changes each time."""
        tag = f'W/"{hashlib.blake2b(data, digest_size=16).hexdigest()}"'
        told = {**headers, "Cache-Control": "private, no-cache", "ETag": tag}
        if tag in (part.strip() for part in self._known.split(",")):
            return Response(status_code=304, headers={**told, "X-Request-Id": self._request_id, "Vary": self._vary})
        return self(body, 200, told)

    def refuse(self, error: FichaError, status: int, headers: Mapping[str, str] | None = None) -> Response:
        """Nothing was executed."""
        return self({"errors": [{"message": error.message, "extensions": error.extensions}]}, status, headers)


def read_token(key: str | None, query: str, asked: Parameters) -> Token | None:
    """Stands for the request's `Idempotency-Key`, 1 to 255 visible ASCII characters, if it has one."""
    if key is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise RequestRefused(400, "Idempotency-Key debe tener de 1 a 255 caracteres ASCII visibles.")
    try:
        request = orjson.dumps([query, asked.variables, asked.operation_name], option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise RequestRefused(413, "variables tiene demasiados niveles.") from None
    return Token(key, hashlib.sha256(request).hexdigest())
