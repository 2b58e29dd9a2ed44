"""GraphQL over HTTP: a request's body in, its answer out."""

import datetime
import re
import uuid
from collections.abc import Mapping
from typing import Any, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response
from strawberry.types.graphql import OperationType

from domain.months import month_of, month_starts
from errors import BadInput, FichaError, Unauthenticated
from loaders.history import FIRST_YEAR
from loaders.operation import Operation
from loaders.reader import Pool, Reader
from models.viewer import Viewer
from resolvers.context import Context
from schema import SCHEMA
from server.errors import present
from server.identity import Identity
from storage.object_store import ObjectStore

LONGEST_BODY = 1_000_000
"""Bytes."""

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
_OPERATION_TYPES = (OperationType.QUERY, OperationType.MUTATION)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Endpoint:
    """Answers `POST /graphql`."""

    def __init__(self, pool: Pool, identity: Identity, store: ObjectStore) -> None:
        self._pool = pool
        self._identity = identity
        self._store = store

    async def answer(self, request: Request) -> Response:
        given_id = request.headers.get("x-request-id", "")
        request_id = given_id if _REQUEST_ID.fullmatch(given_id) else uuid.uuid4().hex
        language = preferred_language(request.headers.get("accept-language", ""))
        respond = Responder(request, request_id)
        try:
            viewer = await self._identity.viewer(request.headers.get("authorization"))
            asked = read(request, await request.body())
        except Unauthenticated as error:
            return respond.refuse(error, 401)
        except BodyRefused as error:
            return respond.refuse(error, error.status)

        result: Any = await SCHEMA.execute(
            asked["query"],
            asked.get("variables"),
            context_value=self._context(viewer, request_id, language),
            operation_name=asked.get("operationName"),
            allowed_operation_types=_OPERATION_TYPES,
        )
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [present(error, request_id, language) for error in result.errors]
        executed = result.data is not None or any(error.path for error in result.errors or ())
        if executed:
            body["data"] = result.data
        return respond(body, 200 if executed or respond.media_type == JSON else 400)

    def _context(self, viewer: Viewer, request_id: str, language: str) -> Context:
        now = datetime.datetime.now(datetime.UTC)

        def open_operation(wanted: frozenset[str]) -> Operation:
            starts = month_starts(FIRST_YEAR, month_of(now, viewer.time_zone), viewer.time_zone)
            return Operation(Reader(self._pool, viewer, now, starts), viewer, wanted)

        return Context(viewer, now, self._store, open_operation, request_id, language)


class Responder:
    """Makes the responses to one request, in the media type that it accepts."""

    def __init__(self, request: Request, request_id: str) -> None:
        accepted = request.headers.get("accept", "")
        self.media_type = GRAPHQL_RESPONSE if GRAPHQL_RESPONSE in accepted else JSON
        self._request_id = request_id

    def __call__(self, body: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
        shown = {"X-Request-Id": self._request_id, "Cache-Control": "private, no-store", "Vary": "Accept"}
        content = orjson.dumps(body, default=str)
        return Response(content, status, shown | dict(headers or {}), f"{self.media_type}; charset=utf-8")

    def refuse(self, error: FichaError, status: int) -> Response:
        """Nothing was executed."""
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return self({"errors": [{"message": error.message, "extensions": error.extensions}]}, status, headers)


class BodyRefused(BadInput):
    """The request is no GraphQL request; `status` is HTTP's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__("BAD_REQUEST", message)
        self.status = status


def read(request: Request, body: bytes) -> Mapping[str, Any]:
    """The request's parameters, each of its type; BodyRefused where the body is none of a GraphQL request."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise BodyRefused(415, "El cuerpo debe ser application/json.")
    if len(body) > LONGEST_BODY:
        raise BodyRefused(413, f"El cuerpo excede {LONGEST_BODY} bytes.")
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BodyRefused(400, "El cuerpo no es JSON válido en UTF-8.") from None
    if not isinstance(asked, dict):
        raise BodyRefused(400, "El cuerpo debe ser un objeto JSON.")
    asked = cast("dict[str, Any]", asked)
    if not isinstance(asked.get("query"), str):
        raise BodyRefused(400, "Falta query, un texto.")
    for name, kind in (("variables", dict), ("operationName", str), ("extensions", dict)):
        if not isinstance(asked.get(name), kind | None):
            raise BodyRefused(400, f"{name} no es del tipo que debe.")
    return asked


def preferred_language(header: str) -> str:
    """English where the header prefers it to Spanish, otherwise Spanish."""
    best, language = 0.0, "es"
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.strip().lower().partition("-")[0]
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if primary in ("es", "en") and quality > best:
            best, language = quality, primary
    return language
